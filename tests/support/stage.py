"""The fixtures of everything that runs on the platform in moto: a clock that stands still, and a shop."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import settings

from shared import clock
from tests.support.moto_state import empty_moto, moto_tables
from tests.support.shop import MovableClock, TestShop, forget_everything, open_shop, open_signin
from tests.support.tables import Platform

# The machine is shared: how long one example took says nothing about the code.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


@pytest.fixture
def time() -> Iterator[MovableClock]:
    """Business time stands at noon of 2 November 2026 in Shanghai until the test moves it."""
    source = MovableClock()
    with clock.using(source):
        yield source


class Rows:
    """What the tables in moto hold at one moment, to be put back: opening a shop anew takes forty calls."""

    def __init__(self) -> None:
        self._kept = {name: _copied(table.items) for name, table in moto_tables().items()}

    def put_back(self) -> None:
        empty_moto()
        for name, table in moto_tables().items():
            table.items.update(_copied(self._kept[name]))
        forget_everything()


def _copied(items: Any) -> Any:
    # A put lays a new item in the place of the old one. Only updates change an item where it lies: counters are no
    # part of what is kept.
    return {pk: dict(rows) if isinstance(rows, dict) else rows for pk, rows in items.items()}


@dataclass(frozen=True)
class Opened:
    """A shop that was opened once for a module, as it was then."""

    shop: TestShop
    rows: Rows


def prepare(act: Callable[[], TestShop]) -> Opened:
    """Do something at noon of the first day, and keep what the tables then hold."""
    with clock.using(MovableClock()):
        forget_everything()
        shop = act()
        return Opened(shop, Rows())


@pytest.fixture(scope="module")
def opened_tea(moto_platform: Platform) -> Opened:
    moto_platform.fresh()
    return prepare(open_shop)


@pytest.fixture(scope="module")
def opened_signin(opened_tea: Opened) -> Opened:
    def act() -> TestShop:
        opened_tea.rows.put_back()
        open_signin()
        return opened_tea.shop

    return prepare(act)


@pytest.fixture
def tea(opened_tea: Opened, time: MovableClock) -> TestShop:
    """The shop `tea` on tables that are empty but for it."""
    opened_tea.rows.put_back()
    return opened_tea.shop


@pytest.fixture
def tea_with_signin(opened_signin: Opened, time: MovableClock) -> TestShop:
    """The shop `tea` with the live check-in `daily`."""
    opened_signin.rows.put_back()
    return opened_signin.shop
