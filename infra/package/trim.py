"""Takes out of installed packages what our functions never read: most of it describes services we do not call."""

import gzip
import json
import shutil
from pathlib import Path
from typing import Any

CALLED = frozenset({"dynamodb", "kms", "sqs"})
"""The AWS services that functions call; a client of any other one cannot be made from the layer."""
NEVER_READ = (
    "bin",
    "*.dist-info",
    "*/tests",
    "dateutil/zoneinfo/*.tar.gz",  # tzdata is there, and newer
    "pycparser",  # cffi reads C with it, which is over when a wheel is built
    "**/*.pyi",
    "**/py.typed",
)
DESCRIPTION = "service-2.json"
ENDPOINTS = "endpoints.json"


def trim(site: Path) -> None:
    """Trim the packages installed under ``site``."""
    for pattern in NEVER_READ:
        for path in list(site.glob(pattern)):
            _remove(path)
    _trim_descriptions(site / "botocore" / "data")


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _trim_descriptions(data: Path) -> None:
    for folder in [path for path in data.iterdir() if path.is_dir()]:
        if folder.name in CALLED:
            _trim_service(folder)
        else:
            _remove(folder)
    endpoints = json.loads((data / ENDPOINTS).read_text("utf-8"))
    for partition in endpoints["partitions"]:
        partition["services"] = {name: each for name, each in partition["services"].items() if name in CALLED}
    _write(data / ENDPOINTS, endpoints)


def _trim_service(folder: Path) -> None:
    *older, latest = sorted(path for path in folder.iterdir() if path.is_dir())
    for version in older:
        _remove(version)
    for path in list(latest.iterdir()):
        if not path.name.startswith(DESCRIPTION):
            _remove(path)
        elif path.suffix == ".gz":
            # Unpacked: reading it is part of every cold start, and the zip packs it again.
            _write(path.with_suffix(""), _without_prose(json.loads(gzip.decompress(path.read_bytes()))))
            path.unlink()


def _without_prose(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _without_prose(each)
            for name, each in value.items()
            if not (name == "documentation" and isinstance(each, str))
        }
    return [_without_prose(each) for each in value] if isinstance(value, list) else value


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, separators=(",", ":")), "utf-8")
