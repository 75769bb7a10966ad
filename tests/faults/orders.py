"""Several customers' requests in every order their AWS calls can fall: each end must be one that came one at a time."""

import contextlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import permutations
from typing import Any

from tests.faults.books import verified_books
from tests.faults.harness.effort import PROVING
from tests.faults.harness.injector import Fault
from tests.faults.harness.interleave import explore
from tests.faults.harness.processes import own_caches
from tests.faults.harness.stage import Outcome
from tests.faults.scene import Reply, Scene, Wish

Act = Callable[[], Reply]
End = tuple[tuple[Any, ...], str]


def asking(scene: Scene, wish: Wish, key: str) -> Act:
    """An actor: one request, repeated until it is answered.

    Where a crash starts a new process, its many reads make many more orders: REGULARS_PROVE=1 goes through them.
    """
    return lambda: scene.persist(lambda: scene.ask(wish, key), restart=PROVING)


def explore_scene(
    scene: Scene,
    actors: Sequence[Act],
    check: Callable[[list[Reply]], None],
    *,
    fault: Fault | None = None,
    warm: bool = True,
    skip_equivalent: bool = False,
) -> int:
    """Every order of ``actors``, each a process of its own, with one fault armed; returns how many orders."""

    def replies(outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.error is not None:
                raise AssertionError("an actor ended without an answer") from outcome.error
        check([outcome.value for outcome in outcomes])

    with own_caches():
        return explore(
            lambda: scene.fresh(warm=warm),
            actors,
            replies,
            during=partial(scene.injector.armed, fault) if fault else contextlib.nullcontext,
            skip_equivalent=skip_equivalent,
        )


def serial_ends(scene: Scene, actors: Sequence[Act], *, warm: bool = True) -> set[End]:
    """What one request at a time comes to, for every order of them."""
    ends = set()
    for order in permutations(range(len(actors))):
        scene.fresh(warm=warm)
        replies = {actor: actors[actor]() for actor in order}
        ends.add(end(scene, [replies[actor] for actor in range(len(actors))]))
    return ends


def end(scene: Scene, replies: Sequence[Reply]) -> End:
    """What everybody was told, and every row of every table."""
    verified_books()
    return tuple(reply.what for reply in replies), json.dumps(scene.rows(), sort_keys=True, default=repr)


def assert_as_if_one_at_a_time(
    scene: Scene, actors: Sequence[Act], *, faults: Iterable[Fault | None] = (None,), skip_equivalent: bool = False
) -> int:
    """In every order, with each fault, all answers and all rows are those of some order of one request at a time
    (serializability). Returns how many orders there were.
    """
    expected = serial_ends(scene, actors)

    def check(replies: list[Reply]) -> None:
        assert end(scene, replies) in expected, "no order of one request at a time ends like this"

    return sum(
        explore_scene(scene, actors, check, fault=fault, skip_equivalent=skip_equivalent) for fault in list(faults)
    )


def faults_of_an_actor(scene: Scene, act: Act, hows: Sequence[Any]) -> Iterator[Fault]:
    """Each fault at each call that actor 0 makes when it is alone, in a warm process."""
    scene.fresh(warm=True)
    for at in range(len(scene.injector.calls_of(act))):
        for how in hows:
            yield Fault(at, "before", how, actor=0)
            yield Fault(at, "after", how, actor=0)
