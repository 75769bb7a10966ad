"""Sees which services an edit concerns."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

WATCHED = (".py", ".json")
Snapshot = Mapping[str, tuple[int, int]]


def services_in(root: Path) -> tuple[str, ...]:
    """The services with functions of their own (the storefront has files only)."""
    return tuple(sorted(app.parent.name for app in (root / "services").glob("*/app.py")))


def snapshot(root: Path) -> Snapshot:
    """Path below ``root`` → (time of change, size) of all code and texts the services are made of."""
    return {
        os.path.relpath(entry.path, root): (status.st_mtime_ns, status.st_size)
        for folder in ("services", "shared")
        for entry in _files(root / folder)
        if (status := _status(entry))
    }


def _files(folder: Path | str) -> Iterator[os.DirEntry[str]]:
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return
    for entry in entries:
        if entry.is_dir():
            if entry.name not in ("__pycache__", "storefront", "node_modules"):
                yield from _files(entry.path)
        elif entry.name.endswith(WATCHED):
            yield entry


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return entry.stat()
    except FileNotFoundError:  # editors save by renaming: it was there a moment ago
        return None


def concerned(before: Snapshot, after: Snapshot, services: tuple[str, ...]) -> set[str]:
    """The services to reload: whose own files changed, or all of them when something shared did."""
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    owners = {
        Path(path).parts[1] for path in changed if path.startswith(f"services{os.sep}") and path.count(os.sep) > 1
    }
    if any(path.startswith("shared") or path == str(Path("services", "__init__.py")) for path in changed):
        return set(services)
    return owners & set(services)
