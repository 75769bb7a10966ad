"""Keeps the telling of what is no news off the terminal and the counter: of the seeded history, of earlier runs, and
what is told a second time.

An entry is news when a service posted it in this run. What the relay and the inbox then say carries the entry's id.
"""

import threading
from collections import OrderedDict
from typing import Any

Line = dict[str, Any]
Heard = tuple[str, Line]  # who said it, and what
SEED = "seed"
TELLING = frozenset({"published", "inbox_written"})
KEPT = 1_000


class Backlog:
    """Sorts the lines of all processes. They come by several pipes: the relay may be heard before the ledger."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._told: OrderedDict[str, set[str]] = OrderedDict()  # entry → what was said of it
        self._early: OrderedDict[str, list[Heard]] = OrderedDict()  # entry nobody posted yet → what was said of it

    def news(self, service: str, line: Line) -> list[Heard]:
        """What to show now that this line came: it, others that waited for it, or nothing."""
        event, entry = line.get("event"), str(line.get("id", ""))
        with self._lock:
            if event in TELLING:
                return self._telling(entry, (service, line))
            if event == "entry_posted" and service != SEED:
                _keep(self._told, entry, set())
                early = self._early.pop(entry, [])
                return [(service, line), *(heard for each in early for heard in self._telling(entry, each))]
            return [(service, line)]

    def _telling(self, entry: str, heard: Heard) -> list[Heard]:
        said, event = self._told.get(entry), heard[1]["event"]
        if said is None:
            _keep(self._early, entry, [*self._early.get(entry, []), heard])
            return []
        if event in said:
            return []
        said.add(event)
        return [heard]


def _keep(memory: OrderedDict[str, Any], entry: str, value: Any) -> None:
    memory[entry] = value
    while len(memory) > KEPT:
        memory.popitem(last=False)
