"""How far each stream was read, kept over a restart."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from infra.local.paths import read_json, write_json

MARGIN = timedelta(minutes=10)
"""How much earlier than the last checkpoint a republish begins: more than a kill can have cost."""
EVER = "1970-01-01T00:00:00Z"


class Checkpoints:
    """The last finished record of every shard, and the business time when a function had last caught up."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._path = path
        self._now = now
        self._lock = threading.Lock()
        self._functions: dict[str, dict[str, Any]] = read_json(path, {})
        # Rows written while this run catches up must not count as told by an earlier one.
        self._before = {name: kept["caught_up_at"] for name, kept in self._functions.items()}

    def load(self, function: str, shard: str) -> str | None:
        """The sequence number to go on after, or None to begin at the oldest record."""
        with self._lock:
            number = self._functions.get(function, {}).get("shards", {}).get(shard)
        return str(number) if number else None

    def save(self, function: str, shard: str, sequence_number: str) -> None:
        """``function`` is done with everything in ``shard`` up to this record."""
        with self._lock:
            kept = self._functions.setdefault(function, {"shards": {}})
            kept["shards"][shard] = sequence_number
            self._write(kept)

    def caught_up(self, function: str) -> None:
        """``function`` found nothing more to read."""
        with self._lock:
            self._write(self._functions.setdefault(function, {"shards": {}}))

    def _write(self, kept: dict[str, Any]) -> None:
        kept["caught_up_at"] = self._now().isoformat()
        write_json(self._path, self._functions)

    def republish_since(self) -> str:
        """From when on rows may not have been told of by the run before this one; EVER when there is no telling."""
        if not self._before:
            return EVER
        earliest = min(datetime.fromisoformat(at) for at in self._before.values())
        return (earliest - MARGIN).isoformat()
