"""A shopper's first days in a real browser, on the real services, tables and queues."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Stack

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
POINTS = "regulars-balance .value"
STREAK = "regulars-signin .streak"
WAIT_MS = 15_000


@pytest.fixture(scope="module")
def url(stack: Stack) -> str:
    return stack.start()


def open_demo(browser: Browser, url: str, *, persona: str, locale: str, viewport: dict[str, int]) -> Page:
    context = browser.new_context(viewport=viewport, locale=locale)  # type: ignore[arg-type]  # a TypedDict
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    page.goto(f"{url}/?persona={persona}")
    return page


@pytest.fixture
def pages(browser: Browser) -> Iterator[None]:
    yield
    for context in list(browser.contexts):
        if any("/_local" in page.url or "persona=" in page.url for page in context.pages):
            context.close()


@pytest.mark.usefixtures("pages")
def test_a_new_shopper_checks_in_and_a_second_click_and_a_second_tab_change_nothing(browser: Browser, url: str) -> None:
    page = open_demo(browser, url, persona="xiaolin", locale="zh-CN", viewport=DESKTOP)
    expect(page.locator(POINTS)).to_have_text("0", timeout=WAIT_MS)
    second = page.context.new_page()
    second.goto(page.url)
    expect(second.get_by_role("button", name="签到", exact=False).first).to_be_enabled(timeout=WAIT_MS)

    page.locator("regulars-signin [part~=check-in]").dblclick()

    expect(page.locator(POINTS)).to_have_text("5", timeout=WAIT_MS)
    expect(page.locator("regulars-inbox .subject").first).to_have_text("签到成功：+5 积分", timeout=WAIT_MS)
    expect(second.locator(POINTS)).to_have_text("5", timeout=WAIT_MS)
    expect(second.locator("regulars-signin [part~=check-in]")).to_be_disabled(timeout=WAIT_MS)
    page.reload()
    expect(page.locator(POINTS)).to_have_text("5", timeout=WAIT_MS)


@pytest.mark.usefixtures("pages")
def test_next_day_continues_the_streak_on_a_phone_in_english(browser: Browser, url: str) -> None:
    page = open_demo(browser, url, persona="amei", locale="en-US", viewport=PHONE)
    expect(page.locator(STREAK)).to_contain_text("3", timeout=WAIT_MS)
    page.locator("regulars-signin [part~=check-in]").click()
    expect(page.locator(STREAK)).to_contain_text("4", timeout=WAIT_MS)
    # The sum counts up before the eye: only its end is the balance.
    expect(page.locator(POINTS)).to_have_text("106", timeout=WAIT_MS)

    page.get_by_role("button", name="Next day").click()
    page.locator("regulars-signin [part~=check-in]:enabled").click()

    expect(page.locator(STREAK)).to_contain_text("5", timeout=WAIT_MS)
    expect(page.locator(POINTS)).to_have_text("115", timeout=WAIT_MS)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.usefixtures("pages")
def test_after_a_stop_and_a_start_everything_is_still_there(browser: Browser, url: str, stack: Stack) -> None:
    page = open_demo(browser, url, persona="xiaolin", locale="en-US", viewport=DESKTOP)
    expect(page.locator(POINTS)).to_have_text("5", timeout=WAIT_MS)
    page.context.close()

    assert stack.stop() == 0
    again = stack.start()

    page = open_demo(browser, again, persona="xiaolin", locale="en-US", viewport=DESKTOP)
    expect(page.locator(POINTS)).to_have_text("5", timeout=WAIT_MS)
    expect(page.locator("regulars-inbox .subject").first).to_have_text("Checked in: +5 points", timeout=WAIT_MS)
