"""What each function is asked to do: together every route and every call that its code makes.

An errand may be run any number of times. It raises Refused, or fails an assertion, when it was not done.
"""

import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta

from services.compliance.store import JOB
from shared.events import EventSource, PointsMoved, RedemptionChanged
from shared.jobs import LEDGER
from shared.ledger import book
from shared.ledger.account import Account
from shared.ledger.book import SLICES
from tests.compliance.chat import a_line, a_part
from tests.e2e.packaged.installation import PREFIX, Refused
from tests.e2e.packaged.world import DAY, SHOP, World, forget_platform
from tests.support.batches import queue_batch, stream_batch
from tests.support.catalogue import a_reward
from tests.support.ledger import an_earning
from tests.support.shop import a_signin

Errand = Callable[[World], None]

SCHEDULED = {
    "version": "0",
    "id": "1",
    "account": "000000000000",
    "region": "us-east-1",
    "time": "2026-11-25T00:00:00Z",
    "source": "aws.events",
    "detail-type": "Scheduled Event",
    "resources": [],
    "detail": {},
}
LONG_AGO = "2020-01-01T00:00:00Z"

# ── profiles ─────────────────────────────────────────────────────────────────────────────────────


def keep_a_profile(world: World) -> None:
    token = world.token(world.new("shopper"))

    world.at.done("PUT", "/profiles/v1/me", token, {"name": "小林"})

    assert world.at.done("GET", "/profiles/v1/me", token)["name"] == "小林"


def come_in_by_a_link(world: World) -> None:
    link = world.signed(f"/profiles/v1/shops/{SHOP}/links", {"type": "member.link", "customer_id": world.regular})

    session = world.at.done("POST", "/profiles/v1/sessions", body={"shop": SHOP, "code": link["code"]})
    renewed = world.at.done("POST", "/profiles/v1/sessions/renew", body={"renewal": session["renewal"]})

    assert world.at.done("GET", "/profiles/v1/me", renewed["token"])["customer_id"] == world.regular


def look_for_the_login(world: World) -> None:
    assert world.at.done("GET", f"/profiles/v1/shop?shop={SHOP}")["id"] == SHOP


# ── activities ───────────────────────────────────────────────────────────────────────────────────


def write_an_activity(world: World) -> None:
    name, path = world.open_signin(), "/activities/v1/admin/activities"
    changed = {"based_on": 2, "definition": a_signin(title={"en": "Every day"})}

    world.at.done("PUT", f"{path}/{name}", world.owner, changed)

    assert world.at.done("GET", f"{path}/{name}", world.owner)["version"] == 3
    versions = world.at.done("GET", f"{path}/{name}/versions?limit=1", world.owner)
    assert versions["next_cursor"]
    assert world.at.done("GET", f"{path}?limit=1", world.owner)["items"]


def check_in(world: World) -> None:
    customer, path = world.new("shopper"), "/activities/v1/activities"
    one = f"{path}/{world.activity}"
    assert world.at.done("GET", f"{path}?shop={SHOP}")["items"]
    assert world.at.done("GET", one, world.token(customer))["state"]["streak"] == 0

    first = world.check_in(customer)
    # Of somebody who is known the state is read before anything is decided.
    assert world.check_in(customer) == first

    assert world.at.done("GET", one, world.token(customer))["state"]["streak"] == 1


# ── orders ───────────────────────────────────────────────────────────────────────────────────────


def buy(world: World) -> None:
    """A purchase told by the shop; of somebody new it is the first that anybody keeps."""
    event = a_purchase(world, world.new("shopper"))
    assert world.signed(f"/orders/v1/shops/{SHOP}/events", event) == {"accepted": 1}


def a_purchase(world: World, customer: str) -> dict[str, object]:
    line = {"line_id": "1", "sku": "tea-1", "quantity": 1, "paid_minor": 6_800}
    order = {"type": "order.paid", "order_id": world.new("order"), "customer_id": customer, "at": f"{DAY}T10:00:00Z"}
    return {**order, "currency": "CNY", "lines": [line]}


def hear_of_an_order(world: World, **changes: object) -> str:
    """An order of the regular's, paid; its id."""
    event = a_purchase(world, world.regular) | changes
    order_id = str(event.pop("order_id"))
    del event["customer_id"]
    told = {
        "shop": SHOP,
        "order_id": order_id,
        "subject": world.subject(world.regular),
        "taken_at": LONG_AGO,
        "event": event,
    }
    world.at.call("orders-on-event", queue_batch([json.dumps(told)]))
    return order_id


def look_at_orders(world: World) -> None:
    order_id = hear_of_an_order(world)
    path, token = "/orders/v1", world.token(world.regular)

    assert world.at.done("GET", f"{path}/me/orders", token)["items"]
    assert world.at.done("GET", f"{path}/admin/orders?customer_id={world.regular}", world.owner)["items"]
    assert world.at.done("GET", f"{path}/admin/orders/{order_id}", world.owner)["status"] == "paid"


def hear_of_orders(world: World) -> None:
    """Placed alone writes the order only; that nothing is to be waited for is found out by reading it."""
    order_id = hear_of_an_order(world, type="order.placed")
    world.at.call("orders-on-event", queue_batch([json.dumps({"shop": SHOP, "order_id": order_id})]))

    hear_of_an_order(world)
    # What waits for an order is told that one is on its way.
    hear_of_an_order(world, type="order.shipped")


def wait_for_orders(world: World) -> None:
    """An order whose points have waited enough is found by its time and asked for."""
    order_id = hear_of_an_order(world)
    row = world.row("orders", f"{SHOP}#{order_id}", "order")
    world.put("orders", row | {"due": {"S": "orders#0"}, "due_at": {"S": LONG_AGO}})

    assert world.at.call("orders-tick", SCHEDULED)["asked"] >= 1


# ── points ───────────────────────────────────────────────────────────────────────────────────────


def look_at_points(world: World) -> None:
    token = world.token(world.regular)

    assert world.at.done("GET", "/points/v1/me/account", token)["available"] == 5
    assert world.at.done("GET", "/points/v1/me/entries", token)["items"][0]["points"] == 5


def decide_about_points(world: World) -> None:
    path = "/points/v1/admin/policy"
    now = world.at.done("GET", path, world.owner)
    tried = {"policy": now["policy"], "customer_id": world.regular}
    assert world.at.done("POST", f"{path}/preview", world.owner, tried)["lots"]

    changed = world.at.done("PUT", path, world.owner, {"based_on": now["version"], "policy": now["policy"]})

    assert changed["version"] == now["version"] + 1


def correct_somebodys_points(world: World) -> None:
    customer = world.new("shopper")
    world.check_in(customer)
    asked = {"customer_id": customer, "points": -2, "reason": "Given twice."}
    key, path = world.new("key"), "/points/v1/admin/adjustments"

    told = world.at.done("POST", path, world.owner, asked, Idempotency_Key=key)

    # Asked again it reads the entry that was made.
    assert world.at.done("POST", path, world.owner, asked, Idempotency_Key=key) == told
    seen = f"/points/v1/admin/customers/{customer}"
    assert world.at.done("GET", f"{seen}/account", world.owner)["available"] == told["balance"]
    assert world.at.done("GET", f"{seen}/entries", world.owner)["items"][0]["points"] == -2


def set_up_rewards(world: World) -> None:
    path, counted = "/points/v1/admin/rewards", world.open_reward("red_packet", stock=9, shards=2)
    pool = world.open_reward(config={"codes": "pool"})

    changed = {"based_on": 2, "definition": a_reward("red_packet", price_points=1, stock=12, shards=3)}
    assert world.at.done("PUT", f"{path}/{counted}", world.owner, changed)["version"] == 3
    world.at.done("POST", f"{path}/{pool}/codes", world.owner, {"generate": 3})

    assert world.at.done("GET", f"{path}/{counted}/stock", world.owner)["shards"] == [4, 4, 4]
    assert world.at.done("GET", f"{path}/{pool}/stock", world.owner)["codes"] == 3
    assert world.at.done("GET", f"{path}/{counted}", world.owner)["left"] == 12
    assert world.at.done("GET", f"{path}/{counted}/versions?limit=1", world.owner)["next_cursor"]
    assert world.at.done("GET", f"{path}?limit=1", world.owner)["items"]


def name_addresses(world: World) -> None:
    path = "/points/v1/admin/delivery"
    now = world.at.done("GET", path, world.owner)
    asked = {"shop": "https://shop.example/hook", "token": "t0ken-of-the-shop"}

    named = world.at.done("PUT", path, world.owner, {"based_on": now["version"], "delivery": asked})

    assert (named["delivery"]["shop"], named["has_token"]) == ("https://shop.example/hook", True)
    # Again none: others redeem here.
    world.at.done("PUT", path, world.owner, {"based_on": named["version"], "delivery": {}})


def redeem_rewards(world: World) -> None:
    customer, path = world.new("shopper"), "/points/v1"
    world.check_in(customer)
    token = world.token(customer)
    pool, counted = world.open_reward(config={"codes": "pool"}), world.open_reward("red_packet", stock=9, shards=2)
    world.at.done("POST", f"{path}/admin/rewards/{pool}/codes", world.owner, {"codes": [world.new("TEA")]})
    assert world.at.done("GET", f"{path}/rewards", token)["items"]

    coupon = world.redeem(customer, pool)
    assert coupon["code"]
    assert world.redeem(customer, pool) == coupon
    packets = [world.redeem(customer, counted, key=f"packet-{n}")["redemption_id"] for n in range(3)]

    assert world.at.done("POST", f"{path}/redemptions/{packets[0]}/cancel", token)["status"] == "cancelled"
    done = [
        world.at.done("POST", f"{path}/admin/redemptions/{packets[1]}/fulfil", world.owner),
        world.at.done("POST", f"{path}/admin/redemptions/{packets[2]}/fail", world.owner, {"reason": "closed"}),
    ]
    assert [each["status"] for each in done] == ["fulfilled", "returned"]
    assert len(world.at.done("GET", f"{path}/me/redemptions", token)["items"]) == 4
    world.at.done("GET", f"{path}/admin/redemptions?reward_id={counted}", world.owner)
    assert len(world.at.done("GET", f"{path}/admin/redemptions?customer_id={customer}", world.owner)["items"]) == 4


def be_paid_and_deliver(world: World) -> None:
    customer = world.new("shopper")
    world.check_in(customer)
    cash = world.open_reward("product", config={"payment": "points_and_cash", "cash_minor": 990})
    paid, packet = world.redeem(customer, cash)["redemption_id"], world.redeem(customer, world.packet)["redemption_id"]
    path = f"/points/v1/shops/{SHOP}/redemptions"

    took = {"type": "redemption.paid", "redemption_id": paid, "amount_minor": 990}
    assert world.signed(f"{path}/{paid}/payments", took)["status"] == "pending"
    done = {"type": "redemption.fulfilled", "redemption_id": packet}
    assert world.signed(f"{path}/{packet}/fulfilments", done)["status"] == "fulfilled"

    asked = {"type": "quote.request", "customer_id": customer, "item": "tea-1", "price_minor": 6800}
    assert world.signed(f"/points/v1/shops/{SHOP}/quotes", asked)["price_minor"] == 6800


def relay_a_redemption(world: World) -> None:
    customer = world.new("shopper")
    world.check_in(customer)
    world.redeem(customer, world.open_reward())

    world.at.call("points-relay-rewards", stream_batch(world.rows("rewards", f"{SHOP}#{world.subject(customer)}")))


def deliver_a_redemption(world: World) -> None:
    customer = world.new("shopper")
    world.check_in(customer)
    made = world.redeem(customer, world.packet)["redemption_id"]

    world.at.call("points-fulfil", queue_batch([redemption_told(world, customer)]))

    listed = f"/points/v1/admin/redemptions?reward_id={world.packet}"
    assert made in {each["redemption_id"] for each in world.at.done("GET", listed, world.owner)["items"]}


def deliver_by_adapters(world: World) -> None:
    """To addresses that nobody may call: a payout comes back, the call to the shop's back end is tried again."""
    addresses = {"shop": "http://x.test", "red_packet": "http://x.test", "data_top_up": ""}
    row = {"pk": {"S": SHOP}, "sk": {"S": "delivery"}, "body": {"S": json.dumps(addresses)}, "version": {"N": "1"}}
    world.put("shops", row)
    payout, product = world.open_reward("red_packet", stock=2), world.open_reward("product")
    heard = []
    for reward in (payout, product):
        customer = world.new("shopper")
        world.check_in(customer)
        world.redeem(customer, reward)
        heard.append(queue_batch([redemption_told(world, customer)]))

    world.at.call("points-fulfil", heard[0])
    with contextlib.suppress(Refused):
        world.at.call("points-fulfil", heard[1])

    world.delete("shops", row)


def read_a_code(world: World) -> None:
    """A coupon's code in the inbox: by the stream, the relay and the queue."""
    customer = world.new("shopper")
    world.check_in(customer)
    token, code = world.token(customer), world.redeem(customer, world.open_reward())["code"]

    def told() -> bool:
        items = world.at.done("GET", "/notifications/v1/me/inbox", token)["items"]
        return any(code in item["body"] for item in items)

    world.at.eventually(told)


def forget_key(world: World, customer: str) -> None:
    key = {"pk": {"S": f"{SHOP}#{world.subject(customer)}"}}
    world.at.eventually(lambda: world.at.dynamodb.get_item(TableName=f"{PREFIX}-keys", Key=key).get("Item"))
    world.at.dynamodb.delete_item(TableName=f"{PREFIX}-keys", Key=key)


def redemption_told(world: World, customer: str) -> str:
    """What the fulfilment hears of a customer's only redemption."""
    subject = world.subject(customer)
    (row,) = world.rows("rewards", f"{SHOP}#{subject}")
    reward, _, digest = row["sk"]["S"].partition("#")
    heard = RedemptionChanged(
        id=f"{SHOP}#{subject}#{reward}#{digest}#1",
        shop=SHOP,
        subject=subject,
        at=datetime.now(UTC),
        reward=reward,
        redemption=digest,
        kind="product",
        status=row["status"]["S"],
        title={"en": "Tea"},
        points=1,
        refund_minor=0,
        sealed_code=None,
        seq=1,
    )
    return heard.model_dump_json()


def run_out_of_time(world: World) -> None:
    """Nobody paid: the redemption is found by its time and gives its points back."""
    customer = world.new("shopper")
    world.check_in(customer)
    cash = world.open_reward("product", config={"payment": "points_and_cash", "cash_minor": 990}, stock=1)
    world.redeem(customer, cash)
    world.at.call("points-fulfil", queue_batch([redemption_told(world, customer)]))
    make_it_late(world, customer, cash)

    assert world.at.call("points-expire", SCHEDULED)["expired"] == 1

    (item,) = world.at.done("GET", "/points/v1/me/redemptions", world.token(customer))["items"]
    assert item["status"] == "returned"


def make_it_late(world: World, customer: str, reward: str) -> None:
    """As if the half hour were over, for redemption, list and account."""
    (line,) = world.rows("rewards", f"{SHOP}#{reward}#redemptions")
    world.put("rewards", line | {"due_at": {"S": LONG_AGO}})
    (row,) = world.rows("rewards", f"{SHOP}#{world.subject(customer)}")
    facts = json.loads(row["facts"]["S"]) | {"u": LONG_AGO}
    world.put("rewards", row | {"facts": {"S": json.dumps(facts)}})
    key = {"pk": {"S": f"{SHOP}#{world.subject(customer)}"}}
    account = world.at.dynamodb.get_item(TableName=f"{PREFIX}-accounts", Key=key)["Item"]
    holds = {name: [*held[:2], LONG_AGO, held[3]] for name, held in json.loads(account["holds"]["S"]).items()}
    world.put("accounts", account | {"holds": {"S": json.dumps(holds)}})


def relay_an_entry(world: World) -> None:
    world.at.call("points-relay", stream_batch(world.rows("entries", f"{SHOP}#{world.subject(world.regular)}")))


def tell_it_again(world: World) -> None:
    """Of a coupon, too, that no relay ever told of: its customer has no key yet to seal the code with."""
    customer = world.new("shopper")
    world.check_in(customer)
    world.redeem(customer, world.open_reward())
    forget_key(world, customer)
    assert world.regular
    assert world.at.call("points-republish", {"since": LONG_AGO})["published"] > 0


# ── notifications ────────────────────────────────────────────────────────────────────────────────


def read_a_message(world: World) -> None:
    token = world.token(world.regular)
    hear_of_points(world)
    (item, *_) = world.at.done("GET", "/notifications/v1/me/inbox", token)["items"]

    read = world.at.done("POST", f"/notifications/v1/me/inbox/{item['id']}/read", token)

    assert read["read"]


def hear_of_points(world: World) -> None:
    """Each time of later points, so that the item is written again and is unread."""
    subject = world.subject(world.regular)
    seq = 100 + int(world.new("seq").rpartition("-")[2])
    heard = PointsMoved(
        id=f"{SHOP}#{subject}#{DAY}#{seq}",
        shop=SHOP,
        subject=subject,
        at=datetime.now(UTC),
        kind="earn",
        points=5,
        available=5,
        pending=0,
        available_after=5,
        seq=seq,
        source=EventSource(what="activity", id=world.activity, rule="daily", version=1, facts={}),
    )

    world.at.call("notifications-on-event", queue_batch([heard.model_dump_json()]))


# ── compliance ───────────────────────────────────────────────────────────────────────────────────


def send_chat(world: World) -> None:
    said = {"type": "chat.messages", "messages": [question(world)]}

    assert world.signed(f"/compliance/v1/shops/{SHOP}/messages", said) == {"accepted": 1}


def question(world: World) -> dict[str, object]:
    """A message that nobody sent before."""
    return a_line(f"{DAY}T10:00:00+08:00", message_id=world.new("message"), customer_id=world.new("asker"))


def look_at_scores(world: World) -> None:
    score_a_day(world)
    path = "/compliance/v1/admin/scores"
    days = world.at.done("GET", f"{path}?limit=1", world.owner)["items"]

    asker = world.at.done("GET", f"{path}/{DAY}/users?limit=1", world.owner)["items"][0]["customer_id"]

    assert days[0]["date"] == world.at.done("GET", f"{path}/{DAY}", world.owner)["date"] == DAY
    assert world.at.done("GET", f"{path}/{DAY}/messages?customer_id={asker}", world.owner)["items"]


def pack_chat(world: World) -> None:
    """The first chat of a shop that has no nightly job yet."""
    shop = world.new("shop")

    hear_of_chat(world, shop)

    assert world.row("shops", shop, f"job#{JOB}")


def hear_of_chat(world: World, shop: str) -> None:
    """About a day that is over: it is to be scored again."""
    world.at.call("compliance-pack", queue_batch([a_part(shop, [question(world)])]))


def score_a_day(world: World) -> None:
    hear_of_chat(world, SHOP)

    world.at.call("compliance-score", queue_batch([json.dumps({"shop": SHOP, "date": DAY})]))


def fall_due(world: World) -> None:
    """A night comes: the job is found by its time, asked for, and waits for the next."""
    shop = world.new("shop")
    hear_of_chat(world, shop)
    waiting = world.row("shops", shop, f"job#{JOB}")
    today = date.fromisoformat(json.loads(waiting["body"]["S"])["date"])
    yesterday = json.dumps({"date": (today - timedelta(days=1)).isoformat()})
    world.put("shops", waiting | {"body": {"S": yesterday}, "due_at": {"S": LONG_AGO}})

    # A tick that was kept from its work has left its job for this one.
    assert world.at.call("compliance-tick", SCHEDULED)["asked"] >= 1

    assert world.row("shops", shop, f"job#{JOB}")["due_at"]["S"] > LONG_AGO


# ── the ledger's night ───────────────────────────────────────────────────────────────────────────


def look_at_the_report(world: World) -> None:
    assert world.at.done("GET", "/points/v1/admin/reports", world.owner)["issued"]["points"] >= 0


def begin_the_night(world: World) -> None:
    job = f"job#{LEDGER}"
    waiting = world.row("shops", SHOP, job)
    before = (datetime.now(UTC).date() - timedelta(days=2)).isoformat()
    world.put("shops", waiting | {"body": {"S": json.dumps({"date": before})}, "due_at": {"S": LONG_AGO}})

    assert world.at.call("points-tick", SCHEDULED)["asked"] >= 1

    assert world.row("shops", SHOP, job)["due_at"]["S"] > LONG_AGO


def check_the_books(world: World) -> None:
    """Every slice. One account's points expired, which is swept; another's entries are gone, which is told."""
    begun = Account(SHOP, world.new("expired"))
    posting = an_earning(begun, 5, day=date(2020, 1, 5), bucket="2020-01")
    wrong = an_earning(Account(SHOP, world.new("wrong")), 5)
    world.put("entries", book._entry_row(posting.entry).serialize())
    for account in (posting.after, wrong.after):
        world.put("accounts", book._account_row(account).serialize())
    today = datetime.now(UTC).date().isoformat()

    for number in range(SLICES):
        told = {"shop": SHOP, "date": today, "slice": number}
        world.at.call("points-check", queue_batch([json.dumps(told)]))
    sweep = {"shop": SHOP, "date": today, "at": f"{today}T00:00:00Z", "sweep": [begun.subject]}
    world.at.call("points-check", queue_batch([json.dumps(sweep)]))

    kinds = [row["kind"]["S"] for row in world.rows("entries", f"{SHOP}#{begun.subject}")]
    assert sorted(kinds) == ["earn", "expire"]


# ── admin ────────────────────────────────────────────────────────────────────────────────────────


def run_a_shop(world: World) -> None:
    owner, path = world.owner, "/admin/v1/shops"
    another = {"id": world.new("shop"), "name": {"en": "Another"}}
    world.at.done("POST", path, world.platform_key, another)
    assert world.at.done("GET", f"{path}?limit=1", world.platform_key)["next_cursor"]
    now = world.at.done("GET", f"{path}/{SHOP}", owner)
    settings = {"name": now["name"]}

    changed = world.at.done("PUT", f"{path}/{SHOP}", owner, {"based_on": now["version"], "settings": settings})

    assert changed["version"] == now["version"] + 1
    assert world.at.done("GET", "/admin/v1/audit?limit=1", owner)["items"][0]["action"] == "shop.changed"


def let_an_owner_in_again(world: World) -> None:
    owner = world.at.done("POST", f"/admin/v1/shops/{SHOP}/owners", world.platform_key, {"name": "Lin"})

    assert world.at.done("GET", "/admin/v1/operators/me", owner["secret"])["role"] == "owner"
    world.at.done("GET", "/admin/v1/platform/audit", world.platform_key)


def change_keys(world: World) -> None:
    key = world.at.done("POST", "/admin/v1/keys", world.owner, {"purpose": "webhook"})["id"]
    assert key in {each["id"] for each in world.at.done("GET", "/admin/v1/keys", world.owner)["items"]}

    world.at.done("DELETE", f"/admin/v1/keys/{key}", world.owner)


def change_owners(world: World) -> None:
    """An owner goes: refused unless another stays, which the transaction itself looks up."""
    operator = world.at.done("POST", "/admin/v1/operators", world.owner, {"name": "Lin", "role": "owner"})
    assert world.at.done("GET", "/admin/v1/operators/me", operator["secret"])["name"] == "Lin"
    assert len(world.at.done("GET", "/admin/v1/operators", world.owner)["items"]) > 1

    world.at.done("DELETE", f"/admin/v1/operators/{operator['id']}", world.owner)


def bootstrap(world: World) -> None:
    forget_platform(world)

    first = world.at.call("admin-bootstrap", {})["platform_key"]
    world.platform_key = world.at.call("admin-bootstrap", {"rotate": True})["platform_key"]

    assert first
    assert world.platform_key not in (None, first)


ERRANDS: Mapping[str, Sequence[Errand]] = {
    "activities.api": (check_in, write_an_activity),
    "admin.api": (run_a_shop, change_keys, change_owners, let_an_owner_in_again),
    "admin.bootstrap": (bootstrap,),
    "compliance.api": (send_chat, look_at_scores),
    "compliance.pack": (pack_chat,),
    "compliance.score": (score_a_day,),
    "compliance.tick": (fall_due,),
    "notifications.api": (read_a_message, read_a_code),
    "notifications.on_event": (hear_of_points,),
    "orders.api": (buy, look_at_orders),
    "orders.on_event": (hear_of_orders,),
    "orders.tick": (wait_for_orders,),
    "points.api": (
        look_at_points,
        look_at_the_report,
        decide_about_points,
        correct_somebodys_points,
        name_addresses,
        set_up_rewards,
        redeem_rewards,
        be_paid_and_deliver,
    ),
    "points.expire": (run_out_of_time,),
    "points.fulfil": (deliver_a_redemption, deliver_by_adapters),
    "points.check": (check_the_books,),
    "points.tick": (begin_the_night,),
    "points.relay": (relay_an_entry,),
    "points.relay_rewards": (relay_a_redemption,),
    "points.republish": (tell_it_again,),
    "profiles.api": (keep_a_profile, come_in_by_a_link, look_for_the_login),
}
"""Function → its errands."""
