"""Actors in threads of their own, of which only one runs at a time, from AWS call to AWS call."""

import threading
from collections.abc import Callable, Sequence
from contextvars import Context, copy_context
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from tests.faults.harness.hook import ACTOR, Attempt, Call, Reply, Send, layer_installed

Act = Callable[[], object]

STUCK_S = 60


class StuckError(Exception):
    """An actor neither came to an AWS call nor to its end."""


@dataclass(frozen=True)
class Outcome:
    """How an actor ended: with a value, or with what it raised (a Crash included)."""

    value: Any = None
    error: BaseException | None = None

    def __str__(self) -> str:
        return repr(self.value if self.error is None else self.error)


class Stage:
    """Several actors and their turns."""

    def __init__(self, acts: Sequence[Act]) -> None:
        self.steps: list[tuple[int, Call | None]] = []
        self._actors = [_Actor(number, act) for number, act in enumerate(acts)]
        self._layer = layer_installed(self._pause)

    def __enter__(self) -> Self:
        self._layer.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for actor in self._actors:
            actor.leave()
        self._layer.__exit__(kind, error, at)

    @property
    def outcomes(self) -> list[Outcome]:
        return [actor.outcome or Outcome() for actor in self._actors]

    def runnable(self) -> list[int]:
        return [actor.number for actor in self._actors if actor.outcome is None]

    def step(self, number: int) -> Call | None:
        """Let one actor make its next AWS call, and come to the one after it or to its end."""
        made = self._actors[number].step()
        self.steps.append((number, made))
        return made

    def _pause(self, attempt: Attempt, send: Send) -> Reply:
        number = ACTOR.get()
        if number is not None:
            self._actors[number].pause(attempt.call())
        return send(attempt)


class _Gone(BaseException):
    """The exploration is over for this actor, wherever it is."""


class _Actor:
    """One thread. It starts at its first turn, so that what it asks is asked no earlier than that."""

    def __init__(self, number: int, act: Act) -> None:
        self.number = number
        self.outcome: Outcome | None = None
        self._act = act
        self._made: Call | None = None
        self._started = self._left = False
        self._go = threading.Semaphore(0)
        self._paused = threading.Semaphore(0)
        # The context carries what the test has set for the block, as a frozen clock.
        context = copy_context()
        self._thread = threading.Thread(target=self._run, args=(context,), name=f"actor {number}", daemon=True)

    def step(self) -> Call | None:
        self._made = None
        if self._started:
            self._go.release()
        else:
            self._started = True
            self._thread.start()
        if not self._paused.acquire(timeout=STUCK_S):
            raise StuckError(f"actor {self.number} made no AWS call for {STUCK_S} s")
        return self._made

    def pause(self, call: Call) -> None:
        """Stand before ``call`` until the next turn. The first call of a turn needs no waiting."""
        if self._left:
            raise _Gone
        if self._made is not None:
            self._paused.release()
            self._go.acquire()
        if self._left:
            raise _Gone
        self._made = call

    def leave(self) -> None:
        """End the thread, if it is in the middle of something."""
        if self._started and self.outcome is None:
            self._left = True
            self._go.release()
        if self._started:
            self._thread.join(STUCK_S)

    def _run(self, context: Context) -> None:
        outcome = context.run(self._outcome)
        self.outcome = outcome
        self._paused.release()

    def _outcome(self) -> Outcome:
        ACTOR.set(self.number)
        try:
            return Outcome(self._act())
        except BaseException as error:  # noqa: BLE001 - a crash is an outcome too
            return Outcome(error=error)
