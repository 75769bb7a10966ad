"""Every entrance to the product, found by itself, and the tests that say which of them they break."""

import importlib
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from shared.http import Api

T = TypeVar("T", bound=Callable[..., Any])

ROOT = Path(__file__).parents[3]


def breaks(*handlers: str) -> Callable[[T], T]:
    """Say on a test which handlers it kills at every AWS call. Names are those of :func:`registered_handlers`."""

    def note(test: T) -> T:
        test.__dict__["breaks"] = handlers
        return test

    return note


def registered_handlers() -> set[str]:
    """``POST /activities/v1/…`` for routes; ``points.relay`` for queues, streams, schedules and plain functions."""
    return {name for app in _apps() for name in _handlers(app)}


def broken_handlers() -> dict[str, list[str]]:
    """Handler → the tests that name it: those in tests/faults, and the services' own test_faults.py."""
    found = defaultdict(list)
    tests = ROOT / "tests"
    for path in sorted([*(tests / "faults").glob("test_*.py"), *tests.glob("*/test_faults.py")]):
        module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
        for name, test in _tests(module):
            for handler in getattr(test, "breaks", ()):
                found[handler].append(f"{path.parent.name}.{path.stem}.{name}")
    return dict(found)


def _tests(module: object) -> Iterator[tuple[str, Any]]:
    for name, found in vars(module).items():
        if name.startswith("Test") and isinstance(found, type):
            yield from ((f"{name}.{method}", test) for method, test in _tests(found))
        elif name.startswith("test_"):
            yield name, found


def _apps() -> Iterator[Api]:
    for path in sorted((ROOT / "services").glob("*/app.py")):
        yield importlib.import_module(f"services.{path.parent.name}.app").app


def _handlers(app: Api) -> Iterator[str]:
    for contract in app.contracts:
        yield f"{contract.method} /{contract.service}{contract.path}"
    declared = {f"{contract.method} {contract.path}" for contract in app.contracts}
    for path, methods in app.routes.items():
        # A route declared past shared.http is a handler too.
        yield from (f"{method} /{app.service}{path}" for method in methods if f"{method} {path}" not in declared)
    functions: list[Any] = [*app.event_sources, *app.pure_lambda_functions, *app.builtin_auth_handlers]
    yield from (f"{app.service}.{function.name}" for function in functions)
