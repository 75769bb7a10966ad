"""What a shop has decided about its points: what purchases earn, how long points live, what a refund takes back, what
a point is worth, and its tiers. Pure values; services/points/policy_form.py is what an operator fills in.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from shared.ledger.lots import ACTIVE, NEVER, month_bucket

PERCENT = 100
QUARTER = 3
YEAR = 12

ExpiryKind = Literal["never", "months", "quarter_end", "year_end", "inactivity"]
Rounding = Literal["down", "nearest", "up"]
Refund = Literal["debt", "write_off", "report"]


@dataclass(frozen=True)
class Expiry:
    """How long points live: ``months`` and then to the month's end; to the end of the quarter or year they were earned
    in; or ``months`` after the customer's last activity.
    """

    kind: ExpiryKind = "months"
    months: int = 12


@dataclass(frozen=True)
class Earning:
    """``points`` for every ``per_minor`` minor units paid, times the category's percentage. Rounded once for each line
    of an order. Caps count the points of one order, and of one customer's orders in a shop day.
    """

    points: int = 1
    per_minor: int = 100
    rounding: Rounding = "down"
    categories: Mapping[str, int] = field(default_factory=dict)
    order_cap: int | None = None
    daily_cap: int | None = None

    def line(self, paid_minor: int, category: str | None, multiplier_percent: int) -> int:
        """The points of one line."""
        percent = self.categories.get(category, PERCENT) if category else PERCENT
        over = paid_minor * self.points * percent * multiplier_percent
        under = self.per_minor * PERCENT * PERCENT
        match self.rounding:
            case "down":
                return over // under
            case "up":
                return -(-over // under)
            case "nearest":
                return (2 * over + under) // (2 * under)


@dataclass(frozen=True)
class Level:
    """A tier: from ``threshold`` on (points earned, or minor units spent); what it multiplies the points of purchases
    by, and what its members pay less, both in percent.
    """

    id: str
    name: Mapping[str, str]
    threshold: int
    multiplier_percent: int = PERCENT
    discount_percent: int = 0


@dataclass(frozen=True)
class Tiers:
    """What is counted, over which window, and the levels from the lowest to the highest. ``rolling``: the last
    ``months`` calendar months with this one; ``calendar``: this year.
    """

    by: Literal["points", "spent"] = "points"
    window: Literal["rolling", "calendar"] = "rolling"
    months: int = 12
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True)
class Policy:
    """``pending_days``: points of a purchase wait until it is completed; with a number they wait at most so many days
    after payment. ``value``: so many points are worth so many minor units, or None.
    """

    expiry: Expiry = field(default_factory=Expiry)
    earning: Earning = field(default_factory=Earning)
    pending_days: int | None = None
    refund: Refund = "debt"
    value: tuple[int, int] | None = None
    tiers: Tiers = field(default_factory=Tiers)

    def bucket(self, day: date) -> str:
        """The lot of points earned on ``day``."""
        match self.expiry.kind:
            case "never":
                return NEVER
            case "months":
                return month_bucket(day, self.expiry.months)
            case "quarter_end":
                return month_bucket(day, (QUARTER - day.month) % QUARTER)
            case "year_end":
                return month_bucket(day, YEAR - day.month)
            case "inactivity":
                return ACTIVE

    def until(self, today: date) -> str:
        """When the floating lot of somebody who is active today ends; empty where none floats."""
        return month_bucket(today, self.expiry.months) if self.expiry.kind == "inactivity" else ""

    def worth_minor(self, points: int) -> int | None:
        """What ``points`` are worth, rounded down; None where the shop says nothing."""
        return points * self.value[1] // self.value[0] if self.value else None

    def order_points(
        self,
        lines: Sequence[tuple[int, str | None]],
        *,
        multiplier_percent: int = PERCENT,
        earned_today: int = 0,
    ) -> list[int]:
        """The points of each line (minor units paid, category) of an order. What is over a cap is cut from the last
        lines; ``earned_today`` is what other orders of the day have earned.
        """
        earning = self.earning
        room = min(
            POINTS_MAX if earning.order_cap is None else earning.order_cap,
            POINTS_MAX if earning.daily_cap is None else max(earning.daily_cap - earned_today, 0),
        )
        given = []
        for paid_minor, category in lines:
            points = min(earning.line(paid_minor, category, multiplier_percent), room)
            given.append(points)
            room -= points
        return given


POINTS_MAX = 10_000_000
"""The most that one movement moves."""


def plain(policy: Policy) -> dict[str, Any]:
    """The policy as JSON values."""
    tiers, earning = policy.tiers, policy.earning
    return {
        "expiry": dict(vars(policy.expiry)),
        "earning": vars(earning) | {"categories": dict(earning.categories)},
        "pending_days": policy.pending_days,
        "refund": policy.refund,
        "value": list(policy.value) if policy.value else None,
        "tiers": vars(tiers) | {"levels": [vars(level) | {"name": dict(level.name)} for level in tiers.levels]},
    }


def from_plain(told: Mapping[str, Any]) -> Policy:
    """The policy in JSON values; what they do not say is as in a new shop."""
    tiers = dict(told.get("tiers", {}))
    levels = tuple(Level(**level) for level in tiers.pop("levels", ()))
    value = told.get("value")
    return Policy(
        expiry=Expiry(**told.get("expiry", {})),
        earning=Earning(**told.get("earning", {})),
        pending_days=told.get("pending_days"),
        refund=told.get("refund", "debt"),
        value=(value[0], value[1]) if value else None,
        tiers=Tiers(**tiers, levels=levels),
    )
