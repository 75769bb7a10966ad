"""What is left out of compiled modules is what nobody reads when they run, and nothing else."""

import gc
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from infra.package.archive import compile_to_bytecode
from infra.package.bytecode import compiled
from shared import beside

SOURCE = '''
"""About the module."""

from dataclasses import dataclass

from pydantic import BaseModel, Field, model_validator


@dataclass(frozen=True)
class Pair:
    """Two."""

    left: int
    right: str = ""


LIMIT: NoSuchType = 9


class Form(BaseModel):
    many: int = Field(ge=1, lt=LIMIT, description="Told to nobody.")

    @model_validator(mode="after")
    def _odd(self) -> "Form":
        if self.many % 2 == 0:
            raise ValueError("even")
        return self


def told(first: "NoSuchType", *rest: int, last: str = "z", **more: object) -> "NoSuchType":
    """About the function."""
    assert first != "wrong"
    local: NoSuchType = last
    return first, rest, local, more


def fails() -> None:
    raise LookupError
'''


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a zip holds when the sources are an entry, a package and a module in it."""
    folder = tmp_path_factory.mktemp("code")
    (folder / "parts").mkdir()
    (folder / "parts" / "__init__.py").write_text("")
    (folder / "parts" / "some.py").write_text(SOURCE)
    (folder / "parts" / "some.json").write_text("{}")
    (folder / "app.py").write_text("from parts.some import told")
    compile_to_bytecode(folder, "/var/task", ours=True)
    return folder


@pytest.fixture(scope="module")
def module(folder: Path) -> Iterator[ModuleType]:
    """The module as the entry finds it."""
    before = list(sys.meta_path), list(sys.path), set(sys.modules)
    sys.path.insert(0, str(folder))
    entry = importlib.import_module("app")
    found = importlib.import_module("parts.some")
    assert entry.told is found.told
    yield found
    gc.unfreeze()
    sys.meta_path[:], sys.path[:] = before[:2]
    for name in set(sys.modules) - before[2]:
        del sys.modules[name]


def test_what_is_left_is_the_entry_the_finder_the_modules_and_data(folder: Path) -> None:
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}

    assert files == {"app.pyc", "bundle.pyc", "modules"}


def test_a_module_knows_where_its_source_lay_and_finds_data_beside_it(folder: Path, module: ModuleType) -> None:
    assert Path(str(module.__file__)) == folder / "parts" / "some.py"
    assert beside.read(module.__spec__, "some.json") == b"{}"
    assert module.__package__ == "parts"


def test_data_that_is_not_there_is_missed_as_a_file_would_be(module: ModuleType) -> None:
    with pytest.raises(FileNotFoundError):
        beside.read(module.__spec__, "other.json")


def test_nobody_looks_for_garbage_among_what_was_imported_and_later_somebody_does(module: ModuleType) -> None:
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
    assert not any(each is module for each in gc.get_objects())


def test_a_module_that_is_not_there_is_not_found(module: ModuleType) -> None:
    for missing in ("parts.other", "part", "parts.some.more"):
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(missing)


def test_a_trace_names_the_line_of_a_function_and_the_first_of_a_module_or_class(module: ModuleType) -> None:
    def first_lines(code: CodeType) -> set[int | None]:
        return {line for _, _, line in code.co_lines()}

    whole = compiled(SOURCE.encode(), "some.py")
    inner = [each for each in whole.co_consts if isinstance(each, CodeType)]
    bodies = [each for each in inner if not each.co_flags & inspect.CO_OPTIMIZED]
    raises = SOURCE.splitlines().index("    raise LookupError") + 1

    assert first_lines(whole) == {whole.co_firstlineno}
    assert bodies
    assert all(first_lines(body) == {body.co_firstlineno} for body in bodies)
    with pytest.raises(LookupError) as raised:
        module.fails()
    assert raised.traceback[-1].lineno == raises - 1


def test_functions_do_what_they_did(module: ModuleType) -> None:
    assert module.told(1, 2, 3, more=4) == (1, (2, 3), "z", {"more": 4})


def test_docstrings_assertions_types_and_descriptions_are_gone(module: ModuleType) -> None:
    assert module.__doc__ is None
    assert module.Form.model_fields["many"].description is None
    assert module.__annotations__ == {}
    assert module.told.__doc__ is None
    assert module.told.__annotations__ == {}
    assert module.told("wrong")


def test_dataclasses_and_forms_keep_their_fields_and_rules(module: ModuleType) -> None:
    assert module.Pair(1) == module.Pair(1, "")
    assert module.Form(many=3).many == 3
    for wrong in ("x", 0, 4, 11):
        with pytest.raises(ValueError, match=r"many|even"):
            module.Form(many=wrong)


def test_a_trace_names_file_line_and_function_as_in_the_sources(module: ModuleType) -> None:
    with pytest.raises(LookupError) as caught:
        module.fails()

    last = caught.traceback[-1]
    assert (str(last.frame.code.raw.co_filename), last.name) == ("/var/task/parts/some.py", "fails")
    assert SOURCE.splitlines()[last.lineno].strip() == "raise LookupError"


def test_the_entry_is_read_without_its_source(folder: Path) -> None:
    for name in ("app.pyc", "bundle.pyc"):
        assert (folder / name).read_bytes()[:8] == importlib.util.MAGIC_NUMBER + b"\x01\0\0\0"
