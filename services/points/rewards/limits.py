"""How many one customer may have, ever and in a period of the shop's calendar. Pure."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from services.points.rewards.definition import Period, RewardIn
from services.points.rewards.redemption import Redemption
from shared.calendar import ShopCalendar
from shared.clock import rfc3339
from shared.errors import Refused

ONE_DAY = timedelta(days=1)


def check(given: RewardIn, past: Iterable[Redemption], quantity: int, *, now: datetime, calendar: ShopCalendar) -> None:
    """Raises Refused limit_reached when ``quantity`` more are too many beside the customer's redemptions of it."""
    had = [each for each in past if each.counts(now)]
    if given.per_customer is not None and _count(had) + quantity > given.per_customer:
        raise Refused("limit_reached", "limit_reached.per_customer", limit=given.per_customer)
    if given.per_period is None:
        return
    today, period = calendar.day_of(now), given.per_period.period
    first = first_day(today, period)
    if _count(each for each in had if first_day(each.day, period) == first) + quantity > given.per_period.limit:
        retry_at = rfc3339(_start(next_first(today, period), calendar, now))
        raise Refused(
            "limit_reached",
            "limit_reached.per_day"
            if period == "day"
            else "limit_reached.per_week"
            if period == "week"
            else "limit_reached.per_month",
            limit=given.per_period.limit,
            retry_at=retry_at,
        )


def _count(redemptions: Iterable[Redemption]) -> int:
    return sum(each.quantity for each in redemptions)


def first_day(day: date, period: Period) -> date:
    """The first day of the period that ``day`` is in; weeks begin on Mondays."""
    match period:
        case "day":
            return day
        case "week":
            return day - ONE_DAY * day.weekday()
        case "month":
            return day.replace(day=1)


def next_first(day: date, period: Period) -> date:
    """The first day of the period after that of ``day``."""
    first = first_day(day, period)
    match period:
        case "day":
            return first + ONE_DAY
        case "week":
            return first + ONE_DAY * 7
        case "month":
            return (first + ONE_DAY * 31).replace(day=1)


def _start(day: date, calendar: ShopCalendar, now: datetime) -> datetime:
    eve = datetime.combine(day - ONE_DAY, time(12), calendar.zone_at(now))
    return calendar.next_midnight(eve)
