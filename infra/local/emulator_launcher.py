"""Starts ministack so that a kill costs seconds: its state is saved on a timer, not on a clean stop only.

Run by the emulator's own interpreter (.venv-emulator), never imported by the project. ministack has no public hook
for this, so the launcher calls two private functions of the pinned version; tests/infra kills an emulator to see
that they still do what is needed here.

The save runs on the event loop, between two requests, so that tables and queues are saved as of one moment.
"""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from ministack import app as ministack
from ministack.core import persistence

SAVE_EVERY_S = 1.0
"""What a kill may cost, in seconds of work."""

READS = ("Get", "BatchGet", "TransactGet", "Describe", "List", "Query", "Scan", "ReceiveMessage", "Encrypt", "Decrypt")
"""Actions that leave no trace worth saving. A received message is deleted or comes back by itself."""

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def changes(scope: Scope) -> bool:
    """Whether a request may change state. Pollers ask many times a second and must not cause a save."""
    headers = dict(scope.get("headers", ()))
    action = headers.get(b"x-amz-target", b"").decode("latin-1").rpartition(".")[2]
    return scope.get("method") != "GET" and not action.startswith(READS)


class SavingApp:
    """The emulator's ASGI application, noticing changes and saving them every SAVE_EVERY_S."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._changed = False
        self._timer: asyncio.Task[None] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            self._timer = asyncio.create_task(self._save_on_a_timer())
            try:
                await self._app(scope, receive, send)
            finally:
                self._timer.cancel()
            return
        await self._app(scope, receive, send)
        self._changed = self._changed or (scope["type"] == "http" and changes(scope))

    async def _save_on_a_timer(self) -> None:
        while True:
            await asyncio.sleep(SAVE_EVERY_S)
            if self._changed:
                self._changed = False
                persistence.save_all(ministack._build_persistence_save_dict())  # noqa: SLF001 - see above


def stop_with_parent() -> None:
    """End when the pipe on standard input closes: its writer, the supervisor, is gone, however it went."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    threading.Thread(target=stop_with_parent, daemon=True).start()
    ministack.app = SavingApp(ministack.app)
    ministack.main()
