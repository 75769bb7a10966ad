"""A customer's account: totals, lots and open holds, as its entries made it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from shared.ledger.lots import Lots, in_order, is_over, last_day

HOLDS_MAX = 4
MONTHS_MAX = 25
"""As many months of earnings are kept as tiers can look back on: this year and the one before, and one to spare."""


@dataclass(frozen=True)
class Now:
    """One moment, and which day of the shop it is in."""

    at: datetime
    today: date


@dataclass(frozen=True)
class Hold:
    """Points kept back until something is paid. ``lots`` is where they came from, ``day`` the shop day of its entry."""

    points: int
    lots: Lots
    expires_at: datetime
    day: date


@dataclass(frozen=True)
class Account:
    """A customer's points. ``balance`` is Σ entries; below zero only as debt. ``until`` is the month in which the
    floating lot ends, ``months`` what was earned in each of the last months, ``seq`` counts the entries and ``head`` is
    the hash of the latest.
    """

    shop: str
    subject: str
    balance: int = 0
    pending: int = 0
    debt: int = 0
    lots: Lots = field(default_factory=dict)
    holds: Mapping[str, Hold] = field(default_factory=dict)
    until: str = ""
    months: Mapping[str, int] = field(default_factory=dict)
    seq: int = 0
    head: str = ""

    @property
    def available(self) -> int:
        """Σ lots, those among them that have expired and were not swept yet."""
        return sum(self.lots.values())

    @property
    def held(self) -> int:
        return sum(hold.points for hold in self.holds.values())


def expired_lots(account: Account, today: date) -> list[str]:
    """The buckets whose points can no longer be spent, the earliest first."""
    return [bucket for bucket in in_order(account.lots, account.until) if is_over(bucket, account.until, today)]


def expired_holds(account: Account, at: datetime) -> list[str]:
    """The holds that nobody resolved in time, the earliest first."""
    over = [(hold.expires_at, hold_id) for hold_id, hold in account.holds.items() if hold.expires_at <= at]
    return [hold_id for _, hold_id in sorted(over)]


def expiring(account: Account, today: date) -> list[tuple[date, int]]:
    """What expires when, the earliest first: (last day it can be spent, points)."""
    dated: dict[date, int] = {}
    for bucket in in_order(account.lots, account.until):
        day = last_day(bucket, account.until)
        if day is not None and day >= today:
            dated[day] = dated.get(day, 0) + account.lots[bucket]
    return list(dated.items())
