"""The fixtures that these tests start from."""

import pytest

from services.compliance import store
from tests.support.stage import opened_tea, tea, time

__all__ = ["opened_tea", "tea", "time"]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """Which shops have their job is remembered by the process; the tables are emptied for every test."""
    store.clear_cache()
