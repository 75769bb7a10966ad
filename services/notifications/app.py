"""Notifications: what the customer is told, so far in the inbox."""

from typing import Any

from chalice.app import SQSEvent

from services.notifications import inbox, store
from services.notifications.inbox import InboxOut, ItemOut
from shared import logs
from shared.events import PointsMoved, bus
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
        items=[inbox.told(item, call.language) for item in shown],
        unread=sum(not item.read for item in items),
        next_cursor=cursor.write(scope, after),
    )


@app.post("/v1/me/inbox/{item_id}/read", who="customer", returns=ItemOut, refuses=("conflict",))
def mark_read(call: Call[None, None], item_id: str) -> ItemOut:
    """Note that the caller has seen a message. Saying it twice changes nothing."""
    return inbox.told(store.mark_read(call.shop, call.require_subject(), item_id), call.language)


@app.on_sqs_message(queue=settings.queue("notifications"), batch_size=10, name="on_event")
def on_event(event: SQSEvent) -> bus.BatchAnswer:
    """Bring inboxes up to date. Each message succeeds or fails by itself."""
    return bus.consume(event, _on_message)


def _on_message(message: Any) -> None:
    heard = PointsMoved.model_validate(message)
    item = inbox.item_for(heard)
    if store.save_item(heard.shop, heard.subject, item):
        logs.event("inbox_written", shop=heard.shop, item=item.kind, points=heard.points, id=heard.id)
