"""At-least-once delivery as SQS and DynamoDB streams do it, without waiting for either."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.faults.harness.injector import Crash

Handler = Callable[[dict[str, Any]], Mapping[str, Any] | None]
MAX_RECEIVES = 5


def queue_messages(bodies: Sequence[str], queue: str = "arn:aws:sqs:us-east-1:000000000000:q") -> list[dict[str, Any]]:
    """SQS records as Lambda hands them to a function."""
    return [
        {
            "messageId": f"message-{number}",
            "receiptHandle": f"receipt-{number}",
            "body": body,
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": queue,
            "awsRegion": "us-east-1",
        }
        for number, body in enumerate(bodies)
    ]


def deliver_from_queue(handler: Handler, messages: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Deliver until nothing is reported as failed; returns the dead letters, received five times in vain."""
    waiting = list(messages)
    for receive in range(1, MAX_RECEIVES + 1):
        if not waiting:
            break
        for message in waiting:
            message["attributes"]["ApproximateReceiveCount"] = str(receive)
        failed = _failed(handler, waiting)
        waiting = waiting if failed is None else [each for each in waiting if each["messageId"] in failed]
    return waiting


def deliver_from_stream(handler: Handler, records: Sequence[dict[str, Any]], tries: int = 5) -> list[dict[str, Any]]:
    """Deliver in order, again from the lowest failed record on; returns what was left after ``tries``."""
    waiting = list(records)
    for _ in range(tries):
        if not waiting:
            break
        failed = _failed(handler, waiting)
        if failed is not None:
            numbers = [each["dynamodb"]["SequenceNumber"] for each in waiting]
            waiting = waiting[min((numbers.index(number) for number in failed), default=len(waiting)) :]
    return waiting


def _failed(handler: Handler, records: list[dict[str, Any]]) -> set[str] | None:
    """The identifiers a handler reports; None when it died, and the whole batch comes again."""
    try:
        answer = handler({"Records": list(records)})
    except (Crash, Exception):  # noqa: BLE001 - to Lambda, all that leaves a handler is the same
        return None
    return {each["itemIdentifier"] for each in (answer or {}).get("batchItemFailures", [])}
