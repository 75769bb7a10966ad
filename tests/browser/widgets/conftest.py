"""A browser, a shop of the test's own, and pages that embed its widgets."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.stub import StubServer, leave_nothing
from tests.browser.widgets.stub_server import ShopHandler
from tests.browser.widgets.stub_shop import ACTIVITY, SHOP, StubShop
from tests.support.browser import Clock, a_context, stand_still

HERE = Path(__file__).parent
Embed = Callable[..., Page]
PHONE = (390, 844)
MORNING = "2026-11-22T09:30:00+08:00"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def shared_context(browser: Browser) -> Iterator[BrowserContext]:
    with a_context(browser, *PHONE) as context:
        stand_still(context, MORNING)
        yield context


@pytest.fixture
def context(
    request: pytest.FixtureRequest, browser: Browser, shared_context: BrowserContext
) -> Iterator[BrowserContext]:
    """Where pages open. One for all tests, because a browser's cache is; a test that moves the `clock` has its own."""
    with contextlib.ExitStack() as stack:
        own = "clock" in request.fixturenames
        context = stack.enter_context(a_context(browser, *PHONE)) if own else shared_context
        yield context
        leave_nothing(context)


@pytest.fixture
def clock(context: BrowserContext) -> Clock:
    """The time of the pages: as everywhere half past nine on the shop's day, until the test moves it."""
    return stand_still(context, MORNING)


@pytest.fixture
def shop() -> StubShop:
    return StubShop()


@pytest.fixture(scope="session")
def server() -> Iterator[StubServer]:
    with StubServer(ShopHandler).running() as server:
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


def note_errors(page: Page, errors: list[str]) -> None:
    """Fill ``errors`` with whatever breaks on the page or is said to be broken."""
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)


@pytest.fixture
def embed(shop: StubShop, base: str, context: BrowserContext) -> Embed:
    """Open a page that holds `body`; what breaks on it goes into `errors`."""

    def open_page(*body: str, csp: str | None = None, head: str = "", errors: list[str] | None = None) -> Page:
        script = '<script type="module" src="/widgets/v1/regulars.js"></script>'
        start = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Host</title>'
        shop.serve_page("/host", f"{start}{head}{script}<body>{''.join(body)}</body></html>", csp=csp)
        page = context.new_page()
        if errors is not None:
            note_errors(page, errors)
        page.goto(f"{base}/host")
        return page

    return open_page
