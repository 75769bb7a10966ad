"""Interleaved actors stand for processes, and processes do not share caches."""

import contextlib
import sys
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Any

from shared.cache import Recent
from tests.faults.harness.handlers import registered_handlers
from tests.faults.harness.hook import ACTOR


def caches() -> list[Recent[Any]]:
    """Every cache that a module of the product keeps: a new one cannot be forgotten."""
    registered_handlers()  # imports what there is
    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith(("services.", "shared."))]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Recent)]
    return list({id(cache): cache for cache in found}.values())


class _Own(OrderedDict[Hashable, Any]):
    """What each actor keeps for itself, over what all found when they began."""

    def __init__(self) -> None:
        super().__init__()
        self._restarted: set[int] = set()

    def get(self, key: Hashable, default: Any = None) -> Any:
        actor = ACTOR.get()
        # What was kept outside any actor is what every process knew before; one that died knows it no more.
        known = default if actor in self._restarted else super().get((None, key), default)
        return super().get((actor, key), known)

    def __setitem__(self, key: Hashable, value: Any) -> None:
        super().__setitem__((ACTOR.get(), key), value)

    def move_to_end(self, key: Hashable, last: bool = True) -> None:  # noqa: FBT001, FBT002 - as OrderedDict has it
        super().move_to_end((ACTOR.get(), key), last)

    def pop(self, key: Hashable, default: Any = None) -> Any:
        return super().pop((ACTOR.get(), key), default)

    def clear(self) -> None:
        actor = ACTOR.get()
        if actor is None:
            super().clear()
            self._restarted.clear()
            return
        self._restarted.add(actor)
        for own in [each for each in self if isinstance(each, tuple) and each[0] == actor]:
            super().pop(own)


Known = list[tuple[Recent[Any], Hashable, Any]]


def what_is_known() -> Known:
    """All that this process has in its caches."""
    return [(cache, key, value) for cache in caches() for key, value in cache._held.items()]


def know(known: Known) -> None:
    """Put into the caches what was there once: a process that has been running for a while."""
    for cache, key, value in known:
        cache._held[key] = value


@contextlib.contextmanager
def own_caches() -> Iterator[None]:
    """Inside the block every actor has caches of its own."""
    shared = [(cache, cache._held) for cache in caches()]
    for cache, _ in shared:
        cache._held = _Own()
    try:
        yield
    finally:
        for cache, held in shared:
            cache._held = held
