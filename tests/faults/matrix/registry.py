"""The rows of the matrix, found in tests/faults/rows, and its cells: one for each row and column."""

import importlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from tests.faults.harness.handlers import ROOT, Handler
from tests.faults.matrix.columns import Column, columns_of
from tests.faults.matrix.rows import Row
from tests.faults.matrix.trial import Trial

UNDECLARED = "is in the matrix"
_KINDS: Mapping[str, str] = {"queue": "Queued", "stream": "Streamed", "schedule": "Scheduled", "function": "Invoked"}


def declared_rows() -> list[Row]:
    """What the modules in tests/faults/rows declare as ``ROWS``."""
    paths = sorted((ROOT / "tests" / "faults" / "rows").glob("*.py"))
    return [row for path in paths for row in importlib.import_module(f"tests.faults.rows.{path.stem}").ROWS]


@dataclass(frozen=True)
class Cell:
    """One row under one column; ``row`` is None for a handler that nobody declared."""

    handler: str
    row: Row | None
    column: str

    def __str__(self) -> str:
        return f"{self.row or self.handler} {self.column}"


def cells(handlers: Mapping[str, Handler], rows: Iterable[Row]) -> list[Cell]:
    """A cell for each column of each row, and a failing one for each handler without a row and row without handler."""
    declared = list(rows)
    named = {row.handler for row in declared}
    missing = [Cell(name, None, UNDECLARED) for name in handlers.keys() - named]
    gone = [Cell(name, None, UNDECLARED) for name in named - handlers.keys()]
    return sorted([*_of_rows(handlers, declared), *missing, *gone], key=str)


def _of_rows(handlers: Mapping[str, Handler], rows: Iterable[Row]) -> Iterator[Cell]:
    for row in rows:
        if row.handler in handlers:
            yield from (Cell(row.handler, row, column) for column in columns_of(row))


def check(cell: Cell, handlers: Mapping[str, Handler], trial: Trial | None) -> None:
    """Run one cell."""
    if cell.row is None or trial is None:
        raise AssertionError(_advice(cell.handler, handlers))
    column: Column = columns_of(cell.row)[cell.column]
    column(trial)


def _advice(name: str, handlers: Mapping[str, Handler]) -> str:
    if name not in handlers:
        return f"tests/faults/rows declares {name}, and no service has such a handler"
    service, kind = _service(name), handlers[name].kind
    row = _KINDS.get(kind, "Asked")
    return (
        f"{name} is in no fault test. Declare it in tests/faults/rows/{service}.py, as {row}"
        f"{' or OnlyReads' if row == 'Asked' else ''}(handler={name!r}, …); tests/faults/harness/README.md says how."
    )


def _service(name: str) -> str:
    return name.split("/")[1] if "/" in name else name.partition(".")[0]
