"""EventBridge's schedule expressions, in UTC: when is the next time after this one?"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}
_MONTHS = dict(JAN=1, FEB=2, MAR=3, APR=4, MAY=5, JUN=6, JUL=7, AUG=8, SEP=9, OCT=10, NOV=11, DEC=12)
_DAYS = dict(SUN=1, MON=2, TUE=3, WED=4, THU=5, FRI=6, SAT=7)
_FIELDS: tuple[tuple[str, int, int, dict[str, int]], ...] = (
    ("minute", 0, 59, {}),
    ("hour", 0, 23, {}),
    ("day of month", 1, 31, {}),
    ("month", 1, 12, _MONTHS),
    ("day of week", 1, 7, _DAYS),
    ("year", 1970, 2199, {}),
)
_SEARCHED_DAYS = 366 * 8 + 1
"""29 February is at most eight years away (around 2100)."""


class BadExpression(Exception):
    """Not an expression EventBridge takes, or one the local stack does not know (L, W and #)."""


@dataclass(frozen=True)
class Rate:
    """Every ``every``, counted from the last time."""

    every: timedelta

    def after(self, at: datetime) -> datetime:
        return at + self.every


@dataclass(frozen=True)
class Cron:
    """The sets of values each of cron's six fields allows."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int]

    def after(self, at: datetime) -> datetime | None:
        """The first matching minute later than ``at``, None when there is none within eight years."""
        return next((moment for moment in self._moments(at.date()) if moment > at), None)

    def _moments(self, first: date) -> Iterator[datetime]:
        for ahead in range(_SEARCHED_DAYS):
            day = first + timedelta(days=ahead)
            if self._on(day):
                for hour in self.hours:
                    for minute in self.minutes:
                        yield datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC)

    def _on(self, day: date) -> bool:
        return (
            day.year in self.years
            and day.month in self.months
            and day.day in self.days
            and day.isoweekday() % 7 + 1 in self.weekdays
        )


def parse(expression: str) -> Rate | Cron:
    """A schedule from ``rate(…)`` or ``cron(…)``. Raises BadExpression."""
    form = re.fullmatch(r"(rate|cron)\((.*)\)", expression.strip())
    if form is None:
        raise BadExpression(f"{expression!r} is neither rate(…) nor cron(…).")
    return _rate(form[2]) if form[1] == "rate" else _cron(form[2])


def _rate(text: str) -> Rate:
    form = re.fullmatch(r"([1-9]\d*) (minute|hour|day)(s?)", text.lower())
    if form is None or (form[1] == "1") == bool(form[3]):
        raise BadExpression(f"rate({text}): say 'rate(1 hour)' or 'rate(5 minutes)'.")
    return Rate(int(form[1]) * _UNITS[form[2]])


def _cron(text: str) -> Cron:
    fields = text.upper().split()
    if len(fields) != len(_FIELDS):
        raise BadExpression(f"cron({text}): six fields are needed.")
    if (fields[2] == "?") == (fields[4] == "?"):
        raise BadExpression(f"cron({text}): exactly one of the two day fields must be '?'.")
    minutes, hours, days, months, weekdays, years = (
        _values(field, *limits) for field, limits in zip(fields, _FIELDS, strict=True)
    )
    return Cron(
        tuple(sorted(minutes)),
        tuple(sorted(hours)),
        frozenset(days),
        frozenset(months),
        frozenset(weekdays),
        frozenset(years),
    )


def _values(field: str, what: str, low: int, high: int, names: dict[str, int]) -> set[int]:
    values: set[int] = set()
    for part in field.split(","):
        form = re.fullmatch(r"(?:[*?]|(\w+)(?:-(\w+))?)(?:/(\d+))?", part)
        if form is None:
            raise BadExpression(f"{part!r} is no {what} the local stack knows.")
        first = _number(form[1], what, names) if form[1] else low
        last = _number(form[2], what, names) if form[2] else high if form[3] or not form[1] else first
        step = int(form[3] or 1)
        if not (low <= first <= last <= high and step > 0):
            raise BadExpression(f"{part!r} is no {what} from {low} to {high}.")
        values.update(range(first, last + 1, step))
    return values


def _number(text: str, what: str, names: dict[str, int]) -> int:
    if text in names:
        return names[text]
    if not text.isdigit():
        raise BadExpression(f"{text!r} is no {what} the local stack knows.")
    return int(text)


class Timetable:
    """One schedule in the run of business time, which may jump."""

    def __init__(self, schedule: Rate | Cron, now: datetime) -> None:
        self._schedule = schedule
        self._last = now

    def due(self, now: datetime) -> datetime | None:
        """The time that has come since the last call, once, however many came: a tick reads what it missed."""
        self._last = min(self._last, now)  # the demo clock may have been reset
        following = self._schedule.after(self._last)
        if following is None or following > now:
            return None
        self._last = now
        return following
