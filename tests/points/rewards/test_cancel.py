"""Cancelling: what goes back, once, and until when."""

from tests.points.rewards.shelf import balance, cancel, give, left, mine, offer, redeem
from tests.support.shop import MovableClock, TestShop


def test_a_pending_redemption_gives_points_and_stock_back_once(tea: TestShop) -> None:
    give(100)
    offer(reward="packet", kind="red_packet", stock=3)
    redemption = redeem(tea, "packet").json["redemption_id"]
    assert (balance(tea), left(tea, "packet")) == (50, 2)

    first = cancel(tea, redemption)
    again = cancel(tea, redemption)

    assert (first.status, first.json["status"], first.json["cancellable"]) == (200, "cancelled", False)
    assert again.body == first.body
    assert (balance(tea), left(tea, "packet")) == (100, 3)


def test_what_was_cancelled_counts_towards_no_limit(tea: TestShop) -> None:
    give(100)
    offer(reward="packet", kind="red_packet", per_customer=1)
    cancel(tea, redeem(tea, "packet").json["redemption_id"])

    assert redeem(tea, "packet", key="k2").status == 201


def test_a_delivered_coupon_cannot_be_cancelled(tea: TestShop) -> None:
    give(100)
    offer()
    redemption = redeem(tea).json

    assert cancel(tea, redemption["redemption_id"]).code == "conflict"
    assert redemption["cancellable"] is False
    assert balance(tea) == 50


def test_points_that_wait_for_money_are_held_and_come_back(tea: TestShop) -> None:
    give(100)
    offer(reward="pot", kind="product", config={"payment": "points_and_cash", "cash_minor": 990}, stock=1)
    redemption = redeem(tea, "pot").json
    assert (redemption["status"], redemption["cash_minor"]) == ("reserved", 990)
    assert redemption["payable_until"] == "2026-11-02T04:30:00Z"
    assert balance(tea) == 50

    cancelled = cancel(tea, redemption["redemption_id"]).json

    assert (cancelled["status"], cancelled["payable_until"]) == ("cancelled", None)
    assert (balance(tea), left(tea, "pot")) == (100, 1)


def test_a_redemption_nobody_paid_in_time_reads_as_returned(tea: TestShop, time: MovableClock) -> None:
    give(100)
    offer(reward="pot", kind="product", config={"payment": "points_and_cash", "cash_minor": 990})
    redemption = redeem(tea, "pot").json

    time.forward(minutes=30)

    assert mine(tea)["items"][0]["status"] == "returned"
    assert balance(tea) == 100
    assert cancel(tea, redemption["redemption_id"]).code == "conflict"


def test_another_customers_redemption_is_missing(tea: TestShop) -> None:
    give(100)
    give(100, "u2")
    offer(reward="packet", kind="red_packet")
    redemption = redeem(tea, "packet").json["redemption_id"]

    for name in (redemption, redemption[:-2] + "aa", "none", "packet." + "a" * 52):
        assert cancel(tea, name, "u2").status == 404
    assert balance(tea) == 50


def test_a_redemptions_name_does_not_tell_the_subject(tea: TestShop) -> None:
    subject = give(100)
    offer()

    assert subject not in redeem(tea).body.decode()
