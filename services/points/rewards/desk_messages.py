"""What travels over HTTP between operators and the rewards, stocks and deliveries they look after."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.points.rewards import locator
from services.points.rewards.definition import AnyReward, Kind, Status, Stored
from services.points.rewards.redemption import Redemption
from services.points.rewards.redemption import Status as RedemptionStatus
from shared import auth
from shared.forms import In, Int, Out, Slug
from shared.http import Paging


class RewardVersionOut(Out):
    """A reward as one of its versions had it; `status` is the one it was given."""

    id: str
    version: int
    status: Status
    definition: AnyReward


class RewardDefinitionOut(RewardVersionOut):
    """A reward as its operator sees it. `status_now` is the status with the closing time applied, and `next_statuses`
    what it can become; `left` is how many are left, null without a limit.
    """

    status_now: Status
    next_statuses: list[Status]
    left: int | None


class RewardDefinitionList(Out):
    items: list[RewardDefinitionOut]
    next_cursor: str | None


class RewardVersionList(Out):
    items: list[RewardVersionOut]
    next_cursor: str | None


class RewardStatusIn(In):
    """The status a reward should have now."""

    status: Status


class StockOut(Out):
    """How many are left: null without a limit. `shards` says how they are spread where they are counted, `codes` how
    many codes are free where a pool is the stock.
    """

    stock: int | None
    left: int | None
    codes: int | None
    shards: list[int] | None


Code = Annotated[str, Field(pattern=r"^[!-~]{1,64}$")]


class CodesIn(In):
    """Codes for the pool: a list of them, or so many new ones that nobody can guess."""

    codes: list[Code] | None = Field(None, min_length=1, max_length=1000)
    generate: Int | None = Field(None, ge=1, le=1000)

    @model_validator(mode="after")
    def _one_of_both(self) -> "CodesIn":
        if (self.codes is None) == (self.generate is None):
            raise PydanticCustomError("codes_or_generate", "a list or a number")
        return self


class CodesOut(Out):
    """How many codes were put in."""

    added: int


class RedemptionPaging(Paging):
    """Which redemptions: of one reward or of one customer, and of one status if it is named."""

    reward_id: Slug | None = None
    customer_id: str | None = Field(None, pattern=auth.CUSTOMER_ID)
    status: RedemptionStatus | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> "RedemptionPaging":
        if (self.reward_id is None) == (self.customer_id is None):
            raise PydanticCustomError("reward_or_customer", "a reward or a customer")
        return self


class FailIn(In):
    """Why it cannot be delivered; the customer is told that it was not, and the audit why."""

    reason: str = Field(min_length=1, max_length=40)


class DeliveryOut(Out):
    """A redemption as the operator who delivers it sees it. `customer_id` and `contact` are null where nothing has to
    be delivered, and once the customer's file was erased. `refund_minor` is money that has to go back.
    """

    redemption_id: str
    reward_id: str
    kind: Kind
    title: str
    status: RedemptionStatus
    quantity: int
    points: int
    cash_minor: int
    paid: bool
    refund_minor: int
    reason: str
    customer_id: str | None
    contact: dict[str, str] | None
    at: datetime


class DeliveryList(Out):
    items: list[DeliveryOut]
    next_cursor: str | None


def version(stored: Stored) -> RewardVersionOut:
    return RewardVersionOut(id=stored.id, version=stored.version, status=stored.status, definition=stored.definition)


def definition(stored: Stored, left: int | None, now: datetime) -> RewardDefinitionOut:
    return RewardDefinitionOut(
        **dict(version(stored)),
        status_now=stored.status_at(now),
        next_statuses=list(stored.next_statuses(now)),
        left=left,
    )


def delivery(found: Redemption, title: str, told: Mapping[str, Any] | None, now: datetime) -> DeliveryOut:
    return DeliveryOut(
        redemption_id=locator.name_of(locator.Place(found.shop, found.subject, found.reward, found.digest)),
        reward_id=found.reward,
        kind=found.kind,
        title=title,
        status=found.status_at(now),
        quantity=found.quantity,
        points=found.points,
        cash_minor=found.cash_minor,
        paid=found.paid,
        refund_minor=found.refund_minor,
        reason=found.reason,
        customer_id=told["customer_id"] if told else None,
        contact=told["contact"] if told else None,
        at=found.at,
    )
