"""What travels over HTTP, and through the queue."""

from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from services.orders.order import Order
from shared.auth import CUSTOMER_ID
from shared.clock import parse
from shared.forms import In, Int, Out
from shared.http import Paging

LINES_MAX = 100
MONEY_MAX = 10**12
Type = Literal[
    "order.placed",
    "order.paid",
    "order.shipped",
    "order.delivered",
    "order.completed",
    "order.cancelled",
    "order.refunded",
]
BOUGHT = frozenset({"order.placed", "order.paid"})
REFUNDED = "order.refunded"

Name = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f#]{1,64}$")]
"""What a shop calls an order, a line or an article: 1 to 64 characters, no control characters and no `#`."""
Minor = Annotated[Int, Field(ge=0, le=MONEY_MAX)]


def _missing() -> PydanticCustomError:
    return PydanticCustomError("missing", "this is needed")


class LineIn(In):
    """A line of an order: what was bought and what it cost, or of a refund: how much of it was paid back."""

    line_id: Name
    refunded_minor: Minor | None = None
    sku: Name | None = Field(None, validate_default=True)
    quantity: Annotated[Int, Field(ge=1, le=1_000_000)] | None = Field(None, validate_default=True)
    paid_minor: Minor | None = Field(None, validate_default=True, description="For the whole line, in minor units.")
    title: Annotated[str, Field(max_length=120)] | None = None
    category: Annotated[str, Field(min_length=1, max_length=40)] | None = None

    @field_validator("sku", "quantity", "paid_minor", "title", "category")
    @classmethod
    def _one_of_both(cls, value: Any, info: ValidationInfo) -> Any:
        refund = info.data.get("refunded_minor") is not None
        if refund and value is not None:
            raise PydanticCustomError("not_of_a_refund", "a refund's line has an amount only")
        if not refund and value is None and info.field_name in ("sku", "quantity", "paid_minor"):
            raise _missing()
        return value


class EventIn(In):
    """One thing that happened to an order. Events may come in any order, and any number of times."""

    type: Type
    order_id: Name
    customer_id: str = Field(pattern=CUSTOMER_ID)
    at: AwareDatetime
    refund_id: Name | None = Field(None, validate_default=True, description="Only of a refund: the shop's id of it.")
    refunded_minor: Minor | None = Field(
        None, description="Only of a refund: an amount for no line in particular, spread over what is left."
    )
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=LINES_MAX)] | None = Field(
        None, validate_default=True
    )
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] | None = Field(
        None, validate_default=True, description="The shop's own; needed where money is first told of."
    )

    @field_validator("refund_id")
    @classmethod
    def _refunds_have_ids(cls, value: str | None, info: ValidationInfo) -> str | None:
        refund = info.data.get("type", REFUNDED if value else "") == REFUNDED
        if refund and value is None:
            raise _missing()
        if not refund and value is not None:
            raise PydanticCustomError("only_of_a_refund", "only a refund has this")
        return value

    @field_validator("refunded_minor")
    @classmethod
    def _only_refunds_refund(cls, value: int | None, info: ValidationInfo) -> int | None:
        if value is not None and info.data.get("type", REFUNDED) != REFUNDED:
            raise PydanticCustomError("only_of_a_refund", "only a refund has this")
        return value

    @field_validator("lines")
    @classmethod
    def _lines_of_its_kind(cls, value: list[LineIn] | None, info: ValidationInfo) -> list[LineIn] | None:
        kind, unlined = info.data.get("type"), info.data.get("refunded_minor") is not None
        if kind is None:
            return value
        if value is None:
            if kind == "order.paid" or (kind == REFUNDED and not unlined):
                raise _missing()
            return value
        if unlined or (kind not in BOUGHT and kind != REFUNDED):
            raise PydanticCustomError("no_lines_here", "this event has no lines")
        if any((line.refunded_minor is not None) != (kind == REFUNDED) for line in value):
            raise PydanticCustomError("other_lines", "these are the lines of another event")
        if len({line.line_id for line in value}) < len(value):
            raise PydanticCustomError("line_repeated", "a line is there twice")
        return value

    @field_validator("currency")
    @classmethod
    def _payments_name_theirs(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("type") == "order.paid":
            raise _missing()
        return value


class AcceptedOut(Out):
    """How many events were taken."""

    accepted: int


class Told(BaseModel):
    """A message of the queue: an event of a customer's order, or only (without subject and event) that the points of
    an order have waited enough. The queue carries the subject, never the shop's id of the customer. However late
    and often a message is worked on, it counts as of ``taken_at``, when we took the event (RFC 3339).
    """

    # A newer publisher may add fields while an older consumer still runs.
    model_config = ConfigDict(extra="ignore", frozen=True, defer_build=True)
    shop: str
    order_id: str
    subject: str = ""
    taken_at: str = ""
    event: dict[str, Any] | None = None


class LineOut(Out):
    """A line: what was paid and paid back in minor units, and the points of it."""

    line_id: str
    sku: str
    title: str | None
    category: str | None
    quantity: int
    paid_minor: int
    refunded_minor: int
    points: int
    points_reversed: int


class OrderLine(Out):
    """An order in a list. `points_pending` wait until it is completed, `points_available` can be spent (or were)."""

    order_id: str
    status: str
    at: AwareDatetime
    currency: str
    paid_minor: int
    refunded_minor: int
    points_pending: int
    points_available: int
    points_reversed: int
    available_at: AwareDatetime | None = Field(description="When pending points become available at the latest.")
    lines: list[LineOut]


class OrderList(Out):
    items: list[OrderLine]
    next_cursor: str | None


class RefundOut(Out):
    """A refund. `lines` is null where the shop named an amount for no line in particular."""

    refund_id: str
    at: AwareDatetime
    refunded_minor: int
    lines: dict[str, int] | None


class EventOut(Out):
    """What was told of an order: when it happened, and the shop's day on which it was first heard."""

    type: str
    at: AwareDatetime
    day: str


class OrderOut(OrderLine):
    """One order with everything that was told of it."""

    refunds: list[RefundOut]
    events: list[EventOut]


class CustomerPaging(Paging):
    """Whose orders (by default everybody's), how many, and from where."""

    customer_id: str | None = Field(None, min_length=1, max_length=128, description="The shop's id of the customer.")


def line(order: Order) -> OrderLine:
    """An order as lists show it."""
    return OrderLine(**_facts(order))


def full(order: Order) -> OrderOut:
    """An order as its operator sees it."""
    refunds = [
        RefundOut(
            refund_id=each.id,
            at=parse(each.at),
            refunded_minor=each.total_minor,
            lines=dict(each.lines) if each.lines else None,
        )
        for each in sorted(order.refunds, key=lambda each: (each.at, each.id))
    ]
    told = [EventOut(type=f"order.{name}", at=parse(step.at), day=step.day) for name, step in order.steps.items()]
    told += [EventOut(type=REFUNDED, at=parse(each.at), day=each.day) for each in order.refunds]
    return OrderOut(**_facts(order), refunds=refunds, events=sorted(told, key=lambda each: each.at))


def _facts(order: Order) -> dict[str, Any]:
    refunded, taken = order.refunded_minor(), order.reversed_points()
    earned = order.earned or (0,) * len(order.lines)
    lines = [
        LineOut(
            **{name: getattr(each, name) for name in ("line_id", "sku", "quantity", "paid_minor")},
            title=each.title or None,
            category=each.category or None,
            refunded_minor=refunded[n],
            points=earned[n],
            points_reversed=taken[n],
        )
        for n, each in enumerate(order.lines)
    ]
    return {
        "order_id": order.order_id,
        "status": order.status,
        "at": order.at,
        "currency": order.currency,
        "paid_minor": order.paid_minor,
        "refunded_minor": sum(refunded),
        "points_pending": order.pending,
        "points_available": order.available,
        "points_reversed": sum(earned) - order.pending - order.available,
        "available_at": order.due_at if order.pending else None,
        "lines": lines,
    }
