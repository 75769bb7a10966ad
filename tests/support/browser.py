"""The one browser of a test session: Debian's Chromium, driven by Playwright."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

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
