"""`make run`: the whole shop on one port.

Order of start: front port → emulator → stack → seed → services → republish → pollers.
Order of stop: front port → pollers (streams drained) → services → emulator (which saves its state).
"""

import argparse
import contextlib
import errno
import fcntl
import os
import secrets
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from infra.local import environment, service, watch
from infra.local.backlog import Backlog
from infra.local.checkpoints import Checkpoints
from infra.local.console import paint, parse, say, show
from infra.local.control import Control
from infra.local.demo_clock import DemoClock
from infra.local.demo_day import DemoDay
from infra.local.emulator import Emulator, EmulatorFailed
from infra.local.feed import Feed
from infra.local.gateway import RELOAD_WAIT_S, Gateway, Unavailable
from infra.local.jobs import Job
from infra.local.mappings import Mappings
from infra.local.paths import ROOT, StateDir, write_json
from infra.local.poller import Surroundings
from infra.local.stack import StackFailed, bring_up, client
from infra.local.static import Site
from infra.local.till import Till

WATCH_EVERY_S = 0.25
NOTICE_S = 0.05
"""How soon a server notices that it should end."""
SEED_TIMEOUT_S = 120.0
SEED = "infra.local.seed"
CHAT = "compliance"
ORDERS = "orders"
REPUBLISH = "republish"
"""A service with a function of this name tells again what its rows say since a time; consumers know repeats."""


class CannotRun(Exception):
    """The stack cannot start; the message is for the developer."""


class Supervisor:
    """Everything `make run` starts, and its end."""

    def __init__(self, port: int, state: StateDir, root: Path = ROOT) -> None:
        self.root = root
        self.state = state
        self.clock = DemoClock(state.clock)
        self.feed = Feed(lambda: self.clock.now().astimezone())
        self.services: dict[str, service.Service] = {}
        self.emulator = Emulator(state.emulator)
        self.stopping = threading.Event()
        self.opened = threading.Event()
        self._backlog = Backlog()
        self._remembers = False
        self._secret = secrets.token_hex(16)
        self._republished: set[str] = set()
        self._mappings: Mappings | None = None
        self._gateway = self._open_front(port)
        self._log = state.log.open("w", encoding="utf-8")

    def _open_front(self, port: int) -> Gateway:
        till = Till(self.state, self.clock.now, partial(self._address_of, ORDERS))
        control = Control(self.state, self.clock, self.feed, self.opened, till)
        try:
            return Gateway(port, self.services, Site(self.root), control)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES):
                raise
            wanted = f"make run PORT={port + 1}"
            raise CannotRun(f"Port {port} is in use by another program. Choose another: {wanted}") from error

    @property
    def url(self) -> str:
        return f"http://localhost:{self._gateway.port}"

    def start(self) -> None:
        """Bring everything up. Raises CannotRun."""
        began = time.monotonic()
        threading.Thread(target=self._gateway.serve_forever, args=(NOTICE_S,), daemon=True).start()
        self._start_data_plane()
        self._seed()
        self._start_services()
        self.opened.set()
        self._announce(time.monotonic() - began)
        threading.Thread(target=self._keep_emulator, daemon=True).start()
        if CHAT in self.services:
            day = DemoDay(self.state, self.clock.now, partial(self._address_of, CHAT))
            threading.Thread(target=day.follow, args=(self.stopping, partial(say, CHAT)), daemon=True).start()

    def _address_of(self, name: str) -> str:
        """Where a service answers now. Raises ConnectionError while it does not."""
        try:
            return f"http://127.0.0.1:{self.services[name].address(RELOAD_WAIT_S)}"
        except (KeyError, Unavailable) as error:
            raise ConnectionError(str(error)) from error

    def _start_data_plane(self) -> None:
        self._remembers = self.emulator.has_state()
        try:
            self.emulator.launch()
            service.start_fork_server()  # it imports while the emulator starts
            self.emulator.wait_until_healthy()
            bring_up(self.emulator.endpoint)
        except (EmulatorFailed, StackFailed) as error:
            raise CannotRun(str(error)) from error
        write_json(self.state.running, {"pid": os.getpid(), "url": self.url, "endpoint": self.emulator.endpoint})
        self._mappings = Mappings(
            Surroundings(
                client=lambda name: client(name, self.emulator.endpoint),
                checkpoints=Checkpoints(self.state.checkpoints, self.clock.now),
                parked=self.state.parked,
                now=self.clock.now,
            )
        )

    def _seed(self) -> None:
        """Write the demo shop; the seed finds out by itself what is there already."""
        if not (self.root / "infra" / "local" / "seed.py").exists():
            return
        status = service.run_to_end(self._job(SEED, self.root), lambda line: self._hear("seed", line), SEED_TIMEOUT_S)
        if status != 0:
            say("seed", f"ended with status {status}: the demo shop may be incomplete", "red")

    def _job(self, module: str, folder: Path) -> Job:
        variables = environment.for_children(self.emulator.endpoint, self.state)
        return Job(module, self.root, folder, variables, self.state.clock, self._secret)

    def _start_services(self) -> None:
        for name in watch.services_in(self.root):
            self._add(name)
        with ThreadPoolExecutor() as threads:
            list(threads.map(self._load, list(self.services)))

    def _add(self, name: str) -> None:
        job = self._job(f"services.{name}.app", self.root / "services" / name)
        self.services[name] = service.Service(name, job, self._hear)

    def _load(self, name: str) -> bool:
        """(Re)load one service, then see that it is fed; whether it came up."""
        loaded = self.services[name]
        report = loaded.load()
        if report is None or self._mappings is None:
            return False
        if REPUBLISH in report.functions and name not in self._republished:
            self._republish(loaded)
        self._mappings.sync(loaded, report.sources)
        return True

    def _republish(self, told: service.Service) -> None:
        """The emulator forgot its stream records when it stopped: what they would have said comes from the rows. One
        that never ran before has forgotten nothing.
        """
        if not self._remembers:
            self._republished.add(told.name)
            return
        since = Checkpoints(self.state.checkpoints, self.clock.now).republish_since()
        try:
            told.invoke(REPUBLISH, {"since": since})
        except (Unavailable, service.InvokeFailed) as error:
            say(told.name, f"could not republish since {since}: {error}", "red")
        else:
            self._republished.add(told.name)

    def _hear(self, name: str, raw: str) -> None:
        """A line from a child: to the log as it is, to the terminal in short, to the counter if it is an event."""
        self._log.write(raw + "\n")
        self._log.flush()
        line = parse(raw)
        if line is None:
            say(name, raw, "dim")
            return
        for who, news in self._backlog.news(name, line):
            show(who, news)
            self.feed.add(news)

    def _announce(self, took_s: float) -> None:
        rule = paint("─" * 60, "dim")
        print(
            f"\n{rule}\n  {paint('青禾茶铺  Green Field Tea', 'bold')} is open (in {took_s:.1f} s)\n"
            f"\n    {paint(self.url, 'bold', 'green')}\n"
            f"\n  Edits to services/ and shared/ take effect at once. Ctrl-C closes the shop.\n"
            f"  AWS emulator: {self.emulator.endpoint}   logs: {os.path.relpath(self.state.log)}\n{rule}\n",
            flush=True,
        )

    def watch(self) -> None:
        """Reload what edits concern, until told to stop."""
        seen = watch.snapshot(self.root)
        while not self.stopping.wait(WATCH_EVERY_S):
            now = watch.snapshot(self.root)
            names = watch.services_in(self.root)
            for name in watch.concerned(seen, now, names):
                threading.Thread(target=self._reload, args=(name,), daemon=True).start()
            seen = now

    def _reload(self, name: str) -> None:
        if name not in self.services:
            self._add(name)
        began = time.monotonic()
        if self._load(name):
            say(name, f"reloaded in {time.monotonic() - began:.2f} s", "green")

    def _keep_emulator(self) -> None:
        """Start the emulator again if it ends by itself, and tell again what its streams forgot."""
        while self.emulator.process is not None:
            status = self.emulator.process.wait()
            if self.stopping.is_set():
                return
            say("emulator", f"ended (status {status}); starting it again", "red")
            try:
                self.emulator.launch()
                self.emulator.wait_until_healthy()
            except EmulatorFailed as error:
                say("emulator", str(error), "red")
                os.kill(os.getpid(), signal.SIGTERM)
                return
            self._remembers = True
            if self._mappings:
                self._mappings.source_restarted()
            for told in list(self._republished):
                self._republish(self.services[told])

    def stop(self) -> None:
        """Close the shop so that nothing is lost."""
        say("regulars", "closing ...", "dim")
        self.stopping.set()
        self.feed.close()
        self._gateway.shutdown()
        self._gateway.server_close()
        if self._mappings:
            self._mappings.stop()
        with ThreadPoolExecutor() as threads:
            list(threads.map(service.Service.stop, self.services.values()))
        self.emulator.stop()
        self.state.running.unlink(missing_ok=True)
        self._log.close()


@contextlib.contextmanager
def only_one(state: StateDir) -> Iterator[None]:
    """Hold the state folder for this process. Raises CannotRun when another stack has it."""
    state.make()
    with (state.path / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotRun(
                f"Another stack is running on {state.path}. Stop it, or name another --state-dir."
            ) from error
        yield


def _until_signal() -> None:
    """Make SIGINT and SIGTERM end the main thread's work in an orderly way; a second one does not interrupt that."""

    def leave(*_: object) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)


def main() -> int:
    """Run the stack until Ctrl-C or SIGTERM."""
    parser = argparse.ArgumentParser(prog="make run", description="The whole shop on one port.")
    parser.add_argument("--port", type=int, default=8000, help="0: any free port (it is in running.json)")
    parser.add_argument("--state-dir", type=Path, default=ROOT / ".local")
    arguments = parser.parse_args()
    state = StateDir(arguments.state_dir.resolve())
    try:
        with only_one(state):
            return run(arguments.port, state)
    except CannotRun as error:
        print(error, file=sys.stderr)
        return 1


def run(port: int, state: StateDir, root: Path = ROOT) -> int:
    """Open the shop and close it on SIGINT or SIGTERM; the exit status. Raises CannotRun."""
    supervisor = Supervisor(port, state, root)
    _until_signal()
    try:
        supervisor.start()
        supervisor.watch()
    except KeyboardInterrupt:
        pass
    finally:
        supervisor.stop()
    return 0
