"""Delivery again and again, as Lambda does it for queues and streams."""

from tests.faults.harness.deliver import deliver_from_queue, deliver_from_stream, queue_messages


def test_a_poisoned_message_becomes_a_dead_letter_after_five_receives() -> None:
    def handler(event: dict) -> dict:
        return {"batchItemFailures": [{"itemIdentifier": "message-1"}]}

    dead = deliver_from_queue(handler, queue_messages(["a", "b", "c"]))

    assert [(each["body"], each["attributes"]["ApproximateReceiveCount"]) for each in dead] == [("b", "5")]


def test_a_stream_begins_again_at_the_lowest_failure() -> None:
    seen: list[list[str]] = []

    def handler(event: dict) -> dict:
        numbers = [each["dynamodb"]["SequenceNumber"] for each in event["Records"]]
        seen.append(numbers)
        return {"batchItemFailures": [{"itemIdentifier": "2"}] if len(seen) == 1 else []}

    left = deliver_from_stream(handler, [{"dynamodb": {"SequenceNumber": str(number)}} for number in range(1, 4)])

    assert (seen, left) == ([["1", "2", "3"], ["2", "3"]], [])
