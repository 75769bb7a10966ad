"""What is left out of compiled modules is what nobody reads when they run, and nothing else."""

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from infra.package.archive import compile_to_bytecode

SOURCE = '''
"""About the module."""

from dataclasses import dataclass

from pydantic import BaseModel, Field, model_validator


@dataclass(frozen=True)
class Pair:
    """Two."""

    left: int
    right: str = ""


class Form(BaseModel):
    many: int = Field(ge=1)

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
def module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("code")
    (folder / "parts").mkdir()
    (folder / "parts" / "some.py").write_text(SOURCE)
    compile_to_bytecode(folder, "/var/task", ours=True)
    assert [path.name for path in folder.rglob("*") if path.is_file()] == ["some.pyc"]
    spec = importlib.util.spec_from_file_location("some", folder / "parts" / "some.pyc")
    assert spec
    assert spec.loader
    found = sys.modules["some"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    yield found
    del sys.modules["some"]


def test_functions_do_what_they_did(module: ModuleType) -> None:
    assert module.told(1, 2, 3, more=4) == (1, (2, 3), "z", {"more": 4})


def test_docstrings_assertions_and_types_of_functions_are_gone(module: ModuleType) -> None:
    assert module.__doc__ is None
    assert module.told.__doc__ is None
    assert module.told.__annotations__ == {}
    assert module.told("wrong")


def test_dataclasses_and_forms_keep_their_fields_and_rules(module: ModuleType) -> None:
    assert module.Pair(1) == module.Pair(1, "")
    assert module.Form(many=3).many == 3
    for wrong in ("x", 0, 4):
        with pytest.raises(ValueError, match=r"many|even"):
            module.Form(many=wrong)


def test_a_trace_names_file_line_and_function_as_in_the_sources(module: ModuleType) -> None:
    with pytest.raises(LookupError) as caught:
        module.fails()

    last = caught.traceback[-1]
    assert (str(last.frame.code.raw.co_filename), last.name) == ("/var/task/parts/some.py", "fails")
    assert SOURCE.splitlines()[last.lineno].strip() == "raise LookupError"


def test_it_is_read_without_its_source(tmp_path: Path, module: ModuleType) -> None:
    assert Path(str(module.__file__)).read_bytes()[:8] == importlib.util.MAGIC_NUMBER + b"\x01\0\0\0"
