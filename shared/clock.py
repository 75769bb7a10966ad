"""The only clock. Business time can be moved (tests, the local stack's demo clock); machine time cannot.

Shop days, windows and cache ages follow ``now``. Tokens and webhook signatures are judged by
``machine_now``, because the other side of them reads a real clock.
"""

import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Protocol


class Source(Protocol):
    """Where time comes from."""

    def now(self) -> datetime: ...
    def machine_now(self) -> datetime: ...
    def pause(self, seconds: float) -> None: ...


class MachineClock:
    """The machine's own UTC clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def machine_now(self) -> datetime:
        return datetime.now(UTC)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)


_source: Source = MachineClock()


def use(source: Source) -> Source:
    """Install ``source`` for this process; returns the one it replaces."""
    global _source
    before, _source = _source, source
    return before


@contextlib.contextmanager
def using(source: Source) -> Iterator[Source]:
    """Install ``source`` for a block."""
    before = use(source)
    try:
        yield source
    finally:
        use(before)


def now() -> datetime:
    """Business time, aware, UTC."""
    return _source.now()


def machine_now() -> datetime:
    """Real time, aware, UTC: for credentials only."""
    return _source.machine_now()


def pause(seconds: float) -> None:
    """Wait before trying again."""
    _source.pause(seconds)


def rfc3339(at: datetime) -> str:
    """``at`` as text with its offset, UTC written as Z; microseconds only where there are any."""
    return at.isoformat().replace("+00:00", "Z")


def fixed_width(at: datetime) -> str:
    """RFC 3339 in UTC, whole seconds: its text orders as time does."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse(text: str) -> datetime:
    """The aware time written by :func:`rfc3339`. Raises ValueError."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        msg = f"{text!r} has no offset"
        raise ValueError(msg)
    return at
