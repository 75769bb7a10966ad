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
    ahead: list[tuple[frozenset[int], S]] = [(frozenset(), initial)]
    seen: set[tuple[frozenset[int], S]] = set()
    while ahead:
        done, state = ahead.pop()
        waiting = [(number, each) for number, each in enumerate(history.operations) if number not in done]
        if all(each.returned is None for _, each in waiting):
            return True
        if (done, state) in seen:
            continue
        seen.add((done, state))
        horizon = min(each.returned if each.returned is not None else math.inf for _, each in waiting)
        for number, each in reversed(waiting):
            after, result = apply(state, each.what)
            if each.invoked < horizon and (each.returned is None or result == each.result):
                ahead.append((done | {number}, after))
    return False
