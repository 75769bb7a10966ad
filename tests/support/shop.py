"""A shop to test with: opened through the admin service's own code, with tokens as its back end would sign them."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from standardwebhooks.webhooks import Webhook

from services.activities.app import app as activities
from shared import clock, identity, ids, keys, minting, shops, tables, vault

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)
"""Noon of Monday 2 November 2026 in Shanghai."""


class MovableClock:
    """Business time stands until it is moved; machine time runs."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at
        self.paused_s = 0.0

    def now(self) -> datetime:
        return self.at

    def machine_now(self) -> datetime:
        return datetime.now(UTC)

    def pause(self, seconds: float) -> None:
        self.paused_s += seconds

    def forward(self, **amount: float) -> None:
        self.at += timedelta(**amount)


@dataclass(frozen=True)
class TestShop:
    """A shop's id, keys and secrets."""

    __test__ = False
    id: str
    platform_key: str
    owner_key: str
    customer_kid: str
    customer_secret: str
    webhook_secret: str

    @property
    def webhook(self) -> Webhook:
        """Signs calls as the shop's back end does."""
        return Webhook(self.webhook_secret)

    def token(self, customer_id: str = "u1", **changes: Any) -> str:
        """A shopper's token; ``changes`` replace claims, None leaves one out."""
        now = int(time.time())
        claims = {"aud": self.id, "sub": customer_id, "iat": now, "exp": now + 600} | changes
        kept = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(kept, self.customer_secret, "HS256", headers={"kid": self.customer_kid})


def forget_everything() -> None:
    """Empty every cache of the process: the tables were emptied."""
    from services.activities import store
    from services.compliance import store as scores
    from services.points.rewards import store as rewards

    keys.clear_caches()
    shops.clear_cache()
    identity.clear_cache()
    vault.clear_caches()
    store.clear_cache()
    scores.clear_cache()
    rewards.clear_caches()


def open_shop(shop_id: str = "tea", **changes: Any) -> TestShop:
    """A new shop by way of the platform's key."""
    from services.admin import store
    from services.admin.messages import NewShop
    from shared.calendar import ShopCalendar

    platform_key = store.bootstrap() or ""
    asked = NewShop.model_validate({"id": shop_id, "name": {"en": "Tea", "zh-CN": "茶"}} | changes)
    shop = shops.Shop(
        id=asked.id,
        name=asked.name,
        calendar=ShopCalendar(asked.timezone),
        currency=asked.currency,
        language=asked.language,
        login_url=asked.login_url,
        created_at=clock.now(),
    )
    opened = store.create_shop(shop, who=keys.PLATFORM)
    return TestShop(
        id=shop_id,
        platform_key=platform_key,
        owner_key=opened.owner.secret,
        customer_kid=opened.customer.id,
        customer_secret=opened.customer.secret,
        webhook_secret=opened.webhook.secret,
    )


def a_signin(**changes: Any) -> dict[str, Any]:
    """The definition of a check-in, as an operator sends it."""
    return {
        "kind": "signin",
        "title": {"en": "Daily check-in", "zh-CN": "每日签到"},
        "config": {
            "reward": {"first": 5, "step": 1, "cap": 10},
            "cycle_days": 7,
            "milestones": [{"days": 7, "points": 20, "make_up_cards": 1}],
            "make_up": {"within_days": 7, "cards_at_start": 1},
        },
    } | changes


def open_signin(shop: str = "tea", activity: str = "daily", **changes: Any) -> None:
    """A live check-in."""
    from services.activities import store
    from services.activities.definition import FORMS, Stored

    form = FORMS["signin"].model_validate_json(ids.canonical(a_signin(**changes)))
    stored = Stored(id=activity, version=1, status="live", definition=form)
    store.save_definition(shop, stored, who="test", action="activity.created", before=None)


def an_operator(shop: TestShop, role: keys.Role = "viewer") -> str:
    """The key of somebody new who works for the shop."""
    made = minting.new_operator_key(shop.id, role, f"some {role}")
    tables.commit([made.part])
    return made.secret


def headers(bearer: str, **more: str) -> Mapping[str, str]:
    """Request headers as a widget sends them."""
    return {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"} | {
        name.replace("_", "-"): value for name, value in more.items()
    }


__all__ = [
    "NOON",
    "MovableClock",
    "TestShop",
    "a_signin",
    "activities",
    "an_operator",
    "forget_everything",
    "headers",
    "open_shop",
    "open_signin",
]
