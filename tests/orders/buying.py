"""Orders to test with: events as a shop sends them, their way by queue, and shops that have decided about points."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from services.orders import app as service
from services.orders import engine, store
from services.orders.messages import EventIn
from services.orders.order import Order
from shared import identity, shops, tables
from shared.ledger import book
from shared.ledger.account import Account
from shared.ledger.policy import Policy
from tests.faults.harness.deliver import queue_messages
from tests.shared.http.routes import signature
from tests.support.asking import Reply, ask
from tests.support.moto_state import moto_queues
from tests.support.shop import TestShop

AT = "2026-11-02T11:00:00+08:00"
"""An hour before the tests' clock stands."""


def a_line(line_id: str = "1", paid_minor: int = 6_800, **changes: Any) -> dict[str, Any]:
    return {"line_id": line_id, "sku": f"tea-{line_id}", "quantity": 1, "paid_minor": paid_minor} | changes


def an_event(kind: str = "paid", order_id: str = "o1", **changes: Any) -> dict[str, Any]:
    """An event; one of payment has one line of ¥68 unless it says otherwise. None leaves a field out."""
    told: dict[str, Any] = {"type": f"order.{kind}", "order_id": order_id, "customer_id": "u1", "at": AT}
    if kind == "paid":
        told |= {"currency": "CNY", "lines": [a_line()]}
    return {name: value for name, value in (told | changes).items() if value is not None}


def a_refund(refund_id: str, *lines: tuple[str, int], unlined: int | None = None, **changes: Any) -> dict[str, Any]:
    """Money that goes back: for lines, or for none in particular."""
    parts = [{"line_id": line_id, "refunded_minor": minor} for line_id, minor in lines]
    return an_event("refunded", refund_id=refund_id, lines=parts or None, refunded_minor=unlined, **changes)


def send(shop: TestShop, event: dict[str, Any], **more: Any) -> Reply:
    """An event as the shop's back end sends it."""
    headers = signature(shop.webhook_secret, event)
    return ask(service.app, "POST", f"/v1/shops/{shop.id}/events", body=event, headers=headers, **more)


def told(event: dict[str, Any], shop: str = "tea") -> str:
    """The queue's message of an event."""
    parsed = EventIn.model_validate_json(json.dumps(event))
    subject = identity.make_subject(shop, parsed.customer_id)
    return engine.message_of(shops.load(shop), subject, parsed).model_dump_json()


def hear(*events: dict[str, Any], shop: str = "tea") -> None:
    """Take events in, one after the other."""
    for event in events:
        engine.hear(json.loads(told(event, shop)))


def waiting() -> list[str]:
    """Take what waits in the queue."""
    queue = next(queue for name, queue in moto_queues().items() if name.endswith("-orders"))
    bodies = [message.body for message in queue._messages]
    queue._messages.clear()
    return bodies


def deliver(bodies: Iterable[str]) -> list[str]:
    """Hand messages to the handler; the bodies it reports as failed."""
    records = queue_messages(list(bodies))
    answer = service.on_event({"Records": records}, None)
    failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
    return [record["body"] for record in records if record["messageId"] in failed]


def tick() -> int:
    """Let the schedule fire."""
    event = {"source": "aws.events", "detail": {}, "detail-type": "", "time": "", "resources": [], "region": ""}
    return int(service.tick(event | {"version": "0", "account": "", "id": ""}, None)["asked"])


def decide(policy: Policy, shop: str = "tea") -> None:
    """Let a shop have this policy."""
    before = shops.load_fresh(shop)
    tables.commit([shops.save_part(replace(before, points=policy, version=before.version + 1))])
    shops.forget(shop)


def the_order(order_id: str = "o1", shop: str = "tea") -> Order:
    return store.load_order(shop, order_id)


def the_account(customer: str = "u1", shop: str = "tea") -> Account:
    return book.load_account(shop, identity.make_subject(shop, customer), consistent=True)
