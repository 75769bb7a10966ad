"""Several at once: every order of their AWS calls must end as some order of one at a time does."""

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from itertools import permutations
from typing import Any

from tests.faults.harness.effort import PROVING, effort
from tests.faults.harness.hook import Call
from tests.faults.harness.injector import Fault
from tests.faults.harness.interleave import explore
from tests.faults.harness.linearize import History, linearizable
from tests.faults.harness.processes import own_caches
from tests.faults.harness.report import for_each
from tests.faults.harness.sameness import masked
from tests.faults.harness.stage import Outcome
from tests.faults.matrix.rows import Asked
from tests.faults.matrix.trial import Trial
from tests.faults.scene import Reply, Scene

Act = Callable[[], Any]
PAIR = 2
End = tuple[tuple[str, ...], frozenset[tuple[str, int]]]


def at_once(trial: Trial, actors: int, faults: Iterable[Fault | None] = (None,)) -> None:
    """``actors`` of the same, in every order, with each fault."""
    _as_one_after_another(trial, [partial(_until_done, trial)] * actors, faults)


def with_rivals(trial: Trial) -> None:
    """One, and at the same time each of its rivals."""
    for rival in trial.row.rivals if isinstance(trial.row, Asked) else ():
        _as_one_after_another(trial, [partial(_until_done, trial), partial(_told_by, trial, rival)], [None])


def _told_by(trial: Trial, rival: Callable[[Scene], Reply]) -> str:
    return _told(rival(trial.scene))


def _as_one_after_another(trial: Trial, acts: Sequence[Act], faults: Iterable[Fault | None]) -> None:
    """In every order, with each fault, answers and rows are those of some order of one at a time."""
    ends = _serial_ends(trial, acts)

    def check(told: list[str]) -> None:
        assert _end(trial, told) in ends, "no order of one at a time ends like this"

    def case(fault: Fault | None) -> None:
        _explored(trial, acts, check, fault)

    for_each(faults, case, trial.calls)


def crashes_of_the_first(trial: Trial) -> list[Fault]:
    """The process of actor 0 dies after its last write; before and after each of its calls, where there is time."""
    calls = _calls(trial)
    writes = [number for number, call in enumerate(calls) if call.writes]
    if PROVING:
        return [Fault(at, when, "crash", actor=0) for at in range(len(calls)) for when in ("before", "after")]
    return [Fault(writes[-1], "after", "crash", actor=0)] if writes else []


def steps(trial: Trial) -> int:
    """How many calls one makes in a warm process."""
    return len(_calls(trial))


def _calls(trial: Trial) -> list[Call]:
    trial.fresh(warm=True)
    return trial.scene.injector.calls_of(partial(_until_done, trial))


def _serial_ends(trial: Trial, acts: Sequence[Act]) -> set[End]:
    ends = set()
    for order in set(permutations(range(len(acts)))):
        trial.fresh(warm=True)
        told = {actor: acts[actor]() for actor in order}
        ends.add(_end(trial, [told[actor] for actor in range(len(acts))]))
    return ends


def _end(trial: Trial, told: Sequence[str]) -> End:
    return tuple(told), frozenset(trial.state().items())


def _until_done(trial: Trial) -> str:
    return _told(trial.row.until_done(trial.scene))


def _told(reply: Reply | None) -> str:
    """What counts of an answer: of a refusal its code, since several sentences may be true of one."""
    if reply is None:
        return ""
    return f"{reply.status} {masked(reply.body) if reply.status < HTTPStatus.BAD_REQUEST else reply.code}"


def _explored(
    trial: Trial,
    acts: Sequence[Act],
    check: Callable[[list[str]], None],
    fault: Fault | None = None,
    *,
    real_time: bool = False,
    fresh: Callable[[], None] = lambda: None,
) -> int:
    """Every order of ``acts``, each in a warm process of its own."""

    def begin() -> None:
        trial.fresh(warm=True)
        fresh()

    def ended(outcomes: list[Outcome]) -> None:
        for outcome in outcomes:
            if outcome.error is not None:
                raise AssertionError("one of them came to no end") from outcome.error
        check([outcome.value for outcome in outcomes])

    bounds = _bounds(trial, len(acts), fault, real_time=real_time)
    with own_caches():
        return explore(
            begin,
            acts,
            ended,
            limit=effort(5_000, 100_000),
            during=partial(trial.scene.injector.armed, fault) if fault else contextlib.nullcontext,
            **bounds,
        )


def _bounds(trial: Trial, actors: int, fault: Fault | None, *, real_time: bool) -> Mapping[str, Any]:
    """How far to go: through all orders where they are few enough, else through those that interrupt somebody a few
    times, of which most bugs need one or two (Musuvathi and Qadeer 2007).
    """
    if real_time:
        return {}
    if fault is None and steps(trial) * actors <= effort(8, 12):
        return {"skip_equivalent": not PROVING}
    if actors != PAIR:
        return {"interruptions": effort(0, 1)}
    # With a fault the orders are explored anew for every call that it can strike.
    return {"interruptions": effort(1, 2) if fault is None else 1}


# ── histories ────────────────────────────────────────────────────────────────────────────────────

Done = tuple[str, ...]
"""What was done so far, one at a time: the state of the one-at-a-time product."""


def histories(trial: Trial, actors: int = 2) -> None:
    """Each writes and then looks: some order of all four, in which none moves past what it followed, explains every
    answer. The product itself, asked one at a time, is what tells the right answers.
    """
    row = trial.row
    assert isinstance(row, Asked)
    nothing: Done = ()
    right: dict[Done, str] = {}

    def done(what: str) -> str:
        if what == "write":
            return _until_done(trial)
        assert row.look
        return masked(repr(row.look(trial.scene)))

    def apply(before: Done, what: str) -> tuple[Done, str]:
        after = (*before, what)
        if after not in right:
            trial.fresh(warm=True)
            right[after] = [done(each) for each in after][-1]
        return after, right[after]

    history: History[str, str] = History()

    def act() -> str:
        return "".join(history.call(what, partial(done, what)) for what in ("write", "look"))

    def check(_: list[str]) -> None:
        assert linearizable(history, nothing, apply), "no order of one at a time explains these answers"

    _explored(trial, [act] * actors, check, real_time=True, fresh=history.operations.clear)
