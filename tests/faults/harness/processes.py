"""Interleaved actors stand for processes, and processes do not share caches."""

import contextlib
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from typing import Any

from services.activities import store
from shared import identity, keys, shops, vault
from shared.cache import Recent
from tests.faults.harness.hook import ACTOR

CACHES: tuple[Recent[Any], ...] = (
    keys._signing,
    keys._operators,
    shops._shops,
    identity._subjects,
    vault._subject_keys,
    vault._installation,
    store._definitions,
)


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
    return [(cache, key, value) for cache in CACHES for key, value in cache._held.items()]


def know(known: Known) -> None:
    """Put into the caches what was there once: a process that has been running for a while."""
    for cache, key, value in known:
        cache._held[key] = value


@contextlib.contextmanager
def own_caches() -> Iterator[None]:
    """Inside the block every actor has caches of its own."""
    shared = [(cache, cache._held) for cache in CACHES]
    for cache in CACHES:
        cache._held = _Own()
    try:
        yield
    finally:
        for cache, held in shared:
            cache._held = held
