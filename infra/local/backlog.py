"""Keeps what the start itself sets off, the telling of the seeded history, off the terminal and the counter."""

import threading
from collections.abc import Callable
from typing import Any

QUIET_S = 3.0
"""So long without a line of the backlog, and it is over."""
LONGEST_S = 20.0
TELLING = frozenset({"published", "inbox_written"})


class Backlog:
    """Open from the start until the telling ends, or until somebody earns points: then every line is news."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._began = self._last = monotonic()
        self._open = True
        self.hidden = 0

    def hides(self, service: str, line: dict[str, Any]) -> bool:
        """Whether a line belongs to the backlog."""
        with self._lock:
            now = self._monotonic()
            earned = line.get("event") == "entry_posted" and service != "seed"
            if earned or now - self._last > QUIET_S or now - self._began > LONGEST_S:
                self._open = False
            if not self._open or line.get("event") not in TELLING:
                return False
            self._last = now
            self.hidden += 1
            return True

    def begin(self) -> None:
        """The telling can start now, however long the seed took."""
        with self._lock:
            self._began = self._last = self._monotonic()
            self._open = True
