"""Inbox items in the outreach table."""

import contextlib
import json
from datetime import timedelta

from services.notifications.inbox import Item
from shared import clock, tables, vault
from shared.clock import parse, rfc3339
from shared.errors import Missing
from shared.schema import InboxRow
from shared.tables import LostRace

KEPT = timedelta(days=90)


def save_item(shop: str, subject: str, item: Item) -> bool:
    """Write the item unless a later event already did; returns whether it was written.

    A repeated or late event finds a newer item and changes nothing, however often it comes.
    """
    row = InboxRow(
        f"{shop}#{subject}",
        f"inbox#{item.id}",
        kind=item.kind,
        facts=json.dumps(dict(item.facts), ensure_ascii=False),
        at=rfc3339(item.at),
        seq=item.seq,
        sealed=item.sealed,
        expires_at=int((item.at + KEPT).timestamp()),
    )
    try:
        tables.save(row, InboxRow.pk.does_not_exist() | (InboxRow.seq < item.seq))
    except LostRace:
        return False
    return True


def list_items(shop: str, subject: str) -> list[Item]:
    """The customer's items that are not expired, in no order. An inbox holds 90 days: it is read whole."""
    now = clock.now().timestamp()
    rows = InboxRow.query(f"{shop}#{subject}", InboxRow.sk.startswith("inbox#"))
    return [_item(row) for row in rows if row.expires_at > now]


def mark_read(shop: str, subject: str, item_id: str) -> Item:
    """Note that the customer saw the item. Raises Missing. Marking it again changes nothing."""
    row = tables.find(InboxRow, f"{shop}#{subject}", f"inbox#{item_id}")
    if row is None or row.expires_at <= clock.now().timestamp():
        raise Missing
    if not row.read:
        row.read = True
        # Only the item that was seen is marked: a newer message under the same id stays unread.
        with contextlib.suppress(LostRace):
            tables.save(row, InboxRow.seq == row.seq)
    return _item(row)


def _item(row: InboxRow) -> Item:
    item_id = row.sk.removeprefix("inbox#")
    return Item(item_id, row.kind, json.loads(row.facts), parse(row.at), row.seq, row.read, row.sealed)


def open_code(shop: str, subject: str, item: Item) -> str | None:
    """What was sealed in an item; None when nothing was, and once the customer's file was erased."""
    if not item.sealed:
        return None
    try:
        return vault.unseal_for(shop, subject, item.sealed).decode()
    except LookupError:
        return None
