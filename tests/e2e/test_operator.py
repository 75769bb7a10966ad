"""An operator's evening, in the browser alone: a rule is changed, the shopper feels it, the night is read."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import WAIT_MS, Stack
from tests.support.browser import a_context

PHONE = (390, 844)
DESKTOP = (1280, 900)
SERIOUS = {"serious", "critical"}
WHOLE = {
    "/": "regulars-inbox [part~=item], regulars-inbox [part~=empty]",
    "/console/": "main .figure",
    "/console/#/score": "main .card.score, main .empty",
    "/console/#/activities/daily-check-in/edit": "main form button",
    "/m/green-field-tea": "regulars-signin [part~=rules]",
}
"""What is there on a page once all of it is."""


@pytest.fixture(scope="module")
def url(stack: Stack) -> str:
    return stack.start()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    with a_context(browser, *DESKTOP, reduced_motion="no-preference") as context:
        yield context.new_page()


def check_in(page: Page, url: str) -> int:
    """Check in as the regular customer; returns what the day paid."""
    page.goto(f"{url}/?persona=amei&lang=en")
    value = page.locator("regulars-account .value")
    expect(page.locator("regulars-signin [part~=check-in]")).to_be_enabled(timeout=WAIT_MS)
    before = value.inner_text()
    page.locator("regulars-signin [part~=check-in]").click()
    expect(value).not_to_have_text(before, timeout=WAIT_MS)
    expect(page.locator("regulars-signin [part~=check-in]")).to_be_disabled(timeout=WAIT_MS)
    page.reload()
    expect(page.locator("regulars-signin [part~=check-in]")).to_be_disabled(timeout=WAIT_MS)
    return points(value.inner_text()) - points(before)


def points(written: str) -> int:
    """The points of a figure such as 1,170."""
    return int(written.replace(",", ""))


def test_the_changed_reward_pays_the_next_day_and_the_audit_says_who_changed_what(page: Page, url: str) -> None:
    assert check_in(page, url) == 8

    page.goto(f"{url}/console/#/activities/daily-check-in/edit")
    page.get_by_label("First day").fill("50")
    page.get_by_label("Most a day").fill("90")
    page.get_by_role("button", name="Review the changes").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Daily check-in", timeout=WAIT_MS)

    page.goto(f"{url}/?persona=amei&lang=en")
    with page.expect_response("**/_local/clock/next-day"):
        page.get_by_role("button", name="Next day").click()
    assert check_in(page, url) == 54

    page.goto(f"{url}/console/#/audit")
    page.locator("main summary").first.click()
    line = page.locator("main li").first
    expect(line).to_contain_text("First day", timeout=WAIT_MS)
    told = line.inner_text()
    assert "owner" in told
    assert "daily-check-in" in told
    assert told.index("5") < told.index("50")


def test_run_tonight_shows_the_rate_the_penalty_and_the_messages_behind_it(page: Page, url: str) -> None:
    page.goto(f"{url}/?persona=xiaolin&lang=en")
    page.get_by_role("button", name="Run tonight").click()
    expect(page.locator("#night .rate")).to_have_text("49%", timeout=WAIT_MS)
    expect(page.locator("#night")).to_contain_text("59 of 120")
    expect(page.locator("#night")).to_contain_text("¥1,000")

    page.locator("#night a").click()
    expect(page.locator("main")).to_contain_text("49", timeout=WAIT_MS)
    expect(page.locator("main")).to_contain_text("¥1,000")
    page.locator("main a", has_text="guest-").first.click()

    expect(page.locator("main")).to_contain_text("客服马上就来", timeout=WAIT_MS)


@pytest.mark.parametrize(
    "path",
    [
        "/?lang=en",
        "/?lang=zh-CN",
        "/console/",
        "/console/#/score",
        "/console/#/activities/daily-check-in/edit",
        "/m/green-field-tea",
    ],
)
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_serious(browser: Browser, url: str, path: str, size: tuple[int, int]) -> None:
    with a_context(browser, *size) as context:
        page = context.new_page()
        page.goto(url + path)
        # A page that shows nothing, or not yet everything, has no faults to find.
        expect(page.locator(WHOLE[path.partition("?")[0]]).first).to_be_visible(timeout=WAIT_MS)
        expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=WAIT_MS)

        found = Axe().run(page).response["violations"]

    ours = [fault for fault in found if fault["impact"] in SERIOUS]
    assert [(fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in ours] == []
