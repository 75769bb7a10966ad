"""Points and cash: what a payment takes, in time, too late, twice, and for what was cancelled."""

from typing import Any

from services.points.app import app, expire, fulfil
from services.points.rewards import outbox, store
from shared.schema import RedemptionRow, StockRow
from tests.points.rewards.shelf import balance, cancel, give, left, mine, offer, redeem
from tests.shared.http.routes import signature
from tests.support.asking import Reply, ask
from tests.support.batches import failed, queue_batch
from tests.support.shop import MovableClock, TestShop

CASH = {"payment": "points_and_cash", "cash_minor": 990}
FIRED: dict[str, Any] = dict.fromkeys(
    ("version", "account", "region", "detail-type", "time", "id", "source", "detail", "resources"), ""
)


def reserve(shop: TestShop, key: str = "k1", customer: str = "u1") -> str:
    return str(redeem(shop, "pot", key=key, customer=customer).json["redemption_id"])


def pay(shop: TestShop, redemption: str, amount: int = 990, signed: str | None = None) -> Reply:
    body = {"type": "redemption.paid", "redemption_id": signed or redemption, "amount_minor": amount}
    path = f"/v1/shops/{shop.id}/redemptions/{redemption}/payments"
    return ask(app, "POST", path, body=body, headers=signature(shop.webhook_secret, body))


def told_of_all() -> list[str]:
    """What the stream would tell of every redemption as it is now."""
    rows = RedemptionRow.scan(RedemptionRow.facts.exists())
    return [event.model_dump_json() for row in rows if (event := outbox.event_of(store.redemption_from(row)))]


def tick(shop: TestShop) -> int:
    """The lists are brought up to date, and the clock fires."""
    assert failed(fulfil(queue_batch(told_of_all()), None)) == []
    found: int = expire(FIRED, None)["expired"]
    return found


def test_a_payment_in_time_takes_the_points_that_were_held_once(tea: TestShop) -> None:
    give(100)
    offer(reward="pot", kind="product", config=CASH, stock=1)
    redemption = reserve(tea)

    first, again = pay(tea, redemption), pay(tea, redemption)

    assert first.json == {"redemption_id": redemption, "status": "pending", "refund_minor": 0}
    assert again.body == first.body
    assert (balance(tea), left(tea, "pot")) == (50, 0)
    assert cancel(tea, redemption).code == "conflict"


def test_nobody_paid_so_points_and_stock_come_back_once(tea: TestShop, time: MovableClock) -> None:
    give(100)
    offer(reward="pot", kind="product", config=CASH, stock=1)
    reserve(tea)
    assert tick(tea) == 0

    time.forward(minutes=30)

    assert [tick(tea), tick(tea)] == [1, 0]
    assert (balance(tea), left(tea, "pot")) == (100, 1)
    assert mine(tea)["items"][0]["status"] == "returned"


def test_a_late_payment_takes_available_points_again(tea: TestShop, time: MovableClock) -> None:
    give(100)
    offer(reward="pot", kind="product", config=CASH, stock=1)
    redemption = reserve(tea)
    tick(tea)
    time.forward(minutes=40)
    tick(tea)

    assert pay(tea, redemption).json["status"] == "pending"
    assert (balance(tea), left(tea, "pot")) == (50, 0)


def test_a_late_payment_for_what_is_gone_has_to_go_back(tea: TestShop, time: MovableClock) -> None:
    give(100)
    give(100, "u2")
    offer(reward="pot", kind="product", config=CASH, stock=1)
    redemption = reserve(tea)
    tick(tea)
    time.forward(minutes=40)
    tick(tea)
    pay(tea, reserve(tea, customer="u2"))

    late = pay(tea, redemption).json

    assert (late["status"], late["refund_minor"]) == ("failed", 990)
    assert pay(tea, redemption).json == late
    assert (balance(tea), left(tea, "pot")) == (100, 0)


def test_a_late_payment_without_points_gives_the_stock_back(tea: TestShop, time: MovableClock) -> None:
    give(100)
    offer(reward="pot", kind="product", config=CASH, stock=1)
    offer(reward="packet", kind="red_packet", price_points=60)
    redemption = reserve(tea)
    time.forward(minutes=31)
    redeem(tea, "packet", key="k2")

    late = pay(tea, redemption).json

    assert (late["status"], late["refund_minor"]) == ("failed", 990)
    assert (balance(tea), left(tea, "pot")) == (40, 1)


def test_a_payment_for_what_was_cancelled_has_to_go_back(tea: TestShop) -> None:
    give(100)
    offer(reward="pot", kind="product", config=CASH)
    redemption = reserve(tea)
    cancel(tea, redemption)

    assert pay(tea, redemption).json == {"redemption_id": redemption, "status": "cancelled", "refund_minor": 990}
    assert balance(tea) == 100


def test_a_payment_is_good_for_one_redemption_and_one_amount(tea: TestShop) -> None:
    give(200)
    offer(reward="pot", kind="product", config=CASH)
    one, other = reserve(tea), reserve(tea, key="k2")

    assert pay(tea, one, signed=other).pointers == ["/redemption_id"]
    assert pay(tea, one, amount=100).pointers == ["/amount_minor"]
    assert balance(tea) == 100


def test_what_was_paid_and_cannot_be_delivered_gives_points_back_and_money_too(tea: TestShop) -> None:
    give(100)
    offer(reward="pot", kind="product", config=CASH, stock=1)
    redemption = reserve(tea)
    pay(tea, redemption)
    body = {"type": "redemption.failed", "redemption_id": redemption, "reason": "broken"}

    path = f"/v1/shops/tea/redemptions/{redemption}/fulfilments"
    told = ask(app, "POST", path, body=body, headers=signature(tea.webhook_secret, body)).json

    assert (told["status"], told["refund_minor"]) == ("returned", 990)
    assert (balance(tea), left(tea, "pot")) == (100, 1)


def test_late_payments_are_within_the_limit_of_a_customer(tea: TestShop, time: MovableClock) -> None:
    give(300)
    offer(reward="pot", kind="product", config=CASH, per_customer=1, stock=9)
    redemptions = []
    for key in ("k1", "k2", "k3", "k4"):
        redemptions.append(reserve(tea, key))
        time.forward(minutes=31)
    tick(tea)

    late = [pay(tea, redemption).json for redemption in redemptions]

    assert [(each["status"], each["refund_minor"]) for each in late] == [("pending", 0)] + [("failed", 990)] * 3
    assert (balance(tea), left(tea, "pot")) == (250, 8)


def test_a_late_payment_counts_in_the_period_it_was_redeemed_in(tea: TestShop, time: MovableClock) -> None:
    give(300)
    offer(reward="pot", kind="product", config=CASH, per_period={"period": "day", "limit": 1})
    first = reserve(tea, "k1")
    time.forward(minutes=31)
    pay(tea, reserve(tea, "k2"))
    time.forward(days=1)

    assert pay(tea, first).json["status"] == "failed"
    assert pay(tea, reserve(tea, "k3")).json["status"] == "pending"


def test_a_late_payment_gathers_what_is_left(tea: TestShop, time: MovableClock) -> None:
    give(200)
    offer(reward="pot", kind="product", config=CASH, stock=8, shards=8)
    redemption = str(redeem(tea, "pot", quantity=2).json["redemption_id"])
    tick(tea)
    time.forward(minutes=40)
    tick(tea)
    for shard in range(8):
        StockRow(f"tea#pot#stock#{shard}", "stock", left=1).save()

    assert pay(tea, redemption, amount=1_980).json["status"] == "pending"
    assert left(tea, "pot") == 6
