"""The one browser of a test session: Debian's Chromium, driven by Playwright."""

import contextlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

CHROMIUM = "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # One renderer for all pages: starting one a page is a quarter of a test's time.
    "--renderer-process-limit=1",
    "--process-per-site",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Playwright can be started once a process, so every browser test shares this one."""
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        chromium.close()


@contextlib.contextmanager
def a_context(browser: Browser, width: int, height: int) -> Iterator[BrowserContext]:
    """A context for many tests: English, without motion, with a window of this size."""
    context = browser.new_context(viewport={"width": width, "height": height}, locale="en-US", reduced_motion="reduce")
    context.set_default_timeout(5_000)
    yield context
    context.close()


def leave_nothing(context: BrowserContext) -> None:
    """Close a test's pages; what they stored goes with them."""
    for page in context.pages:
        if page.url.startswith("http"):
            page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
        page.close()
