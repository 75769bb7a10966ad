"""Two and three requests at once: whatever the order of their AWS calls, one a day and no point too many or too few."""

from collections.abc import Mapping
from functools import partial

import pytest

from tests.faults import stories
from tests.faults.harness.effort import PROVING
from tests.faults.harness.handlers import breaks
from tests.faults.harness.injector import CONFLICT
from tests.faults.harness.replies import cancelled
from tests.faults.orders import asking, assert_as_if_one_at_a_time, explore_scene, faults_of_an_actor
from tests.faults.scene import AMEI, MISSED, XIN, Reply, Scene, Wish
from tests.faults.test_checkin_faults import PARTICIPATE

Pair = tuple[tuple[Wish, str], ...]

DAILY, WEEKLY, MAKE_UP = Wish(AMEI), Wish(AMEI, "weekly"), Wish(AMEI, make_up=MISSED)
UNPAID = Wish(AMEI, "weekly", MISSED)

PAIRS: Mapping[str, Pair] = {
    "the same key": ((DAILY, "k1"), (DAILY, "k1")),
    "different keys": ((DAILY, "k1"), (DAILY, "k2")),
    "two activities sharing one account": ((DAILY, "k1"), (WEEKLY, "k1")),
    "a check-in and a made-up day": ((DAILY, "k1"), (MAKE_UP, "k2")),
    "the same day made up twice": ((MAKE_UP, "k1"), (MAKE_UP, "k2")),
    "an unpaid made-up day and a check-in": ((UNPAID, "k1"), (WEEKLY, "k2")),
    "an unpaid day made up twice": ((UNPAID, "k1"), (UNPAID, "k1")),
}
TRIPLES: Mapping[str, Pair] = {
    "one key twice and another": ((DAILY, "k1"), (DAILY, "k1"), (DAILY, "k2")),
    "two activities and a made-up day": ((DAILY, "k1"), (WEEKLY, "k1"), (MAKE_UP, "k2")),
}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
@breaks(PARTICIPATE)
def test_two_at_once_end_as_one_after_the_other(scene: Scene, pair: Pair) -> None:
    orders = assert_as_if_one_at_a_time(scene, [asking(scene, wish, key) for wish, key in pair])

    assert orders >= 6  # 4 choose 2: a read and a write each


@pytest.mark.parametrize("triple", TRIPLES.values(), ids=TRIPLES)
@breaks(PARTICIPATE)
def test_three_at_once_end_as_one_after_the_other(scene: Scene, triple: Pair) -> None:
    actors = [asking(scene, wish, key) for wish, key in triple]

    assert_as_if_one_at_a_time(scene, actors, skip_equivalent=not PROVING)


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
@breaks(PARTICIPATE)
def test_two_at_once_and_one_fault_end_as_one_after_the_other(scene: Scene, pair: Pair) -> None:
    actors = [asking(scene, wish, key) for wish, key in pair]
    hows = ["crash", "time-out", cancelled(CONFLICT, "None", "None")] if PROVING else ["crash"]

    faults = faults_of_an_actor(scene, actors[0], hows)

    assert_as_if_one_at_a_time(scene, actors, faults=faults, skip_equivalent=True)


def one_file_and_one_check_in(scene: Scene, keys: tuple[str, str], replies: list[Reply]) -> None:
    assert sorted(reply.status for reply in replies) == ([201, 201] if keys[0] == keys[1] else [201, 409])
    assert len({reply.body for reply in replies if reply.status == 201}) == 1
    stories.assert_all_is_right(scene, XIN, {"daily": replies})


@pytest.mark.parametrize("keys", [("k1", "k1"), ("k1", "k2")], ids=["the same key", "different keys"])
@breaks(PARTICIPATE)
def test_the_first_check_in_ever_makes_one_file_in_every_order(scene: Scene, keys: tuple[str, str]) -> None:
    actors = [asking(scene, Wish(XIN), key) for key in keys]
    check = partial(one_file_and_one_check_in, scene, keys)

    orders = explore_scene(scene, actors, check, skip_equivalent=not PROVING)

    assert orders >= 6


@breaks(PARTICIPATE)
def test_the_first_check_in_ever_makes_one_file_in_every_order_with_a_crash(scene: Scene) -> None:
    actors = [asking(scene, Wish(XIN), key) for key in ("k1", "k2")]
    check = partial(one_file_and_one_check_in, scene, ("k1", "k2"))

    faults = [fault for fault in faults_of_an_actor(scene, actors[0], ["crash"]) if fault.when == "after" or PROVING]

    # The last two calls write: a crash before them leaves nothing that others could see.
    for fault in faults if PROVING else faults[-2:]:
        explore_scene(scene, actors, check, fault=fault, skip_equivalent=True)


@breaks(PARTICIPATE)
def test_first_check_ins_in_two_activities_share_one_file_and_one_account(scene: Scene) -> None:
    actors = [asking(scene, Wish(XIN), "k1"), asking(scene, Wish(XIN, "weekly"), "k1")]

    def check(replies: list[Reply]) -> None:
        daily, weekly = replies
        assert daily.status == weekly.status == 201
        stories.assert_all_is_right(scene, XIN, {"daily": [daily], "weekly": [weekly]})

    explore_scene(scene, actors, check, skip_equivalent=not PROVING)


@breaks(PARTICIPATE)
def test_of_the_same_key_at_once_only_one_answer_is_the_first(scene: Scene) -> None:
    def check(replies: list[Reply]) -> None:
        assert sorted(reply.replayed for reply in replies) == [False, True]

    explore_scene(scene, [asking(scene, DAILY, "k1")] * 2, check)
