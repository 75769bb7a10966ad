"""What happens behind the counter, for the demo page: the latest events of all services, waited for by long poll."""

import threading
from collections import deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

KEPT = 200
SHOWN = frozenset(
    {"request", "order_heard", "entry_posted", "published", "inbox_written", "delivery", "message_failed"}
)
"""Which log events the counter shows."""


class Feed:
    """A ring of the latest KEPT events, numbered from 1."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._events: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._last = 0
        self._closed = False
        self._changed = threading.Condition()

    def add(self, line: dict[str, Any]) -> None:
        """Take in a log line, if it is one the counter shows."""
        if line.get("event") not in SHOWN:
            return
        with self._changed:
            self._last += 1
            self._events.append({"seq": self._last, "at": self._now().isoformat(timespec="milliseconds")} | line)
            self._changed.notify_all()

    def after(self, seq: int, wait_s: float) -> dict[str, Any]:
        """Everything later than ``seq``, waiting up to ``wait_s`` for something to come."""
        with self._changed:
            if seq > self._last:  # the page is older than this run: it starts over
                seq = 0
            self._changed.wait_for(lambda: self._last > seq or self._closed, wait_s)
            return {"events": [event for event in self._events if event["seq"] > seq], "last": self._last}

    def close(self) -> None:
        """Answer everybody who waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
