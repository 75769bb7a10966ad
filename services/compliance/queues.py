"""What this service tells itself by queue: parts of a chat log to pack, days to score."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import islice
from typing import Any

from services.compliance import chunks
from services.compliance.chatlog import Message
from shared import aws

BATCH = 10

Ask = tuple[str, date]
"""A shop and a day of its that is to be scored."""


def send_messages(shop: str, messages: Iterable[Message]) -> None:
    """Hand messages to the packer, in parts of at most 200 KB."""
    for part in chunks.parts(shop, messages):
        aws.client("sqs").send_message(QueueUrl=aws.queue_url("chat"), MessageBody=json.dumps(part))


def ask_scores(asked: Iterable[Ask]) -> set[Ask]:
    """Have days scored; returns those that reached no queue."""
    remaining, failed = iter(asked), set[Ask]()
    while batch := list(islice(remaining, BATCH)):
        failed |= _send(batch)
    return failed


def _send(batch: Sequence[Ask]) -> set[Ask]:
    entries = [{"Id": str(n), "MessageBody": json.dumps(_body(ask))} for n, ask in enumerate(batch)]
    answer = aws.client("sqs").send_message_batch(QueueUrl=aws.queue_url("scoring"), Entries=entries)
    return {batch[int(entry["Id"])] for entry in answer.get("Failed", [])}


def _body(ask: Ask) -> dict[str, Any]:
    shop, day = ask
    return {"shop": shop, "date": day.isoformat()}
