"""The shop that the walks over all routes find."""

import pytest

from tests.shared.http.routes import Furnished, furnish
from tests.support.shop import MovableClock, TestShop, open_shop, open_signin
from tests.support.stage import Opened, prepare


@pytest.fixture(scope="module")
def opened_furnished(opened_signin: Opened) -> tuple[Opened, Furnished]:
    ids: dict[str, str] = {}

    def act() -> TestShop:
        opened_signin.rows.put_back()
        ids.update(furnish(opened_signin.shop))
        coffee = open_shop("coffee")
        open_signin("coffee", "daily")
        return coffee

    coffee = prepare(act)
    return coffee, Furnished(opened_signin.shop, coffee.shop, ids)


@pytest.fixture
def furnished(opened_furnished: tuple[Opened, Furnished], time: MovableClock) -> Furnished:
    """The shop `tea`, with one of everything that the good requests name, and the other shop `coffee`."""
    opened, found = opened_furnished
    opened.rows.put_back()
    return found
