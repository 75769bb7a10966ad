"""What redeeming costs in write units: counted from the requests, the same on every machine."""

from typing import Any

import pytest

from services.points.rewards import codes, store
from shared import identity
from shared.schema import RedemptionRow
from tests.faults.harness.item_size import item_bytes
from tests.faults.harness.units import Units, count_units
from tests.points.rewards.shelf import cancel, give, offer, redeem
from tests.support.shop import TestShop

MOST_W = 8
CASH = {"payment": "points_and_cash", "cash_minor": 990}


def cost_of(shop: TestShop, reward: str, **more: Any) -> Units:
    with count_units() as units:
        assert redeem(shop, reward, **more).status == 201
    return units


@pytest.mark.parametrize(
    ("kind", "changes", "writes"),
    [
        ("coupon", {}, 6),
        ("coupon", {"stock": 100, "shards": 8, "per_customer": 3}, 8),
        ("coupon", {"config": {"codes": "pool"}, "per_period": {"limit": 1, "period": "day"}}, 8),
        ("product", {"config": CASH, "stock": 5}, 8),
        ("red_packet", {"stock": 5}, 8),
    ],
)
def test_redeeming_costs_eight_write_units_at_most(
    tea: TestShop, kind: str, changes: dict[str, Any], writes: int
) -> None:
    subject = give(100)
    offer(reward="it", kind=kind, **changes)
    offer(reward="other", kind="red_packet")
    if store.rewards.load("tea", "it").definition.pooled:
        codes.add("tea", "it", ["A-1"], who="test")
    # The key under which addresses are sealed is made once in a customer's life.
    redeem(tea, "other", key="first")

    cost = cost_of(tea, "it")

    assert cost.writes == writes <= MOST_W
    assert cost.calls["dynamodb.TransactWriteItems"] == 1
    assert subject == identity.find_subject("tea", "u1")


def test_whoever_is_refused_or_repeated_writes_nothing(tea: TestShop) -> None:
    give(120)
    offer(reward="it", stock=1)
    offer(reward="packet", kind="red_packet")
    first = redeem(tea, "it").json
    packet = redeem(tea, "packet").json["redemption_id"]
    cancel(tea, packet)

    with count_units() as units:
        assert redeem(tea, "it").json == first
        assert redeem(tea, "it", key="k2").code == "sold_out"
        assert redeem(tea, "packet", quantity=9, key="k3").code == "insufficient_points"
        assert redeem(tea, "it", quantity=2, key="k4").pointers == ["/quantity"]
        assert cancel(tea, packet).json["status"] == "cancelled"

    assert units.writes == 0


def test_a_redemption_stays_under_a_kilobyte(tea: TestShop) -> None:
    give(5_000_000, "客" * 100)
    name = "a" + "-b" * 19 + "c"
    offer(reward=name, kind="product", price_points=9_999, config=CASH, stock=99)
    contact = {"name": "林" * 10, "phone": "+86 138 0013 8000", "address": "上海市" * 20}

    assert redeem(tea, name, customer="客" * 100, key="k" * 128, quantity=99, contact=contact).status == 201

    (row,) = RedemptionRow.scan(RedemptionRow.facts.exists())
    assert item_bytes(row.serialize()) <= 1024
