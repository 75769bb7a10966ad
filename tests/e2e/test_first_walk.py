"""A shopper's first days in a real browser, on the real services, tables and queues."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import WAIT_MS, Stack
from tests.support.browser import a_context

OpenDemo = Callable[..., Page]
PHONE = (390, 844)
DESKTOP = (1280, 900)
POINTS = "regulars-account .value"
STREAK = "regulars-signin .streak"


@pytest.fixture(scope="module")
def url(stack: Stack) -> str:
    return stack.start()


@pytest.fixture
def open_demo(browser: Browser) -> Iterator[OpenDemo]:
    """Opens the demo page as somebody else's browser would, with motion."""
    with contextlib.ExitStack() as stack:

        def open_page(url: str, *, persona: str, locale: str, size: tuple[int, int]) -> Page:
            context = a_context(browser, *size, locale=locale, reduced_motion="no-preference")
            page = stack.enter_context(context).new_page()
            page.goto(f"{url}/?persona={persona}")
            return page

        yield open_page


def test_a_new_shopper_checks_in_and_a_second_click_and_a_second_tab_change_nothing(
    open_demo: OpenDemo, url: str
) -> None:
    page = open_demo(url, persona="xiaolin", locale="zh-CN", size=DESKTOP)
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


def balance_told(page: Page) -> int:
    """The balance as a screen reader is told it: at once and whole, while the figure may still be counting up."""
    told = page.locator("regulars-account .unseen[role=status]").first.text_content(timeout=WAIT_MS) or ""
    return int(told.removesuffix(" points").replace(",", ""))


def test_next_day_continues_the_streak_on_a_phone_in_english(open_demo: OpenDemo, url: str) -> None:
    page = open_demo(url, persona="amei", locale="en-US", size=PHONE)
    expect(page.locator(STREAK)).to_contain_text("3", timeout=WAIT_MS)
    # What she has from check-ins and purchases depends on the day the demo begins.
    had = balance_told(page)
    page.locator("regulars-signin [part~=check-in]").click()
    expect(page.locator(STREAK)).to_contain_text("4", timeout=WAIT_MS)
    # The sum counts up before the eye: only its end is the balance.
    expect(page.locator(POINTS)).to_have_text(f"{had + 8:,}", timeout=WAIT_MS)

    with page.expect_response("**/_local/clock/next-day"):
        page.get_by_role("button", name="Next day").click()
    page.locator("regulars-signin [part~=check-in]:enabled").click()

    expect(page.locator(STREAK)).to_contain_text("5", timeout=WAIT_MS)
    expect(page.locator(POINTS)).to_have_text(f"{had + 17:,}", timeout=WAIT_MS)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_after_a_stop_and_a_start_everything_is_still_there(open_demo: OpenDemo, url: str, stack: Stack) -> None:
    page = open_demo(url, persona="xiaolin", locale="en-US", size=DESKTOP)
    expect(page.locator(POINTS)).to_have_text("5", timeout=WAIT_MS)
    page.context.close()

    assert stack.stop() == 0
    again = stack.start()

    page = open_demo(again, persona="xiaolin", locale="en-US", size=DESKTOP)
    expect(page.locator(POINTS)).to_have_text("5", timeout=WAIT_MS)
    expect(page.locator("regulars-inbox .subject").first).to_have_text("Checked in: +5 points", timeout=WAIT_MS)
