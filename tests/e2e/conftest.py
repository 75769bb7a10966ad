"""The whole product as `make run` starts it, on a port and a state folder of the test's own."""

import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.paths import ROOT, StateDir, read_json

START_S = 180.0
STOP_S = 120.0
WAIT_MS = 120_000
"""For what passes through all the services, and is looked for again after half a minute."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.emulator)


class Stack:
    """`make run` as a process of its own."""

    def __init__(self, state: Path) -> None:
        self.state = StateDir(state)
        self.log = state.with_suffix(".log")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start and wait until the page is served; returns its address."""
        command = [sys.executable, "-m", "infra.local", "--port", "0", "--state-dir", str(self.state.path)]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            running = read_json(self.state.running)
            if running and self._answers(running["url"]):
                return str(running["url"])
            assert self._process.poll() is None, self.log.read_text()
            time.sleep(0.1)
        raise AssertionError(f"not up within {START_S} s:\n{self.log.read_text()}")

    def stop(self) -> int:
        """Stop as Ctrl-C does; returns the exit status."""
        process, self._process = self._process, None
        if process is None:
            return 0
        process.send_signal(signal.SIGINT)
        return process.wait(STOP_S)

    @staticmethod
    def _answers(url: str) -> bool:
        try:
            with urllib.request.urlopen(f"{url}/_local/session", timeout=20) as answer:  # noqa: S310 - our own stack
                return bool(answer.status == 200)
        except OSError:
            return False


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = Stack(tmp_path_factory.mktemp("stack") / "state")
    yield made
    made.stop()
