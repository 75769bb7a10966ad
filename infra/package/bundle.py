"""Starts a function: finds our modules in one file of compiled code. This module is put beside it into every
service's zip.

A file a module costs a function's start a look into folders, an open and a read each, and a zip packs every file for
itself: names that all modules use are in it as often as there are modules (ADR 19).
"""

import bz2
import gc
import marshal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType

MODULES = "modules"
"""The file: what is kept of each source, and the data beside them, by path; as :mod:`marshal` writes it, by
:mod:`bz2`, which makes a third less of it than a zip does.
"""
Kept = tuple[Mapping[str, CodeType], Mapping[str, bytes]]


class Finder:
    """Finds and loads modules whose code is in memory, and the data beside them, as if all of it lay in ``folder``."""

    def __init__(self, folder: Path, kept: Kept) -> None:
        self._folder = folder
        self._code, self._data = kept

    def find_spec(self, name: str, _path: Sequence[str] | None = None, _target: object = None) -> ModuleSpec | None:
        """What Python asks every finder for. None: it is not one of ours."""
        source = name.replace(".", "/")
        package, module = f"{source}/__init__.py", f"{source}.py"
        found = package if package in self._code else module
        if found not in self._code:
            return None
        origin, code = str(self._folder / found), self._code[found]
        # Loader, the class, is behind an import that nothing else needs; Python asks for its two methods only.
        spec = ModuleSpec(name, self, origin=origin, loader_state=code)  # type: ignore[arg-type]
        spec.has_location = True
        if found == package:
            spec.submodule_search_locations = [str(self._folder / source)]
        return spec

    def get_data(self, path: str) -> bytes:
        """The data file at this place. Raises OSError when there is none."""
        name = Path(path).relative_to(self._folder).as_posix()
        if name not in self._data:
            raise FileNotFoundError(path)
        return self._data[name]

    def create_module(self, _spec: ModuleSpec) -> None:
        """An ordinary module will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code in it."""
        assert module.__spec__  # noqa: S101 - made by find_spec
        exec(module.__spec__.loader_state, module.__dict__)  # noqa: S102 - our own code, out of our own zip


def read(path: Path) -> Kept:
    """What the file holds."""
    kept: Kept = marshal.loads(bz2.decompress(path.read_bytes()))  # noqa: S302 - our own, out of our own zip
    return kept


@contextmanager
def starting() -> Iterator[None]:
    """From now on our modules come from the file beside this one, whatever else is on the path.

    What the block imports lives as long as the process: nobody looks for garbage among it, now or later.
    """
    folder = Path(__file__).parent
    gc.disable()
    sys.meta_path.insert(0, Finder(folder, read(folder / MODULES)))
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
