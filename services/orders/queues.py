"""What this service tells itself by queue: events to take in, orders whose points have waited enough."""

from collections.abc import Iterable, Sequence
from itertools import islice

from services.orders.messages import Told
from shared import aws

BATCH = 10


def send(told: Told) -> None:
    """Hand one message to the handler."""
    aws.client("sqs").send_message(QueueUrl=aws.queue_url("orders"), MessageBody=told.model_dump_json())


def send_all(messages: Iterable[Told]) -> int:
    """Hand over many; how many reached the queue."""
    remaining, sent = iter(messages), 0
    while batch := list(islice(remaining, BATCH)):
        sent += _send(batch)
    return sent


def _send(batch: Sequence[Told]) -> int:
    entries = [{"Id": str(n), "MessageBody": told.model_dump_json()} for n, told in enumerate(batch)]
    answer = aws.client("sqs").send_message_batch(QueueUrl=aws.queue_url("orders"), Entries=entries)
    return len(batch) - len(answer.get("Failed", []))
