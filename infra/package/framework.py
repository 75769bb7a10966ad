"""`chalice package`, run as its own program on an assembled folder."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

PREFIX = "${Prefix}"
"""Names of tables and queues are made from it while the app is read, and become names by Fn::Sub."""


class PackageFailed(Exception):
    """Chalice gave up; the message is what it said."""


def package(source: Path, stage: str, out: Path) -> dict[str, Any]:
    """Write ``out``/deployment.zip from an assembled folder; returns the SAM template. Raises PackageFailed."""
    command = [sys.executable, "-c", "from chalice.cli import main; main()", "--project-dir", str(source)]
    command += ["package", "--stage", stage, "--template-format", "json", str(out)]
    ended = subprocess.run(command, env=_environment(), capture_output=True, text=True, check=False)
    if ended.returncode:
        raise PackageFailed(f"{source}: {ended.stdout}{ended.stderr}")
    template: dict[str, Any] = json.loads((out / "sam.json").read_text("utf-8"))
    return template


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTHON", "REGULARS_"))}
    return kept | {
        "AWS_DEFAULT_REGION": "us-east-1",  # Chalice wants one; nothing it writes depends on it
        "AWS_CONFIG_FILE": os.devnull,
        "REGULARS_PREFIX": PREFIX,
        "PYTHONDONTWRITEBYTECODE": "1",  # it would land in the zip
    }
