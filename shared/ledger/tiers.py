"""Which tier a customer is in. Pure: a history of months and a day in, a tier out; nothing is stored, so nothing can be
forgotten. A tier is reached at once. It is lost only at a review: the first of a month (``rolling``) or of a year
(``calendar``), when what the months before it hold is too little.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from shared.ledger.lots import last_day, month_bucket
from shared.ledger.policy import YEAR, Level, Tiers


@dataclass(frozen=True)
class Standing:
    """A customer's ``level`` (None below the lowest), the day it lasts until at least, the level that the next review
    would leave, and the next one up with what is missing to it.
    """

    amount: int
    level: Level | None
    until: date
    at_review: Level | None
    next: Level | None
    missing: int


def standing(tiers: Tiers, months: Mapping[str, int], today: date) -> Standing:
    """Where a customer stands. ``months``: what counts in each month (points earned, minor units spent)."""
    amount = _sum(months, _window(tiers, today))
    level = _better(_level(tiers, amount), _level(tiers, _sum(months, _reviewed(tiers, today))))
    until = _until(tiers, today)
    reached = level.threshold if level else -1
    coming = next((each for each in tiers.levels if each.threshold > reached), None)
    at_review = _level(tiers, _sum(months, _reviewed(tiers, until + timedelta(days=1))))
    return Standing(amount, level, until, at_review, coming, max(coming.threshold - amount, 0) if coming else 0)


def _window(tiers: Tiers, today: date) -> list[str]:
    """The months that count today."""
    back = today.month if tiers.window == "calendar" else tiers.months
    return [month_bucket(today, -n) for n in range(back)]


def _reviewed(tiers: Tiers, today: date) -> list[str]:
    """The months that counted at the last review."""
    if tiers.window == "calendar":
        return [month_bucket(date(today.year - 1, YEAR, 1), -n) for n in range(YEAR)]
    return [month_bucket(today, -n - 1) for n in range(tiers.months)]


def _until(tiers: Tiers, today: date) -> date:
    end = last_day(month_bucket(date(today.year, YEAR, 1) if tiers.window == "calendar" else today))
    return end or today


def _sum(months: Mapping[str, int], window: list[str]) -> int:
    return sum(months.get(month, 0) for month in window)


def _level(tiers: Tiers, amount: int) -> Level | None:
    return next((level for level in reversed(tiers.levels) if amount >= level.threshold), None)


def _better(one: Level | None, other: Level | None) -> Level | None:
    return max((level for level in (one, other) if level), key=lambda level: level.threshold, default=None)
