"""The fixtures that many tests share; tests/conftest.py names this module in ``pytest_plugins``."""

from collections.abc import Iterator

import pytest

from tests.support.emulator import platform_on_emulator, running_emulator
from tests.support.tables import Platform, platform_in_moto


@pytest.fixture(scope="module")
def moto_platform() -> Iterator[Platform]:
    """Every table, queue and key in moto, for one module; use ``platform`` in tests."""
    with platform_in_moto() as platform:
        yield platform


@pytest.fixture
def platform(moto_platform: Platform) -> Platform:
    """Every table, queue and key in moto, empty."""
    moto_platform.fresh()
    return moto_platform


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    """The endpoint of the one emulator of this session."""
    with running_emulator() as endpoint:
        yield endpoint


@pytest.fixture
def live_platform(emulator: str) -> Iterator[Platform]:
    """Every table, queue and key on the emulator, empty. Never together with ``platform``: moto would answer."""
    with platform_on_emulator(emulator) as platform:
        yield platform
