"""Starts a function: finds our modules in one file of compiled code. This module is put beside it into every
service's zip.

A file a module costs a function's start a look into folders, an open and a read each, and a zip packs every file for
itself: names that all modules use are in it as often as there are modules (ADR 19).
"""

import gc
import marshal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType

MODULES = "modules"
"""The file: path of the source → its code, as :mod:`marshal` writes it."""


class Finder:
    """Finds and loads modules whose code is in memory, as if their sources lay in ``folder``: data beside them does."""

    def __init__(self, folder: Path, code: Mapping[str, CodeType]) -> None:
        self._folder = folder
        self._code = code

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

    def create_module(self, _spec: ModuleSpec) -> None:
        """An ordinary module will do."""

    def exec_module(self, module: ModuleType) -> None:
        """Run the module's code in it."""
        assert module.__spec__  # noqa: S101 - made by find_spec
        exec(module.__spec__.loader_state, module.__dict__)  # noqa: S102 - our own code, out of our own zip


@contextmanager
def starting() -> Iterator[None]:
    """From now on our modules come from the file beside this one, whatever else is on the path.

    What the block imports lives as long as the process: nobody looks for garbage among it, now or later.
    """
    folder = Path(__file__).parent
    gc.disable()
    sys.meta_path.insert(0, Finder(folder, marshal.loads((folder / MODULES).read_bytes())))  # noqa: S302 - as above
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
