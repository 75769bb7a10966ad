"""The pages about points: one customer's points, and the rules."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console.conftest import Open, visit
from tests.browser.console.stub_desk import StubDesk
from tests.browser.console.stub_points import POLICY, a_line, an_account
from tests.browser.stub import all_asked
from tests.support.browser import resize

ADJUSTMENTS = "/points/v1/admin/adjustments"
ADDRESSES = [
    "/customers",
    "/customers/u-1",
    "/customers/nobody",
    "/policy",
]


@pytest.fixture
def full(desk: StubDesk) -> StubDesk:
    """A shop with something on every page."""
    points = desk.points
    points.accounts = {"u-1": an_account()}
    points.lines = [a_line(number, 5) for number in range(25)]
    return desk


# ── one customer ─────────────────────────────────────────────────────────────────────────────────


def test_a_customer_is_looked_up_by_id(full: StubDesk, open_console: Open) -> None:
    page = open_console("/customers", role="viewer")

    page.get_by_label("Customer id").fill(" u-1 ")
    page.get_by_role("button", name="Look up").click()

    expect(page.get_by_role("heading", name="Points of u-1")).to_be_visible()
    expect(page.locator(".figure")).to_have_text("88 points ≈ ¥3.52")
    expect(page.get_by_text("To be spent by November 30, 2027")).to_be_visible()
    expect(page.get_by_role("heading", name="Give or take points")).to_have_count(0)
    page.get_by_role("button", name="Show more").click()
    expect(page.get_by_role("list", name="Statement").get_by_role("listitem")).to_have_count(25)


def test_an_unknown_customer_can_be_looked_up_again(full: StubDesk, open_console: Open) -> None:
    page = open_console("/customers/nobody")

    expect(page.locator(".empty")).to_contain_text("Nobody with the id “nobody” has been here yet.")
    expect(page.get_by_label("Customer id")).to_have_value("nobody")


def fill_adjustment(page: Page, points: str, reason: str = "Parcel was late") -> None:
    page.get_by_label("Points").fill(points)
    page.get_by_label("Reason").fill(reason)
    page.get_by_role("button", name="Review").click()


def test_points_are_given_after_a_question_that_tells_before_and_after(full: StubDesk, open_console: Open) -> None:
    page = open_console("/customers/u-1", role="editor")

    fill_adjustment(page, "50")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Give 50 points to u-1?")
    expect(dialog.locator(".changes li")).to_have_text([re.compile("Points to spend.*88.*138")])
    dialog.get_by_role("button", name="Give them").dblclick()

    expect(page.locator(".figure")).to_contain_text("138 points")
    all_asked(page)
    assert full.sent("POST") == [(ADJUSTMENTS, {"customer_id": "u-1", "points": 50, "reason": "Parcel was late"})]


def test_points_are_not_moved_without_a_reason(full: StubDesk, open_console: Open) -> None:
    page = open_console("/customers/u-1", role="editor")

    fill_adjustment(page, "-20", "")

    expect(page.get_by_label("Reason")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert full.sent("POST") == []


def test_after_a_lost_answer_the_same_adjustment_is_asked_for_with_its_key(full: StubDesk, open_console: Open) -> None:
    full.order("POST", ADJUSTMENTS, 502, None)
    page = open_console("/customers/u-1", role="editor")
    fill_adjustment(page, "-20")
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Take them").click()
    expect(dialog).to_contain_text("It is not certain whether this was carried out.")
    dialog.get_by_role("button", name="Cancel").click()

    page.get_by_role("button", name="Review").click()
    dialog.get_by_role("button", name="Take them").click()

    expect(page.locator(".figure")).to_contain_text("68 points")
    keys = {asked.idempotency_key for asked in full.asked if asked.path == ADJUSTMENTS}
    assert len(keys) == 1
    assert keys != {""}


# ── the rules ────────────────────────────────────────────────────────────────────────────────────


def test_a_preview_says_what_the_rules_typed_would_mean_and_saves_nothing(full: StubDesk, open_console: Open) -> None:
    full.points.lots = [{"points": 30, "now": "2027-05-31", "after": "2027-11-30", "changed": True}]
    page = open_console("/policy")
    page.get_by_role("group", name="What purchases earn").get_by_label("Points", exact=True).fill("2")

    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_text("200 points ≈ ¥8.00")).to_be_visible()
    page.get_by_label("Points of the customer").fill("u-1")
    page.get_by_role("button", name="Try again with these").click()

    expect(page.get_by_role("table")).to_contain_text("Of u-1’s points, 1 lot would change")
    expect(page.get_by_role("row").last).to_have_text("30 pointsMay 31, 2027November 30, 2027 changes")
    assert full.sent("PUT") == []


def test_the_rules_are_saved_after_a_review(full: StubDesk, open_console: Open) -> None:
    page = open_console("/policy")

    page.get_by_label("For each").fill("2")
    page.get_by_role("button", name="Review the changes").click()
    expect(page.locator("dialog .changes li")).to_have_text([re.compile("For each.*¥1.00.*¥2.00")])
    expect(page.get_by_role("dialog")).to_contain_text("Points that were given keep their expiry.")
    page.get_by_role("dialog").get_by_role("button", name="Save").click()

    expect(page.get_by_role("status").filter(has_text="Saved as version 2.")).to_be_visible()
    earning = POLICY["earning"] | {"per_minor": 200}
    assert full.sent("PUT") == [("/points/v1/admin/policy", {"based_on": 1, "policy": POLICY | {"earning": earning}})]


def test_who_may_not_decide_reads_the_rules(full: StubDesk, open_console: Open) -> None:
    page = open_console("/policy", role="editor")

    expect(page.locator(".values")).to_contain_text("¥1.00")
    expect(page.get_by_text("An owner of the shop can change these.")).to_be_visible()
    expect(page.get_by_role("button", name="Review the changes")).to_have_count(0)


# ── the change log ───────────────────────────────────────────────────────────────────────────────


def test_the_change_log_tells_of_points(full: StubDesk, open_console: Open) -> None:
    entry = {"id": "a", "at": "2026-11-22T09:30:00+08:00", "who": "operator:owner-id", "before": None}
    changed = POLICY | {"pending_days": 15}
    full.audit = [
        entry | {"action": "policy.changed", "target": "shop:tea", "before": POLICY, "after": changed},
        entry | {"action": "points.adjusted", "target": "customer:u-1", "after": {"points": 50, "reason": "Late"}},
    ]
    page = open_console("/audit")

    for summary in page.locator(".entry summary").all():
        summary.click()

    expect(page.locator(".entry").nth(0)).to_contain_text("At the latest so many days after payment")
    expect(page.locator(".entry").nth(1)).to_contain_text("Corrected the points of u-1")
    expect(page.locator(".entry").nth(1).locator(".facts")).to_have_text("Points50ReasonLate")


# ── every page ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-CN", "dark")])
def test_no_page_about_points_scrolls_sideways_or_shows_a_key(
    full: StubDesk, open_console: Open, language: str, scheme: str
) -> None:
    page = open_console("/", language=language)
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")

    wide, raw = [], []
    for address in ADDRESSES:
        visit(page, address)
        page.evaluate("() => { for (const box of document.querySelectorAll('details')) box.open = true; }")
        words = page.inner_text("body")
        if re.search(
            r"\b(nav|form|field|option|rewards?|codes|redemptions|customer|policy)\.[a-zA-Z]+[._a-zA-Z]*\b", words
        ):
            raw.append(address)
        for width in [320, 390, 821, 1280]:
            resize(page, width)
            if page.evaluate("() => document.documentElement.scrollWidth") > width:
                wide.append((address, width))

    assert (wide, raw) == ([], [])
