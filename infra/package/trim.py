"""Takes out of installed packages what our functions never read: most of it describes services we do not call."""

import gzip
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

Operations = Mapping[str, frozenset[str]]
"""AWS service → operations."""
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
RULES = {"s3": "endpoint-rule-set-1.json"}
"""Where a service is, for the one whose buckets have addresses of their own."""
ENDPOINTS = "endpoints.json"


def trim(site: Path, called: Operations) -> None:
    """Trim the packages installed under ``site``. A client of any service that is not ``called`` cannot be made from
    what is left, and one of a service that is has no other methods than those.
    """
    for pattern in NEVER_READ:
        for path in list(site.glob(pattern)):
            _remove(path)
    _trim_descriptions(site / "botocore" / "data", called)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _trim_descriptions(data: Path, called: Operations) -> None:
    for folder in [path for path in data.iterdir() if path.is_dir()]:
        if folder.name in called:
            _trim_service(folder, called[folder.name])
        else:
            _remove(folder)
    endpoints = json.loads((data / ENDPOINTS).read_text("utf-8"))
    for partition in endpoints["partitions"]:
        partition["services"] = {name: each for name, each in partition["services"].items() if name in called}
    _write(data / ENDPOINTS, endpoints)


def _trim_service(folder: Path, called: frozenset[str]) -> None:
    *older, latest = sorted(path for path in folder.iterdir() if path.is_dir())
    for version in older:
        _remove(version)
    for path in list(latest.iterdir()):
        if not path.name.startswith((DESCRIPTION, RULES.get(folder.name, DESCRIPTION))):
            _remove(path)
        elif path.suffix == ".gz" and path.name.startswith(DESCRIPTION):
            # Unpacked: reading it is part of every cold start, and the zip packs it again.
            described = json.loads(gzip.decompress(path.read_bytes()))
            _write(path.with_suffix(""), _without_prose(_of_operations(described, called)))
            path.unlink()


def _of_operations(described: dict[str, Any], called: frozenset[str]) -> dict[str, Any]:
    """A service's description with these operations, and the shapes of what they take, give and refuse."""
    operations = {name: described["operations"][name] for name in sorted(called)}
    kept: dict[str, Any] = {}
    wanted = list(_shapes_in(operations))
    while wanted:
        name = wanted.pop()
        if name not in kept:
            kept[name] = described["shapes"][name]
            wanted += _shapes_in(kept[name])
    return described | {"operations": operations, "shapes": kept}


def _shapes_in(value: Any) -> Iterator[str]:
    """The shapes that something names. A member may be called ``shape`` too: then it is no text."""
    if isinstance(value, dict):
        if isinstance(value.get("shape"), str):
            yield value["shape"]
        for each in value.values():
            yield from _shapes_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from _shapes_in(each)


def _without_prose(value: Any) -> Any:
    if isinstance(value, dict):
        kept = {
            name: _without_prose(each)
            for name, each in value.items()
            if not (name == "documentation" and isinstance(each, str))
        }
        # Botocore reads what it says of a client's own parameters, which only S3 has.
        for each in kept.get("clientContextParams", {}).values():
            each["documentation"] = ""
        return kept
    return [_without_prose(each) for each in value] if isinstance(value, list) else value


def _write(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, separators=(",", ":")), "utf-8")
