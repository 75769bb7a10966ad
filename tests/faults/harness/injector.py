"""Breaks one AWS call, before or after AWS saw it: by a crash, a time-out or an error of the service.

Calls are counted by attempt, botocore's retries included. A fault strikes once, and the retry gets through,
unless it is told to strike several ``times``.
"""

import contextlib
import random
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

from tests.faults.harness.hook import Attempt, Call, Reply, Send, layer_installed, retries_at_once
from tests.faults.harness.replies import ServiceError, cancelled, reply_with
from tests.faults.harness.request_tokens import RequestTokens
from tests.faults.harness.tally import TALLY

T = TypeVar("T")

When = Literal["before", "after"]
How = Literal["crash", "time-out"] | ServiceError

CONFLICT = "TransactionConflict"
ITEM_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem"})


class Crash(BaseException):
    """The process dies here. No ``except Exception`` of ours or of a library may survive it."""


@dataclass(frozen=True)
class Fault:
    """What happens to call number ``at``, counted from 0 over ``actor``'s calls, or over everybody's.

    ``before``: AWS never hears of it. ``after``: AWS has done it and the caller never hears of that.
    ``only`` counts just the calls of one name, such as ``sqs.SendMessage``. ``times`` more than one strikes
    the calls that follow too: three outlast all of botocore's attempts.
    """

    at: int
    when: When
    how: How
    actor: int | None = None
    only: str | None = None
    times: int = 1

    def __str__(self) -> str:
        whose = "" if self.actor is None else f" of actor {self.actor}"
        often = "" if self.times == 1 else f", {self.times} times"
        return f"{self.how} {self.when} call {self.at}{whose}{often}"

    def concerns(self, call: Call) -> bool:
        return self.actor in (None, call.actor) and self.only in (None, call.name)


class Injector:
    """Counts calls and strikes one. Made by :func:`fault_injection`."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.fired = False
        self.tokens = RequestTokens()
        self._fault: Fault | None = None
        self._counting = False
        self._met = 0
        # On the emulator calls come from many threads.
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def armed(self, fault: Fault | None) -> Iterator["Injector"]:
        """Count from 0 and let ``fault`` strike inside the block; afterwards ``fired`` tells if it was met."""
        self.calls, self.fired, self._met = [], False, 0
        self._fault, self._counting = fault, True
        try:
            yield self
        finally:
            self._fault, self._counting = None, False

    def calls_of(self, act: Callable[[], object]) -> list[Call]:
        """The AWS calls that ``act`` makes when nothing goes wrong."""
        with self.armed(None):
            act()
        return self.calls

    def layer(self, attempt: Attempt, send: Send) -> Reply:
        fault = self._due(attempt)
        if fault is None:
            return send(attempt)
        if fault.when == "after":
            send(attempt)
        return _strike(fault, attempt)

    def _due(self, attempt: Attempt) -> Fault | None:
        with self._lock:
            if not self._counting:
                return None
            call = attempt.call()
            self.calls.append(call)
            if self._fault is None or not self._fault.concerns(call):
                return None
            self._met += 1
            if not self._fault.at <= self._met - 1 < self._fault.at + self._fault.times:
                return None
            self.fired = True
            TALLY["faults"] += 1
            return self._fault


def _strike(fault: Fault, attempt: Attempt) -> Reply:
    if isinstance(fault.how, ServiceError):
        return reply_with(attempt, fault.how)
    if fault.how == "crash":
        raise Crash(f"{fault}: {attempt.name}")
    # Returned, not raised: so does botocore with a real socket's time-out, and then retries.
    lost = ConnectTimeoutError if fault.when == "before" else ReadTimeoutError
    return None, lost(endpoint_url=attempt.request.url, error=fault)


@contextlib.contextmanager
def fault_injection(*, over_moto: bool = True) -> Iterator[Injector]:
    """An :class:`Injector` on every AWS call of this process. The emulator knows request tokens; moto does not."""
    injector = Injector()
    with contextlib.ExitStack() as stack:
        stack.enter_context(retries_at_once())
        if over_moto:
            stack.enter_context(layer_installed(injector.tokens.layer))
        stack.enter_context(layer_installed(injector.layer))
        yield injector


def every_fault(
    calls: int,
    *,
    hows: Sequence[How] = ("crash", "time-out"),
    actor: int | None = None,
    only: str | None = None,
    times: int = 1,
) -> Iterator[Fault]:
    """Each of ``calls`` calls × before, after × ``hows``."""
    for at in range(calls):
        for how in hows:
            yield Fault(at, "before", how, actor, only, times)
            yield Fault(at, "after", how, actor, only, times)


def until_answered(act: Callable[[], T], tries: int = 3) -> T:
    """Do ``act`` again after a crash, as whoever asked for it would: the shopper's tap, the queue's redelivery."""
    for _ in range(tries - 1):
        with contextlib.suppress(Crash):
            return act()
    return act()


@contextlib.contextmanager
def conflicts(rate: float, seed: int) -> Iterator[list[Call]]:
    """Transactions and single writes meet a conflict at random, which neither moto nor the emulator ever does.

    A share ``rate`` of them is refused before it reaches the data. Yields the calls that were refused.
    """
    drawn, refused, lock = random.Random(seed), list[Call](), threading.Lock()

    def layer(attempt: Attempt, send: Send) -> Reply:
        with lock:
            error = _conflict(attempt, drawn) if drawn.random() < rate else None
        if error is None:
            return send(attempt)
        refused.append(attempt.call())
        return reply_with(attempt, error)

    with layer_installed(layer):
        yield refused


def _conflict(attempt: Attempt, drawn: random.Random) -> ServiceError | None:
    if attempt.operation.name in ITEM_WRITES:
        return ServiceError("TransactionConflictException", "Transaction is ongoing for the item")
    items = len(attempt.body.get("TransactItems", ()))
    if items == 0:
        return None
    hit = drawn.randrange(items)
    return cancelled(*(CONFLICT if item == hit else "None" for item in range(items)))
