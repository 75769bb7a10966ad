"""The one browser of a test session: Debian's Chromium, driven by Playwright."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, _generated, expect, sync_playwright

Clock = _generated.Clock  # the package exports it nowhere else
CHROMIUM = "/usr/bin/chromium"
PATIENCE_MS = 30_000
"""For one step of a test. Several workers share two processors: a page may stand still for seconds."""
expect.set_options(timeout=PATIENCE_MS)
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
def a_context(browser: Browser, width: int, height: int, **options: Any) -> Iterator[BrowserContext]:
    """A context with a window of this size: English and without motion, unless ``options`` say otherwise."""
    usual = {"locale": "en-US", "reduced_motion": "reduce"}
    context = browser.new_context(viewport={"width": width, "height": height}, **(usual | options))
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


def stand_still(context: BrowserContext, at: str) -> Clock:
    """Stop the time of the context's pages: no note fades, no poll and no time-out falls due behind a test's back."""
    context.clock.install(time=at)
    context.clock.pause_at(at)
    return context.clock


def resize(page: Page, width: int, height: int = 844) -> None:
    """Make the window this wide; the page knows of it when this returns."""
    page.set_viewport_size({"width": width, "height": height})
    page.wait_for_function("(width) => innerWidth === width", arg=width)
