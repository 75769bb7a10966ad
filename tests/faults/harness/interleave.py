"""Every order in which several actors' AWS calls can fall, one after another, each from a fresh state.

Between two calls an actor touches nothing that the others can see, so one AWS call is one step, and
going through all orders of steps, depth first, is going through everything that concurrency can do.
"""

import contextlib
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from tests.faults.harness.hook import Call
from tests.faults.harness.stage import Act, Outcome, Stage
from tests.faults.harness.tally import TALLY

Check = Callable[[list[Outcome]], None]


class NotRepeatableError(Exception):
    """The same steps led to other calls than before: ``fresh`` left something behind, or an actor rolls dice."""


class TooManyError(Exception):
    """There are more interleavings than the limit: fewer actors, fewer calls, or ``skip_equivalent``."""


@dataclass
class _Node:
    """A place in the tree of choices: who could go, who went, and whose turn is known to bring nothing new."""

    runnable: list[int]
    asleep: dict[int, Call | None]
    chosen: int
    made: Call | None = None
    before: int | None = None
    left: int | None = None
    """How many interruptions are left; None: any number."""
    tried: dict[int, Call | None] = field(default_factory=dict)

    def awake(self) -> list[int]:
        return [actor for actor in self.runnable if actor not in {*self.asleep, *self.tried} and self._may(actor)]

    def _may(self, actor: int) -> bool:
        return self.left != 0 or not self._interrupts(actor)

    def _interrupts(self, actor: int) -> bool:
        """Whether somebody who could go on must stand back for ``actor``."""
        return self.before in self.runnable and actor != self.before

    def left_below(self) -> int | None:
        return self.left if self.left is None else self.left - self._interrupts(self.chosen)

    def asleep_below(self) -> dict[int, Call | None]:
        """Orders already tried stay tried until a call comes that does not commute with theirs (a sleep set)."""
        known = self.asleep | self.tried
        return {actor: call for actor, call in known.items() if _commute(call, self.made)}


def _commute(one: Call | None, other: Call | None) -> bool:
    return one is None or other is None or one.commutes_with(other)


def explore(
    fresh: Callable[[], object],
    actors: Sequence[Act],
    check: Check,
    *,
    during: Callable[[], AbstractContextManager[object]] = contextlib.nullcontext,
    skip_equivalent: bool = False,
    interruptions: int | None = None,
    limit: int = 5_000,
) -> int:
    """Run ``actors`` in every order and ``check`` the outcomes of each; returns how many orders there were.

    ``fresh`` makes the state each order starts from. ``during`` surrounds the actors only, not ``fresh`` or
    ``check``: ``lambda: injector.armed(fault)``. An AssertionError of ``check`` is told which order led to it;
    :func:`replay` runs that order again.

    ``skip_equivalent`` runs one of those orders that differ only in calls that commute. That is sound where
    ``check`` looks at final state, and unsound for real-time histories and for faults not bound to an actor.
    ``interruptions`` bounds how often somebody who could go on is made to wait: no proof, and much for little.
    """
    path: list[_Node] = []
    orders = 0
    while True:
        fresh()
        with during(), Stage(actors) as stage:
            complete = _play(stage, path, skip_equivalent=skip_equivalent, interruptions=interruptions)
        if complete:
            orders += 1
            TALLY["orders"] += 1
            _checked(check, stage)
        if not _turn(path):
            return orders
        if orders >= limit:
            raise TooManyError(f"more than {limit} interleavings")


def replay(actors: Sequence[Act], order: Sequence[int]) -> list[Outcome]:
    """Run ``actors`` once in the order that a failed exploration printed."""
    with Stage(actors) as stage:
        for actor in order:
            stage.step(actor)
    return stage.outcomes


def _play(stage: Stage, path: list[_Node], *, skip_equivalent: bool, interruptions: int | None) -> bool:
    """Follow ``path``, then go on to the end, or to where only known orders remain. Tells if it was the end."""
    depth = 0
    while runnable := stage.runnable():
        if depth == len(path):
            node = _next(path, runnable, skip_equivalent=skip_equivalent, interruptions=interruptions)
            if node is None:
                return False
            path.append(node)
        node = path[depth]
        if node.runnable != runnable:
            raise NotRepeatableError(f"before step {depth} actors {node.runnable} could go on, now {runnable} can")
        made = stage.step(node.chosen)
        if node.made not in (None, made):
            raise NotRepeatableError(f"step {depth} was {node.made}, now it is {made}")
        node.made = made
        depth += 1
    return True


def _next(path: list[_Node], runnable: list[int], *, skip_equivalent: bool, interruptions: int | None) -> _Node | None:
    """The place after ``path``, with its first choice; None where only known orders remain."""
    last = path[-1] if path else None
    node = _Node(
        runnable,
        last.asleep_below() if last and skip_equivalent else {},
        chosen=-1,
        before=last.chosen if last else None,
        left=last.left_below() if last else interruptions,
    )
    awake = node.awake()
    if not awake:
        return None
    # Whoever goes on first goes on here: that is no interruption.
    node.chosen = node.before if node.before in awake else awake[0]
    return node


def _turn(path: list[_Node]) -> bool:
    """Move ``path`` to the next order that was not tried. False when there is none."""
    while path:
        node = path[-1]
        node.tried[node.chosen] = node.made
        if awake := node.awake():
            node.chosen, node.made = awake[0], None
            return True
        path.pop()
    return False


def _checked(check: Check, stage: Stage) -> None:
    try:
        check(stage.outcomes)
    except AssertionError as error:
        steps = "".join(f"\n  actor {actor}: {call}" for actor, call in stage.steps)
        ends = "".join(f"\n  actor {number}: {outcome}" for number, outcome in enumerate(stage.outcomes))
        error.add_note(f"order = {[actor for actor, _ in stage.steps]}{steps}\noutcomes:{ends}")
        raise
