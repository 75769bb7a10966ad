"""The account and its statement in words a customer reads. Pure."""

from datetime import date, datetime

from shared import texts
from shared.forms import Out
from shared.ledger import rules
from shared.ledger.rules import Account, Entry


class ExpiringOut(Out):
    """Points that can be spent up to and on the day `at`."""

    at: date
    points: int


class AccountOut(Out):
    """A customer's points now. `money_value` and `tier` are null as long as the shop has no policy for them."""

    available: int
    pending: int
    held: int
    debt: int
    money_value: str | None
    expiring: list[ExpiringOut]
    tier: str | None


class EntrySourceOut(Out):
    what: str
    id: str


class EntryOut(Out):
    """One line of the statement, with its reason."""

    id: str
    kind: str
    points: int
    balance_after: int
    reason: str
    source: EntrySourceOut
    day: date
    at: datetime


class EntryList(Out):
    items: list[EntryOut]
    next_cursor: str | None


def account(found: Account, today: date) -> AccountOut:
    """What the customer can spend today, and what expires when."""
    return AccountOut(
        available=rules.shown(found, today),
        pending=found.pending,
        held=found.held,
        debt=found.debt,
        money_value=None,
        expiring=[ExpiringOut(at=day, points=points) for day, points in rules.expiring(found, today)],
        tier=None,
    )


def entry(line: Entry, language: str) -> EntryOut:
    """One entry, with the sentence that explains it."""
    key = f"reason.{line.source.what}.{line.source.rule}"
    return EntryOut(
        id=f"{line.day.isoformat()}.{line.seq}",
        kind=line.kind,
        points=line.points,
        balance_after=line.balance_after,
        reason=texts.say(language, key if texts.knows(key) else f"reason.{line.kind}", line.source.facts),
        source=EntrySourceOut(what=line.source.what, id=line.source.id),
        day=line.day,
        at=line.at,
    )
