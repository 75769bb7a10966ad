"""The fault matrix has a row for every entrance to the product: nobody can add a handler that no fault test breaks.

Handlers are found in the running apps; tests/faults/rows says how each is set off; tests/faults/matrix/columns.py is
what is done to it. tests/faults/harness/README.md is the manual.
"""

import pytest

from tests.faults.harness.handlers import registered_handlers
from tests.faults.matrix.registry import Cell, cells, check, declared_rows
from tests.faults.matrix.rows import Row
from tests.faults.matrix.trial import Trial
from tests.faults.scene import Scene

HANDLERS = registered_handlers()
CELLS = cells(HANDLERS, declared_rows())


@pytest.fixture(scope="module")
def trials(opened_scene: Scene) -> dict[str, Trial]:
    """The trials that were prepared so far, by their rows."""
    opened_scene.furnish()
    return {}


@pytest.mark.parametrize("cell", CELLS, ids=str)
def test_every_handler_stands_every_fault(cell: Cell, opened_scene: Scene, trials: dict[str, Trial]) -> None:
    check(cell, HANDLERS, trial_of(opened_scene, cell.row, trials) if cell.row else None)


def trial_of(scene: Scene, row: Row, trials: dict[str, Trial]) -> Trial:
    if str(row) not in trials:
        trials[str(row)] = Trial(scene, row)
    return trials[str(row)]
