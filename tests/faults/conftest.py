"""What the fault tests start from: the harness's own tiny bank, and the shop of scene.py."""

from collections.abc import Callable, Iterator

import pytest
from moto import mock_aws

from tests.faults.harness.injector import Injector, fault_injection
from tests.faults.harness.planted import Bank, a_bank
from tests.faults.harness.tally import TALLY
from tests.faults.scene import Scene, a_scene
from tests.support.moto_state import empty_moto
from tests.support.tables import Platform


@pytest.fixture(autouse=True)
def _told(record_property: Callable[[str, object], None]) -> Iterator[None]:
    """What the test went through, for the figures of `make prove`."""
    before = TALLY.copy()
    yield
    for name, count in (TALLY - before).items():
        record_property(name, count)


@pytest.fixture(scope="module")
def tables() -> Iterator[Bank]:
    with mock_aws():
        bank = a_bank()
        bank.make()
        yield bank


@pytest.fixture
def bank(tables: Bank) -> Bank:
    empty_moto()
    return tables


@pytest.fixture
def injector(bank: Bank) -> Iterator[Injector]:
    with fault_injection() as injector:
        yield injector


@pytest.fixture(scope="module")
def opened_scene(moto_platform: Platform) -> Iterator[Scene]:
    moto_platform.fresh()
    with fault_injection() as injector, a_scene(injector) as scene:
        yield scene


@pytest.fixture
def scene(opened_scene: Scene) -> Scene:
    """The shop as it was opened, in a process that has just started."""
    opened_scene.fresh()
    return opened_scene
