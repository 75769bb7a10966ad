"""Orders: what the customer bought. Events come in signed, a queue takes them in, points follow."""

from typing import Any

from chalice.app import CloudWatchEvent, SQSEvent

from services.orders import engine, messages, store
from services.orders.messages import AcceptedOut, CustomerPaging, EventIn, OrderList, OrderOut
from shared import identity
from shared.events import bus
from shared.http import Api, Call, Paging, cursor
from shared.settings import settings

app = Api("orders")

EVENT_MAX = 128 * 1024
"""A queue takes 256 KB, and a sign may be written in twice the bytes there."""


@app.post("/v1/shops/{shop}/events", who="shop", body=EventIn, returns=AcceptedOut, status=202, body_max=EVENT_MAX)
def take_event(call: Call[EventIn, None], shop: str) -> AcceptedOut:
    """Take one event of an order. Send it again as often as you like, and events in any order."""
    del shop  # the signature says whose it is
    engine.accept(call.shop, call.body)
    return AcceptedOut(accepted=1)


@app.on_sqs_message(queue=settings.queue("orders"), batch_size=10, name="on_event")
def on_event(event: SQSEvent) -> bus.BatchAnswer:
    """Take events in, each by itself: the order, what it adds up to and its points are written together."""
    return bus.consume(event, engine.hear)


@app.schedule("rate(15 minutes)", name="tick")
def tick(event: CloudWatchEvent) -> dict[str, int]:
    """Let points become available that have waited enough."""
    del event
    return {"asked": engine.tick()}


@app.get("/v1/me/orders", who="customer", query=Paging, returns=OrderList)
def list_my_orders(call: Call[None, Paging]) -> OrderList:
    """The caller's orders, the latest first, with the points of every line."""
    return _page(call, "my-orders", call.subject)


# ── for operators ────────────────────────────────────────────────────────────────────────────────


@app.get("/v1/admin/orders", who="viewer", query=CustomerPaging, returns=OrderList)
def list_orders(call: Call[None, CustomerPaging]) -> OrderList:
    """A customer's orders, the latest first; without `customer_id` all orders, customer by customer."""
    customer_id = call.query.customer_id
    if customer_id is None:
        return _page(call, "orders", "")
    return _page(call, "orders", identity.find_subject(call.shop, customer_id))


@app.get("/v1/admin/orders/{order_id}", who="viewer", returns=OrderOut)
def get_order(call: Call[None, None], order_id: str) -> OrderOut:
    """One order with all that was told of it."""
    return messages.full(store.load_order(call.shop, order_id))


def _page(call: Call[Any, Any], what: str, subject: str | None) -> OrderList:
    """A page of the orders of ``subject``: none of somebody without a file, everybody's for an empty one."""
    if subject is None:
        return OrderList(items=[], next_cursor=None)
    scope = f"{what}:{call.shop}:{subject}"
    page = store.list_orders(call.shop, subject, limit=call.query.limit, after=cursor.read(scope, call.query.cursor))
    return OrderList(items=[messages.line(order) for order in page.orders], next_cursor=cursor.write(scope, page.after))
