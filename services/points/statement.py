"""The account and its statement in words a customer reads. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from shared import texts
from shared.forms import Out
from shared.ledger.account import Account, Now, expiring
from shared.ledger.policy import Policy
from shared.ledger.posting import Entry
from shared.ledger.settling import begin
from shared.ledger.tiers import standing


class ExpiringOut(Out):
    """Points that can be spent up to and on the day `at`."""

    at: date
    points: int


class MoneyOut(Out):
    """Minor units (cents) of a currency."""

    amount_minor: int
    currency: str


class NextTierOut(Out):
    """The tier above, and how much is missing to it: points, or minor units spent."""

    id: str
    name: str
    threshold: int
    missing: int


class TierOut(Out):
    """Where the customer stands: the tier (null below the lowest), by what it is reached, the day it lasts until at
    least, the tier that the next review would leave, and the next one up.
    """

    id: str | None
    name: str | None
    by: str
    amount: int
    until: date
    at_review: str | None
    multiplier_percent: int
    next: NextTierOut | None


class AccountOut(Out):
    """A customer's points now: `pending` wait for an order to be completed, `held` for a payment, `debt` is owed and
    repaid by the next points. `money_value` and `tier` are null where the shop has decided nothing about them.
    """

    available: int
    pending: int
    held: int
    debt: int
    money_value: MoneyOut | None
    expiring: list[ExpiringOut]
    tier: TierOut | None


class EntrySourceOut(Out):
    what: str
    id: str


class EntryOut(Out):
    """One line of the statement, with its reason. `points` is what changed in all, `available` what changed of the
    points that can be spent, and `balance_after` what could be spent after it.
    """

    id: str
    kind: str
    points: int
    available: int
    pending: int
    balance_after: int
    reason: str
    source: EntrySourceOut
    day: date
    at: datetime


class EntryList(Out):
    items: list[EntryOut]
    next_cursor: str | None


@dataclass(frozen=True)
class Terms:
    """By what an account is told: the shop's policy and currency, the moment, and the reader's language."""

    policy: Policy
    currency: str
    now: Now
    language: str


def account(found: Account, terms: Terms, months: Mapping[str, int]) -> AccountOut:
    """What the customer can spend now, and what expires when. ``months``: what the tiers go by, in each month."""
    settled = begin(found, terms.policy, terms.now).after
    worth = terms.policy.worth_minor(settled.available)
    return AccountOut(
        available=settled.available,
        pending=settled.pending,
        held=settled.held,
        debt=settled.debt,
        money_value=None if worth is None else MoneyOut(amount_minor=worth, currency=terms.currency),
        expiring=[ExpiringOut(at=day, points=points) for day, points in expiring(settled, terms.now.today)],
        tier=_tier(terms, months),
    )


def _tier(terms: Terms, months: Mapping[str, int]) -> TierOut | None:
    tiers = terms.policy.tiers
    if not tiers.levels:
        return None
    stands = standing(tiers, months, terms.now.today)
    level, coming = stands.level, stands.next
    return TierOut(
        id=level.id if level else None,
        name=texts.pick(level.name, terms.language) if level else None,
        by=tiers.by,
        amount=stands.amount,
        until=stands.until,
        at_review=stands.at_review.id if stands.at_review else None,
        multiplier_percent=level.multiplier_percent if level else 100,
        next=NextTierOut(
            id=coming.id,
            name=texts.pick(coming.name, terms.language),
            threshold=coming.threshold,
            missing=stands.missing,
        )
        if coming
        else None,
    )


def entry(line: Entry, language: str) -> EntryOut:
    """One entry, with the sentence that explains it."""
    return EntryOut(
        id=f"{line.day.isoformat()}.{line.seq}",
        kind=line.kind,
        points=line.points,
        available=sum(line.lots.values()),
        pending=line.pending,
        balance_after=line.available_after,
        reason=_reason(line, language),
        source=EntrySourceOut(what=line.source.what, id=line.source.id),
        day=line.day,
        at=line.at,
    )


def _reason(line: Entry, language: str) -> str:
    named = (f"reason.{line.source.what}.{line.source.rule}", f"reason.{line.kind}")
    key = next((key for key in named if texts.knows(key)), "reason.other")
    return texts.say(language, key, line.source.facts)
