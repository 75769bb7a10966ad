"""What the customer is told of a redemption: once, in their language, and the code to nobody else."""

from typing import Any

import pytest

from services.notifications.app import app as notifications
from services.notifications.app import on_event
from services.points.app import fulfil, relay_rewards
from shared import identity
from shared.events import OrderShipped
from tests.points.rewards.shelf import cancel, give, mine, offer, redeem
from tests.points.rewards.test_payments import pay, reserve
from tests.support.asking import ask
from tests.support.batches import failed, messages_in, queue_batch, raw_items, stream_batch
from tests.support.shop import NOON, MovableClock, TestShop
from tests.support.tables import Platform


def relayed(platform: Platform) -> list[Any]:
    """All states of redemptions through the relay, as they lie in the queue of notifications."""
    assert failed(relay_rewards(stream_batch(raw_items("rewards")), None)) == []
    return messages_in(platform.queues["notifications"])


def inbox(shop: TestShop, language: str = "en") -> Any:
    return ask(notifications, "GET", "/v1/me/inbox", bearer=shop.token(), language=language).json["items"]


def hear(messages: list[Any]) -> None:
    import json

    assert failed(on_event(queue_batch(map(json.dumps, messages)), None)) == []


def test_a_coupons_code_reaches_the_inbox_and_travels_sealed(moto_platform: Platform, tea: TestShop) -> None:
    give(100)
    offer()
    code = redeem(tea).json["code"]

    told = relayed(moto_platform)
    hear(told)
    hear(told)

    assert code not in str(told)
    (item,) = inbox(tea)
    assert (item["title"], item["body"]) == ("Redeemed: ¥3 coupon", f"Your code: {code}")
    (zh,) = inbox(tea, "zh-CN")
    assert (zh["title"], zh["body"]) == ("兑换成功：3 元优惠券", f"您的券码：{code}")


def test_a_redemption_has_one_message_that_says_how_it_stands(moto_platform: Platform, tea: TestShop) -> None:
    give(100)
    offer(reward="packet", kind="red_packet")
    redemption = redeem(tea, "packet").json["redemption_id"]
    earlier = relayed(moto_platform)
    cancel(tea, redemption)
    later = relayed(moto_platform)

    hear(later)
    hear(earlier)

    (item,) = inbox(tea)
    assert (item["title"], item["body"]) == ("Cancelled: ¥3 coupon", "Your 50 points are back.")


@pytest.mark.parametrize(
    ("meanwhile", "why"),
    [
        ("packet", {"en": "you had too few points left", "zh-CN": "积分不足"}),
        ("pot", {"en": "you had redeemed as many as you may", "zh-CN": "兑换次数已达上限"}),
    ],
)
def test_a_late_payment_that_failed_says_why(
    moto_platform: Platform, tea: TestShop, time: MovableClock, meanwhile: str, why: dict[str, str]
) -> None:
    give(100)
    config = {"payment": "points_and_cash", "cash_minor": 990}
    offer(reward="pot", kind="product", config=config, per_customer=1)
    offer(reward="packet", kind="red_packet", price_points=60)
    redemption = reserve(tea)
    time.forward(minutes=31)
    redeem(tea, meanwhile, key="k2")
    pay(tea, redemption)

    hear(relayed(moto_platform))

    said = {"en": f"Your payment came too late and {why['en']}. The shop pays it back."}
    said["zh-CN"] = f"付款已超时且{why['zh-CN']}，店铺会把款项退还给您。"
    for language, sentence in said.items():
        assert sentence in [item["body"] for item in inbox(tea, language)]


def test_a_product_goes_along_with_the_next_order(tea: TestShop) -> None:
    give(200)
    offer(reward="sample", kind="product", config={"payment": "with_order"})
    offer(reward="packet", kind="red_packet")
    redeem(tea, "sample")
    redeem(tea, "packet", key="k2")
    subject = identity.find_subject("tea", "u1") or ""
    shipped = OrderShipped(id="o1", shop="tea", subject=subject, at=NOON).model_dump_json()

    for _ in range(2):
        assert failed(fulfil(queue_batch([shipped]), None)) == []

    assert {item["reward_id"]: item["status"] for item in mine(tea)["items"]} == {
        "sample": "fulfilled",
        "packet": "pending",
    }


def test_what_was_redeemed_after_the_parcel_left_waits_for_the_next(tea: TestShop, time: MovableClock) -> None:
    give(200)
    offer(reward="sample", kind="product", config={"payment": "with_order"})
    redeem(tea, "sample")
    time.forward(minutes=5)
    redeem(tea, "sample", key="k2")
    subject = identity.find_subject("tea", "u1") or ""
    shipped = OrderShipped(id="o1", shop="tea", subject=subject, at=NOON).model_dump_json()

    assert failed(fulfil(queue_batch([shipped]), None)) == []

    assert [item["status"] for item in mine(tea)["items"]] == ["pending", "fulfilled"]
