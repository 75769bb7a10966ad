"""How points come and go. Pure: an account and a movement in, an account and an entry out.

The balance of an account is Σ its entries' points = Σ its lots - debt, after every movement.
Each entry names the one before it by hash, so a line that is changed, dropped or moved shows.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from shared import ids
from shared.clock import rfc3339

NEVER = "never"
LOTS_MAX = 38
POINTS_MAX = 10_000_000


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


@dataclass(frozen=True)
class Account:
    """A customer's points. ``lots`` maps an expiry bucket (``2027-11``: the end of that month; ``never``) to points;
    ``seq`` counts the entries and ``head`` is the hash of the latest.
    """

    shop: str
    subject: str
    available: int = 0
    pending: int = 0
    held: int = 0
    debt: int = 0
    lots: Mapping[str, int] = field(default_factory=dict)
    seq: int = 0
    head: str = ""

    @property
    def balance(self) -> int:
        """Σ entries; below zero only as debt."""
        return self.available + self.pending + self.held - self.debt


@dataclass(frozen=True)
class Entry:
    """One immutable line. ``day`` and ``key`` are its identity: what happened fixes them, never when it is retried."""

    shop: str
    subject: str
    day: date
    key: str
    kind: str
    points: int
    lots: Mapping[str, int]
    source: Source
    at: datetime
    seq: int
    prev: str
    balance_after: int

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
            self.source.plain(),
            rfc3339(self.at),
            self.seq,
            self.prev,
            self.balance_after,
        ]
        return hashlib.sha256(ids.canonical(told)).hexdigest()


@dataclass(frozen=True)
class Posting:
    """One movement, decided: the account before and after, and the entry that says so."""

    before: Account
    after: Account
    entry: Entry


def earn(account: Account, points: int, *, key: str, day: date, bucket: str, source: Source, at: datetime) -> Posting:
    """Give ``points`` (1 to POINTS_MAX) into the lot ``bucket``; a debt is repaid first.

    Raises ValueError for an amount out of range: rules check amounts long before they reach the ledger.
    """
    if not 0 < points <= POINTS_MAX:
        msg = f"cannot earn {points} points"
        raise ValueError(msg)
    repaid = min(points, account.debt)
    kept = points - repaid
    lots = _with_lot(account.lots, bucket, kept)
    entry = Entry(
        shop=account.shop,
        subject=account.subject,
        day=day,
        key=key,
        kind="earn",
        points=points,
        lots={bucket: kept} if kept else {},
        source=source,
        at=at,
        seq=account.seq + 1,
        prev=account.head,
        balance_after=account.balance + points,
    )
    after = replace(
        account,
        available=account.available + kept,
        debt=account.debt - repaid,
        lots=lots,
        seq=entry.seq,
        head=entry.hash,
    )
    return Posting(account, after, entry)


def _with_lot(lots: Mapping[str, int], bucket: str, points: int) -> dict[str, int]:
    """``lots`` with ``points`` more in ``bucket``; beyond LOTS_MAX the earliest lot joins the next, so that
    points may live longer but never shorter than promised.
    """
    grown = {**lots, bucket: lots.get(bucket, 0) + points} if points else dict(lots)
    while len(grown) > LOTS_MAX:
        first, second = sorted(grown)[:2]
        grown[second] += grown.pop(first)
    return grown


def bucket_for(day: date, months: int | None) -> str:
    """The lot of points earned on ``day`` that live for ``months`` (None: for ever) and then to the month's end."""
    if months is None:
        return NEVER
    index = day.year * 12 + day.month - 1 + months
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def last_day(bucket: str) -> date | None:
    """The last shop day on which the lot's points can be spent; None when they never expire."""
    if bucket == NEVER:
        return None
    year, month = int(bucket[:4]), int(bucket[5:])
    return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)


def shown(account: Account, today: date) -> int:
    """The points a customer can spend on ``today``: expired lots do not count, swept or not."""
    gone = sum(points for bucket, points in account.lots.items() if (last_day(bucket) or today) < today)
    return account.available - gone


def expiring(account: Account, today: date) -> list[tuple[date, int]]:
    """What expires when, the earliest first: (last day it can be spent, points)."""
    dated = [(last_day(bucket), points) for bucket, points in account.lots.items() if points]
    return sorted((day, points) for day, points in dated if day is not None and day >= today)
