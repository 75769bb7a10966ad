"""What is done to every handler, by its kind: the columns of the matrix. Each is a check of one Trial."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import permutations

from shared.settings import settings
from tests.faults.harness.aws_errors import errors_of
from tests.faults.harness.effort import PROVING, effort
from tests.faults.harness.hook import layer_installed
from tests.faults.harness.injector import Fault, When
from tests.faults.harness.replies import THROTTLED
from tests.faults.harness.report import for_each
from tests.faults.harness.sameness import State
from tests.faults.harness.short_answers import ShortAnswer, short_answers
from tests.faults.harness.stale import stale_reads
from tests.faults.matrix import races
from tests.faults.matrix.rows import Asked, OnlyReads, Queued, Row, Streamed
from tests.faults.matrix.trial import Trial
from tests.faults.scene import AFTER_MIDNIGHT

Column = Callable[[Trial], None]

BOTH: Sequence[When] = ("before", "after")
ATTEMPTS = 3
"""So often botocore sends a request; what fails as often gets through to the handler."""
MAY_HAVE_BEEN_DONE = (500, 503)
FEW = 2
"""Calls of one, above which three at once take too long for every day."""
POISON = ("{", "[]", "null", '"text"', "{}")


def crashes(trial: Trial) -> None:
    """The process dies before or after each call, or the call times out, once or until botocore gives up."""
    trial.under(_crashes(trial), partial(_survived, trial))


def _crashes(trial: Trial) -> Iterator[Fault]:
    """What dies at a read leaves what it found: the first read stands for the others, but for what is raised at each.
    REGULARS_PROVE=1 tries all.
    """
    for number, call in enumerate(trial.calls):
        yield Fault(number, "before", "time-out", times=ATTEMPTS)
        if not (number == 0 or call.writes or PROVING):
            continue
        yield Fault(number, "after", "time-out", times=ATTEMPTS)
        for when in BOTH:
            yield Fault(number, when, "crash")
            yield Fault(number, when, "time-out")
            if PROVING:
                yield Fault(number, when, THROTTLED, times=ATTEMPTS)


def service_errors(trial: Trial) -> None:
    """AWS answers each call with each of its passing errors: nobody is told."""
    trial.under(_passing(trial), partial(_absorbed, trial))


def _passing(trial: Trial) -> list[Fault]:
    """Each error of each call, and those that may come after it was done; a read's stand for each other's."""
    found = []
    for number, call in enumerate(trial.calls):
        hows = list(errors_of(call))
        chosen = hows if call.writes or PROVING else [hows[number % len(hows)]]
        found += [Fault(number, "before", how) for how in chosen]
        found += [Fault(number, "after", how) for how in chosen if call.writes and how.status in MAY_HAVE_BEEN_DONE]
    return found


def _survived(trial: Trial, fault: Fault) -> None:
    first = trial.struck(fault)
    trial.assert_holds(first)


def _absorbed(trial: Trial, fault: Fault) -> None:
    first = trial.struck(fault)
    if first is not None:
        assert first.status == trial.expected_status, f"a passing error was answered {first}"
    trial.assert_holds(first)


def midnight(trial: Trial) -> None:
    """The process dies around each write, and the shop's next day has begun when it is set off again."""
    faults = [Fault(at, when, "crash") for at in trial.writes for when in BOTH]
    if faults:
        trial.under(faults, partial(_late, trial))


def _late(trial: Trial, fault: Fault) -> None:
    trial.scene.while_dead = AFTER_MIDNIGHT
    first = trial.struck(fault)
    middle = trial.state()
    if trial.row.REDELIVERED:
        assert _entries(middle) == _entries(trial.done), "the next day made other entries of the same messages"
    second = trial.row.until_done(trial.scene)
    # A schedule finds the next day's own work; one more of a thing is made at its own time.
    if middle == trial.done and trial.row.again != "more" and trial.row.KIND != "schedule":
        trial.assert_end(middle, first, second)
    trial.state()


def _entries(found: State) -> list[str]:
    return sorted(line for line in found.elements() if line.startswith(settings.table("entries")))


def old_reads(trial: Trial) -> None:
    """Reads that may be a moment old are: whatever is decided and written does not rest on them."""
    settled = _twice(trial)
    for_each([f"reads that are {lag} writes behind" for lag in (1, 2)], partial(_behind, trial, settled))


def _behind(trial: Trial, settled: object, case: str) -> None:
    with stale_reads(int(case.split()[3])):
        assert _twice(trial) == settled, "old reads led to another end"


def _twice(trial: Trial) -> object:
    trial.fresh()
    told = []
    for _ in range(2):
        reply = trial.row.until_done(trial.scene)
        told.append(reply and reply.status)
        trial.scene.restart()
    return told, trial.state()


def short(trial: Trial) -> None:
    """Answers are right and not whole: pages end early, batches leave keys, queues refuse some of a batch."""
    for_each(short_answers(trial.calls), partial(_made_good, trial))


def _made_good(trial: Trial, answer: ShortAnswer) -> None:
    trial.fresh()
    trial.assert_holds(trial.attempt(layer_installed(answer.layer())))


def two_at_once(trial: Trial) -> None:
    """Two of the same at once, in every order of their calls; three, where they are few or there is time."""
    races.at_once(trial, 2)
    races.with_rivals(trial)
    if PROVING or races.steps(trial) <= FEW:
        races.at_once(trial, 3)


def two_at_once_and_a_crash(trial: Trial) -> None:
    """As two at once, while the process of one dies after its last write; around each, where there is time."""
    if trial.row.again != "same":
        # Who died is refused when it comes back: no order of one at a time ends so.
        return
    races.at_once(trial, 2, races.crashes_of_the_first(trial))


def histories(trial: Trial) -> None:
    """Writes and reads at once are linearizable."""
    races.histories(trial)


# ── of queues ────────────────────────────────────────────────────────────────────────────────────


def poison(trial: Trial) -> None:
    """A message that nobody can take, at every position: it alone becomes a dead letter."""
    row = _queued(trial)
    bodies = row.bodies(trial.scene)
    places = range(len(bodies) + 1) if PROVING else {0, len(bodies) // 2, len(bodies)}
    cases = [(bad, at) for bad in (*POISON, *row.poison) for at in sorted(places)]

    def case(which: tuple[str, int]) -> None:
        bad, at = which
        trial.fresh()
        assert row.deliver(trial.scene, [*bodies[:at], bad, *bodies[at:]]) == [bad]
        trial.assert_state(trial.done, trial.state(), "a bad message spoiled others")

    for_each(cases, case)


def any_order(trial: Trial) -> None:
    """Messages come in any order, in any batches, and twice."""
    row = _queued(trial)
    bodies = list(row.bodies(trial.scene))
    drawn = random.Random(len(bodies))
    orders = [tuple(order) for order in permutations(range(len(bodies)))] if len(bodies) <= 3 else []
    orders += [_shuffled(drawn, len(bodies)) for _ in range(effort(6, 200))]

    def case(order: tuple[int, ...]) -> None:
        trial.fresh()
        for start in range(0, len(order), 2):
            assert row.deliver(trial.scene, [bodies[at] for at in order[start : start + 2]]) == []
        trial.assert_state(trial.done, trial.state(), "another order came to something else")

    for_each(orders, case)


def _shuffled(drawn: random.Random, count: int) -> tuple[int, ...]:
    """Each of ``count`` at least once, some of them twice."""
    order = [*range(count), *drawn.choices(range(count), k=drawn.randrange(count + 1))]
    drawn.shuffle(order)
    return tuple(order)


def _queued(trial: Trial) -> Queued:
    assert isinstance(trial.row, Queued)
    return trial.row


# ── of streams ───────────────────────────────────────────────────────────────────────────────────


def cut_anywhere(trial: Trial) -> None:
    """A batch of a stream is cut anywhere, and its end comes twice."""
    row = _streamed(trial)
    records = row.records(trial.scene)

    def case(cut: int) -> None:
        trial.fresh()
        assert row.deliver(trial.scene, records[:cut]) == row.deliver(trial.scene, records[max(0, cut - 2) :]) == []
        trial.assert_state(trial.done, trial.state(), "a batch that was cut came to something else")

    for_each(range(len(records) + 1), case)


def unreadable(trial: Trial) -> None:
    """A record that nobody can read, at every position, hides no other and is not taken for read."""
    row = _streamed(trial)
    records, spoil = row.records(trial.scene), row.unreadable

    def case(at: int) -> None:
        trial.fresh()
        row.deliver(trial.scene, [*records[:at], *records[at + 1 :]])
        without = trial.state()
        trial.fresh()
        left = row.deliver(trial.scene, [*records[:at], spoil(records[at]), *records[at + 1 :]])
        numbers = [each["dynamodb"]["SequenceNumber"] for each in left]
        assert numbers[:1] == [records[at]["dynamodb"]["SequenceNumber"]], "it was taken for read"
        trial.assert_state(without, trial.state(), "it hid others")

    for_each(range(len(records)), case)


def _streamed(trial: Trial) -> Streamed:
    assert isinstance(trial.row, Streamed)
    return trial.row


# ── of reads ─────────────────────────────────────────────────────────────────────────────────────


def only_reads(trial: Trial) -> None:
    """It writes nothing."""
    assert trial.writes == []
    trial.assert_state(trial.start, trial.done, "it wrote something")


def columns_of(row: Row) -> Mapping[str, Column]:
    """What a row of this kind must stand."""
    found = [only_reads, service_errors, short] if isinstance(row, OnlyReads) else [*EVERY_WRITER]
    if isinstance(row, Asked) and row.look:
        found.append(histories)
    if isinstance(row, Queued):
        found += [poison, any_order] if row.in_any_order else [poison]
    if isinstance(row, Streamed):
        found += [cut_anywhere, unreadable]
    return {column.__name__: column for column in found}


EVERY_WRITER: Sequence[Column] = (
    crashes,
    service_errors,
    midnight,
    old_reads,
    short,
    two_at_once,
    two_at_once_and_a_crash,
)
