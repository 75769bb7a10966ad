"""An order: what was told of it, and what that comes to. Pure.

The state is a set of facts: each step once, each refund once by its id. What it comes to is a function of the facts
alone, so events may come in any order and any number of times. Money is in minor units of the shop's currency.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from shared import ids

PAID, COMPLETED, CANCELLED, WAITED = "paid", "completed", "cancelled", "waited"
PROGRESS = ("placed", PAID, "shipped", "delivered", COMPLETED)
"""The steps of an order that goes well, in their usual order."""

REFUNDS_KEPT = 20
"""So many refunds of an order are kept whole."""

Move = Literal["earn", "earn_pending", "release", "reverse"]


@dataclass(frozen=True)
class Step:
    """Something that happens to an order once: when it did (RFC 3339), and the shop day on which it was first heard."""

    at: str
    day: str


@dataclass(frozen=True)
class Line:
    """What was bought; ``paid_minor`` is for the whole line."""

    line_id: str
    sku: str
    quantity: int
    paid_minor: int
    category: str = ""
    title: str = ""


@dataclass(frozen=True)
class Refund:
    """Money that went back: for ``lines``, or ``unlined_minor`` for no line in particular."""

    id: str
    at: str
    day: str
    lines: Mapping[str, int] = field(default_factory=dict)
    unlined_minor: int = 0

    @property
    def total_minor(self) -> int:
        return self.unlined_minor + sum(self.lines.values())


@dataclass(frozen=True)
class Earlier:
    """Refunds that are only counted any more: digests of their ids, and what they came to."""

    ids: tuple[str, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    unlined_minor: int = 0

    def with_one(self, refund: Refund) -> "Earlier":
        """One more of them; digests in order, so that the same refunds are the same whenever they came."""
        names = {*self.lines, *refund.lines}
        return Earlier(
            tuple(sorted((*self.ids, _digest(refund.id)))),
            {name: self.lines.get(name, 0) + refund.lines.get(name, 0) for name in sorted(names)},
            self.unlined_minor + refund.unlined_minor,
        )


@dataclass(frozen=True)
class Terms:
    """What payment fixes for good: the points of each line, the lot they go into, when they need not wait longer."""

    earned: Sequence[int]
    bucket: str
    due_at: str | None = None


@dataclass(frozen=True)
class Order:
    """``id`` is our random name of it, which ledger entries carry. ``pending`` and ``available`` are the points that
    the ledger was told so far, ``moves`` how often it was told anything. ``refunds`` are the latest REFUNDS_KEPT, the
    ``earlier`` ones are counted: an order has room for any number of them.
    """

    id: str
    order_id: str
    subject: str
    currency: str
    at: str
    steps: Mapping[str, Step] = field(default_factory=dict)
    lines: tuple[Line, ...] = ()
    refunds: tuple[Refund, ...] = ()
    earlier: Earlier = Earlier()
    earned: tuple[int, ...] = ()
    bucket: str = ""
    due_at: str | None = None
    pending: int = 0
    available: int = 0
    moves: int = 0
    version: int = 0

    # ── what it comes to ─────────────────────────────────────────────────────────────────────────

    @property
    def status(self) -> str:
        """How far it has come, for people."""
        if CANCELLED in self.steps:
            return CANCELLED
        if PAID in self.steps and self.refunds and sum(self.refunded_minor()) == self.paid_minor:
            return "refunded"
        return next((step for step in reversed(PROGRESS) if step in self.steps), "placed")

    @property
    def counts(self) -> bool:
        """Whether it is a purchase: paid and not cancelled."""
        return PAID in self.steps and CANCELLED not in self.steps

    @property
    def paid_minor(self) -> int:
        return sum(line.paid_minor for line in self.lines) if PAID in self.steps else 0

    @property
    def _paid_back(self) -> tuple[Refund | Earlier, ...]:
        return (self.earlier, *self.refunds)

    def refunded_minor(self) -> list[int]:
        """How much of each line was paid back, never more than was paid.

        Refunds of no line in particular are spread over what the others leave of the lines, in proportion; a line's
        share ends where the shares before it and its own, rounded down together, end.
        """
        lined = [
            min(line.paid_minor, sum(each.lines.get(line.line_id, 0) for each in self._paid_back))
            for line in self.lines
        ]
        left = [line.paid_minor - given for line, given in zip(self.lines, lined, strict=True)]
        spread = min(sum(left), sum(each.unlined_minor for each in self._paid_back))
        ends = [spread * sum(left[: n + 1]) // (sum(left) or 1) for n in range(len(left))]
        return [given + end - before for given, end, before in zip(lined, ends, [0, *ends], strict=False)]

    def reversed_points(self) -> list[int]:
        """The points of each line that are taken back: ⌊earned × refunded ÷ paid⌋, all of them once it is cancelled."""
        if not self.earned:
            return [0] * len(self.lines)
        if CANCELLED in self.steps:
            return list(self.earned)
        lines = zip(self.earned, self.refunded_minor(), self.lines, strict=True)
        return [earned * refunded // line.paid_minor if line.paid_minor else 0 for earned, refunded, line in lines]

    def target(self) -> tuple[int, int]:
        """The points that should be pending and available, by all that was told."""
        kept = sum(self.earned) - sum(self.reversed_points())
        return (0, kept) if {COMPLETED, WAITED} & self.steps.keys() else (kept, 0)

    def moved(self) -> tuple["Order", list[tuple[Move, int, int]]]:
        """The order once the ledger agrees with it, and what the ledger must do: the move, how many points, and how
        many of these are pending ones.
        """
        pending, available = self.target()
        moves: list[tuple[Move, int, int]] = []
        released = max(0, min(self.pending - pending, available - self.available))
        taken_pending = max(0, self.pending - pending - released)
        taken = max(0, self.available + released - available)
        given_pending, given = max(0, pending - self.pending), max(0, available - self.available - released)
        if released:
            moves.append(("release", released, released))
        if taken_pending or taken:
            moves.append(("reverse", taken_pending + taken, taken_pending))
        if given_pending:
            moves.append(("earn_pending", given_pending, given_pending))
        if given:
            moves.append(("earn", given, 0))
        return replace(self, pending=pending, available=available, moves=self.moves + len(moves)), moves

    # ── what is told of it ───────────────────────────────────────────────────────────────────────

    def hear(self, event: Mapping[str, Any], day: str, terms: Callable[[Sequence[Line]], Terms]) -> "Order":
        """The order with one event more; itself when the event was heard before, whatever it says this time.

        ``terms`` is asked when it is paid, for the lines that were paid for.
        """
        step, at = str(event["type"]).removeprefix("order."), str(event["at"])
        if step == "refunded":
            return self._refunded(event, at, day)
        if step in self.steps:
            return self
        after = replace(self, steps={**self.steps, step: Step(at, day)})
        if step == PAID:
            lines = _lines(event)
            fixed = terms(lines)
            return replace(after, lines=lines, earned=tuple(fixed.earned), bucket=fixed.bucket, due_at=fixed.due_at)
        if step == "placed" and PAID not in self.steps:
            return replace(after, lines=_lines(event))
        return after

    def waited(self, now: str, day: str) -> "Order":
        """The order once its points have waited enough; itself while they have not, or when none wait."""
        if not self.pending or self.due_at is None or now < self.due_at or WAITED in self.steps:
            return self
        return replace(self, steps={**self.steps, WAITED: Step(self.due_at, day)})

    def _refunded(self, event: Mapping[str, Any], at: str, day: str) -> "Order":
        known = any(refund.id == event["refund_id"] for refund in self.refunds)
        if known or _digest(event["refund_id"]) in self.earlier.ids:
            return self
        lines = {line["line_id"]: line["refunded_minor"] for line in event.get("lines") or ()}
        refund = Refund(event["refund_id"], at, day, lines, event.get("refunded_minor") or 0)
        *past, first = sorted((*self.refunds, refund), key=lambda each: (each.at, each.id), reverse=True)
        if len(past) < REFUNDS_KEPT:
            return replace(self, refunds=tuple(sorted((*past, first), key=lambda each: each.id)))
        kept = tuple(sorted(past, key=lambda each: each.id))
        return replace(self, refunds=kept, earlier=self.earlier.with_one(first))


def _digest(refund_id: str) -> str:
    return ids.digest(refund_id)[:13]


def _lines(event: Mapping[str, Any]) -> tuple[Line, ...]:
    return tuple(
        Line(
            each["line_id"],
            each["sku"],
            each["quantity"],
            each["paid_minor"],
            each.get("category") or "",
            each.get("title") or "",
        )
        for each in event.get("lines") or ()
    )


# ── as it is kept ────────────────────────────────────────────────────────────────────────────────


def pack(order: Order) -> dict[str, Any]:
    """What is kept of an order besides its key and guard, as small as it goes."""
    told: dict[str, Any] = {
        "id": order.id,
        "currency": order.currency,
        "steps": {name: [step.at, step.day] for name, step in order.steps.items()},
        "lines": [_trimmed(vars(line).values()) for line in order.lines],
        "refunds": [
            [each.id, each.at, each.day, dict(each.lines) if each.lines else each.unlined_minor]
            for each in order.refunds
        ],
        "earlier": list(vars(order.earlier).values()) if order.earlier.ids else [],
        "earned": list(order.earned),
        "bucket": order.bucket,
        "due_at": order.due_at,
        "granted": [order.pending, order.available, order.moves],
    }
    return {name: value for name, value in told.items() if value}


def _trimmed(values: Iterable[Any]) -> list[Any]:
    """A line without the category and title that it has not."""
    *told, category, title = values
    return [*told, category, title] if title else [*told, category] if category else told


def unpack(order_id: str, subject: str, at: str, version: int, told: Mapping[str, Any]) -> Order:
    """What :func:`pack` packed."""
    pending, available, moves = told["granted"]
    return Order(
        id=told["id"],
        order_id=order_id,
        subject=subject,
        currency=told["currency"],
        at=at,
        steps={name: Step(*step) for name, step in told.get("steps", {}).items()},
        lines=tuple(Line(*line) for line in told.get("lines", ())),
        refunds=tuple(
            Refund(name, heard_at, day, *(({}, what) if isinstance(what, int) else (what, 0)))
            for name, heard_at, day, what in told.get("refunds", ())
        ),
        earlier=_earlier(*told["earlier"]) if "earlier" in told else Earlier(),
        earned=tuple(told.get("earned", ())),
        bucket=told.get("bucket", ""),
        due_at=told.get("due_at"),
        pending=pending,
        available=available,
        moves=moves,
        version=version,
    )


def _earlier(names: list[str], lines: Mapping[str, int], unlined_minor: int) -> Earlier:
    return Earlier(tuple(names), lines, unlined_minor)
