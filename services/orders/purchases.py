"""What a customer's purchases add up to: how many, how much, when first and last. Pure.

Each order adds what it comes to; when it comes to something else, the difference is added. So the sums never depend on
the order in which events came.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from services.orders.order import PAID, Order

MONTHS_KEPT = 25
"""This year and the one before, and one to spare: as far as tiers look back."""
DAYS_KEPT = 8
"""The daily cap is kept for orders that are up to so many paid-for days late."""


@dataclass(frozen=True)
class Purchases:
    """``orders`` are paid and not cancelled; ``months`` is what was spent less what was paid back, by month of payment;
    ``days`` the points that the orders of a day earned. ``first`` and ``last`` are shop days of payment, of cancelled
    orders too.
    """

    orders: int = 0
    paid_minor: int = 0
    refunded_minor: int = 0
    first: str = ""
    last: str = ""
    months: Mapping[str, int] = field(default_factory=dict)
    days: Mapping[str, int] = field(default_factory=dict)
    version: int = 0

    def earned_on(self, day: str) -> int:
        """The points that orders paid on this day have earned."""
        return max(self.days.get(day, 0), 0)


def changed(purchases: Purchases, before: Order, after: Order, paid_day: str) -> Purchases:
    """The sums once an order has become another. ``paid_day`` is the shop day on which it was paid for."""
    was, now = _sums(before), _sums(after)
    if was == now and (PAID in before.steps) == (PAID in after.steps):
        return purchases
    grown = replace(
        purchases,
        orders=purchases.orders + now[0] - was[0],
        paid_minor=purchases.paid_minor + now[1] - was[1],
        refunded_minor=purchases.refunded_minor + now[2] - was[2],
        months=_latest(_plus(purchases.months, paid_day[:7], now[1] - now[2] - was[1] + was[2]), MONTHS_KEPT),
        days=_latest(_plus(purchases.days, paid_day, _earned(after) - _earned(before)), DAYS_KEPT),
    )
    if PAID in before.steps:
        return grown
    return replace(
        grown,
        first=min(filter(None, (purchases.first, paid_day))),
        last=max(purchases.last, paid_day),
    )


def _sums(order: Order) -> tuple[int, int, int]:
    return (1, order.paid_minor, sum(order.refunded_minor())) if order.counts else (0, 0, 0)


def _earned(order: Order) -> int:
    """What the order takes of a day's cap: nothing any more once it is cancelled."""
    return sum(order.earned) if order.counts else 0


def _plus(sums: Mapping[str, int], key: str, more: int) -> dict[str, int]:
    return {**sums, key: sums.get(key, 0) + more}


def _latest(sums: Mapping[str, int], kept: int) -> dict[str, int]:
    return {key: sums[key] for key in sorted(sums)[-kept:] if sums[key]}
