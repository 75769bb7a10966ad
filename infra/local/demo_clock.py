"""Business time that the demo's "Next day" button moves; the machine's time stays the machine's."""

import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.local.paths import read_json, write_json

DAY_S = 86_400


class DemoClock:
    """A source for shared.clock: the machine's time plus the offset in a file that all processes share.

    The file is looked at on every question (one stat, about a microsecond) and read when it was replaced,
    so that a moved clock is everywhere at once.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._offset = timedelta()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return self.machine_now() + self._current_offset()

    def machine_now(self) -> datetime:
        return datetime.now(UTC)

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)

    def _current_offset(self) -> timedelta:
        try:
            status = self._path.stat()
        except FileNotFoundError:
            return timedelta()
        stamp = (status.st_mtime_ns, status.st_ino)
        with self._lock:
            if stamp != self._seen:
                self._offset = timedelta(seconds=read_json(self._path)["offset_s"])
                self._seen = stamp
            return self._offset


def advance(path: Path, seconds: int) -> None:
    """Move business time forward for every process that reads ``path``, now and after a restart."""
    offset_s = read_json(path, {"offset_s": 0})["offset_s"]
    write_json(path, {"offset_s": offset_s + seconds})
