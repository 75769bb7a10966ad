"""What was committed is told: the inbox ends up with the latest check-in, whatever happens (promises 8 and 9)."""

import json
import random
from collections.abc import Iterator, Sequence
from itertools import permutations

import pytest

from services.notifications.app import on_event
from tests.faults import pipe
from tests.faults.harness.deliver import queue_messages
from tests.faults.harness.effort import effort
from tests.faults.harness.handlers import breaks
from tests.faults.harness.injector import How
from tests.faults.harness.interleave import explore
from tests.faults.harness.replies import THROTTLED, UNAVAILABLE
from tests.faults.pipe import Pipe, stream_records
from tests.faults.scene import AMEI, NOW, XIN, Scene, Wish
from tests.support.moto_state import moto_tables

RELAY, REPUBLISH, ON_EVENT = "points.relay", "points.republish", "notifications.on_event"
HOWS: Sequence[How] = ("crash", "time-out", THROTTLED, UNAVAILABLE)
POISON = ["{", "[]", "null", '"text"', "{}", '{"type": "points.spent"}', '{"type": "points.moved", "version": 2}']


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
    def test_rows_that_change_or_go_tell_nothing(self, chain_of: Pipe) -> None:
        for event_name in ("MODIFY", "REMOVE"):
            chain_of.relay([each | {"eventName": event_name} for each in stream_records()])

        assert chain_of.sent() == []


class TestConsumer:
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


class TestRepublish:
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


def _subject(chain_of: Pipe) -> str:
    return max(chain_of.entries(), key=lambda entry: entry.seq).subject


def _forget_inbox(chain_of: Pipe) -> None:
    moto_tables()["test-outreach"].items.clear()
