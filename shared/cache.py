"""A small cache that forgets: reads that may be a minute old."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from shared import clock

V = TypeVar("V")


class Recent(Generic[V]):
    """Keeps what ``fetch`` found for ``seconds`` of business time, the ``limit`` latest keys only.

    A key that was not found is not kept, so a thing that is created is seen at once.
    """

    def __init__(self, seconds: int = 60, limit: int = 10_000) -> None:
        self._age = timedelta(seconds=seconds)
        self._limit = limit
        self._held: OrderedDict[Hashable, tuple[datetime, V]] = OrderedDict()

    def get(self, key: Hashable, fetch: Callable[[], V]) -> V:
        """The kept value, or what ``fetch`` finds now. Whatever ``fetch`` raises passes through."""
        now = clock.now()
        held = self._held.get(key)
        # A clock that was moved back must not make an old value young for ever.
        if held and abs(now - held[0]) <= self._age:
            return held[1]
        value = fetch()
        if value is not None:
            self._held[key] = (now, value)
            self._held.move_to_end(key)
            if len(self._held) > self._limit:
                self._held.popitem(last=False)
        return value

    def forget(self, key: Hashable) -> None:
        """Drop one key: this process has just changed it."""
        self._held.pop(key, None)

    def clear(self) -> None:
        self._held.clear()
