"""What the entries table tells the other services. The table's stream is the outbox."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import chain, islice
from typing import Any

from services.points.rewards import outbox as rewards
from shared.clock import parse
from shared.events import EventSource, PointsMoved, PublicEvent
from shared.events.bus import publish
from shared.ledger import book
from shared.ledger.posting import Entry
from shared.schema import EntryRow

BATCH = 100
TOLD = frozenset({"earn", "release", "reverse", "adjust"})
"""What the customer is told of points. Redemptions tell of themselves, and a migration sends nothing."""

MIGRATION = "migration"


def event_from_image(image: Mapping[str, Any]) -> PointsMoved | None:
    """The public event that a new row of the table means."""
    return event_of(book.entry_from(EntryRow.from_raw_data(dict(image))))


def event_of(entry: Entry) -> PointsMoved | None:
    """The public event that an entry means; None for movements nobody else needs to hear of."""
    if entry.kind not in TOLD or entry.source.what == MIGRATION:
        return None
    return PointsMoved(
        id=entry.id,
        shop=entry.shop,
        subject=entry.subject,
        at=entry.at,
        kind=entry.kind,
        points=entry.points,
        available=sum(entry.lots.values()),
        pending=entry.pending,
        available_after=entry.available_after,
        seq=entry.seq,
        source=EventSource(**entry.source.plain()),
    )


def republish(since: datetime) -> int:
    """Tell again, from the rows, what was committed at or after ``since``; returns how many events.

    Reads the whole table: for after an outage, not for every day. Consumers know repeats.
    """
    told = 0
    events: Iterator[PublicEvent] = chain(_events_since(since), rewards.events_since(since))
    while batch := list(islice(events, BATCH)):
        publish(batch)
        told += len(batch)
    return told


def _events_since(since: datetime) -> Iterator[PointsMoved]:
    for row in EntryRow.scan(consistent_read=True, page_size=BATCH):
        if parse(row.at) >= since:
            event = event_of(book.entry_from(row))
            if event:
                yield event
