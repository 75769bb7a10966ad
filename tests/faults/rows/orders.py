"""The handlers of orders in the fault matrix; every shuffle of an order's events is in tests/orders."""

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from services.orders import engine
from shared import clock, shops, tables
from shared.ledger.policy import Policy
from tests.faults.matrix.rows import Asked, OnlyReads, Queued, Row, Scheduled
from tests.faults.scene import AMEI, NOW, XIN, Scene
from tests.orders.buying import a_line, a_refund, an_event

ORDERS = "/orders/v1/admin/orders"
POISON = [
    '{"shop": "tea", "order_id": "o1", "subject": "s", "event": {"type": "order.paid"}}',
    '{"shop": "tea", "order_id": "nobody-knows-it"}',
    '{"shop": "tea"}',
]


def paid(scene: Scene) -> None:
    """An order of two lines, paid and refunded in part: its points wait."""
    two = an_event(lines=[a_line("1", 6_800), a_line("2", 1_001)])
    for event in (two, a_refund("r1", ("1", 3_333))):
        engine.hear(json.loads(bodied(scene, event)))


def completed(scene: Scene) -> None:
    """The same, completed."""
    paid(scene)
    engine.hear(json.loads(bodied(scene, an_event("completed"))))


def bodied(scene: Scene, event: dict[str, Any]) -> str:
    """A message that was taken this noon, however late it comes."""
    inner = {name: value for name, value in event.items() if name not in ("order_id", "customer_id")}
    told = {"shop": scene.shop.id, "order_id": event["order_id"], "subject": scene.names["subject"]}
    return json.dumps({**told, "taken_at": clock.rfc3339(NOW), "event": {**inner, "at": "2026-11-02T03:00:00Z"}})


def told(**event: Any) -> Callable[[Scene], Sequence[str]]:
    """One event, told twice: several of an account would make other entries in another order."""
    return lambda scene: [bodied(scene, an_event(**event))] * 2


def waits(scene: Scene) -> Sequence[str]:
    return [json.dumps({"shop": scene.shop.id, "order_id": "w1"})]


def waiting(scene: Scene) -> None:
    """Two orders whose points have waited enough."""
    shop = shops.load_fresh(scene.shop.id)
    policy = Policy(pending_days=1)
    tables.commit([shops.save_part(replace(shop, points=policy, version=shop.version + 1))])
    shops.forget(shop.id)
    for name in ("w1", "w2"):
        engine.hear(json.loads(bodied(scene, an_event(order_id=name))))
    scene.clock.at += timedelta(days=2)


ROWS: list[Row] = [
    # Asked again, the queue is told again, with a later time.
    Asked(handler="POST /orders/v1/shops/{shop}/events", body=an_event(customer_id=AMEI), again="anew"),
    Asked(
        handler="POST /orders/v1/shops/{shop}/events",
        case="the first of a customer",
        body=an_event(customer_id=XIN),
        again="anew",
        whole=False,
    ),
    Queued(handler="orders.on_event", bodies=told(), poison=POISON),
    Queued(handler="orders.on_event", case="completed", bodies=told(kind="completed"), prepare=paid),
    Queued(handler="orders.on_event", case="cancelled", bodies=told(kind="cancelled"), prepare=completed),
    Queued(handler="orders.on_event", case="waited", bodies=waits, prepare=waiting),
    Scheduled(handler="orders.tick", prepare=waiting, whole=False),
    OnlyReads(handler="GET /orders/v1/me/orders", query={"limit": 1}),
    OnlyReads(handler=f"GET {ORDERS}", query={"limit": 1}),
    OnlyReads(handler=f"GET {ORDERS}/{{order_id}}"),
]
