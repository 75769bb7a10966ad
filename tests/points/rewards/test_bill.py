"""What infra/cost says that redeeming and what follows it take is what they take: counted, and compared."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.cost import night, trade
from infra.cost.operations import NEWS, Operation
from services.notifications.app import on_event
from services.points import app as service
from shared import clock, identity
from shared.events import OrderShipped
from tests.faults.harness.deliver import queue_messages
from tests.faults.harness.item_size import item_bytes
from tests.faults.harness.units import count_units
from tests.faults.pipe import stream_records
from tests.points.rewards.shelf import cancel, catalogue, give, offer, redeem
from tests.shared.http.routes import signature
from tests.support.asking import ask
from tests.support.batches import raw_items
from tests.support.moto_state import moto_queues
from tests.support.shop import TestShop, forget_everything

OVERHEAD_BYTES = 100
Figures = tuple[float, float, dict[str, int]]


def counted(act: Callable[[], object]) -> Figures:
    with count_units() as units:
        act()
    return units.writes, units.reads, dict(units.calls)


def told(each: Operation) -> Figures:
    return each.writes, each.reads, dict(each.calls)


@pytest.fixture
def shelf(tea: TestShop) -> TestShop:
    """A customer with points, who has redeemed before; a coupon and a counted product."""
    give(500)
    offer()
    offer(reward="cup", kind="product", stock=10)
    assert redeem(tea, key="before").status == 201
    assert redeem(tea, "cup", key="before").status == 201
    take("fulfilment")
    return tea


def take(queue: str) -> list[str]:
    """Take what waits in a queue."""
    found = next(each for name, each in moto_queues().items() if name.endswith(f"-{queue}"))
    bodies = [message.body for message in found._messages]
    found._messages.clear()
    return bodies


def states(reward: str) -> list[dict[str, Any]]:
    """How the redemptions of a reward have stood, as the stream has it."""
    rows = [each for each in stream_records("rewards") if "facts" in each["dynamodb"]["NewImage"]]
    return [each for each in rows if each["dynamodb"]["Keys"]["sk"]["S"].startswith(f"{reward}#")]


def relay(record: dict[str, Any]) -> None:
    assert service.relay_rewards({"Records": [record]}, None) == {"batchItemFailures": []}


def fulfil(body: str) -> None:
    assert service.fulfil({"Records": queue_messages([body])}, None) == {"batchItemFailures": []}


def cold(act: Callable[[], object]) -> Figures:
    """What it takes in a process that remembers nothing, but where its queues are."""
    forget_everything()
    return counted(act)


def test_requests_of_customers_take_what_the_table_says(shelf: TestShop) -> None:
    catalogue(shelf, "u1")
    redemption = redeem(shelf, "cup", key="k0").json["redemption_id"]

    assert counted(lambda: catalogue(shelf, "u1")) == told(trade.CATALOGUE)
    assert counted(lambda: redeem(shelf, key="k1")) == told(trade.REDEEM)
    assert counted(lambda: redeem(shelf, "cup", key="k2")) == told(trade.REDEEM_COUNTED)
    assert counted(lambda: cancel(shelf, redemption)) == told(trade.CANCELLED)


def test_a_process_that_does_not_remember_looks_up_no_more_than_the_table_says(shelf: TestShop) -> None:
    asked: dict[Operation, Callable[[], object]] = {
        trade.CATALOGUE: lambda: catalogue(shelf, "u1"),
        trade.REDEEM: lambda: redeem(shelf, key="k1"),
        trade.REDEEM_COUNTED: lambda: redeem(shelf, "cup", key="k2"),
    }
    extra = {each: cold(act)[1] - each.reads for each, act in asked.items()}

    # For whom a delivery is, is kept under the customer's own key, which is one more to look up.
    assert extra.pop(trade.REDEEM_COUNTED) <= NEWS.reads + 1
    assert max(extra.values()) <= NEWS.reads


def test_a_code_is_told_of_and_followed_for_what_the_table_says(shelf: TestShop) -> None:
    redeem(shelf, key="k1")
    relay(states("cup")[0])
    take("fulfilment")

    relayed = cold(lambda: relay(states("coupon")[-1]))
    (body,) = take("fulfilment")

    assert relayed == told(trade.RELAY_CODE)
    assert cold(lambda: fulfil(body)) == told(trade.FOLLOW)
    assert trade.FOLLOW.taken == 1


def test_a_delivery_is_told_of_handed_on_and_ended_for_what_the_table_says(shelf: TestShop) -> None:
    redemption = redeem(shelf, "cup", key="k1").json["redemption_id"]
    relay(states("cup")[0])
    take("fulfilment")

    pending = cold(lambda: relay(states("cup")[-1]))
    (asked,) = take("fulfilment")
    handed = cold(lambda: fulfil(asked))
    said = cold(lambda: deliver(shelf, redemption))
    ended = cold(lambda: relay(states("cup")[-1]))
    (over,) = take("fulfilment")

    assert (pending, ended) == (told(trade.RELAY_STATE), told(trade.RELAY_STATE))
    assert handed == told(trade.HAND_ON)
    assert said == told(trade.DELIVERED)
    assert cold(lambda: fulfil(over)) == told(trade.FOLLOW)


def deliver(shop: TestShop, redemption: str) -> None:
    """The shop's back end says that it delivered."""
    path, body = f"/v1/shops/{shop.id}/redemptions/{redemption}/fulfilments", {"type": "redemption.fulfilled"}
    body |= {"redemption_id": redemption}
    answer = ask(service.app, "POST", path, body=body, headers=signature(shop.webhook_secret, body))
    assert (answer.status, answer.json["status"]) == (200, "fulfilled")


def test_what_goes_along_with_an_order_is_looked_for_at_the_bills_price(shelf: TestShop) -> None:
    subject = identity.find_subject(shelf.id, "u1")
    assert subject
    shipped = OrderShipped(id="o1", shop=shelf.id, subject=subject, at=clock.now())

    assert cold(lambda: fulfil(shipped.model_dump_json())) == told(trade.ALONG)


def test_what_nobody_is_told_of_takes_an_invocation_and_no_call(shelf: TestShop) -> None:
    for record in states("cup"):
        relay(record)
    for body in take("fulfilment"):
        fulfil(body)
    unheard = [each for each in stream_records("rewards") if "facts" not in each["dynamodb"]["NewImage"]]

    places = {each["dynamodb"]["Keys"]["pk"]["S"].rpartition("#")[2] for each in unheard}
    assert places >= {"redemptions", "0"}
    assert counted(lambda: relay(unheard[-1])) == counted(lambda: relay(unheard[0])) == told(trade.UNTOLD)
    assert counted(lambda: service.relay({"Records": stream_records()[-1:]}, None)) == told(trade.UNTOLD)


def test_a_tick_that_finds_nothing_takes_what_the_table_says(shelf: TestShop) -> None:
    event = {"source": "aws.events", "detail": {}, "detail-type": "", "time": "", "resources": [], "region": ""}
    event |= {"version": "0", "account": "", "id": ""}

    assert counted(lambda: service.expire(event, None)) == told(trade.EXPIRE_TICK)
    assert counted(lambda: service.tick(event, None)) == told(night.TICK)


def test_what_a_redemption_leaves_behind_is_no_larger_than_the_table_says(shelf: TestShop) -> None:
    for record in states("cup") + states("coupon"):
        relay(record)
    for body in take("fulfilment"):
        fulfil(body)
    for body in take("notifications"):
        on_event({"Records": queue_messages([body])}, None)

    rewards = raw_items("rewards")
    kept = {
        "redemption": [row for row in rewards if "facts" in row],
        "line": [row for row in rewards if row["pk"]["S"].endswith("#redemptions")],
        "entry": [row for row in raw_items("entries") if int(row["points"]["N"]) < 0],
        "message": raw_items("outreach"),
    }

    largest = {what: OVERHEAD_BYTES + max(map(item_bytes, rows)) for what, rows in kept.items()}
    assert sum(largest.values()) <= trade.REDEEM.kept_bytes
    assert largest["entry"] <= trade.CANCELLED.kept_bytes
