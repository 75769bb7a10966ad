"""The packaged services on an emulator that enforces every policy, deployed once for these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.packaged.installation import Installation, deploy
from tests.e2e.packaged.world import World, open_world
from tests.faults.harness.effort import effort
from tests.support.emulator import pointed_at, running_emulator
from tests.support.packaged import built_services

LONGEST_S = effort(600, 3600)
"""The first test of a fresh clone waits for the build, which downloads what goes into the layer."""
LAUNCHER = Path(__file__).with_name("strict_emulator.py")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(LONGEST_S))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A shop on the installation."""
    built, asked = built_services(), tmp_path_factory.mktemp("packaged") / "asked.ndjson"
    with (
        running_emulator((LAUNCHER,), AUTH="true", REGULARS_ASKED=str(asked)) as endpoint,
        pointed_at(endpoint),
    ):
        installation = Installation(endpoint, asked)
        deploy(installation, built)
        yield open_world(installation)
