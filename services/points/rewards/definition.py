"""What an operator says a reward is. Pure."""

from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from shared.clock import rfc3339
from shared.definitions import stored
from shared.definitions.stored import Changed, check_window
from shared.errors import Refused
from shared.forms import In, Int, Slug, localized

Status = Literal["draft", "open", "paused", "ended"]
Period = Literal["day", "week", "month"]
Payment = Literal["points", "points_and_cash", "with_order"]
Codes = Literal["generated", "pool"]

NEXT: Mapping[Status, tuple[Status, ...]] = {
    "draft": ("open", "ended"),
    "open": ("paused", "ended"),
    "paused": ("open", "ended"),
    "ended": (),
}
"""What each status may become."""

PRICE_MAX = 10_000_000
MONEY_MAX = 100_000_000
STOCK_MAX = 100_000_000
SHARDS_MAX = 16
QUANTITY_MAX = 99

Minor = Annotated[Int, Field(ge=1, le=MONEY_MAX)]


# ── what each kind adds ──────────────────────────────────────────────────────────────────────────


class CouponConfig(In):
    """A coupon of the shop: an amount or a percentage off, from a threshold on or without one."""

    amount_minor: Minor | None = Field(None, title="Amount off", description="In minor units of the shop's currency.")
    percent: Annotated[Int, Field(ge=1, le=100)] | None = Field(None, title="Percent off")
    threshold_minor: Minor | None = Field(
        None, title="From an order of", description="In minor units; empty: without a threshold."
    )
    valid_days: Int = Field(30, ge=1, le=3660, title="Valid for", description="Days, counted from the redemption.")
    codes: Codes = Field(
        "generated",
        title="Codes",
        description="`generated`: a new one for every redemption. `pool`: put in beforehand; the pool is the stock.",
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> "CouponConfig":
        if (self.amount_minor is None) == (self.percent is None):
            raise PydanticCustomError("amount_or_percent", "an amount or a percentage")
        return self


class RedPacketConfig(In):
    """Money paid out to the customer."""

    amount_minor: Minor = Field(title="Amount", description="In minor units of the shop's currency.")


class DataTopUpConfig(In):
    """Mobile data, credited to the customer's number."""

    megabytes: Int = Field(ge=1, le=1_000_000, title="Megabytes")


class ProductConfig(In):
    """A thing the shop sends: for points alone, for points and cash, or along with the next order."""

    payment: Payment = Field("points", title="Payment")
    cash_minor: Minor | None = Field(
        None,
        title="Cash",
        description="Only with points and cash: in minor units, paid to the shop within half an hour.",
    )

    @model_validator(mode="after")
    def _cash_where_it_is_paid(self) -> "ProductConfig":
        if (self.payment == "points_and_cash") != (self.cash_minor is not None):
            raise PydanticCustomError("cash_where_paid", "cash exactly where it is paid")
        return self


class PerkConfig(In):
    """A benefit with dates: it can be used from its redemption, or `starts_at`, to `ends_at`."""

    starts_at: AwareDatetime | None = Field(None, title="From")
    ends_at: AwareDatetime | None = Field(None, title="Until")
    codes: Codes | None = Field(
        None, title="Codes", description="Whether a code comes with it: a new one, or one of a pool put in beforehand."
    )

    @model_validator(mode="after")
    def _dates(self) -> "PerkConfig":
        check_window(self.starts_at, self.ends_at)
        return self


CONFIGS: Mapping[str, type[In]] = {
    "coupon": CouponConfig,
    "red_packet": RedPacketConfig,
    "data_top_up": DataTopUpConfig,
    "product": ProductConfig,
    "perk": PerkConfig,
}
Kind = Literal["coupon", "red_packet", "data_top_up", "product", "perk"]
AT_ONCE = frozenset({"coupon", "perk"})
"""The kinds that are delivered by the answer itself."""


# ── what all have ────────────────────────────────────────────────────────────────────────────────


class PeriodLimit(In):
    """At most so many for each customer in a day, week (from Monday) or month of the shop."""

    limit: Int = Field(ge=1, le=1000, title="At most")
    period: Period = Field(title="In each")


class RewardIn(In):
    """A reward as its operator writes it. Every kind adds its own `config`."""

    title: localized(80) = Field(title="Title", description="What customers see above it.")  # type: ignore[valid-type]
    description: localized(500, 0) = Field(  # type: ignore[valid-type]
        default={"en": ""}, title="Description", description="One or two sentences."
    )
    instructions: localized(1000, 0) = Field(  # type: ignore[valid-type]
        default={"en": ""}, title="Instructions", description="What to do with it, shown once it was redeemed."
    )
    price_points: Int = Field(ge=1, le=PRICE_MAX, title="Price in points")
    stock: Annotated[Int, Field(ge=0, le=STOCK_MAX)] | None = Field(
        None, title="Stock", description="How many there are in all, those already redeemed included. Empty: no limit."
    )
    shards: Int = Field(
        1, ge=1, le=SHARDS_MAX, title="Shards", description="More than one where many redeem at the same moment."
    )
    per_customer: Annotated[Int, Field(ge=1, le=1000)] | None = Field(
        None, title="For each customer", description="At most so many, ever."
    )
    per_period: PeriodLimit | None = Field(None, title="For each customer and period")
    tier: Slug | None = Field(None, title="From tier", description="Only for members of this tier or a higher one.")
    opens_at: AwareDatetime | None = Field(None, title="Opens", description="Not to be had before this time.")
    closes_at: AwareDatetime | None = Field(None, title="Closes", description="Ends by itself at this time.")
    kind: Any
    config: Any

    @model_validator(mode="after")
    def _fits_together(self) -> "RewardIn":
        check_window(self.opens_at, self.closes_at)
        if self.stock is not None and self.pooled:
            raise PydanticCustomError("pool_is_the_stock", "the pool is the stock")
        return self

    @property
    def codes(self) -> Codes | None:
        """Where codes come from, for those that have one."""
        found: Codes | None = getattr(self.config, "codes", None)
        return found

    @property
    def pooled(self) -> bool:
        """Whether a pool of codes is the stock."""
        return self.codes == "pool"

    @property
    def cash_minor(self) -> int:
        """What is paid in money for one, beside the points."""
        return int(getattr(self.config, "cash_minor", None) or 0)

    @property
    def payment(self) -> Payment:
        found: Payment = getattr(self.config, "payment", "points")
        return found


def _form(name: str) -> type[RewardIn]:
    config = CONFIGS[name]
    return create_model(
        f"{name.title().replace('_', '')}Reward",
        __base__=RewardIn,
        __doc__=config.__doc__,
        kind=(Literal[name], ...),
        config=(config, ...),
    )


FORMS = {name: _form(name) for name in CONFIGS}
if TYPE_CHECKING:
    AnyReward = RewardIn
else:
    AnyReward = Annotated[reduce(or_, FORMS.values()), Field(discriminator="kind")]


class NewReward(In):
    """A new reward: its id for good, and its first version."""

    id: Slug
    definition: AnyReward


class ChangedReward(Changed):
    """A new version of a reward. `based_on` is the version that was changed, so that nobody's work is lost."""

    definition: AnyReward


class Stored(stored.Stored):
    """A reward as it is kept, with its id, version and status."""

    NEXT: ClassVar[Mapping[Status, tuple[Status, ...]]] = NEXT

    status: Status
    definition: AnyReward

    @property
    def kind(self) -> Kind:
        found: Kind = self.definition.kind
        return found

    def status_at(self, now: datetime) -> Status:
        """The status with the closing time applied."""
        closes_at = self.definition.closes_at
        if self.status in ("open", "paused") and closes_at and now >= closes_at:
            return "ended"
        return self.status

    def next_statuses(self, now: datetime) -> tuple[Status, ...]:
        """What it can become now."""
        return NEXT[self.status_at(now)]

    def check_open(self, now: datetime) -> None:
        """Raises Refused with the reason why nobody can have it now."""
        status, opens_at = self.status_at(now), self.definition.opens_at
        if status != "open":
            raise Refused("not_open", "not_open.reward_ended" if status == "ended" else "not_open.paused")
        if opens_at and now < opens_at:
            raise Refused("not_open", "not_open.early", retry_at=rfc3339(opens_at))
