"""Queues and streams reach their function; fakes stand for AWS, the pollers are the real ones."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.checkpoints import EVER, MARGIN, Checkpoints
from infra.local.gateway import Unavailable
from infra.local.poller import Surroundings
from infra.local.queue_poller import BATCH_MAX, QueuePoller
from infra.local.schedule_poller import SchedulePoller
from infra.local.sources import QueueSource, ScheduleSource, StreamSource
from infra.local.stream_poller import StreamPoller

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


class FakeService:
    """A service whose functions are one callable."""

    name = "notifications"

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.events: list[Any] = []
        self._function = function

    def address(self, wait_s: float) -> int:
        return 1

    def invoke(self, function: str, event: Any) -> Any:
        self.events.append(event)
        return self._function(event)


class FakeQueue:
    """SQS with one queue of messages named by their bodies."""

    def __init__(self, *bodies: str) -> None:
        self.waiting = list(bodies)
        self.deleted: list[str] = []
        self.hidden_s: dict[str, int] = {}

    def get_queue_url(self, QueueName: str) -> Any:  # noqa: N803 - AWS's name
        return {"QueueUrl": f"http://queue/{QueueName}"}

    def get_queue_attributes(self, **_: Any) -> Any:
        return {"Attributes": {"QueueArn": "arn:queue"}}

    def receive_message(self, **_: Any) -> Any:
        batch, self.waiting = self.waiting, []
        return {"Messages": [self._message(body) for body in batch]} if batch else {}

    def _message(self, body: str) -> dict[str, Any]:
        attributes = {"ApproximateReceiveCount": "2"}
        return {"MessageId": body, "ReceiptHandle": body, "Body": body, "Attributes": attributes, "MD5OfBody": "x"}

    def delete_message_batch(self, QueueUrl: str, Entries: list[dict[str, str]]) -> None:  # noqa: N803 - AWS's names
        self.deleted += [entry["ReceiptHandle"] for entry in Entries]

    def change_message_visibility(self, *, ReceiptHandle: str, VisibilityTimeout: int, **_: Any) -> None:  # noqa: N803
        self.hidden_s[ReceiptHandle] = VisibilityTimeout


class FakeStream:
    """A table with one shard of records numbered from 1; ``trimmed`` of them are forgotten."""

    def __init__(self, records: int, *, trimmed: int = 0) -> None:
        self.numbers = [f"{n:04}" for n in range(1, records + 1)]
        self.trimmed = trimmed

    def describe_table(self, **_: Any) -> Any:
        return {"Table": {"LatestStreamArn": "arn:stream"}}

    def describe_stream(self, **_: Any) -> Any:
        return {"StreamDescription": {"Shards": [{"ShardId": "shard"}]}}

    def get_shard_iterator(self, *, ShardIteratorType: str, SequenceNumber: str = "", **_: Any) -> Any:  # noqa: N803
        if ShardIteratorType == "TRIM_HORIZON":
            return {"ShardIterator": str(self.trimmed)}
        if SequenceNumber not in self.numbers[self.trimmed :]:
            raise ClientError({"Error": {"Code": "TrimmedDataAccessException", "Message": ""}}, "GetShardIterator")
        return {"ShardIterator": str(self.numbers.index(SequenceNumber) + 1)}

    def get_records(self, *, ShardIterator: str, Limit: int) -> Any:  # noqa: N803 - AWS's names
        start = int(ShardIterator)
        page = self.numbers[start : start + Limit]
        records = [
            {
                "eventID": n,
                "dynamodb": {"SequenceNumber": n, "ApproximateCreationDateTime": NOW, "Keys": {}, "B": b"\0"},
            }
            for n in page
        ]
        return {"Records": records, "NextShardIterator": str(start + len(page))}


def surroundings(folder: Path, fake: Any, now: Callable[[], datetime] = lambda: NOW) -> Surroundings:
    return Surroundings(lambda _: fake, Checkpoints(folder / "checkpoints.json", now), folder / "parked.ndjson", now)


def numbers(service: FakeService) -> list[str]:
    return [record["dynamodb"]["SequenceNumber"] for event in service.events for record in event["Records"]]


@pytest.mark.parametrize("position", range(BATCH_MAX))
def test_a_failed_message_comes_back_and_the_others_are_done_wherever_it_stands(tmp_path: Path, position: int) -> None:
    bodies = [str(n) for n in range(BATCH_MAX)]
    queue = FakeQueue(*bodies)
    service = FakeService(lambda _: {"batchItemFailures": [{"itemIdentifier": str(position)}]})

    QueuePoller(service, QueueSource("f", "q", BATCH_MAX), surroundings(tmp_path, queue)).poll()

    assert queue.deleted == [body for body in bodies if body != str(position)]
    assert queue.hidden_s == {str(position): 2}


def test_a_function_that_raises_gives_every_message_back(tmp_path: Path) -> None:
    def broken(_event: Any) -> Any:
        raise RuntimeError("bug")

    queue = FakeQueue("a", "b")
    QueuePoller(FakeService(broken), QueueSource("f", "q", 10), surroundings(tmp_path, queue)).poll()

    assert queue.deleted == []
    assert queue.hidden_s.keys() == {"a", "b"}


def test_a_message_arrives_in_lambdas_form(tmp_path: Path) -> None:
    service = FakeService(lambda _: None)

    QueuePoller(service, QueueSource("f", "q", 10), surroundings(tmp_path, FakeQueue("hello"))).poll()

    (event,) = service.events
    (record,) = event["Records"]
    assert (record["messageId"], record["body"], record["eventSource"]) == ("hello", "hello", "aws:sqs")
    assert record["eventSourceARN"] == "arn:queue"


def test_a_stream_is_read_from_its_oldest_record_in_batches(tmp_path: Path) -> None:
    service = FakeService(lambda _: None)
    poller = StreamPoller(service, StreamSource("f", "t", 2), surroundings(tmp_path, FakeStream(5)))

    counts = [poller.read_once() for _ in range(4)]

    assert counts == [2, 2, 1, 0]
    assert numbers(service) == ["0001", "0002", "0003", "0004", "0005"]


def test_reading_goes_on_after_the_checkpoint_of_the_run_before(tmp_path: Path) -> None:
    stream = FakeStream(3)
    StreamPoller(FakeService(lambda _: None), StreamSource("f", "t", 2), surroundings(tmp_path, stream)).read_once()
    later = FakeService(lambda _: None)

    StreamPoller(later, StreamSource("f", "t", 10), surroundings(tmp_path, stream)).read_once()

    assert numbers(later) == ["0003"]


def test_where_the_checkpoint_is_forgotten_reading_begins_at_what_is_left(tmp_path: Path) -> None:
    StreamPoller(
        FakeService(lambda _: None), StreamSource("f", "t", 2), surroundings(tmp_path, FakeStream(2))
    ).read_once()
    later = FakeService(lambda _: None)

    StreamPoller(later, StreamSource("f", "t", 10), surroundings(tmp_path, FakeStream(6, trimmed=4))).read_once()

    assert numbers(later) == ["0005", "0006"]


def test_a_service_that_is_away_costs_a_batch_nothing(tmp_path: Path) -> None:
    away = iter([True, True, False])

    def sometimes(_event: Any) -> Any:
        if next(away):
            raise Unavailable

    service = FakeService(sometimes)
    around = surroundings(tmp_path, FakeStream(1))
    StreamPoller(service, StreamSource("f", "t", 10), around).read_once()

    assert numbers(service) == ["0001"] * 3
    assert not around.parked.exists()


def test_what_cannot_be_delivered_is_parked_as_it_came_with_the_reason(tmp_path: Path) -> None:
    def broken(_event: Any) -> Any:
        raise RuntimeError("no such kind")

    waits: list[float] = []
    around = surroundings(tmp_path, FakeStream(1))
    poller = StreamPoller(FakeService(broken), StreamSource("f", "t", 10), around)
    poller._pause = waits.append  # type: ignore[method-assign,assignment]  # a test does not wait out the back-off

    poller.read_once()

    (line,) = around.parked.read_text().splitlines()
    parked = json.loads(line)
    assert parked["function"] == "notifications.f"
    assert parked["why"] == "no such kind"
    assert parked["record"]["dynamodb"] == {
        "SequenceNumber": "0001",
        "ApproximateCreationDateTime": int(NOW.timestamp()),
        "Keys": {},
        "B": "AA==",
    }
    assert poller.read_once() == 0


def test_a_schedule_fires_when_business_time_reaches_it(tmp_path: Path) -> None:
    now = [NOW]
    service = FakeService(lambda _: None)
    around = surroundings(tmp_path, None, lambda: now[0])
    poller = SchedulePoller(service, ScheduleSource("tick", "cron(0 18 * * ? *)"), around)
    poller.stopping.set()  # so that a poll with nothing due does not wait

    poller.poll()
    assert service.events == []
    now[0] = NOW.replace(day=21)
    poller.poll()
    poller.poll()

    (event,) = service.events
    assert event["time"] == "2026-11-20T18:00:00Z"
    assert event["detail-type"] == "Scheduled Event"


def test_without_checkpoints_everything_is_republished(tmp_path: Path) -> None:
    assert Checkpoints(tmp_path / "checkpoints.json", lambda: NOW).republish_since() == EVER


def test_a_republish_begins_safely_before_the_run_before_stopped_reading(tmp_path: Path) -> None:
    path = tmp_path / "checkpoints.json"
    before = Checkpoints(path, lambda: NOW)
    before.save("points.relay", "shard", "0001")
    before.caught_up("points.other")

    after = Checkpoints(path, lambda: NOW.replace(day=25))
    after.caught_up("points.relay")  # this run's own reading says nothing about the last one's

    assert after.republish_since() == (NOW - MARGIN).isoformat()
    assert after.load("points.relay", "shard") == "0001"
    assert after.load("points.relay", "another") is None
