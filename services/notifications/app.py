"""Notifications: what the customer is told, so far in the inbox."""

from typing import Any

from chalice.app import SQSEvent

from services.notifications import inbox, store
from services.notifications.inbox import InboxOut, Item, ItemOut
from shared import logs
from shared.events import EVENTS, OrderShipped, bus
from shared.http import Api, Call, Paging, cursor
from shared.settings import settings

app = Api("notifications")


@app.get("/v1/me/inbox", who="customer", query=Paging, returns=InboxOut)
def get_inbox(call: Call[None, Paging]) -> InboxOut:
    """The caller's messages, the latest first."""
    if call.subject is None:
        return InboxOut(items=[], unread=0, next_cursor=None)
    scope = f"inbox:{call.shop}:{call.subject}"
    items = store.list_items(call.shop, call.subject)
    shown, after = inbox.page(items, limit=call.query.limit, after=cursor.read(scope, call.query.cursor))
    return InboxOut(
        items=[_told(call, call.subject, item) for item in shown],
        unread=sum(not item.read for item in items),
        next_cursor=cursor.write(scope, after),
    )


@app.post("/v1/me/inbox/{item_id}/read", who="customer", returns=ItemOut, refuses=("conflict",))
def mark_read(call: Call[None, None], item_id: str) -> ItemOut:
    """Note that the caller has seen a message. Saying it twice changes nothing."""
    subject = call.require_subject()
    return _told(call, subject, store.mark_read(call.shop, subject, item_id))


def _told(call: Call[Any, Any], subject: str, item: Item) -> ItemOut:
    return inbox.told(item, call.language, store.open_code(call.shop, subject, item))


@app.on_sqs_message(queue=settings.queue("notifications"), batch_size=10, name="on_event")
def on_event(event: SQSEvent) -> bus.BatchAnswer:
    """Bring inboxes up to date. Each message succeeds or fails by itself."""
    return bus.consume(event, _on_message)


def _on_message(message: Any) -> None:
    heard = EVENTS.validate_python(message)
    if isinstance(heard, OrderShipped):
        msg = f"{heard.type} is nothing to be told"
        raise TypeError(msg)
    item = inbox.item_for(heard)
    if store.save_item(heard.shop, heard.subject, item):
        logs.event("inbox_written", shop=heard.shop, item=item.kind, points=heard.points, id=heard.id)
