"""Rewards and prices of a tier: by the points that were earned, or by the money that was spent."""

import json

import pytest

from services.points.app import app
from shared import clock, tables
from shared.schema import CustomerRow
from tests.points.rewards.shelf import catalogue, give, offer, redeem
from tests.shared.http.routes import signature
from tests.support.asking import ask
from tests.support.shop import TestShop

GOLD = {"id": "gold", "name": {"en": "Gold"}, "threshold": 10_000, "discount_percent": 10}


def decide(shop: TestShop, by: str) -> None:
    """Gold from 10,000 on: points, or minor units."""
    body = {"based_on": 1, "policy": {"tiers": {"by": by, "levels": [GOLD]}}}
    assert ask(app, "PUT", "/v1/admin/policy", bearer=shop.owner_key, body=body).status == 200


def spend_money(subject: str, minor: int) -> None:
    """As the orders service notes it."""
    body = json.dumps({"months": {clock.now().date().isoformat()[:7]: minor}})
    row = CustomerRow(f"tea#{subject}", "purchases", subject=subject, body=body, at="-")
    tables.save(row, CustomerRow.pk.does_not_exist())


def quoted(shop: TestShop) -> tuple[int, str | None]:
    asked = {"type": "quote.request", "customer_id": "u1", "item": "tea-1", "price_minor": 6800}
    signed = signature(shop.webhook_secret, asked)
    told = ask(app, "POST", "/v1/shops/tea/quotes", body=asked, headers=signed).json
    return told["price_minor"], told["tier"]


@pytest.mark.parametrize(
    ("by", "points", "spent", "refusal"),
    [
        ("points", 10_000, 0, ""),
        ("points", 500, 10_000, "not_eligible"),
        ("spent", 500, 10_000, ""),
        ("spent", 10_000, 9_999, "not_eligible"),
    ],
)
def test_a_tier_opens_rewards_and_prices_by_what_the_shop_counts(
    tea: TestShop, by: str, points: int, spent: int, refusal: str
) -> None:
    decide(tea, by)
    spend_money(give(points), spent)
    offer(tier="gold")

    (item,) = catalogue(tea, "u1")

    assert item["state"] == (refusal or "available")
    assert redeem(tea).code == refusal
    assert quoted(tea) == ((6800, None) if refusal else (6120, "gold"))
