"""Where the local stack finds the project and keeps its state."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PREFIX = "regulars-local"
"""What local tables, queues and the key alias are named after."""
STATE_DIR_VARIABLE = "REGULARS_STATE_DIR"
"""Tells a child process (the seed, say) which StateDir its stack uses."""


@dataclass(frozen=True)
class StateDir:
    """The folder that holds all the local stack remembers. Deleting it while nothing runs starts a new shop."""

    path: Path

    @property
    def emulator(self) -> Path:
        return self.path / "emulator"

    @property
    def clock(self) -> Path:
        """{"offset_s": N}: how far business time is ahead of the machine's."""
        return self.path / "clock.json"

    @property
    def credentials(self) -> Path:
        """Written by the seed: shop, platform_key, operator_key, customer_key_id, customer_key_secret."""
        return self.path / "credentials.json"

    @property
    def checkpoints(self) -> Path:
        return self.path / "checkpoints.json"

    @property
    def parked(self) -> Path:
        """Stream records that no retry could get through, one JSON object a line."""
        return self.path / "parked.ndjson"

    @property
    def running(self) -> Path:
        """Present while a stack is up: {"pid", "url", "endpoint"}."""
        return self.path / "running.json"

    @property
    def log(self) -> Path:
        """Every line the services wrote since the start, as they wrote it."""
        return self.path / "services.log"

    def make(self) -> None:
        """Create the folder, readable by its owner only: it holds keys."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)


def state_dir() -> StateDir:
    """The state folder this process was told of, or the checkout's own."""
    return StateDir(Path(os.environ.get(STATE_DIR_VARIABLE) or ROOT / ".local"))


def write_json(path: Path, value: Any) -> None:
    """Replace a JSON file in one step: a reader sees the old one or the new one, never half of it."""
    scratch = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    scratch.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    scratch.replace(path)


def read_json(path: Path, default: Any = None) -> Any:
    """The value of a JSON file, or ``default`` where there is no such file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return default
