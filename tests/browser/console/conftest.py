"""The console over a shop of the test's own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browser.console.stub_desk import KEYS, NOW, StubDesk
from tests.browser.console.stub_server import DeskHandler
from tests.browser.stub import StubServer, leave_nothing
from tests.support.browser import a_context, stand_still

HERE = Path(__file__).parent
Open = Callable[..., Page]
DESKTOP = (1280, 900)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def shared_context(browser: Browser) -> Iterator[BrowserContext]:
    with a_context(browser, *DESKTOP) as context:
        stand_still(context, NOW)
        yield context


@pytest.fixture
def context(shared_context: BrowserContext) -> Iterator[BrowserContext]:
    """Where pages open. One for all tests, because a browser's cache is; what a page stored goes with it."""
    yield shared_context
    leave_nothing(shared_context)


@pytest.fixture
def desk() -> StubDesk:
    return StubDesk()


@pytest.fixture(scope="session")
def server() -> Iterator[StubServer]:
    with StubServer(DeskHandler).running() as server:
        yield server


def visit(page: Page, address: str) -> None:
    """Go to another page of the console; it is there, and full, when this returns."""
    page.evaluate("() => { for (const title of document.querySelectorAll('h1')) title.dataset.left = ''; }")
    page.goto(page.url.partition("#")[0] + f"#{address}")
    expect(page.locator("main h1:not([data-left])")).to_be_visible()
    expect(page.locator("main [aria-busy=true]")).to_have_count(0)


def broken(said: ConsoleMessage) -> list[str]:
    """The errors in it. Chromium also notes every refused request, which some tests are about."""
    return [said.text] if said.type == "error" and "Failed to load" not in said.text else []


@pytest.fixture
def open_console(desk: StubDesk, server: StubServer, context: BrowserContext) -> Iterator[Open]:
    """Open the console at a page, signed in as `role` (None: nobody). No script may fail, and no policy be broken."""
    server.serve(desk)
    errors: list[str] = []

    def open_page(path: str = "/", role: str | None = "owner", language: str = "en", width: int = 1280) -> Page:
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": 844})
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: errors.extend(broken(said)))
        kept = f"sessionStorage.setItem('regulars.console.key', '{KEYS[role]}');" if role else ""
        page.add_init_script(
            "if (!sessionStorage.getItem('opened')) { sessionStorage.setItem('opened', '1');"
            f"localStorage.setItem('regulars.console.language', '{language}'); {kept} }}"
        )
        page.goto(f"{server.address}/console/#{path}")
        return page

    yield open_page
    assert errors == []
