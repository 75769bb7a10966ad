"""Lots: points that expire together. A lot is named by its bucket: ``2027-11`` (the end of that month), ``never``, or
``active`` (some months after the customer's last activity; the account keeps until when).
"""

from collections.abc import Mapping
from datetime import date, timedelta

NEVER = "never"
ACTIVE = "active"
LOTS_MAX = 38
GRACE = timedelta(days=7)
"""Points that come back live at least so long."""

Lots = Mapping[str, int]


def month_bucket(day: date, months: int = 0) -> str:
    """The lot that ends with the month ``months`` after that of ``day``."""
    index = day.year * 12 + day.month - 1 + months
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def last_day(bucket: str, until: str = "") -> date | None:
    """The last shop day on which the lot's points can be spent; None when they never expire.

    ``until`` is the month in which the floating lot ends.
    """
    month = until if bucket == ACTIVE else bucket
    if not month or month == NEVER:
        return None
    year, number = int(month[:4]), int(month[5:])
    return date.fromordinal(date(year + number // 12, number % 12 + 1, 1).toordinal() - 1)


def is_over(bucket: str, until: str, today: date) -> bool:
    """Whether the lot's points can no longer be spent."""
    last = last_day(bucket, until)
    return last is not None and last < today


def in_order(lots: Lots, until: str) -> list[str]:
    """The buckets that hold points, the first to expire first."""
    return sorted((bucket for bucket in lots if lots[bucket]), key=lambda bucket: _rank(bucket, until))


def _rank(bucket: str, until: str) -> tuple[date, str]:
    return last_day(bucket, until) or date.max, bucket


def living(bucket: str, until: str, today: date, grace: timedelta = timedelta()) -> str:
    """``bucket``, or the first that ends at least GRACE from today when that one ends before ``today + grace``."""
    return month_bucket(today + GRACE) if is_over(bucket, until, today + grace) else bucket


def take(lots: Lots, points: int, order: list[str]) -> dict[str, int]:
    """``points``, or as many as there are, out of the buckets in ``order``: what each gives."""
    taken = {}
    for bucket in order:
        share = min(points, lots.get(bucket, 0))
        if share > 0:
            taken[bucket] = share
            points -= share
    return taken


def put(lots: Lots, given: Lots) -> dict[str, int]:
    """``lots`` with what is ``given`` to each bucket. Beyond LOTS_MAX the earliest lot joins the next, so that points
    may live longer but never shorter than promised.
    """
    grown = {bucket: points for bucket, points in plus(lots, given).items() if points}
    while len(grown) > LOTS_MAX:
        first, second = sorted(grown)[:2]
        grown[second] += grown.pop(first)
    return grown


def plus(lots: Lots, more: Lots) -> dict[str, int]:
    """Bucket by bucket; no bucket is left that holds nothing."""
    summed = {bucket: lots.get(bucket, 0) + more.get(bucket, 0) for bucket in {**lots, **more}}
    return {bucket: points for bucket, points in summed.items() if points}


def minus(lots: Lots) -> dict[str, int]:
    """The same lots as taken away."""
    return {bucket: -points for bucket, points in lots.items()}
