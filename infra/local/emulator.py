"""The AWS emulator as a child process: its start, its health, its clean stop."""

import contextlib
import errno
import http.client
import os
import random
import socket
import subprocess
import time
from pathlib import Path

from infra.local.paths import ROOT

INTERPRETER = ROOT / ".venv-emulator" / "bin" / "python"
LAUNCHER = Path(__file__).with_name("emulator_launcher.py")
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 60.0
PORTS = range(20_000, 32_000)
"""Below those the system hands out: nobody is given one of these between our look and the start, or over a restart."""


class EmulatorFailed(Exception):
    """The emulator did not come up; the message says what its log ends with."""


def free_port() -> int:
    """A port of PORTS that nobody listens on at this moment. Raises OSError when there is none."""
    for port in random.sample(PORTS, len(PORTS)):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise OSError(errno.EADDRINUSE, "every port is in use")


class Emulator:
    """ministack on 127.0.0.1, its state in ``state_dir``. Keeps its port over a restart."""

    def __init__(self, state_dir: Path, port: int | None = None) -> None:
        self.port = port or free_port()
        self.endpoint = f"http://127.0.0.1:{self.port}"
        self.state_dir = state_dir
        self.log = state_dir.with_name("emulator.log")
        self.process: subprocess.Popen[bytes] | None = None

    def has_state(self) -> bool:
        """Whether an earlier run left tables to start with."""
        return (self.state_dir / "dynamodb.json").exists()

    def launch(self) -> None:
        """Start the process without waiting for it. Raises EmulatorFailed where it is not installed."""
        if not INTERPRETER.exists():
            raise EmulatorFailed(f"{INTERPRETER} is missing: `make run` installs it.")
        self.state_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._let_go()
        for half_written in self.state_dir.glob("*.tmp"):
            half_written.unlink()  # by one that was killed while it saved; what it had saved before is whole
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [INTERPRETER, "-I", LAUNCHER],  # -I: our folder must not shadow its modules
                env=os.environ | self._settings(),
                stdin=subprocess.PIPE,  # closes when we go, and the launcher follows
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for the supervisor, which drains before it stops us
            )

    def _settings(self) -> dict[str, str]:
        return {
            "GATEWAY_PORT": str(self.port),
            "BIND_HOST": "127.0.0.1",
            "PERSIST_STATE": "1",
            "STATE_DIR": str(self.state_dir),
            "IOT_MTLS_ENABLED": "0",
            "SFTP_ENABLED": "0",
            # It would tidy up containers on the developer's Docker, which are none of its business here.
            "DOCKER_HOST": f"unix://{self.state_dir}/no-docker",
            "LOG_LEVEL": "WARNING",
        }

    def wait_until_healthy(self) -> None:
        """Return once it answers. Raises EmulatorFailed after START_TIMEOUT_S or when it ends before that."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            if self.process is None or self.process.poll() is not None or time.monotonic() > deadline:
                raise EmulatorFailed(f"The AWS emulator did not start. {self.log} ends with:\n{self._last_lines()}")
            time.sleep(0.02)

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=1)
        with contextlib.closing(connection), contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/_ministack/health")
            return connection.getresponse().status == http.client.OK
        return False

    def _last_lines(self) -> str:
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-10:])

    def stop(self) -> None:
        """End it by SIGTERM, on which it saves its state; by force only when it hangs."""
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self._let_go()

    def _let_go(self) -> None:
        """Close our end of the pipe by which the process sees that we are there."""
        if self.process and self.process.stdin:
            self.process.stdin.close()
