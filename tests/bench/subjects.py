"""The alternatives, unpacked where a fresh interpreter finds them."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

from infra.package.build import Built, build
from infra.package.layer import host_arch
from tests.bench.measure import ROOT, Subject

PEERS = ROOT / ".venv-bench"
FLOOR, OURS, PEER, DEFAULT = "floor", "ours", "FastAPI", "default package"
DROPPED = shutil.ignore_patterns("__pycache__", "*.pyc")


def site_packages(environment: Path) -> Path:
    """Where an environment keeps what is installed in it."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return environment / "lib" / version / "site-packages"


def unpacked(folder: Path) -> list[Subject]:
    """Everything that is measured: builds the packages for this machine and unpacks them in ``folder``."""
    built = build("dev", host_arch(), folder / "build")
    layer, code = folder / "layer", folder / "code"
    _unzip(built.layer, layer)
    _unzip(built.code("activities"), code)
    peers = site_packages(PEERS)
    return [
        Subject(FLOOR, "floor", [peers]),
        Subject(OURS, "ours", [code, layer / "python"]),
        Subject(PEER, "peer", [peers]),
        Subject(DEFAULT, "ours", [_default_package(folder / "default", built)]),
    ]


def _default_package(folder: Path, built: Built) -> Path:
    """What `chalice package` makes of the same service by itself: everything in one zip, untrimmed, as source."""
    shutil.rmtree(folder, ignore_errors=True)
    source = built.folder / "activities" / "src"
    shutil.copytree(source / "vendor", folder, ignore=DROPPED)
    shutil.copy(source / "app.py", folder)
    for package in site_packages(PEERS).iterdir():
        if package.suffix != ".dist-info" and package.name not in ("__pycache__", "pip", "setuptools"):
            _copy(package, folder / package.name)
    _copy(site_packages(ROOT / ".venv") / "chalice", folder / "chalice")
    return folder


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=DROPPED, dirs_exist_ok=True)
    elif source.suffix in (".py", ".so"):
        shutil.copy(source, target)


def _unzip(archive: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(folder)


def compile_peers() -> None:
    """The peers' modules as bytecode, as pip leaves them: nothing is held against them that a deployment would not."""
    command = [sys.executable, "-m", "compileall", "-q", "-j", "0", str(site_packages(PEERS))]
    subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
