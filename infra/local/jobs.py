"""What the supervisor and a forked child say to each other. Light on purpose: the supervisor imports no framework."""

from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path

from infra.local.sources import Source

PRELOADED = [
    "infra.local.detached",
    "botocore.session",
    "chalice.app",
    "chalice.local",
    "chalice.config",
    "pydantic.fields",
    "pydantic.functional_validators",
    "pydantic.json_schema",
    "pydantic.main",
    "pydantic.type_adapter",
    "pydantic.types",
    "pynamodb.models",
    "pynamodb.transactions",
    "zoneinfo",
    "infra.local.host",
]
"""What the services import of others, by the modules that hold it: pydantic's own front room loads nothing."""
INVOKE = "/_invoke/"
SECRET_HEADER = "x-regulars-invoke"  # noqa: S105 - a header's name


@dataclass(frozen=True)
class Job:
    """What a child process is to be."""

    module: str
    """The module to serve, e.g. services.points.app; its ``app`` is a Chalice application."""
    root: Path
    """The checkout: where shared/ and services/ are imported from."""
    folder: Path
    """The service's own folder, with its .chalice/config.json."""
    variables: dict[str, str]
    clock: Path
    secret: str
    """Only who knows it may invoke functions: any local page could reach the port."""


@dataclass(frozen=True)
class Report:
    """What a child says of itself once it serves."""

    port: int
    sources: tuple[Source, ...]
    functions: tuple[str, ...]


@dataclass(frozen=True)
class Failure:
    """What a child says instead when its module does not import."""

    trace: str


Entry = Callable[[Job, Connection, Connection], None]


def serve(job: Job, control: Connection, logs: Connection) -> None:
    """Be a service until told to stop. Runs in the child, where the host is imported already."""
    from infra.local import host  # noqa: PLC0415 - only a child needs the frameworks

    host.serve(job, control, logs)


def run_module(job: Job, control: Connection, logs: Connection) -> None:
    """Run a module's ``main()`` to its end. Runs in the child."""
    from infra.local import host  # noqa: PLC0415 - as above

    host.run_module(job, control, logs)
