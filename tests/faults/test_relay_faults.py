"""What was committed is told: the inbox ends up with the latest check-in, whatever happens (promises 8 and 9)."""

import json
import random
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain, combinations, permutations

import pytest

from services.notifications.app import on_event
from tests.faults import pipe
from tests.faults.harness.deliver import queue_messages
from tests.faults.harness.effort import PROVING, effort
from tests.faults.harness.handlers import breaks
from tests.faults.harness.hook import layer_installed
from tests.faults.harness.injector import Crash, Fault, How, every_fault
from tests.faults.harness.interleave import explore
from tests.faults.harness.replies import THROTTLED, UNAVAILABLE, ServiceError
from tests.faults.pipe import Pipe, partly_failing, stream_records, unreadable
from tests.faults.scene import AMEI, NOW, XIN, Scene, Wish
from tests.support.moto_state import moto_tables

RELAY, REPUBLISH, ON_EVENT = "points.relay", "points.republish", "notifications.on_event"
HOWS: Sequence[How] = ("crash", "time-out", THROTTLED, UNAVAILABLE)
POISON = ["{", "[]", "null", '"text"', "{}", '{"type": "points.spent"}', '{"type": "points.earned", "version": 2}']


@pytest.fixture
def chain_of(scene: Scene) -> Iterator[Pipe]:
    """Amei's eight entries, and one of Xin's; nothing is told yet."""
    assert scene.ask(Wish(XIN), "k1").status == 201
    with scene.going_on():
        fresh(made := Pipe(scene))
        yield made


def fresh(chain_of: Pipe) -> None:
    chain_of.scene.fresh()
    pipe.cold()


class TestRelay:
    @breaks(RELAY)
    def test_every_fault_at_every_call_is_made_good_by_redelivery(self, chain_of: Pipe) -> None:
        calls = chain_of.scene.injector.calls_of(lambda: chain_of.relay(stream_records()))

        for fault in chain(every_fault(len(calls), hows=HOWS), every_fault(len(calls), hows=["time-out"], times=3)):
            fresh(chain_of)
            with chain_of.scene.injector.armed(fault):
                left = chain_of.relay(stream_records())
            assert (chain_of.scene.injector.fired, left) == (True, []), fault
            assert chain_of.deliver(chain_of.sent()) == []
            chain_of.assert_told()

    @pytest.mark.parametrize("kept", [False, True], ids=["lost", "arrived all the same"])
    @breaks(RELAY)
    def test_whatever_part_of_a_batch_fails_is_sent_again(self, chain_of: Pipe, *, kept: bool) -> None:
        records = stream_records()[-4:]
        start = stream_records()[:-4]

        for positions in _subsets(range(4)):
            fresh(chain_of)
            chain_of.relay(start)
            with layer_installed(partly_failing(set(positions), kept=kept)):
                left = chain_of.relay(records)
            assert left == []
            chain_of.deliver(chain_of.sent())
            chain_of.assert_told()

    @breaks(RELAY)
    def test_a_stream_batch_may_be_cut_anywhere_and_come_twice(self, chain_of: Pipe) -> None:
        records = stream_records()

        for cut in range(len(records) + 1):
            fresh(chain_of)
            chain_of.relay(records[:cut])
            chain_of.relay(records[max(0, cut - 2) :])
            chain_of.deliver(chain_of.sent())
            chain_of.assert_told()

    @breaks(RELAY)
    def test_an_unreadable_row_hides_no_other_at_any_position(self, chain_of: Pipe) -> None:
        records = stream_records()
        told = set(chain_of.all_told())

        for position in range(len(records)):
            chain_of.sent()
            poisoned = [unreadable(each) if at == position else each for at, each in enumerate(records)]
            left = chain_of.relay(poisoned)
            sent = set(chain_of.sent())

            assert left[0] == poisoned[position], "the unreadable row was taken for told"
            assert len(told - sent) == 1

    def test_rows_that_change_or_go_tell_nothing(self, chain_of: Pipe) -> None:
        for event_name in ("MODIFY", "REMOVE"):
            chain_of.relay([each | {"eventName": event_name} for each in stream_records()])

        assert chain_of.sent() == []


class TestConsumer:
    @breaks(ON_EVENT)
    def test_every_fault_at_every_call_is_made_good_by_redelivery(self, chain_of: Pipe) -> None:
        # The last four: a made-good older message, and the latest of every item.
        bodies = chain_of.all_told()[-4:]
        calls = chain_of.scene.injector.calls_of(lambda: chain_of.deliver(bodies))
        assert len(calls) == len(bodies)

        for fault in chain(every_fault(len(calls), hows=HOWS), every_fault(len(calls), hows=["time-out"], times=3)):
            fresh(chain_of)
            with chain_of.scene.injector.armed(fault):
                dead = chain_of.deliver(bodies)
            assert (chain_of.scene.injector.fired, dead) == (True, []), fault
            chain_of.assert_told()

    @breaks(ON_EVENT)
    def test_another_writer_in_the_way_is_not_taken_for_newer_news(self, chain_of: Pipe) -> None:
        in_the_way = ServiceError("TransactionConflictException", "Transaction is ongoing for the item")

        for fault in every_fault(1, hows=[in_the_way]):
            fresh(chain_of)
            with chain_of.scene.injector.armed(fault):
                chain_of.deliver(chain_of.all_told()[-1:])
            assert len(chain_of.inbox()) == 1, f"the message was lost: {fault}"

    @breaks(ON_EVENT)
    def test_an_older_message_never_overwrites_a_newer_in_any_order_with_duplicates(self, chain_of: Pipe) -> None:
        told = chain_of.all_told()
        last_four = [body for body in told if '"id":"daily"' in body and f"#{_subject(chain_of)}#" in body][-3:]
        chain_of.deliver(told)
        complete = chain_of.inbox()

        for order in permutations([*last_four, last_four[-1]]):
            _forget_inbox(chain_of)
            newest = 0
            for body in order:
                chain_of.deliver([body])
                (row,) = chain_of.inbox().values()
                assert pipe.shown(row)[0] >= newest
                newest = pipe.shown(row)[0]
            assert chain_of.inbox().items() <= complete.items()

    @breaks(ON_EVENT)
    def test_any_delivery_that_holds_each_message_at_least_once_ends_the_same(self, chain_of: Pipe) -> None:
        drawn = random.Random(5)
        told = chain_of.all_told()

        for _ in range(effort(12, 500)):
            _forget_inbox(chain_of)
            bodies = [*told, *drawn.choices(told, k=drawn.randrange(6))]
            drawn.shuffle(bodies)
            assert chain_of.deliver(bodies, batch=drawn.randint(1, 10)) == []
            chain_of.assert_told()

    @pytest.mark.parametrize("poison", POISON)
    @breaks(ON_EVENT)
    def test_poison_at_any_position_is_the_only_dead_letter(self, chain_of: Pipe, poison: str) -> None:
        told = chain_of.all_told()

        for position in range(len(told) + 1) if PROVING else (0, len(told) // 2, len(told)):
            _forget_inbox(chain_of)
            assert chain_of.deliver([*told[:position], poison, *told[position:]]) == [poison]
            chain_of.assert_told()

    @breaks(ON_EVENT)
    def test_two_consumers_and_a_reader_at_once_never_show_old_news(self, chain_of: Pipe) -> None:
        scene = chain_of.scene
        daily = [body for body in chain_of.all_told() if '"id":"daily"' in body and f"#{_subject(chain_of)}#" in body]
        path = ""

        def before() -> None:
            fresh(chain_of)
            scene.restart()
            chain_of.deliver(daily[:1])

        before()
        path = f"/notifications/v1/me/inbox/{scene.inbox()['items'][0]['id']}/read"
        newest = json.loads(daily[-1])["seq"]
        actors = [
            lambda: on_event({"Records": queue_messages(daily[-1:])}, None),
            lambda: on_event({"Records": queue_messages(daily[-2:-1])}, None),
            lambda: scene.http("POST", path, scene.shop.token(AMEI)),
        ]

        def check(outcomes: object) -> None:
            (row,) = chain_of.inbox().values()
            assert pipe.shown(row)[0] == newest
            assert set(json.loads(row["facts"]["S"])) == {"points", "balance", "streak"}

        assert explore(before, actors, check, skip_equivalent=True) >= 6


class TestReading:
    @breaks("POST /notifications/v1/me/inbox/{item_id}/read")
    def test_every_fault_at_every_call_leaves_the_message_whole_and_in_the_end_read(self, chain_of: Pipe) -> None:
        scene = chain_of.scene
        chain_of.deliver(chain_of.all_told())
        untouched = chain_of.inbox()
        item = scene.inbox()["items"][0]["id"]
        path = f"/notifications/v1/me/inbox/{item}/read"
        read_it = partial(scene.http, "POST", path, scene.shop.token(AMEI))
        fresh(chain_of)
        chain_of.deliver(chain_of.all_told())
        calls = scene.injector.calls_of(read_it)

        for fault in every_fault(len(calls), hows=["crash", "time-out"]):
            fresh(chain_of)
            chain_of.deliver(chain_of.all_told())
            with scene.injector.armed(fault):
                reply = scene.persist(read_it)
            again = read_it()
            read = {key for key, row in chain_of.inbox().items() if row["read"]["BOOL"]}

            assert reply.what == again.what
            assert [key.rpartition("#")[2] for key in read] == [item]
            assert {key: row | {"read": None} for key, row in chain_of.inbox().items()} == {
                key: row | {"read": None} for key, row in untouched.items()
            }

    @breaks("POST /notifications/v1/me/inbox/{item_id}/read")
    def test_what_is_told_as_read_is_read_though_another_writer_was_in_the_way(self, chain_of: Pipe) -> None:
        scene = chain_of.scene
        chain_of.deliver(chain_of.all_told())
        path = f"/notifications/v1/me/inbox/{scene.inbox()['items'][0]['id']}/read"
        in_the_way = ServiceError("TransactionConflictException", "Transaction is ongoing for the item")

        with scene.injector.armed(Fault(0, "before", in_the_way, only="dynamodb.PutItem")):
            reply = scene.persist(lambda: scene.http("POST", path, scene.shop.token(AMEI)))

        assert scene.injector.fired
        assert reply.told["read"] is True
        assert sum(row["read"]["BOOL"] for row in chain_of.inbox().values()) == 1


class TestRepublish:
    @breaks(REPUBLISH)
    def test_a_lost_stream_is_made_good_from_the_rows_under_every_fault(self, chain_of: Pipe) -> None:
        chain_of.relay(stream_records())
        chain_of.deliver(chain_of.sent())
        as_relayed = chain_of.inbox()
        fresh(chain_of)
        calls = chain_of.scene.injector.calls_of(chain_of.republish)
        assert [call.name for call in calls] == ["dynamodb.Scan", "sqs.GetQueueUrl", "sqs.SendMessageBatch"]

        for fault in [None, *every_fault(len(calls), hows=HOWS)]:
            fresh(chain_of)
            with chain_of.scene.injector.armed(fault):
                published = _until_done(chain_of)
            assert published == 9
            assert chain_of.deliver(chain_of.sent()) == []
            chain_of.assert_told()
            assert chain_of.inbox() == as_relayed

    def test_what_the_stream_told_already_stays_as_it_is(self, chain_of: Pipe) -> None:
        chain_of.relay(stream_records())
        chain_of.deliver(chain_of.sent())
        settled = chain_of.inbox()

        chain_of.republish()
        chain_of.deliver(chain_of.sent())

        assert chain_of.inbox() == settled

    def test_only_what_was_committed_since_is_told(self, chain_of: Pipe) -> None:
        assert chain_of.republish(NOW.isoformat()) == 1
        assert len(chain_of.sent()) == 1

    @pytest.mark.parametrize("kept", [False, True], ids=["lost", "arrived all the same"])
    @breaks(REPUBLISH)
    def test_a_batch_that_fails_in_part_is_not_taken_for_told(self, chain_of: Pipe, *, kept: bool) -> None:
        with layer_installed(partly_failing({0, 5}, kept=kept)):
            published = _until_done(chain_of)

        chain_of.deliver(chain_of.sent())
        assert published == 9
        chain_of.assert_told()


def _until_done(chain_of: Pipe) -> int:
    """An operator calls the function until it answers."""
    for _ in range(3):
        try:
            return chain_of.republish()
        except (Crash, Exception):  # noqa: BLE001, S112 - to whoever calls a function, all that leaves it is the same
            continue
    raise AssertionError("republish never answered")


def _subject(chain_of: Pipe) -> str:
    return max(chain_of.entries(), key=lambda entry: entry.seq).subject


def _forget_inbox(chain_of: Pipe) -> None:
    moto_tables()["test-outreach"].items.clear()


def _subsets(positions: Sequence[int]) -> Iterator[tuple[int, ...]]:
    return chain.from_iterable(combinations(positions, size) for size in range(1, len(positions) + 1))
