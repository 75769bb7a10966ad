"""Is there one order of these overlapping operations in which each answer is right? (Wing and Gong 1993, Lowe 2017.)"""

import itertools
import math
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from botocore.exceptions import HTTPClientError

from tests.faults.harness.injector import Crash

S = TypeVar("S", bound=Hashable)
O = TypeVar("O")  # noqa: E741 - an operation
R = TypeVar("R")
T = TypeVar("T")

Apply = Callable[[S, O], tuple[S, R]]


@dataclass(frozen=True)
class Operation(Generic[O, R]):
    """One operation between two ticks. ``returned`` None: the caller never learned, so it may have happened or not."""

    what: O
    invoked: int
    returned: int | None
    result: R | None = None


class History(Generic[O, R]):
    """Records operations as they are made, from any thread."""

    def __init__(self) -> None:
        self.operations: list[Operation[O, R]] = []
        self._ticks = itertools.count()
        self._lock = threading.Lock()

    def call(self, what: O, act: Callable[[], R]) -> R:
        """Do ``act`` and record it as ``what``. A crash or a lost reply is recorded as unknown, and passed on."""
        invoked = self._tick()
        try:
            result = act()
        except (Crash, HTTPClientError):
            self._add(Operation(what, invoked, None))
            raise
        self._add(Operation(what, invoked, self._tick(), result))
        return result

    def _tick(self) -> int:
        with self._lock:
            return next(self._ticks)

    def _add(self, operation: Operation[O, R]) -> None:
        with self._lock:
            self.operations.append(operation)


def linearizable(history: History[O, R], initial: S, apply: Apply[S, O, R]) -> bool:
    """Whether ``apply(state, what) -> (state, result)``, one operation at a time, explains every result.

    An operation that returned before another was invoked must come first. ``initial`` and all states are
    hashable; the search remembers (operations done, state), which keeps tens of operations quick.
    """
    return _Search(history.operations, apply).explains(frozenset(), initial)


class _Search(Generic[S, O, R]):
    def __init__(self, operations: list[Operation[O, R]], apply: Apply[S, O, R]) -> None:
        self._operations = operations
        self._apply = apply
        self._seen: set[tuple[frozenset[int], S]] = set()

    def explains(self, done: frozenset[int], state: S) -> bool:
        """Whether the operations not yet ``done`` can follow from ``state``."""
        waiting = [(number, each) for number, each in enumerate(self._operations) if number not in done]
        if all(each.returned is None for _, each in waiting):
            return True
        if (done, state) in self._seen:
            return False
        self._seen.add((done, state))
        horizon = min(each.returned if each.returned is not None else math.inf for _, each in waiting)
        return any(self._fits(done, state, number, each) for number, each in waiting if each.invoked < horizon)

    def _fits(self, done: frozenset[int], state: S, number: int, operation: Operation[O, R]) -> bool:
        after, result = self._apply(state, operation.what)
        right = operation.returned is None or result == operation.result
        return right and self.explains(done | {number}, after)
