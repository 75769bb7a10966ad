"""From the ledger's stream to the inbox: relay, queue and consumer, delivered by hand so that anything may happen."""

import base64
import json
from collections.abc import Sequence
from typing import Any

from services.notifications.app import on_event
from services.notifications.inbox import item_for
from services.points import outbox
from services.points.app import relay, republish
from shared import aws
from shared.ledger import book
from shared.ledger.posting import Entry
from shared.settings import settings
from tests.faults.books import in_moto, verified_books
from tests.faults.harness.deliver import deliver_from_queue, deliver_from_stream, queue_messages
from tests.faults.scene import Scene
from tests.support.moto_state import moto_queues, moto_tables

Record = dict[str, Any]
Inbox = dict[str, dict[str, Any]]

STREAM = f"arn:aws:dynamodb:us-east-1:000000000000:table/{settings.table('entries')}/stream/2026-11-01T00:00:00.000"


def stream_records(table: str = "entries") -> list[Record]:
    """The stream of a table as Lambda would hand it over, in order."""
    shard = moto_tables()[settings.table(table)].stream_shard
    return [_record(each.to_json()) for each in shard.items]


def _record(told: dict[str, Any]) -> Record:
    at = told["dynamodb"]["ApproximateCreationDateTime"].timestamp()
    record = told | {"eventSourceARN": STREAM, "dynamodb": told["dynamodb"] | {"ApproximateCreationDateTime": at}}
    again: Record = json.loads(json.dumps(record, default=lambda raw: base64.b64encode(raw).decode()))
    return again


def unreadable(record: Record) -> Record:
    """A row that nobody can make an event of."""
    image = {name: value for name, value in record["dynamodb"]["NewImage"].items() if name != "source"}
    return record | {"dynamodb": record["dynamodb"] | {"NewImage": image}}


class Pipe:
    """The three links of the chain, each to be called as AWS calls it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene

    def relay(self, records: Sequence[Record], tries: int = 5) -> list[Record]:
        """Deliver stream records until they are taken; returns what is left after ``tries``."""
        return deliver_from_stream(lambda event: relay(event, None), records, tries)

    def republish(self, since: str = "2026-01-01T00:00:00Z") -> int:
        """Tell everything again from the rows."""
        told: int = republish({"since": since}, None)["published"]
        return told

    def sent(self) -> list[str]:
        """What lies in the queue, taken out of it."""
        # The cached URL would save the handler a call that a fault is waiting for.
        queue = moto_queues()[settings.queue("notifications")]
        bodies = [message.body for message in queue._messages]
        queue._messages.clear()
        return bodies

    def deliver(self, bodies: Sequence[str], batch: int = 10) -> list[str]:
        """Deliver messages in batches until none fails; returns the bodies that ended as dead letters."""
        dead = []
        for start in range(0, len(bodies), batch):
            messages = queue_messages(bodies[start : start + batch])
            dead += deliver_from_queue(lambda event: on_event(event, None), messages)
        return [message["body"] for message in dead]

    def inbox(self) -> Inbox:
        """All items of all customers, by key."""
        return {f"{row['pk']['S']}/{row['sk']['S']}": row for row in in_moto("outreach")}

    def all_told(self) -> list[str]:
        """The messages that a day without trouble sends, one for each entry, in order."""
        told = [outbox.event_of(entry) for entry in self.entries()]
        return [event.model_dump_json() for event in told if event]

    def entries(self) -> list[Entry]:
        """All entries, in the order in which they were made."""
        found = [book.entry_from(row) for rows in verified_books().entries.values() for row in rows]
        return sorted(found, key=lambda entry: (entry.at, entry.seq))

    def assert_told(self) -> None:
        """Every inbox shows the latest entry of each activity, exactly, and nothing else."""
        expected: dict[str, Entry] = {}
        for entry in self.entries():
            event = outbox.event_of(entry)
            assert event
            key = f"{entry.shop}#{entry.subject}/inbox#{item_for(event).id}"
            if key not in expected or expected[key].seq < entry.seq:
                expected[key] = entry
        assert {key: shown(row) for key, row in self.inbox().items()} == {
            key: (entry.seq, entry.points, entry.available_after, entry.source.facts["streak"])
            for key, entry in expected.items()
        }


def shown(row: dict[str, Any]) -> tuple[int, int, int, int]:
    """What an inbox row tells: the entry's number, its points, the balance, the streak."""
    facts = json.loads(row["facts"]["S"])
    return int(row["seq"]["N"]), facts["points"], facts["balance"], facts["streak"]


def cold() -> None:
    """A process that has not asked for its queue yet."""
    aws.queue_url.cache_clear()
