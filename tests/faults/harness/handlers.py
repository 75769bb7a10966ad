"""Every entrance to the product, found by itself in the running apps: nobody can forget to list one."""

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from shared.http import Api, Contract

ROOT = Path(__file__).parents[3]

Kind = Literal["route", "queue", "stream", "schedule", "function"]
_KINDS: Mapping[str, Kind] = {
    "SQSEventConfig": "queue",
    "DynamoDBEventConfig": "stream",
    "KinesisEventConfig": "stream",
    "ScheduledEventConfig": "schedule",
    "CloudWatchEventConfig": "schedule",
}


T = TypeVar("T", bound=Callable[..., Any])


def breaks(*handlers: str) -> Callable[[T], T]:
    """Say on a test which handlers' own stories it tells, beyond what the matrix tries with every handler."""

    def note(test: T) -> T:
        test.__dict__["breaks"] = handlers
        return test

    return note


@dataclass(frozen=True)
class Handler:
    """``POST /activities/v1/…`` for a route; ``points.relay`` for what a queue, stream, schedule or person sets off.

    ``run`` is what Lambda calls; a route, which is asked over HTTP instead, has its ``contract``, unless it was
    declared past shared.http.
    """

    name: str
    kind: Kind
    run: Callable[[Any, Any], Any]
    contract: Contract | None = None

    def __str__(self) -> str:
        return self.name


def registered_handlers(apps: Iterable[Api] | None = None) -> dict[str, Handler]:
    """The handlers of these apps by name; those of every service when none are given."""
    return {handler.name: handler for app in (_services() if apps is None else apps) for handler in _handlers(app)}


def _services() -> Iterator[Api]:
    for path in sorted((ROOT / "services").glob("*/app.py")):
        yield importlib.import_module(f"services.{path.parent.name}.app").app


def _handlers(app: Api) -> Iterator[Handler]:
    declared = {(contract.method, contract.path): contract for contract in app.contracts}
    for path, methods in app.routes.items():
        for method, entry in methods.items():
            contract = declared.get((method, path))
            yield Handler(f"{method} /{app.service}{path}", "route", entry.view_function, contract)
    functions: list[Any] = [*app.event_sources, *app.pure_lambda_functions, *app.builtin_auth_handlers]
    for each in functions:
        kind = _KINDS.get(type(each).__name__, "function")
        yield Handler(f"{app.service}.{each.name}", kind, app.handler_map[each.name])
