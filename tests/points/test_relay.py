"""What is committed is told: new entries reach the queues, and only what failed comes again."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from chalice.test import Client

from services.points.app import app
from shared import aws, tables
from shared.clock import rfc3339
from shared.ledger import book
from shared.ledger.account import Account
from shared.ledger.posting import Posting, Source
from tests.support.batches import failed, messages_in, raw_items, stream_batch
from tests.support.ledger import an_earning
from tests.support.shop import NOON, MovableClock
from tests.support.tables import Platform

URL = "https://sqs.us-east-1.amazonaws.com/1/test-notifications"


def earn_on(days: int, subject: str = "s1") -> list[Posting]:
    """Commit an earning on each of so many days."""
    account, postings = Account("tea", subject), []
    for n in range(days):
        source = Source("signin", "daily", "daily", facts={"streak": n + 1})
        day = date(2026, 11, 2) + timedelta(days=n)
        at = NOON + timedelta(days=n)
        posting = an_earning(account, 5, day=day, source=source, at=at)
        tables.commit(book.parts(posting))
        account = posting.after
        postings.append(posting)
    return postings


def invoke(name: str, event: Any) -> Any:
    with Client(app) as client:
        return client.lambda_.invoke(name, event).payload


class TestRelay:
    def test_a_new_entry_becomes_one_public_event(self, platform: Platform, time: MovableClock) -> None:
        earn_on(1)

        answer = invoke("relay", stream_batch(raw_items("entries")))

        assert failed(answer) == []
        assert messages_in(platform.queues["notifications"]) == [
            {
                "type": "points.moved",
                "version": 1,
                "id": "tea#s1#2026-11-02#signin:daily:1",
                "shop": "tea",
                "subject": "s1",
                "at": "2026-11-02T04:00:00Z",
                "kind": "earn",
                "points": 5,
                "available": 5,
                "pending": 0,
                "available_after": 5,
                "seq": 1,
                "source": {"what": "signin", "id": "daily", "rule": "daily", "version": 1, "facts": {"streak": 1}},
            }
        ]

    def test_a_whole_batch_is_told_in_requests_of_ten(self, platform: Platform, time: MovableClock) -> None:
        earn_on(23)

        answer = invoke("relay", stream_batch(raw_items("entries")))

        assert failed(answer) == []
        assert sorted(each["seq"] for each in messages_in(platform.queues["notifications"])) == list(range(1, 24))

    @pytest.mark.parametrize("kind", ["MODIFY", "REMOVE"])
    def test_anything_but_a_new_row_is_no_event(self, platform: Platform, time: MovableClock, kind: str) -> None:
        earn_on(1)

        answer = invoke("relay", stream_batch(raw_items("entries"), kind=kind))

        assert failed(answer) == []
        assert messages_in(platform.queues["notifications"]) == []

    def test_a_movement_that_concerns_nobody_else_is_no_event(self, platform: Platform, time: MovableClock) -> None:
        earn_on(1)
        (item,) = raw_items("entries")

        answer = invoke("relay", stream_batch([item | {"kind": {"S": "expire"}}]))

        assert failed(answer) == []
        assert messages_in(platform.queues["notifications"]) == []

    @pytest.mark.parametrize("position", [0, 1, 2])
    def test_an_unreadable_row_is_handed_back_and_its_neighbours_are_told(
        self, platform: Platform, time: MovableClock, position: int
    ) -> None:
        earn_on(3)
        items = raw_items("entries")
        items[position] = {"pk": {"S": "tea#s1"}, "sk": {"S": "no day"}}

        answer = invoke("relay", stream_batch(items, first=98))

        assert failed(answer) == [str(98 + position)]
        assert len(messages_in(platform.queues["notifications"])) == 2


@pytest.fixture
def sqs(platform: Platform) -> Iterator[Stubber]:
    """The queue service as scripted answers."""
    aws.disconnect()
    with Stubber(aws.client("sqs")) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()
    aws.disconnect()


def told(*, refused: tuple[int, ...] = (), of: int) -> dict[str, Any]:
    """SQS's answer to a batch of which some were refused."""
    taken = [n for n in range(of) if n not in refused]
    return {
        "Successful": [{"Id": str(n), "MessageId": "m", "MD5OfMessageBody": "x"} for n in taken],
        "Failed": [{"Id": str(n), "SenderFault": False, "Code": "InternalError"} for n in refused],
    }


class TestPartialFailures:
    def ready(self, sqs: Stubber) -> None:
        sqs.add_response("get_queue_url", {"QueueUrl": URL}, {"QueueName": "test-notifications"})

    def test_every_message_that_the_queue_refused_is_handed_back_in_order(
        self, sqs: Stubber, time: MovableClock
    ) -> None:
        earn_on(12)
        self.ready(sqs)
        sqs.add_response("send_message_batch", told(refused=(2, 9), of=10))
        sqs.add_response("send_message_batch", told(refused=(1,), of=2))

        answer = invoke("relay", stream_batch(raw_items("entries"), first=95))

        assert failed(answer) == ["97", "104", "106"]

    def test_the_request_names_the_queue_and_carries_the_event(self, sqs: Stubber, time: MovableClock) -> None:
        (posting,) = earn_on(1)
        self.ready(sqs)
        body = (
            '{"type":"points.moved","version":1,"id":"tea#s1#2026-11-02#signin:daily:1","shop":"tea","subject":"s1",'
            '"at":"2026-11-02T04:00:00Z","kind":"earn","points":5,"available":5,"pending":0,"available_after":5,"seq":1,'
            '"source":{"what":"signin","id":"daily","rule":"daily","version":1,"facts":{"streak":1}}}'
        )
        asked = {"QueueUrl": URL, "Entries": [{"Id": "0", "MessageBody": body}]}
        sqs.add_response("send_message_batch", told(of=1), asked)

        answer = invoke("relay", stream_batch(raw_items("entries")))

        assert failed(answer) == []
        assert posting.entry.seq == 1

    def test_a_queue_that_refuses_the_request_fails_the_whole_batch(self, sqs: Stubber, time: MovableClock) -> None:
        earn_on(1)
        self.ready(sqs)
        sqs.add_client_error("send_message_batch", "AccessDenied", http_status_code=403)

        with pytest.raises(ClientError):
            invoke("relay", stream_batch(raw_items("entries")))

    def test_an_unreadable_row_and_a_refused_message_are_both_handed_back(
        self, sqs: Stubber, time: MovableClock
    ) -> None:
        earn_on(3)
        self.ready(sqs)
        sqs.add_response("send_message_batch", told(refused=(1,), of=2))
        items = raw_items("entries")
        items[0] = {"pk": {"S": "tea#s1"}, "sk": {"S": "no day"}}

        answer = invoke("relay", stream_batch(items, first=9))

        assert failed(answer) == ["9", "11"]


class TestRepublish:
    @pytest.mark.parametrize(("days", "published"), [(0, 12), (9, 3), (40, 0)])
    def test_it_tells_again_what_was_committed_since(
        self, platform: Platform, time: MovableClock, days: int, published: int
    ) -> None:
        earn_on(12)

        answer = invoke("republish", {"since": rfc3339(NOON + timedelta(days=days))})

        assert answer == {"published": published}
        assert len(messages_in(platform.queues["notifications"])) == published

    def test_what_it_tells_is_what_the_relay_told(self, platform: Platform, time: MovableClock) -> None:
        earn_on(1)
        invoke("relay", stream_batch(raw_items("entries")))
        first = messages_in(platform.queues["notifications"])

        invoke("republish", {"since": "2026-01-01T00:00:00+08:00"})

        assert messages_in(platform.queues["notifications"]) == first

    @pytest.mark.parametrize("since", ["yesterday", "2026-11-02T00:00:00"])
    def test_it_wants_a_time_with_its_offset(self, platform: Platform, time: MovableClock, since: str) -> None:
        with pytest.raises(ValueError, match=since):
            invoke("republish", {"since": since})
