"""What the matrix must be told of a handler: how it is set off, and what is right when it is set off again.

Everything else follows from the kind of handler: see columns.py for what is done to each.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, ClassVar, Literal

from tests.faults.harness.deliver import deliver_from_queue, deliver_from_stream, queue_messages
from tests.faults.harness.handlers import Handler, Kind, registered_handlers
from tests.faults.harness.injector import Crash
from tests.faults.scene import Reply, Scene
from tests.shared.http.routes import Route, signature

Again = Literal["same", "anew", "more"] | HTTPStatus
"""What doing it again comes to, once it has taken effect:

same   the same answer, and nothing is written
anew   the same is written again, under a later version and time
more   one more of the thing is made, as with a new key
a status: it is refused so, and nothing is written
"""

TRIES = 6
FIRED: Mapping[str, Any] = {
    **dict.fromkeys(("version", "account", "region", "detail-type", "time", "id"), ""),
    "source": "aws.events",
    "detail": {},
    "resources": [],
}
"""The event of a schedule."""


def nothing(scene: Scene) -> None:
    del scene


@dataclass(frozen=True, kw_only=True)
class Row(ABC):
    """One handler in the matrix; a handler may have several, told apart by ``case``."""

    handler: str
    case: str = ""
    prepare: Callable[[Scene], object] = nothing
    """Makes what the handler needs, in the scene's shop; done once."""
    again: Again = "same"
    whole: bool = True
    """Whether all that it writes is one write: then nobody ever sees half of it."""

    KIND: ClassVar[Kind] = "function"
    REDELIVERED: ClassVar[bool] = False
    """Whether what sets it off does so until it is taken, as queues and streams do."""

    def __str__(self) -> str:
        return f"{self.handler} ({self.case})" if self.case else self.handler

    @property
    def registered(self) -> Handler:
        return registered_handlers()[self.handler]

    @abstractmethod
    def attempt(self, scene: Scene) -> Reply | None:
        """Set it off as AWS or a caller does: once, or until it is taken where it is redelivered. A crash passes."""

    @abstractmethod
    def until_done(self, scene: Scene) -> Reply | None:
        """Set it off until it comes to an end."""


@dataclass(frozen=True, kw_only=True)
class Asked(Row):
    """A route that writes, asked by the request of tests/shared/http/routes.py, or by one with changes."""

    by: str | None = None
    """Which customer asks, or which other bearer; by default whoever the route is for."""
    query: Mapping[str, Any] | None = None
    body: Any = None
    names: Mapping[str, str] = field(default_factory=dict)
    """What the request names instead of the scene's own."""
    look: Callable[[Scene], Any] | None = None
    """A read that shows what the route changes: then histories of writes and reads are checked too."""
    rivals: Sequence[Callable[[Scene], Reply]] = ()
    """What else may come at the same moment, besides the same once more."""

    KIND: ClassVar[Kind] = "route"

    def attempt(self, scene: Scene) -> Reply:
        return ask(scene, self.handler, by=self.by, query=self.query, body=self.body, names=self.names)

    def until_done(self, scene: Scene) -> Reply:
        # Where a repeat is refused as a conflict, the refusal is the end.
        again = () if self.again == HTTPStatus.CONFLICT else ("conflict",)
        return scene.persist(lambda: self.attempt(scene), again=again)


@dataclass(frozen=True, kw_only=True)
class OnlyReads(Row):
    """A route that writes nothing, whoever asks; that is tried too."""

    query: Mapping[str, Any] | None = None

    KIND: ClassVar[Kind] = "route"

    def attempt(self, scene: Scene) -> Reply:
        return ask(scene, self.handler, query=self.query)

    def until_done(self, scene: Scene) -> Reply:
        return scene.persist(lambda: self.attempt(scene))


@dataclass(frozen=True, kw_only=True)
class Queued(Row):
    """A handler of a queue, and messages that it takes."""

    bodies: Callable[[Scene], Sequence[str]]
    poison: Sequence[str] = ()
    """More bodies that it must refuse, beside those that no handler can read."""
    in_any_order: bool = True

    KIND: ClassVar[Kind] = "queue"
    REDELIVERED: ClassVar[bool] = True

    def attempt(self, scene: Scene) -> None:
        assert self.deliver(scene, self.bodies(scene)) == [], "a message became a dead letter"

    until_done = attempt

    def deliver(self, scene: Scene, bodies: Sequence[str]) -> list[str]:
        """Deliver one batch until nothing of it is reported; the bodies that ended as dead letters."""
        left = deliver_from_queue(lambda event: self.invoke(scene, event), queue_messages(bodies))
        return [message["body"] for message in left]

    def invoke(self, scene: Scene, event: dict[str, Any]) -> Any:
        return invoked(scene, self.registered, event)


@dataclass(frozen=True, kw_only=True)
class Streamed(Row):
    """A handler of a table's stream, and records that it takes."""

    records: Callable[[Scene], Sequence[dict[str, Any]]]
    unreadable: Callable[[dict[str, Any]], dict[str, Any]]
    """Makes of a record one that the handler cannot read."""

    KIND: ClassVar[Kind] = "stream"
    REDELIVERED: ClassVar[bool] = True

    def attempt(self, scene: Scene) -> None:
        assert self.deliver(scene, self.records(scene)) == [], "records are left"

    until_done = attempt

    def deliver(self, scene: Scene, records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """Deliver records until they are taken; what is left when patience ends."""
        return deliver_from_stream(lambda event: invoked(scene, self.registered, event), records)


@dataclass(frozen=True, kw_only=True)
class Invoked(Row):
    """A plain function or a schedule's, and its event."""

    event: Any = field(default_factory=dict)

    def attempt(self, scene: Scene) -> None:
        invoked(scene, self.registered, self.event)

    def until_done(self, scene: Scene) -> None:
        for _ in range(TRIES):
            try:
                return self.attempt(scene)
            except (Crash, Exception):  # noqa: BLE001, S112 - to whoever calls a function, all that leaves it is the same
                continue
        raise AssertionError(f"{self.handler} never came to an end")


@dataclass(frozen=True, kw_only=True)
class Scheduled(Invoked):
    """A schedule's function."""

    event: Any = field(default_factory=lambda: {**FIRED})

    KIND: ClassVar[Kind] = "schedule"


def invoked(scene: Scene, handler: Handler, event: Any) -> Any:
    """What the handler answers; a process that dies remembers nothing."""
    scene.invoked.append(handler.name)
    try:
        return handler.run(event, None)
    except Crash:
        scene.died()
        raise


def ask(
    scene: Scene,
    handler: str,
    *,
    by: str | None = None,
    query: Mapping[str, Any] | None = None,
    body: Any = None,
    names: Mapping[str, str] | None = None,
) -> Reply:
    """The good request of a route, as its caller sends it. A signed one is the same call each time."""
    contract = registered_handlers()[handler].contract
    assert contract is not None, f"{handler} is declared past shared.http: nobody knows who may ask it"
    route, known = Route(contract), {**scene.names, **(names or {})}
    sent = route.body(known) if body is None else body
    asked = route.query(known) | dict(query or {})
    headers = {"Idempotency-Key": "k1"} if contract.idempotent else {}
    if contract.who == "shop":
        headers |= signature(scene.shop.webhook_secret, sent, message="once")
    path = f"/{contract.service}{route.path(known)}"
    return scene.http(contract.method, path, scene.bearer(contract.who, by), sent, query=asked, **headers)
