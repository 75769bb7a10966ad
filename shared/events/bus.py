"""How events travel: out of a table's stream into queues, and out of a queue one message at a time."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from chalice.app import DynamoDBEvent, SQSEvent

from shared import aws, logs
from shared.events import ROUTES, PublicEvent

BATCH = 10


class PublishError(Exception):
    """Some events reached no queue; ``ids`` names them."""

    def __init__(self, event_ids: Iterable[str]) -> None:
        self.ids = frozenset(event_ids)
        super().__init__(f"{len(self.ids)} events were not published")


def publish(events: Sequence[PublicEvent]) -> None:
    """Send each event to every queue that hears of it. Raises PublishError with the ones that failed."""
    failed: set[str] = set()
    for queue in sorted({queue for event in events for queue in ROUTES[event.type]}):
        meant = [event for event in events if queue in ROUTES[event.type]]
        for chunk in _chunks(meant, BATCH):
            failed |= _send(queue, chunk)
    if failed:
        raise PublishError(failed)


def _send(queue: str, chunk: Sequence[PublicEvent]) -> set[str]:
    entries = [{"Id": str(n), "MessageBody": event.model_dump_json()} for n, event in enumerate(chunk)]
    answer = aws.client("sqs").send_message_batch(QueueUrl=aws.queue_url(queue), Entries=entries)
    refused = {int(entry["Id"]) for entry in answer.get("Failed", [])}
    for n, event in enumerate(chunk):
        if n not in refused:
            logs.event("published", type=event.type, queue=queue, id=event.id)
    return {chunk[n].id for n in refused}


T = TypeVar("T")


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    remaining = iter(items)
    while chunk := list(islice(remaining, size)):
        yield chunk


BatchAnswer = dict[str, list[dict[str, str]]]


def consume(event: SQSEvent, handle: Callable[[Any], None]) -> BatchAnswer:
    """Handle every message of a batch by itself; hand back only the failed ones for redelivery.

    Needs ReportBatchItemFailures on the queue's event source: without it Lambda deletes the failures too.
    """
    failures = []
    for record in event:
        message_id = record.to_dict()["messageId"]
        try:
            handle(json.loads(record.body))
        except Exception:  # noqa: BLE001 - one bad message must not stop its neighbours; the DLQ keeps it
            logs.event("message_failed", level=40, exc_info=True, message_id=message_id)
            failures.append({"itemIdentifier": message_id})
    return {"batchItemFailures": failures}


def relay(
    event: DynamoDBEvent,
    to_event: Callable[[Mapping[str, Any]], PublicEvent | None],
    heard: frozenset[str] = frozenset({"INSERT"}),
) -> BatchAnswer:
    """Publish what new rows of a table's stream say (``to_event``: the row's raw image → the event, or None); changed
    rows too where ``MODIFY`` is among what is ``heard``.

    A stream is retried from the first failure on, so the answer names every record that was not published;
    what came after it and was published is published again, and consumers know repeats.
    """
    told: dict[str, PublicEvent] = {}
    failures: list[str] = []
    for record in event:
        number = record.sequence_number
        try:
            public = to_event(record.new_image) if record.event_name in heard else None
        except Exception:  # noqa: BLE001 - one unreadable row must not hide the readable ones
            logs.event("message_failed", level=40, exc_info=True, message_id=number)
            failures.append(number)
            continue
        if public:
            told[number] = public
    try:
        publish(list(told.values()))
    except PublishError as error:
        failures += [number for number, public in told.items() if public.id in error.ids]
    return {"batchItemFailures": [{"itemIdentifier": number} for number in sorted(failures, key=int)]}
