"""Data files that lie beside a module. In a function they travel with the modules, in one file (ADR 19)."""

from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Protocol, cast


class _Keeps(Protocol):
    """What every loader that Python uses for files can do, and the one of our functions, too."""

    def get_data(self, path: str) -> bytes: ...


def read(spec: ModuleSpec | None, name: str) -> bytes:
    """The file ``name`` beside the module of ``spec`` (its ``__spec__``). Raises OSError when there is none."""
    assert spec is not None  # noqa: S101 - a module that was imported has one
    assert spec.origin is not None  # noqa: S101 - and lies somewhere
    return cast("_Keeps", spec.loader).get_data(str(Path(spec.origin).parent / name))
