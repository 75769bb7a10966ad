"""One row on trial: prepared once, put back to its start for every case, held to what it comes to without faults."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from http import HTTPStatus

from infra.package.operations import called_operations
from tests.faults.books import verified_books
from tests.faults.harness.hook import Call
from tests.faults.harness.injector import Crash, Fault
from tests.faults.harness.report import for_each
from tests.faults.harness.sameness import State, difference, state
from tests.faults.harness.snapshot import Snapshot
from tests.faults.matrix.rows import OnlyReads, Row
from tests.faults.scene import Reply, Scene

DESCRIBED = {f"{service}.{name}" for service, names in called_operations().items() for name in names}
"""The AWS operations that some policy allows, and that botocore knows of in the layer."""

MOVING = ("version", "at", "taken_at", "expires_at", "due_at")
"""What moves with every write where the same is written anew."""


class Trial:
    """A row, the state it starts from, the AWS calls it makes and the state it comes to when nothing goes wrong."""

    def __init__(self, scene: Scene, row: Row) -> None:
        self.scene = scene
        self.row = row
        self._from: Snapshot = scene.prepared(lambda: row.prepare(scene))
        self.fresh()
        self.start = self.state()
        found: list[Reply | None] = []
        self.calls: list[Call] = scene.injector.calls_of(lambda: found.append(row.attempt(scene)))
        self.told = found[0]
        self.done = self.state()
        self._check_itself()

    def _check_itself(self) -> None:
        """A row that sets off something else, or nothing, would prove nothing."""
        assert self.row.registered.kind == self.row.KIND, f"{self.row} is a {self.row.registered.kind}"
        assert self.row.handler in self.scene.entered, f"{self.row} never came to its handler"
        assert self.calls, f"{self.row} made no AWS call"
        undescribed = sorted({call.name for call in self.calls} - DESCRIBED)
        assert not undescribed, f"{self.row} calls {undescribed}: no policy allows it, the layer does not describe it"
        assert self.writes or isinstance(self.row, OnlyReads), f"{self.row} wrote nothing: it is OnlyReads, or vacuous"
        if self.told is not None:
            assert self.told.status == self.expected_status, f"{self.row} was answered {self.told}"

    @property
    def expected_status(self) -> int:
        contract = self.row.registered.contract
        assert contract is not None
        return contract.status

    @property
    def writes(self) -> list[int]:
        """The numbers of the calls that write."""
        return [number for number, call in enumerate(self.calls) if call.writes]

    def fresh(self, *, warm: bool = False) -> None:
        self.scene.fresh(warm=warm, start=self._from)

    def state(self) -> State:
        """What is stored and queued now, once the books were found right."""
        verified_books()
        return state(self.scene.rows(), but=MOVING if self.row.again == "anew" else ())

    def under(self, faults: Iterable[Fault], check: Callable[[Fault], None]) -> None:
        """``check`` for each fault, from the start in a process that has just begun; every fault must have struck."""

        def case(fault: Fault) -> None:
            self.fresh()
            check(fault)

        assert for_each(faults, case, self.calls), "no fault was tried"

    def attempt(self, during: AbstractContextManager[object]) -> Reply | None:
        """Set it off inside a block: what was answered, None when the process died or a function raised."""
        try:
            with during:
                return self.row.attempt(self.scene)
        except Crash:
            if self.row.KIND == "route":
                self.scene.died()
        except Exception:
            # Of a function, to whoever calls it, all that leaves it is the same. A route answers.
            if self.row.KIND == "route":
                raise
        return None

    def struck(self, fault: Fault) -> Reply | None:
        """Set it off under a fault, which must meet a call."""
        reply = self.attempt(self.scene.injector.armed(fault))
        assert self.scene.injector.fired, "the fault met no call"
        return reply

    def assert_holds(self, first: Reply | None) -> None:
        """Half a change is nowhere, who was told of a success has it, and doing it again comes to what it must."""
        middle = self.state()
        if self.row.whole or self.row.REDELIVERED:
            self._assert_whole(middle, first)
        self.scene.restart()
        second = self.row.until_done(self.scene)
        self.assert_end(middle, first, second)

    def _assert_whole(self, middle: State, first: Reply | None) -> None:
        if self.row.REDELIVERED or middle != self.start:
            self.assert_state(self.done, middle, "half of it was done")
        elif first is not None and self.done != self.start:
            assert first.status >= HTTPStatus.INTERNAL_SERVER_ERROR, f"nothing was written, and the answer was {first}"

    def assert_end(self, middle: State, first: Reply | None, second: Reply | None) -> None:
        took = middle == self.done != self.start
        wanted = self.done + (self.done - self.start) if took and self.row.again == "more" else self.done
        self.assert_state(wanted, self.state(), "doing it again came to something else")
        if second is None:
            return
        refused = isinstance(self.row.again, HTTPStatus) and took
        assert second.status == (self.row.again if refused else self.expected_status), (
            f"again, it was answered {second}"
        )
        if self.row.again == "same" and not isinstance(self.row, OnlyReads):
            self._assert_same_answer(first, second)

    def _assert_same_answer(self, first: Reply | None, second: Reply) -> None:
        if first is not None and first.status == self.expected_status:
            assert second.what == first.what, f"first it was answered {first}, again {second}"
        settled = self.scene.rows()
        third = self.row.until_done(self.scene)
        assert third is not None
        assert third.what == second.what, f"again it was answered {second}, once more {third}"
        assert self.scene.rows() == settled, "doing it again wrote something"
        contract = self.row.registered.contract
        assert contract is not None
        assert third.replayed == contract.idempotent, "a repeat does not say that it is one"

    @staticmethod
    def assert_state(wanted: State, found: State, message: str) -> None:
        assert found == wanted, f"{message}:\n{difference(wanted, found)}"
