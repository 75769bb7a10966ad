"""An operator's evening, in the browser alone: a rule is changed, the shopper feels it, the night is read."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.conftest import Stack

WAIT_MS = 20_000
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def url(stack: Stack) -> str:
    return stack.start()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport=DESKTOP, locale="en-US")  # type: ignore[arg-type]  # a TypedDict
    context.set_default_timeout(WAIT_MS)
    yield context.new_page()
    context.close()


def check_in(page: Page, url: str) -> int:
    """Check in as the regular customer; returns what the day paid."""
    page.goto(f"{url}/?persona=amei&lang=en")
    value = page.locator("regulars-balance .value")
    expect(page.locator("regulars-signin [part~=check-in]")).to_be_enabled(timeout=WAIT_MS)
    before = int(value.inner_text())
    page.locator("regulars-signin [part~=check-in]").click()
    expect(value).not_to_have_text(str(before), timeout=WAIT_MS)
    expect(page.locator("regulars-signin [part~=check-in]")).to_be_disabled(timeout=WAIT_MS)
    page.reload()
    expect(page.locator("regulars-signin [part~=check-in]")).to_be_disabled(timeout=WAIT_MS)
    return int(value.inner_text()) - before


def test_the_changed_reward_pays_the_next_day_and_the_audit_says_who_changed_what(page: Page, url: str) -> None:
    assert check_in(page, url) == 8

    page.goto(f"{url}/console/#/activities/daily-check-in/edit")
    page.get_by_label("First day").fill("50")
    page.get_by_label("Most a day").fill("90")
    page.get_by_role("button", name="Review the changes").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Daily check-in", timeout=WAIT_MS)

    page.goto(f"{url}/?persona=amei&lang=en")
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
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing_serious(browser: Browser, url: str, path: str, viewport: dict[str, int]) -> None:
    context = browser.new_context(viewport=viewport, reduced_motion="reduce")  # type: ignore[arg-type]  # a TypedDict
    page = context.new_page()
    page.goto(url + path)
    # A page that shows nothing has no faults to find.
    expect(page.locator("h1:visible, h2:visible").first).to_be_visible(timeout=WAIT_MS)
    page.wait_for_timeout(1_500)

    found = Axe().run(page).response["violations"]

    context.close()
    ours = [fault for fault in found if fault["impact"] in SERIOUS]
    assert [(fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in ours] == []
