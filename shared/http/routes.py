"""Routes that a service keeps in a module of their own, until its app takes them."""

from collections.abc import Callable, Iterator
from typing import Any

from shared.http.contract import View


class Routes:
    """Declares routes exactly as an :class:`Api` does; ``Api.add`` registers them."""

    def __init__(self) -> None:
        self._declared: list[tuple[str, str, dict[str, Any], View]] = []

    def get(self, path: str, **declared: Any) -> Callable[[View], View]:
        return self._declare("GET", path, declared)

    def post(self, path: str, **declared: Any) -> Callable[[View], View]:
        return self._declare("POST", path, declared)

    def put(self, path: str, **declared: Any) -> Callable[[View], View]:
        return self._declare("PUT", path, declared)

    def delete(self, path: str, **declared: Any) -> Callable[[View], View]:
        return self._declare("DELETE", path, declared)

    def _declare(self, method: str, path: str, declared: dict[str, Any]) -> Callable[[View], View]:
        def note(view: View) -> View:
            self._declared.append((method, path, declared, view))
            return view

        return note

    def __iter__(self) -> Iterator[tuple[str, str, dict[str, Any], View]]:
        return iter(self._declared)
