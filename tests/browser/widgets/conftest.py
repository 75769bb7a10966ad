"""A browser, a shop of the test's own, and pages that embed its widgets."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.widgets.stub_server import StubServer
from tests.browser.widgets.stub_shop import ACTIVITY, SHOP, StubShop
from tests.support.browser import a_context, leave_nothing

HERE = Path(__file__).parent
Embed = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def shared_context(browser: Browser) -> Iterator[BrowserContext]:
    with a_context(browser, 390, 844) as context:
        yield context


@pytest.fixture
def context(shared_context: BrowserContext) -> Iterator[BrowserContext]:
    """Where pages open. One for all tests, because a browser's cache is; what a page stored goes with it."""
    yield shared_context
    leave_nothing(shared_context)


@pytest.fixture
def shop() -> StubShop:
    return StubShop()


@pytest.fixture(scope="session")
def server() -> Iterator[StubServer]:
    with StubServer().running() as server:
        yield server


@pytest.fixture
def base(shop: StubShop, server: StubServer) -> str:
    server.serve(shop)
    return server.address


def widget(name: str = "regulars-signin", **attributes: str) -> str:
    """The tag of a widget as a shop would write it."""
    known = {"shop": SHOP, "token-url": "/_local/token?persona=amei"}
    if name == "regulars-signin":
        known["activity"] = ACTIVITY
    given = {key.replace("_", "-"): value for key, value in attributes.items()}
    written = " ".join(f'{key}="{value}"' for key, value in {**known, **given}.items() if value)
    return f"<{name} {written}></{name}>"


@pytest.fixture
def embed(shop: StubShop, base: str, context: BrowserContext) -> Embed:
    """Open a page that holds `body`."""

    def open_page(*body: str, csp: str | None = None, head: str = "", lang: str = "en") -> Page:
        script = '<script type="module" src="/widgets/v1/regulars.js"></script>'
        start = f'<!doctype html><html lang="{lang}"><meta charset="utf-8"><title>Host</title>'
        shop.serve_page("/host", f"{start}{head}{script}<body>{''.join(body)}</body></html>", csp=csp)
        page = context.new_page()
        page.goto(f"{base}/host")
        return page

    return open_page
