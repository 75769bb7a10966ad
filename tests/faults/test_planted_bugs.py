"""Every check turns red when what it stands for is taken out of the product: one that cannot fail proves nothing."""

import contextlib
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from shared.ledger import book
from tests.faults import broken, pipe, stories
from tests.faults.harness.hook import layer_installed
from tests.faults.harness.injector import Fault
from tests.faults.harness.replies import ServiceError
from tests.faults.harness.short_answers import PartlyFailing
from tests.faults.orders import asking, assert_as_if_one_at_a_time
from tests.faults.pipe import Pipe, stream_records
from tests.faults.scene import AMEI, XIN, Scene, Wish
from tests.faults.stories import Story

Broken = Callable[[], AbstractContextManager[None]]

TRANSACTION = "dynamodb.TransactWriteItems"


@pytest.mark.parametrize(
    ("bug", "second"),
    [
        (broken.lost_update, (Wish(AMEI, "weekly"), "k1")),
        (broken.double_entry, (Wish(AMEI), "k2")),
        (broken.double_add, (Wish(AMEI, "weekly"), "k1")),
        (broken.missing_replay, (Wish(AMEI), "k1")),
    ],
)
def test_two_at_once_show_it(scene: Scene, bug: Broken, second: tuple[Wish, str]) -> None:
    actors = [asking(scene, Wish(AMEI), "k1"), asking(scene, *second)]

    def explore() -> None:
        if bug is broken.missing_replay:
            # One after the other is broken already: there is nothing right to compare with.
            stories.same_key(scene, None, Wish(AMEI))
        assert_as_if_one_at_a_time(scene, actors, skip_equivalent=True)

    explore()
    with bug(), pytest.raises(AssertionError):
        explore()
    explore()


@pytest.mark.parametrize(
    ("bug", "story", "fault"),
    [
        (broken.double_add, stories.same_key, Fault(0, "after", "time-out", only="dynamodb.UpdateItem")),
        (broken.double_add, stories.same_key, Fault(0, "before", "crash", only="dynamodb.UpdateItem")),
        (broken.double_add, stories.after_midnight, Fault(0, "before", "crash", only=TRANSACTION)),
        (broken.missing_replay, stories.same_key, Fault(0, "after", "crash", only=TRANSACTION)),
        (broken.missing_replay, stories.after_midnight, Fault(0, "after", "crash", only=TRANSACTION)),
        (broken.forgotten_body, stories.same_key, None),
    ],
)
def test_one_fault_and_a_repetition_show_it(scene: Scene, bug: Broken, story: Story, fault: Fault | None) -> None:
    with bug(), pytest.raises(AssertionError):
        story(scene, fault, Wish(AMEI))

    scene.fresh()
    story(scene, None, Wish(AMEI))


def test_a_refusal_that_makes_a_file_shows(scene: Scene) -> None:
    with broken.early_file(), pytest.raises(AssertionError):
        stories.refused(scene, XIN)


def test_a_swallowed_failure_of_the_consumer_loses_the_message(scene: Scene) -> None:
    chain_of = Pipe(scene)
    unavailable = ServiceError("InternalServerError", status=500)
    fault = Fault(len(chain_of.all_told()) - 1, "before", unavailable, times=3)

    def told_in_the_end() -> None:
        with scene.injector.armed(fault):
            chain_of.deliver(chain_of.all_told())
        chain_of.assert_told()

    with broken.swallowed_message(), pytest.raises(AssertionError):
        told_in_the_end()
    scene.fresh()
    told_in_the_end()


def test_a_swallowed_failure_of_the_relay_loses_the_message(scene: Scene) -> None:
    chain_of = Pipe(scene)

    def told_in_the_end() -> None:
        pipe.cold()
        with layer_installed(PartlyFailing({len(stream_records()) - 1}, kept=False)):
            chain_of.relay(stream_records())
        chain_of.deliver(chain_of.sent())
        chain_of.assert_told()

    with broken.swallowed_batch(), pytest.raises(AssertionError):
        told_in_the_end()
    scene.fresh()
    told_in_the_end()


def test_an_inbox_that_the_last_message_wins_shows(scene: Scene) -> None:
    chain_of = Pipe(scene)
    backwards = chain_of.all_told()[::-1]

    def told_in_the_end() -> None:
        chain_of.deliver(backwards)
        chain_of.assert_told()

    with broken.old_news(), pytest.raises(AssertionError):
        told_in_the_end()
    scene.fresh()
    told_in_the_end()


def test_a_broken_product_is_whole_again_afterwards() -> None:
    before = book.parts

    with contextlib.suppress(ZeroDivisionError), broken.lost_update():
        during = book.parts
        raise ZeroDivisionError

    assert during is not before
    assert book.parts is before
