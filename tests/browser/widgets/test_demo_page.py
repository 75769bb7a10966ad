"""The demo shop's page, before the stub."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.widgets.conftest import note_errors
from tests.browser.widgets.stub_shop import StubShop
from tests.support.browser import resize

COUNT_LOADS = "sessionStorage.setItem('loads', Number(sessionStorage.getItem('loads') ?? 0) + 1)"


def open_demo(
    context: BrowserContext, base: str, query: str = "?lang=en&persona=xiaolin", errors: list[str] | None = None
) -> Page:
    page = context.new_page()
    page.add_init_script(COUNT_LOADS)
    note_errors(page, [] if errors is None else errors)
    page.goto(f"{base}/{query}")
    expect(page.locator("regulars-signin .button.big")).to_be_visible()
    return page


def loads(page: Page) -> int:
    return int(page.evaluate("() => sessionStorage.getItem('loads')"))


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_nothing_scrolls_sideways(base: str, context: BrowserContext, lang: str) -> None:
    page = open_demo(context, base, f"?lang={lang}")
    page.locator("regulars-signin .button.big").click()
    expect(page.locator(".step.inbox")).to_be_visible()

    for width in [320, 390, 821, 1001, 1280]:
        resize(page, width)
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width


def test_a_check_in_is_followed_from_request_to_inbox(base: str, context: BrowserContext) -> None:
    page = open_demo(context, base)
    expect(page.get_by_text("All quiet")).to_be_visible()

    page.get_by_role("button", name="Check in").click()

    steps = page.locator(".journey .step p:not(.why)")
    expect(steps).to_have_text(
        [
            "The phone asks, activities answers",
            "Ledger: +5, balance 5",
            "Passed on to the queue",
            "The message is in the inbox",
        ]
    )


def test_a_redemption_is_followed_through_the_ledger(shop: StubShop, base: str, context: BrowserContext) -> None:
    shop.customer("xiaolin").points = 45
    page = open_demo(context, base)
    page.get_by_role("button", name="Check in").click()

    page.get_by_role("button", name="Redeem: ¥3 coupon").click()
    page.get_by_role("dialog").get_by_role("button", name="Redeem").click()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()

    expect(page.locator("regulars-account .value")).to_have_text("0")
    expect(page.locator(".journey h3").first).to_have_text("A redemption")
    expect(page.locator(".journey").first).to_contain_text("Ledger: -50, balance 0")


def test_tea_is_bought_and_its_points_follow_the_order_there_and_back(
    shop: StubShop, base: str, context: BrowserContext
) -> None:
    errors: list[str] = []
    page = open_demo(context, base, errors=errors)
    available, order = page.locator("regulars-account .value"), page.locator("#orders li")
    waiting = page.locator("regulars-account .waiting")
    expect(page.get_by_role("button", name="Choose your tea")).to_have_attribute("aria-disabled", "true")

    page.get_by_role("button", name="One more Longjing").click(click_count=2)
    page.get_by_role("button", name="One more Silver Needle").click()
    page.get_by_role("button", name="Pay ¥264.01").click()

    expect(page.locator("#checkout")).to_contain_text("Paid. Points are on their way")
    expect(order).to_contain_text("264 points waiting")
    expect(waiting).to_contain_text("264")
    expect(available).to_have_text("0")
    expect(page.locator(".journey").first).to_contain_text("+264 for the purchase")

    page.get_by_role("button", name="Ship: order GF-0001").click()
    expect(order.locator(".status")).to_have_text("shipped")
    page.get_by_role("button", name="Complete: order GF-0001").click()

    expect(order).to_contain_text("264 points available")
    expect(available).to_have_text("264")
    expect(waiting).to_have_count(0)

    page.get_by_role("button", name="Refund a part: order GF-0001").click()

    expect(order).to_contain_text("132 points available · 132 points taken back")
    expect(available).to_have_text("132")
    (asked,) = shop.asked_for("POST", "/_local/checkout")
    assert asked.path.endswith("?persona=xiaolin&longjing=2&white-tea=1")
    assert errors == []


def test_the_next_day_can_be_checked_in_again(base: str, context: BrowserContext) -> None:
    page = open_demo(context, base)
    page.get_by_role("button", name="Check in").click()
    expect(page.get_by_role("button", name="Checked in today")).to_be_visible()

    page.get_by_role("button", name="Next day").click()

    expect(page.locator("#today")).to_have_text("Mon, November 23")
    expect(page.get_by_role("button", name="Check in +6")).to_be_visible()


def test_persona_and_language_change_without_a_reload_and_are_remembered(
    shop: StubShop, base: str, context: BrowserContext
) -> None:
    shop.customer("amei").points = 321
    page = open_demo(context, base)

    page.get_by_role("radio", name="A Mei").check(force=True)
    expect(page.locator("regulars-account .value")).to_have_text("321")
    page.get_by_role("radio", name="中文").check(force=True)
    expect(page.get_by_role("heading", name="柜台之后")).to_be_visible()
    expect(page.get_by_role("button", name="下一天")).to_be_visible()

    expect(page).to_have_url(re.compile(r"\?lang=zh-CN&persona=amei$"))
    assert loads(page) == 1
    page.goto(base)
    expect(page.get_by_role("radio", name="阿梅")).to_be_checked()
    expect(page.get_by_role("heading", name="柜台之后")).to_be_visible()


def test_the_page_keeps_to_a_strict_policy(base: str, context: BrowserContext) -> None:
    errors: list[str] = []
    page = open_demo(context, base, errors=errors)

    page.get_by_role("button", name="Check in").click()
    expect(page.locator(".step.inbox")).to_be_visible()

    assert errors == []
