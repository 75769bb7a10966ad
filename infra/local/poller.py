"""A thread that feeds one function from one source."""

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.checkpoints import Checkpoints
from infra.local.console import say
from infra.local.delivery import Stopping
from infra.local.gateway import Unavailable

AWAY_PAUSE_S = 0.25
TROUBLE_PAUSE_S = 1.0


class Functions(Protocol):
    """A service as a poller sees it."""

    name: str

    def address(self, wait_s: float) -> int:
        """Raises gateway.Unavailable when nobody would answer."""
        ...

    def invoke(self, function: str, event: Any) -> Any:
        """Raises when the function does."""
        ...


@dataclass(frozen=True)
class Surroundings:
    """What every poller works with. ``client`` makes an AWS client by name."""

    client: Callable[[str], Any]
    checkpoints: Checkpoints
    parked: Path
    now: Callable[[], datetime]


class Poller(ABC):
    """A thread that feeds one function until it is told to stop."""

    def __init__(self, service: Functions, function: str) -> None:
        self.service = service
        self.function = function
        self.stopping = threading.Event()
        self.source_restarted = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"{service.name}.{function}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self, timeout_s: float) -> bool:
        """Wait for its end; False when it goes on."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    @abstractmethod
    def poll(self) -> None:
        """Look once, and hand over what there is."""

    def _run(self) -> None:
        while not self.stopping.is_set():
            try:
                self.service.address(0)  # while nobody would answer, messages stay where they are, uncounted
                self.poll()
            except (Unavailable, Stopping):
                self.stopping.wait(AWAY_PAUSE_S)
            except (ClientError, BotoCoreError) as error:
                say(self.service.name, f"{self.function}: cannot read its source: {error}", "yellow")
                self.stopping.wait(TROUBLE_PAUSE_S)
        self.drain()

    def drain(self) -> None:  # noqa: B027 - only streams have something to do
        """Do before the end what cannot be done after a restart."""
