"""Zips that depend on what is in them and on nothing else: not on times, owners, or the order of a folder."""

import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from infra.package.functions import ROOT

EPOCH = (1980, 1, 1, 0, 0, 0)
READABLE = 0o644 << 16
"""Lambda runs as another user than the one that owns the files."""


def write_zip(folder: Path, target: Path) -> None:
    """Everything under ``folder``, by name, as ``target``, which appears in one step."""
    files = sorted((path.relative_to(folder).as_posix(), path) for path in folder.rglob("*") if path.is_file())
    scratch = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    with zipfile.ZipFile(scratch, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, path in files:
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.create_system = 3  # Unix, wherever it is made
            entry.external_attr = READABLE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    scratch.replace(target)


def compile_to_bytecode(folder: Path, where: str, *, ours: bool) -> None:
    """Put compiled modules in the place of sources. ``where`` is the folder's place at run time: traces name it.

    A function's disk is read-only, so what is not compiled here is compiled again at every cold start. Columns are
    left out, as there is no source line to point into; of our own modules everything that nobody reads, too, and they
    go into one file. A process of its own, with a fixed hash seed, writes the same bytes for the same sources.
    """
    command = [sys.executable, "-X", "no_debug_ranges", "-m"]
    if ours:
        command += ["infra.package.bytecode", str(folder), where]
    else:
        command += ["compileall", "-q", "-b", "--invalidation-mode", "unchecked-hash"]
        command += ["-s", str(folder), "-p", where, str(folder)]
    subprocess.run(command, env=os.environ | {"PYTHONHASHSEED": "0"}, cwd=ROOT, check=True)
    for source in folder.rglob("*.py"):
        source.unlink()


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
