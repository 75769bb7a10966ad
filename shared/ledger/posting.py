"""What is written into the ledger: entries, and an account that is nothing but the fold of them.

A movement decides a ``Change``; its entry tells the change in full, and the account after it is the account before it
with the entry applied. So what the books say and what the account says cannot differ. Each entry names the one before
it by hash: a line that is changed, dropped, moved or put in between shows.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from shared import ids
from shared.clock import parse, rfc3339
from shared.ledger import lots as lots_of
from shared.ledger.account import MONTHS_MAX, Account, Hold, Now
from shared.ledger.lots import Lots, month_bucket
from shared.ledger.policy import Policy

EARNING = frozenset({"earn", "reverse"})
"""The kinds of entry that count towards a tier."""


@dataclass(frozen=True)
class Source:
    """Why points moved: ``what`` (``signin``, ``order`` …) and its ``id`` and ``version``, the ``rule`` of it
    that applied, and the small integers its sentence needs (``{"streak": 7}``).
    """

    what: str
    id: str
    rule: str
    version: int = 1
    facts: Mapping[str, int] = field(default_factory=dict)

    def plain(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "id": self.id,
            "rule": self.rule,
            "version": self.version,
            "facts": dict(self.facts),
        }

    def telling(self, **facts: int) -> "Source":
        """The same source with more facts."""
        return replace(self, facts={**self.facts, **facts})


@dataclass(frozen=True)
class Mark:
    """Which entry it is and why. ``key`` and ``day`` are its identity: stored facts fix them, never a retry."""

    key: str
    day: date
    source: Source


@dataclass(frozen=True)
class Change:
    """What one movement does to an account. ``hold`` names a hold that begins (``expires_at`` says until when) or ends;
    a hold that begins holds exactly the lots that are taken.
    """

    lots: Lots = field(default_factory=dict)
    pending: int = 0
    held: int = 0
    debt: int = 0
    hold: str = ""
    expires_at: datetime | None = None
    until: str = ""


@dataclass(frozen=True)
class Entry:
    """One immutable line: how ``points`` changed the balance, and which part of the account moved."""

    shop: str
    subject: str
    day: date
    key: str
    kind: str
    points: int
    lots: Lots
    pending: int
    held: int
    debt: int
    hold: str
    until: str
    source: Source
    at: datetime
    seq: int
    prev: str
    balance_after: int
    available_after: int

    @property
    def id(self) -> str:
        """Its row's key in one: what its event and every log line about it are called."""
        return f"{self.shop}#{self.subject}#{self.day.isoformat()}#{self.key}"

    @property
    def fingerprint(self) -> str:
        """What the movement asked for: a repeat under the same key must ask for the same."""
        return ids.digest(ids.canonical([self.kind, self.points, self.source.plain()]))

    @cached_property
    def hash(self) -> str:
        """SHA-256 over everything in the line, the previous line's hash among it."""
        told = [
            self.shop,
            self.subject,
            self.day.isoformat(),
            self.key,
            self.kind,
            self.points,
            dict(self.lots),
            [self.pending, self.held, self.debt, self.hold, self.until],
            self.source.plain(),
            rfc3339(self.at),
            self.seq,
            self.prev,
            self.balance_after,
            self.available_after,
        ]
        return hashlib.sha256(ids.canonical(told)).hexdigest()


@dataclass(frozen=True)
class Posting:
    """Movements of one account, decided and not yet written: the account before and after, and the entries between.

    All of them are written together or none is.
    """

    before: Account
    after: Account
    now: Now
    policy: Policy
    entries: tuple[Entry, ...] = ()

    @property
    def entry(self) -> Entry:
        """The last entry: the movement itself, after whatever had to be settled before it."""
        return self.entries[-1]

    def then(self, kind: str, mark: Mark, change: Change) -> "Posting":
        """One entry more."""
        account = self.after
        points = sum(change.lots.values()) + change.pending + change.held - change.debt
        entry = Entry(
            shop=account.shop,
            subject=account.subject,
            day=mark.day,
            key=mark.key,
            kind=kind,
            points=points,
            lots=lots_of.plus(change.lots, {}),
            pending=change.pending,
            held=change.held,
            debt=change.debt,
            hold=f"{change.hold}|{rfc3339(change.expires_at)}" if change.expires_at else change.hold,
            until=change.until if change.until != account.until else "",
            source=mark.source,
            at=self.now.at,
            seq=account.seq + 1,
            prev=account.head,
            balance_after=account.balance + points,
            available_after=account.available + sum(change.lots.values()),
        )
        return replace(self, after=applied(account, entry), entries=(*self.entries, entry))


def applied(account: Account, entry: Entry) -> Account:
    """The account after one more entry."""
    return replace(
        account,
        balance=account.balance + entry.points,
        pending=account.pending + entry.pending,
        debt=account.debt + entry.debt,
        lots=lots_of.plus(account.lots, entry.lots),
        holds=_holds(account, entry) if entry.hold else account.holds,
        until=entry.until or account.until,
        months=_months(account.months, entry) if entry.kind in EARNING else account.months,
        seq=entry.seq,
        head=entry.hash,
    )


def _holds(account: Account, entry: Entry) -> dict[str, Hold]:
    hold_id, _, expires_at = entry.hold.partition("|")
    if not expires_at:
        return {kept: hold for kept, hold in account.holds.items() if kept != hold_id}
    hold = Hold(entry.held, lots_of.minus(entry.lots), parse(expires_at), entry.day)
    return {**account.holds, hold_id: hold}


def _months(months: Mapping[str, int], entry: Entry) -> dict[str, int]:
    month = month_bucket(entry.day)
    grown = {**months, month: months.get(month, 0) + entry.points}
    oldest = month_bucket(date(int(max(grown)[:4]), int(max(grown)[5:]), 1), -MONTHS_MAX + 1)
    return {each: points for each, points in grown.items() if each >= oldest and points}
