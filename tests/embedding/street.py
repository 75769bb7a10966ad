"""The shop's street: the front port of the local stack with real services behind it, all in the test's own process."""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import services.activities.app
import services.notifications.app
import services.points.app
import services.profiles.app
from infra.local.control import Control
from infra.local.demo_clock import DemoClock
from infra.local.feed import Feed
from infra.local.gateway import Gateway
from infra.local.host import FunctionServer
from infra.local.jobs import Job
from infra.local.paths import ROOT, StateDir
from infra.local.static import Site
from infra.local.till import Till
from shared import ids
from shared.http import Api
from tests.support.shop import TestShop, forget_everything, open_shop, open_signin

APPS: tuple[Api, ...] = (
    services.profiles.app.app,
    services.activities.app.app,
    services.points.app.app,
    services.notifications.app.app,
)


TURN = threading.RLock()
"""Who holds it has the tables in moto for itself: moto is not made for threads."""


class OneAtATime(FunctionServer):
    """A service that takes its turn with the others: a page asks several of them at once."""

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        with TURN, super().working():
            yield


class Hosted:
    """A service on a port of this process."""

    def __init__(self, app: Api, state: StateDir) -> None:
        folder = ROOT / "services" / app.service
        self._server = OneAtATime(app, Job(f"services.{app.service}.app", ROOT, folder, {}, state.clock, "secret"))
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def address(self, wait_s: float) -> int:
        return self._server.port

    def close(self) -> None:
        self._server.leave()
        self._server.server_close()


@dataclass(frozen=True)
class Street:
    """Where the shop `tea` is, with its live check-in `daily`."""

    url: str
    shop: TestShop
    root: Path
    """The checkout as the front port sees it: the real one, with a ``build/`` of its own."""

    def another_shop(self, **changes: Any) -> TestShop:
        """A shop that no other test has checked in at; ``changes`` are settings of it."""
        with TURN:
            shop = open_shop(f"shop-{ids.random_id()[:8]}", **changes)
            open_signin(shop.id)
            return shop


@contextlib.contextmanager
def open_street(folder: Path) -> Iterator[Street]:
    """The tables must be there, empty, and stay in moto while this is open."""
    forget_everything()
    shop = open_shop()
    open_signin()
    root = _checkout(folder / "checkout")
    state = StateDir(folder / "state")
    state.make()
    with contextlib.ExitStack() as stack:
        hosted = {app.service: _host(app, state, stack) for app in APPS}
        now = DemoClock(state.clock)
        till = Till(state, now.now, lambda: "http://127.0.0.1:9")
        control = Control(state, now, Feed(lambda: datetime.now(UTC)), threading.Event(), till)
        gateway = Gateway(0, hosted, Site(root), control)
        threading.Thread(target=gateway.serve_forever, args=(0.01,), daemon=True).start()
        stack.callback(gateway.server_close)
        stack.callback(gateway.shutdown)
        yield Street(f"http://127.0.0.1:{gateway.port}", shop, root)


def _checkout(root: Path) -> Path:
    root.mkdir()
    for name in ("services", "docs", ".swagger-ui"):
        (root / name).symlink_to(ROOT / name)
    return root


def _host(app: Api, state: StateDir, stack: contextlib.ExitStack) -> Hosted:
    kind = app.__class__
    hosted = Hosted(app, state)
    # Hosting makes an app answer for each thread by itself; other tests get it back as it was.
    stack.callback(setattr, app, "__class__", kind)
    stack.callback(hosted.close)
    return hosted
