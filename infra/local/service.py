"""The supervisor's side of one service: its process started, replaced on change, restarted after a crash."""

import http.client
import json
import multiprocessing
import multiprocessing.forkserver
import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any, Literal

from infra.local.console import say
from infra.local.gateway import Unavailable
from infra.local.jobs import INVOKE, PRELOADED, SECRET_HEADER, Entry, Failure, Job, Report, run_module, serve

IMPORT_TIMEOUT_S = 60.0
INVOKE_TIMEOUT_S = 60.0
RELOAD_WAIT_S = 3.0
STOP_TIMEOUT_S = 8.0
CRASH_PAUSE_S = (0.2, 1.0, 2.0, 5.0)
"""Between crashes: the first restart is quick, a crash loop is slow."""

forks = multiprocessing.get_context("forkserver")


def start_fork_server() -> None:
    """Begin to import what every service needs; later children are forked from the process that did."""
    forks.set_forkserver_preload(PRELOADED)
    multiprocessing.forkserver.ensure_running()


class InvokeFailed(Exception):
    """The function raised; the message is its error."""


class Child:
    """One forked process, its control pipe and the thread that reads its output to the end."""

    def __init__(self, entry: Entry, job: Job, on_line: Callable[[str], None]) -> None:
        ours, theirs = forks.Pipe()
        output, its_output = forks.Pipe(duplex=False)
        self.control = ours
        self.ended = threading.Event()
        self.process = forks.Process(target=entry, args=(job, theirs, its_output), daemon=True)
        self.process.start()
        # Only the child may hold its ends now: that is how each side sees the other go.
        theirs.close()
        its_output.close()
        threading.Thread(target=self._read, args=(output, on_line), daemon=True).start()

    def _read(self, output: Connection, on_line: Callable[[str], None]) -> None:
        with closing(output), open(output.fileno(), encoding="utf-8", errors="replace", closefd=False) as lines:
            for line in lines:
                on_line(line.rstrip("\n"))
        self.process.join()
        self.ended.set()

    def stop(self) -> None:
        """End it by SIGTERM and wait; by force when it does not go."""
        if not self.ended.is_set() and self.process.pid:
            os.kill(self.process.pid, signal.SIGTERM)
            if not self.ended.wait(STOP_TIMEOUT_S):
                os.kill(self.process.pid, signal.SIGKILL)
        self.control.close()


@dataclass
class _Up:
    child: Child
    report: Report


class Service:
    """One service. Every method may be called from any thread."""

    def __init__(self, name: str, job: Job, on_line: Callable[[str, str], None]) -> None:
        self.name = name
        self._job = job
        self._on_line = lambda line: on_line(name, line)
        self._state: Literal["loading", "up", "failed", "stopped"] = "loading"
        self._up: _Up | None = None
        self._crashes = 0
        self._changed = threading.Condition()
        self._loading = threading.Lock()

    def load(self) -> Report | None:
        """Start a process on the code as it is now and let it take over; None when it does not import."""
        with self._loading:
            self._set("loading")
            child = Child(serve, self._job, self._on_line)
            answer = self._await_report(child)
            before = self._up
            self._up = _Up(child, answer) if isinstance(answer, Report) else None
            if not self._set("up" if self._up else "failed"):
                child.stop()
            if before:
                threading.Thread(target=before.child.stop, daemon=True).start()
        if self._up is None:
            return None
        threading.Thread(target=self._restart_after_crash, args=(self._up,), daemon=True).start()
        return self._up.report

    def _await_report(self, child: Child) -> Report | None:
        try:
            answer = child.control.recv() if child.control.poll(IMPORT_TIMEOUT_S) else Failure("It takes too long.")
        except EOFError:
            answer = Failure("Its process ended while it was importing.")
        if isinstance(answer, Failure):
            say(self.name, f"does not start; waiting for a change\n{answer.trace.rstrip()}", "red")
            child.stop()
            return None
        return answer if isinstance(answer, Report) else None

    def _set(self, state: Literal["loading", "up", "failed", "stopped"]) -> bool:
        """Change state and wake who waits; False, and no change, once stopped."""
        with self._changed:
            if self._state == "stopped":
                return False
            self._state = state
            self._changed.notify_all()
            return True

    def _restart_after_crash(self, up: _Up) -> None:
        up.child.ended.wait()
        with self._changed:
            if self._up is not up or self._state == "stopped":
                return  # it was replaced or stopped, as it should
            self._state = "loading"
        pause_s = CRASH_PAUSE_S[min(self._crashes, len(CRASH_PAUSE_S) - 1)]
        self._crashes += 1
        say(self.name, f"crashed (exit status {up.child.process.exitcode}); restarting", "red")
        time.sleep(pause_s)
        if self._up is up:
            self.load()

    def address(self, wait_s: float) -> int:
        """The port of its process, waiting that long for a reload. Raises Unavailable."""
        with self._changed:
            self._changed.wait_for(lambda: self._state != "loading", wait_s)
            if self._state != "up" or self._up is None:
                raise Unavailable(self.name)
            return self._up.report.port

    def report(self) -> Report | None:
        """What the process in charge said of itself, if there is one."""
        up = self._up
        return up.report if up else None

    def invoke(self, function: str, event: Any) -> Any:
        """Run a function as Lambda would. Raises InvokeFailed when it raises, Unavailable when nobody is there."""
        connection = http.client.HTTPConnection("127.0.0.1", self.address(RELOAD_WAIT_S), timeout=INVOKE_TIMEOUT_S)
        with closing(connection):
            try:
                connection.connect()
            except OSError as error:
                raise Unavailable(self.name) from error
            try:
                body = json.dumps(event).encode()
                connection.request("POST", INVOKE + function, body, {SECRET_HEADER: self._job.secret})
                response = connection.getresponse()
                answer = json.loads(response.read())
            except (OSError, http.client.HTTPException) as error:
                # It had the event and gave no answer: an event that kills its process must count as failed.
                raise InvokeFailed(f"{function} gave no answer: {error!r}") from error
        if response.status != http.client.OK:
            raise InvokeFailed(answer.get("error", "unknown"))
        return answer["result"]

    def stop(self) -> None:
        """End its process for good."""
        self._set("stopped")
        with self._loading:
            if self._up:
                self._up.child.stop()


def run_to_end(job: Job, on_line: Callable[[str], None], timeout_s: float) -> int:
    """Run a module's ``main()`` in a process of its own; returns its exit status (-1 when it had to be ended)."""
    child = Child(run_module, job, on_line)
    try:
        in_time = child.ended.wait(timeout_s)
    finally:
        child.stop()  # also when Ctrl-C cuts the wait short
    return (child.process.exitcode or 0) if in_time else -1
