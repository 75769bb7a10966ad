"""A view may be a moment old; what is decided and written never rests on one."""

import pytest

from tests.faults import stories
from tests.faults.harness.hook import layers_bypassed
from tests.faults.harness.injector import Fault
from tests.faults.harness.stale import stale_reads
from tests.faults.orders import asking, explore_scene
from tests.faults.scene import AMEI, MISSED, XIN, Reply, Scene, Wish

BOTH = (AMEI, XIN)


@pytest.mark.parametrize("lag", [1, 2, 5])
@pytest.mark.parametrize("customer", BOTH)
def test_a_participation_asks_for_no_old_answer(scene: Scene, customer: str, lag: int) -> None:
    with stale_reads(lag) as served:
        first = scene.ask(Wish(customer), "k1")
        scene.restart()
        again, other = scene.ask(Wish(customer), "k1"), scene.ask(Wish(customer), "k2")
        decided_on = list(served)

    assert decided_on == []
    assert (first.status, other.status) == (201, 409)
    stories.assert_repeats(first, [again])
    stories.assert_all_is_right(scene, customer, {"daily": [first]})


@pytest.mark.parametrize("customer", BOTH)
def test_old_views_between_two_requests_change_nothing(scene: Scene, customer: str) -> None:
    with stale_reads() as served:
        first = scene.ask(Wish(customer), "k1")
        seen = scene.look(customer), scene.account(customer), scene.inbox(customer)
        second = scene.ask(Wish(customer, "weekly"), "k2")
        again = scene.ask(Wish(customer), "k1")

    # The view was old indeed, or this would prove nothing.
    assert seen[0]["checked_in_today"] is False
    assert served
    stories.assert_repeats(first, [again])
    stories.assert_all_is_right(scene, customer, {"daily": [first], "weekly": [second]})


@pytest.mark.parametrize("wish", [Wish(AMEI), Wish(AMEI, make_up=MISSED), Wish(XIN)], ids=str)
def test_no_story_needs_fresh_views(scene: Scene, wish: Wish) -> None:
    for when in ("before", "after"):
        scene.fresh()
        with stale_reads():
            reply = scene.persist(lambda: scene.look(wish.customer) and scene.ask(wish, "k1"))
            with scene.injector.armed(Fault(0, when, "crash", only="dynamodb.TransactWriteItems")):
                other = scene.persist(lambda: scene.ask(Wish(wish.customer, "weekly"), "k2"))
        assert scene.injector.fired
        stories.assert_all_is_right(scene, wish.customer, {"daily": [reply], "weekly": [other]})


def test_two_at_once_under_old_reads_share_an_account(scene: Scene) -> None:
    def check(replies: list[Reply]) -> None:
        with layers_bypassed():
            stories.assert_all_is_right(scene, AMEI, {"daily": replies[:1], "weekly": replies[1:]})

    with stale_reads():
        actors = [asking(scene, Wish(AMEI), "k1"), asking(scene, Wish(AMEI, "weekly"), "k1")]
        explore_scene(scene, actors, check, skip_equivalent=True)
