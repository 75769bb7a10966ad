"""One purchase of a reward, and what may become of it. Pure.

reserved    points are held, and the money is still to come
pending     points are taken; the shop or a provider has to deliver
fulfilled   delivered
cancelled   by the customer, before it was delivered: points and stock went back
returned    it could not be delivered, or nobody paid in time: points and stock went back
failed      paid for too late, when it could not be had any more: only the money has to go back
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from services.points.rewards.definition import AT_ONCE, Kind
from shared import ids
from shared.errors import Conflict, Refused
from shared.ledger import lots as lots_of
from shared.ledger.holds import capture, hold, void
from shared.ledger.lots import Lots
from shared.ledger.movements import give_back, spend
from shared.ledger.posting import Mark, Posting, Source
from shared.rows import Part

Status = Literal["reserved", "pending", "fulfilled", "failed", "returned", "cancelled"]
PAYABLE_FOR = timedelta(minutes=30)
OVER: frozenset[Status] = frozenset({"failed", "returned", "cancelled"})
"""What counts towards no limit."""


@dataclass(frozen=True)
class Redemption:
    """``points`` and ``cash_minor`` are for all ``quantity`` of it; ``stock`` is how many of a counted stock it took.
    ``balance`` is what the customer could spend afterwards. ``day`` is the shop's day at ``at``. ``handed``: a provider
    may have acted on it. ``again``: its points were taken a second time. ``refund_minor``: money that has to go back.
    """

    shop: str
    subject: str
    reward: str
    digest: str
    reward_version: int
    kind: Kind
    status: Status
    points: int
    cash_minor: int
    quantity: int
    stock: int
    balance: int
    at: datetime
    day: date
    body: str
    payable_until: datetime | None = None
    code: str | None = None
    sealed: bytes | None = None
    paid: bool = False
    handed: bool = False
    again: bool = False
    reason: str = ""
    refund_minor: int = 0
    version: int = 1

    @property
    def source(self) -> Source:
        """Why points moved."""
        return Source("reward", self.reward, self.kind, self.reward_version)

    def mark(self, what: str = "") -> Mark:
        """The entry of a step: its day is the redemption's, whenever the step is taken."""
        return Mark(f"redeem:{self.digest}{what}", self.day, self.source)

    def status_at(self, now: datetime) -> Status:
        """The status with the time to pay applied."""
        return "returned" if self.is_expired(now) else self.status

    def is_expired(self, now: datetime) -> bool:
        return self.status == "reserved" and self.payable_until is not None and now >= self.payable_until

    def counts(self, now: datetime) -> bool:
        """Whether it counts towards the customer's limits."""
        return self.status_at(now) not in OVER

    def cancellable(self, now: datetime) -> bool:
        """Whether the customer may still change their mind: not once money or a provider has moved."""
        return self.status_at(now) in ("reserved", "pending") and not self.handed and not self.paid

    def at_first(self) -> "Redemption":
        """As it was when it was made: what its first answer said."""
        return replace(
            self, status=first_status(self.kind, self.cash_minor), paid=False, handed=False, reason="", refund_minor=0
        )


def first_status(kind: Kind, cash_minor: int) -> Status:
    """What a redemption begins as."""
    if kind in AT_ONCE:
        return "fulfilled"
    return "reserved" if cash_minor else "pending"


def digest_of(shop: str, subject: str, reward: str, key: str) -> str:
    """The identity of a redemption: the same Idempotency-Key means the same one, for ever."""
    return ids.digest("redemption", shop, subject, reward, key)


# ── steps ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Step:
    """A change of a redemption with what goes with it: movements of points, so many back into stock, and parts that
    take from it.
    """

    after: Redemption
    posting: Posting | None = None
    stock: int = 0
    taken: Sequence[Part] = ()


def take(made: Redemption, posting: Posting) -> Posting:
    """Take the points of a new redemption, or hold them while money is to come. Raises Refused."""
    if made.payable_until:
        return hold(posting, made.digest, made.points, made.payable_until, made.mark())
    return spend(posting, made.points, made.mark())


def pay(found: Redemption, posting: Posting, again: Callable[[], Sequence[Part]]) -> Step | None:
    """The money came. In time it takes what was held. Too late, it takes available points once more, and what
    ``again`` says; where they are gone or it raises Refused, the money has to go back. None when it was told before.
    Raises Conflict for what costs no money.
    """
    if found.paid:
        return None
    if not found.cash_minor:
        raise Conflict("redemption_status", current=found.status)
    if found.digest in posting.after.holds and found.status == "reserved":
        return Step(_next(found, status="pending", paid=True), capture(posting, found.digest, found.source))
    if found.status == "cancelled":
        return Step(_next(found, paid=True, refund_minor=found.cash_minor))
    return _pay_late(found, posting, again)


def _pay_late(found: Redemption, posting: Posting, again: Callable[[], Sequence[Part]]) -> Step:
    try:
        parts = again()
        taken = spend(posting, found.points, found.mark(":again"))
    except Refused as refusal:
        lost = _next(found, status="failed", paid=True, reason=refusal.code, refund_minor=found.cash_minor)
        return Step(lost, posting, found.stock if found.status == "reserved" else 0)
    return Step(_next(found, status="pending", paid=True, again=True), taken, taken=parts)


def cancel(found: Redemption, posting: Posting, lots: Lots) -> Step | None:
    """The customer changed their mind. None when they had before. Raises Conflict when it is too late."""
    if found.status == "cancelled":
        return None
    if not found.cancellable(posting.now.at):
        raise Conflict("redemption_not_cancellable")
    if found.status == "reserved":
        given = void(posting, found.digest, found.source)
    else:
        given = give_back(posting, lots, found.mark(":back"))
    return Step(_next(found, status="cancelled"), given, found.stock)


def expire(found: Redemption, posting: Posting) -> Step | None:
    """Nobody paid in time. The posting has given the points back already, as every posting does at its begin."""
    if not found.is_expired(posting.now.at):
        return None
    return Step(_next(found, status="returned", reason="not_paid"), posting, found.stock)


def hand_over(found: Redemption) -> Step | None:
    """A provider is about to act on it. None when one was before, or when there is nothing to do."""
    if found.status != "pending" or found.handed:
        return None
    return Step(_next(found, handed=True))


def fulfil(found: Redemption) -> Step | None:
    """It was delivered. None when it had been. Raises Conflict where nothing is to be delivered."""
    if found.status == "fulfilled":
        return None
    if found.status != "pending":
        raise Conflict("redemption_status", current=found.status)
    return Step(_next(found, status="fulfilled"))


def fail(found: Redemption, posting: Posting, lots: Lots, reason: str) -> Step | None:
    """It cannot be delivered: points and stock go back, and the money is due back where some was paid."""
    if found.status == "returned":
        return None
    if found.status != "pending":
        raise Conflict("redemption_status", current=found.status)
    refund = found.cash_minor if found.paid else 0
    after = _next(found, status="returned", reason=reason, refund_minor=refund)
    return Step(after, give_back(posting, lots, found.mark(":back")), found.stock)


def taken_by(found: Redemption) -> str:
    """The key of the entry whose lots would be given back."""
    return found.mark(":again" if found.again else "").key


def lots_to_return(taken: Lots) -> Mapping[str, int]:
    """The lots of the entry that took points, as they go back."""
    return lots_of.minus(taken)


def _next(found: Redemption, **changes: object) -> Redemption:
    return replace(found, version=found.version + 1, **changes)  # type: ignore[arg-type]
