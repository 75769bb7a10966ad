"""What an owner fills in about points, and what it means. Pure."""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.forms import In, Int, Localized, Slug
from shared.ledger.policy import Earning, Expiry, Level, Policy, Tiers

Category = Annotated[str, Field(min_length=1, max_length=40)]
Percent = Annotated[Int, Field(ge=0, le=1_000)]
Cap = Annotated[Int, Field(ge=1, le=1_000_000)]


class ExpiryIn(In):
    """How long points live."""

    kind: Literal["never", "months", "quarter_end", "year_end", "inactivity"] = Field(
        default="months",
        description="For ever; so many months and then to the month's end; to the end of the quarter or year they were "
        "earned in; or so many months after the customer's last activity.",
    )
    months: Int = Field(default=12, ge=1, le=36, description="For the kinds that count months.")


class CategoryRateIn(In):
    """What purchases of a category earn, in percent of the usual; 0 for nothing."""

    category: Category
    percent: Percent


class EarningIn(In):
    """What purchases earn: `points` for every `per_minor` minor units (cents) paid, rounded once for each line of an
    order.
    """

    points: Int = Field(default=1, ge=0, le=10_000)
    per_minor: Int = Field(
        default=100, ge=1, le=10_000_000, description="Minor units of the shop's currency: 100 is ¥1."
    )
    rounding: Literal["down", "nearest", "up"] = "down"
    categories: tuple[CategoryRateIn, ...] = Field(default=(), max_length=30)
    order_cap: Cap | None = Field(default=None, description="The most one order earns.")
    daily_cap: Cap | None = Field(default=None, description="The most that a customer's orders earn in a day.")

    @model_validator(mode="after")
    def _each_category_once(self) -> "EarningIn":
        if len({rate.category for rate in self.categories}) < len(self.categories):
            raise PydanticCustomError("category_repeated", "a category is named twice")
        return self


class ValueIn(In):
    """What points are worth when they are shown as money: `points` points are `amount_minor` minor units."""

    points: Int = Field(default=100, ge=1, le=1_000_000)
    amount_minor: Int = Field(default=100, ge=1, le=1_000_000)


class LevelIn(In):
    """A tier: from how much on, and what it gives."""

    id: Slug
    name: Localized
    threshold: Int = Field(ge=0, le=1_000_000_000, description="Points earned, or minor units spent.")
    multiplier_percent: Int = Field(
        default=100, ge=100, le=1_000, description="What purchases earn, in percent of the usual."
    )
    discount_percent: Int = Field(
        default=0, ge=0, le=90, description="What members pay less, where the shop asks for a quote."
    )


class TiersIn(In):
    """How customers climb. A tier is reached at once and lost only at a review: the first of a month (`rolling`) or of
    a year (`calendar`).
    """

    by: Literal["points", "spent"] = "points"
    window: Literal["rolling", "calendar"] = "rolling"
    months: Int = Field(
        default=12, ge=1, le=12, description="How far a rolling window reaches back, this month included."
    )
    levels: tuple[LevelIn, ...] = Field(default=(), max_length=8)

    @model_validator(mode="after")
    def _levels_rise(self) -> "TiersIn":
        thresholds = [level.threshold for level in self.levels]
        if any(below >= above for below, above in pairwise(thresholds)):
            raise PydanticCustomError("levels_must_rise", "each level must be above the one before it")
        if len({level.id for level in self.levels}) < len(self.levels):
            raise PydanticCustomError("level_repeated", "an id is used twice")
        return self


class PolicyIn(In):
    """What the shop has decided about its points. It applies to what happens from now on: points that were given keep
    their expiry.
    """

    expiry: ExpiryIn = ExpiryIn()
    earning: EarningIn = EarningIn()
    pending_days: Annotated[Int, Field(ge=0, le=365)] | None = Field(
        default=None,
        description="Points of a purchase can be spent when the order is completed; with a number, at the latest so "
        "many days after payment.",
    )
    refund: Literal["debt", "write_off", "report"] = Field(
        default="debt",
        description="When refunded points are spent already: the customer owes them, they are forgiven, or they are "
        "forgiven and told to the shop.",
    )
    value: ValueIn | None = None
    tiers: TiersIn = TiersIn()


def policy_of(asked: PolicyIn) -> Policy:
    """The values that the ledger works with."""
    earning = asked.earning
    return Policy(
        expiry=Expiry(asked.expiry.kind, asked.expiry.months),
        earning=Earning(
            earning.points,
            earning.per_minor,
            earning.rounding,
            {rate.category: rate.percent for rate in earning.categories},
            earning.order_cap,
            earning.daily_cap,
        ),
        pending_days=asked.pending_days,
        refund=asked.refund,
        value=(asked.value.points, asked.value.amount_minor) if asked.value else None,
        tiers=Tiers(
            asked.tiers.by,
            asked.tiers.window,
            asked.tiers.months,
            tuple(Level(**level.model_dump()) for level in asked.tiers.levels),
        ),
    )


def form_of(policy: Policy) -> PolicyIn:
    """The form that would say what the policy is."""
    earning = vars(policy.earning) | {
        "categories": [
            {"category": category, "percent": percent} for category, percent in policy.earning.categories.items()
        ]
    }
    value = {"points": policy.value[0], "amount_minor": policy.value[1]} if policy.value else None
    levels = [vars(level) | {"name": dict(level.name)} for level in policy.tiers.levels]
    told = {
        "expiry": vars(policy.expiry),
        "earning": earning,
        "pending_days": policy.pending_days,
        "refund": policy.refund,
        "value": value,
        "tiers": vars(policy.tiers) | {"levels": levels},
    }
    return PolicyIn.model_validate(told, strict=False)
