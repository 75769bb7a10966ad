"""What travels over HTTP between customers and their rewards and redemptions; desk_messages.py has the operators'."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import Any, Literal

from pydantic import Field

from services.points.rewards import limits, locator
from services.points.rewards.definition import (
    CONFIGS,
    QUANTITY_MAX,
    CouponConfig,
    Kind,
    PerkConfig,
    RewardIn,
    Stored,
)
from services.points.rewards.redemption import Redemption
from services.points.rewards.redemption import Status as RedemptionStatus
from services.points.rewards.tier import find_level, reaches
from shared import texts
from shared.errors import Refused
from shared.forms import In, Int, Out, Slug
from shared.http import Paging
from shared.ledger.account import Account, Now
from shared.ledger.settling import shown
from shared.shops import Shop

_CONFIG: Any = reduce(or_, CONFIGS.values())
State = Literal["available", "insufficient", "sold_out", "not_open", "limit_reached", "not_eligible"]


# ── the catalogue ────────────────────────────────────────────────────────────────────────────────


class PublicPaging(Paging):
    """How much of a shop's list, and from where."""

    shop: str | None = None


class RewardTierOut(Out):
    """The tier from which on a reward can be had."""

    id: str
    name: str


class RewardOut(Out):
    """A reward as customers see it. `state` is the caller's own; without a token it says whether anybody could have it.
    `remaining` is null where there is no limit.
    """

    id: str
    kind: Kind
    title: str
    description: str
    instructions: str
    price_points: int
    cash_minor: int | None
    currency: str
    remaining: int | None
    opens_at: datetime | None
    closes_at: datetime | None
    per_customer: int | None
    tier: RewardTierOut | None
    state: State
    missing_points: int | None
    config: _CONFIG


class RewardList(Out):
    items: list[RewardOut]
    next_cursor: str | None


@dataclass(frozen=True)
class Viewer:
    """Who looks at the catalogue: the shop and moment, the language, the account (None: a visitor), what tiers
    go by in each month, and redemptions.
    """

    shop: Shop
    now: Now
    language: str
    account: Account | None
    months: Mapping[str, int]
    past: Sequence[Redemption]


def reward(stored: Stored, remaining: int | None, viewer: Viewer) -> RewardOut:
    given: RewardIn = stored.definition
    state, missing = _state(stored, remaining, viewer)
    level = find_level(viewer.shop, given.tier)
    return RewardOut(
        id=stored.id,
        kind=stored.kind,
        title=texts.pick(given.title, viewer.language),
        description=texts.pick(given.description, viewer.language),
        instructions=texts.pick(given.instructions, viewer.language),
        price_points=given.price_points,
        cash_minor=given.cash_minor or None,
        currency=viewer.shop.currency,
        remaining=remaining,
        opens_at=given.opens_at,
        closes_at=given.closes_at,
        per_customer=given.per_customer,
        tier=RewardTierOut(id=level.id, name=texts.pick(level.name, viewer.language)) if level else None,
        state=state,
        missing_points=missing,
        config=given.config,
    )


def _state(stored: Stored, remaining: int | None, viewer: Viewer) -> tuple[State, int | None]:
    """What redeeming it would come to, in the order in which redeeming asks."""
    given, at = stored.definition, viewer.now.at
    try:
        stored.check_open(at)
    except Refused:
        return "not_open", None
    if viewer.account and not reaches(given.tier, viewer.months, viewer.shop, at):
        return "not_eligible", None
    own = [each for each in viewer.past if each.reward == stored.id]
    try:
        limits.check(given, own, 1, now=at, calendar=viewer.shop.calendar)
    except Refused:
        return "limit_reached", None
    if remaining == 0:
        return "sold_out", None
    if viewer.account:
        missing = given.price_points - shown(viewer.account, viewer.shop.points, viewer.now)
        if missing > 0:
            return "insufficient", missing
    return "available", None


# ── redemptions ──────────────────────────────────────────────────────────────────────────────────


class Contact(In):
    """Whom to deliver to: what the kind of reward needs of it."""

    name: str | None = Field(None, min_length=1, max_length=40)
    phone: str | None = Field(None, pattern=r"^\+?[0-9 -]{5,20}$")
    address: str | None = Field(None, min_length=1, max_length=120)
    account: str | None = Field(None, min_length=1, max_length=64)


class RedemptionIn(In):
    """`contact` says where to deliver: `phone` for mobile data (needed), and where the shop does not know it from
    `customer_id`, `account` for a red packet, or `name`, `phone` and `address` for a product that is sent by itself.
    """

    reward_id: Slug
    quantity: Int = Field(1, ge=1, le=QUANTITY_MAX)
    contact: Contact | None = None


class RedemptionOut(Out):
    """A redemption. `code` is what the customer shows; `payable_until` is set while money is to come; `balance` is what
    could be spent right after it.
    """

    redemption_id: str
    status: RedemptionStatus
    reward_id: str
    kind: Kind
    title: str
    quantity: int
    points: int
    cash_minor: int
    currency: str
    code: str | None
    instructions: str
    balance: int
    valid_until: datetime | None
    payable_until: datetime | None
    at: datetime
    cancellable: bool


class RedemptionList(Out):
    items: list[RedemptionOut]
    next_cursor: str | None


def redemption(found: Redemption, stored: Stored, shop: Shop, language: str, now: datetime) -> RedemptionOut:
    given = stored.definition
    status = found.status_at(now)
    return RedemptionOut(
        redemption_id=locator.name_of(locator.Place(found.shop, found.subject, found.reward, found.digest)),
        status=status,
        reward_id=found.reward,
        kind=found.kind,
        title=texts.pick(given.title, language),
        quantity=found.quantity,
        points=found.points,
        cash_minor=found.cash_minor,
        currency=shop.currency,
        code=found.code,
        instructions=texts.pick(given.instructions, language),
        balance=found.balance,
        valid_until=valid_until(found, given, shop),
        payable_until=found.payable_until if status == "reserved" else None,
        at=found.at,
        cancellable=found.cancellable(now),
    )


def valid_until(found: Redemption, given: RewardIn, shop: Shop) -> datetime | None:
    """Until when a coupon or perk can be used: a coupon to the end of its last day in the shop."""
    if isinstance(given.config, CouponConfig):
        return shop.calendar.next_midnight(found.at + timedelta(days=given.config.valid_days))
    return given.config.ends_at if isinstance(given.config, PerkConfig) else None
