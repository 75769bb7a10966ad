"""The one layer all functions share: what requirements/layer.txt pins, for one architecture, without what never runs.

Made once for each lock and set of AWS operations: it is kept under build/layers by a digest of everything it is made
from.
"""

import hashlib
import importlib.metadata
import importlib.resources
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.package import archive, trim
from infra.package.functions import ROOT
from infra.package.operations import called_operations

LOCK = ROOT / "requirements" / "layer.txt"
KEPT = ROOT / "build" / "layers"
LAYER_FOLDER = "/opt/python"
"""Where Lambda unpacks a layer's Python packages."""
MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
GLIBC = {(3, 11): 26}
"""The C library of Python's runtime on Lambda is 2.N. Amazon Linux 2 had 26; since Python 3.12 it is 34."""
GLIBC_SINCE = 34
GLIBC_FIRST = 17
FRAMEWORK = "chalice"
RUNTIME = ("__init__.py", "app.py")
"""The modules of Chalice's own runtime."""
RECIPE = (Path(__file__), Path(trim.__file__), Path(archive.__file__))


def host_arch() -> str:
    """This machine's architecture, as Lambda calls it."""
    return "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"


def make_layer(arch: str, target: Path) -> None:
    """Put the layer for ``arch`` at ``target``, from the kept ones if it was made before."""
    kept = KEPT / f"{arch}-{_digest()}.zip"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            _install(arch, Path(folder) / "python")
            archive.write_zip(Path(folder), kept)
    shutil.copyfile(kept, target)


def _digest() -> str:
    versions = f"{sys.version} {importlib.metadata.version(FRAMEWORK)}"
    called = sorted((service, sorted(operations)) for service, operations in called_operations().items())
    made_from = [LOCK.read_bytes(), versions.encode(), repr(called).encode(), *(path.read_bytes() for path in RECIPE)]
    return hashlib.sha256(b"\0".join(made_from)).hexdigest()[:16]


def _install(arch: str, target: Path) -> None:
    version = sys.version_info[:2]
    command = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-compile"]
    command += ["--require-hashes", "--no-deps", "--only-binary=:all:", "--target", str(target)]
    command += ["--implementation", "cp", "--python-version", ".".join(map(str, version))]
    newest = GLIBC.get(version, GLIBC_SINCE)
    machine = MACHINES[arch]
    tags = [f"manylinux_2_{minor}_{machine}" for minor in range(newest, GLIBC_FIRST - 1, -1)]
    for tag in (*tags, f"manylinux2014_{machine}"):
        command += ["--platform", tag]
    subprocess.run([*command, "-r", str(LOCK)], env=os.environ | {"PIP_NO_INPUT": "1"}, check=True)
    trim.trim(target, called_operations())
    _add_framework(target / FRAMEWORK)
    archive.compile_to_bytecode(target, LAYER_FOLDER, ours=False)


def _add_framework(target: Path) -> None:
    """The part of Chalice that runs in Lambda, which it would put into every service's zip."""
    target.mkdir()
    installed = importlib.resources.files(FRAMEWORK)
    for name in RUNTIME:
        (target / name).write_bytes(installed.joinpath(name).read_bytes())
