"""A check-in and a made-up day take effect once, whatever AWS call fails in whatever way, and however it is repeated.

Every story in stories.py runs once for each fault, from a process that has just started, so that each AWS call
a participation can make is met: of a customer nobody knows yet, of a regular, and of a regular who makes up a day.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import pytest

from tests.faults import stories
from tests.faults.harness.effort import PROVING
from tests.faults.harness.handlers import breaks
from tests.faults.harness.hook import Attempt, Call, Reply, Send, layer_installed
from tests.faults.harness.injector import CONFLICT, Fault, How, every_fault
from tests.faults.harness.replies import THROTTLED, UNAVAILABLE, ServiceError, cancelled
from tests.faults.harness.short_answers import LeavingOut
from tests.faults.scene import AFTER_MIDNIGHT, AMEI, MISSED, TODAY, TOMORROW, XIN, Scene, Wish
from tests.faults.stories import Story

PARTICIPATE = "POST /activities/v1/activities/{activity_id}/participations"
ATTEMPTS = 3
IN_PROGRESS = ServiceError("TransactionInProgressException", "the first attempt is still running")

WISHES = {
    "the first check-in ever": Wish(XIN),
    "a check-in": Wish(AMEI),
    "a made-up day that pays a milestone": Wish(AMEI, make_up=MISSED),
    "a made-up day without points": Wish(AMEI, "weekly", MISSED),
}
every_wish = pytest.mark.parametrize("wish", WISHES.values(), ids=WISHES)


@every_wish
@breaks(PARTICIPATE)
def test_repeated_with_the_same_key_it_counts_once(scene: Scene, wish: Wish) -> None:
    tell(scene, stories.same_key, wish, faults_of(scene, wish, ["crash", "time-out", THROTTLED, UNAVAILABLE]))


@every_wish
@breaks(PARTICIPATE)
def test_time_outs_that_outlast_every_retry_change_nothing(scene: Scene, wish: Wish) -> None:
    tell(scene, stories.same_key, wish, faults_of(scene, wish, ["time-out"], times=ATTEMPTS))


@every_wish
@breaks(PARTICIPATE)
def test_repeated_after_midnight_it_counts_once(scene: Scene, wish: Wish) -> None:
    tell(scene, stories.after_midnight, wish, [None, *crashes(scene, wish)])


@every_wish
@breaks(PARTICIPATE)
def test_repeated_with_another_key_it_counts_once(scene: Scene, wish: Wish) -> None:
    tell(scene, stories.other_key_first, wish, crashes(scene, wish))


@pytest.mark.parametrize(
    "how",
    [
        cancelled(CONFLICT, "None", "None"),
        cancelled("None", "None", CONFLICT),
        cancelled("None", "ThrottlingError", "None"),
        cancelled("ProvisionedThroughputExceeded", "None", "None"),
        IN_PROGRESS,
    ],
    ids=str,
)
@breaks(PARTICIPATE)
def test_a_cancelled_transaction_is_tried_again(scene: Scene, how: ServiceError) -> None:
    faults = [Fault(0, when, how, only="dynamodb.TransactWriteItems") for when in ("before", "after")]

    for wish in (Wish(XIN), Wish(AMEI)):
        tell(scene, stories.same_key, wish, faults)


@every_wish
def test_midnight_may_fall_between_any_two_calls(scene: Scene, wish: Wish) -> None:
    calls = len(_calls(scene, wish))
    days = set()

    for at in range(calls + 1):
        scene.fresh()
        with layer_installed(Midnight(scene, at)):
            reply = scene.ask(wish, "k1")
        days.add(date.fromisoformat(reply.told["outcome"]["day"]))
        if at == calls:
            scene.clock.at += AFTER_MIDNIGHT
        stories.assert_repeats(reply, [scene.ask(wish, "k1")])
        stories.assert_all_is_right(scene, wish.customer, {wish.activity: [reply]})

    assert days == ({wish.make_up} if wish.make_up else {TODAY, TOMORROW})


def test_a_batch_read_that_leaves_keys_is_read_to_its_end(scene: Scene) -> None:
    wish = Wish(AMEI)

    for table in ("test-accounts", "test-activities"):
        scene.fresh()
        with layer_installed(LeavingOut(table)):
            reply = scene.ask(wish, "k1")
        stories.assert_all_is_right(scene, AMEI, {"daily": [reply]})
        assert reply.status == 201


@pytest.mark.parametrize("customer", [XIN, AMEI])
def test_a_refused_request_writes_nothing_not_even_a_file(scene: Scene, customer: str) -> None:
    stories.refused(scene, customer)


def tell(scene: Scene, story: Story, wish: Wish, faults: Iterable[Fault | None]) -> None:
    """The story, from its beginning, for each fault (None: for none); every fault must have struck."""
    for fault in faults:
        scene.fresh()
        try:
            story(scene, fault, wish)
        except AssertionError as error:
            error.add_note(f"{story.__name__} of {wish} with {fault}")
            raise
        assert fault is None or scene.injector.fired, f"{fault} met no call"


def faults_of(scene: Scene, wish: Wish, hows: Sequence[How], times: int = 1) -> list[Fault]:
    """Each way to fail, before and after every call."""
    if wish == WISHES["a made-up day without points"]:
        # It reads what a paid one reads; only its write is another.
        return at_writes(scene, wish, hows, times)
    return list(every_fault(len(_calls(scene, wish)), hows=hows, times=times))


def crashes(scene: Scene, wish: Wish) -> list[Fault]:
    """Crashes that leave different things behind."""
    return at_writes(scene, wish, ["crash"])


def at_writes(scene: Scene, wish: Wish, hows: Sequence[How], times: int = 1) -> list[Fault]:
    """Each way to fail, before and after every call that writes. What fails at a read leaves what it found, so that
    the first read stands for all of them; REGULARS_PROVE=1 tries each.
    """
    calls = _calls(scene, wish)
    chosen = {0, *(at for at, call in enumerate(calls) if call.writes or PROVING)}
    return [fault for fault in every_fault(len(calls), hows=hows, times=times) if fault.at in chosen]


def _calls(scene: Scene, wish: Wish) -> list[Call]:
    """The AWS calls the wish takes when all goes well."""
    scene.fresh()
    calls = scene.injector.calls_of(lambda: scene.ask(wish, "k1"))
    assert len(calls) >= 7, "a process that has just started must read keys, definition, shop and customer"
    return calls


class Midnight:
    """The shop's next day begins right before call number ``at``."""

    def __init__(self, scene: Scene, at: int) -> None:
        self._scene = scene
        self._left = at

    def __call__(self, attempt: Attempt, send: Send) -> Reply:
        if self._left == 0:
            self._scene.clock.at += AFTER_MIDNIGHT
        self._left -= 1
        return send(attempt)
