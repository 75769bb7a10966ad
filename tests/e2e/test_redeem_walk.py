"""A shopper's fifty points become a coupon, in a real browser, on the real services, tables and queues."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import WAIT_MS, Stack
from tests.support.browser import a_context

DESKTOP = (1280, 900)
COUPON = "¥3 off, no minimum"
POINTS = "regulars-account .value"
CODE = re.compile(r"^[2-9A-Z]{4}(-[2-9A-Z]{4}){3}$")


@pytest.fixture(scope="module")
def url(stack: Stack) -> str:
    return stack.start()


def come_to_fifty(page: Page, url: str) -> None:
    """A check-in, and what the shop gives on top."""
    expect(page.locator(POINTS)).to_have_text("0", timeout=WAIT_MS)
    page.locator("regulars-signin [part~=check-in]").click()
    expect(page.locator(POINTS)).to_have_text("5", timeout=WAIT_MS)
    owner = page.request.get(f"{url}/_local/operator").json()["operator_key"]
    given = page.request.post(
        f"{url}/points/v1/admin/adjustments",
        headers={"Authorization": f"Bearer {owner}", "Idempotency-Key": "to-fifty"},
        data={"customer_id": "xiaolin", "points": 45, "reason": "A gift."},
    )
    assert given.json()["balance"] == 50
    page.reload()
    expect(page.locator(POINTS)).to_have_text("50", timeout=WAIT_MS)


def test_fifty_points_buy_the_coupon_and_the_inbox_has_its_code(browser: Browser, url: str) -> None:
    with a_context(browser, *DESKTOP, locale="en-US", reduced_motion="no-preference") as context:
        page = context.new_page()
        page.goto(f"{url}/?persona=xiaolin")
        come_to_fifty(page, url)

        page.get_by_role("button", name=f"Redeem: {COUPON}").click()
        dialog = page.get_by_role("dialog")
        expect(dialog.locator("dl div")).to_have_text(
            ["Price50 points", "Your points now50 points", "Left afterwards0 points"]
        )
        dialog.get_by_role("button", name="Redeem").click()

        expect(dialog.locator("code")).to_have_text(CODE, timeout=WAIT_MS)
        code = dialog.locator("code").inner_text()
        expect(page.locator(POINTS)).to_have_text("0", timeout=WAIT_MS)
        dialog.get_by_role("button", name="Close").click()
        message = page.locator("regulars-inbox li", has_text=COUPON)
        message.get_by_role("button").click(timeout=WAIT_MS)
        expect(message.locator(".body")).to_contain_text(code, timeout=WAIT_MS)
        page.reload()
        expect(page.locator(POINTS)).to_have_text("0", timeout=WAIT_MS)
        page.locator("regulars-rewards .fold").click()
        expect(page.locator("regulars-rewards .redemption code")).to_have_text(code, timeout=WAIT_MS)
