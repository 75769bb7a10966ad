"""The packaged services as this machine can run them, built once for each state of the sources."""

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from infra.package.build import BUILD, Built, build
from infra.package.layer import host_arch

ROOT = Path(__file__).parents[2]
HERE = BUILD / "tests"
SOURCES = ("services", "shared", "infra/package", "infra/openapi.py", "requirements")
STAGE = "prod"
"""What is deployed for real: ``dev`` leaves some of it out."""


def built_services() -> Built:
    """Build them, or find what another test process or an earlier run built from the same sources."""
    HERE.mkdir(parents=True, exist_ok=True)
    with (HERE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        folder = HERE / _digest()
        if not (folder / STAGE / "manifest.json").exists():
            for older in [path for path in HERE.iterdir() if path.is_dir()]:
                shutil.rmtree(older)
            build(STAGE, host_arch(), folder)
    return Built(folder / STAGE, host_arch())


def _digest() -> str:
    digest = hashlib.sha256()
    for file in _source_files():
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def _source_files() -> Iterator[Path]:
    for source in SOURCES:
        path = ROOT / source
        found = [path] if path.is_file() else sorted(path.rglob("*"))
        yield from (file for file in found if file.is_file() and "__pycache__" not in file.parts)
