"""Every page: what it shows, what it asks before it acts, and what it says when there is nothing or something fails."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.console.conftest import Open, visit
from tests.browser.console.stub_desk import DAY, NOW, StubDesk, a_score, an_activity, an_order
from tests.browser.stub import all_asked
from tests.support.browser import resize

LOGIN = "https://shop.example/login"
SCORES = "/compliance/v1/admin/scores"
ADDRESSES = [
    "/",
    "/activities",
    "/activities/new",
    "/activities/daily-check-in",
    "/activities/daily-check-in/edit",
    "/orders",
    "/orders/GF-1",
    "/orders/of/u2",
    "/score",
    f"/score/{DAY}/late%20buyer",
    "/keys",
    "/settings",
    "/audit",
    "/nothing",
]


def a_user(customer_id: str, **changed: Any) -> dict[str, Any]:
    user = {"customer_id": customer_id, "effective": False, "messages": 3, "unanswered": 2}
    return {**user, "first_at": f"{DAY}T21:00:00+08:00", "worst_wait_s": 5_400, **changed}


def a_version(**changed: Any) -> dict[str, Any]:
    """An activity as the audit keeps it: what time makes of it is no part of it."""
    activity = an_activity(**changed)
    return {name: activity[name] for name in ("id", "version", "status", "definition")}


def an_entry(number: int, **changed: Any) -> dict[str, Any]:
    entry = {"id": f"a{number}", "at": NOW, "who": "operator:owner-id", "action": "operator.created"}
    return {
        **entry,
        "target": "operator:viewer-id",
        "before": None,
        "after": {"name": f"No. {number}", "role": "viewer"},
    } | changed


@pytest.fixture
def full(desk: StubDesk) -> StubDesk:
    """A shop with something on every page."""
    desk.activities["summer"] = [an_activity("summer", "draft")]
    desk.scores = [a_score(), a_score("2026-11-20", effective_users=80, rate="80/120", fails=False, penalty_cny=0)]
    desk.users = [a_user("late buyer"), a_user("quick", effective=True, unanswered=0, worst_wait_s=65)]
    desk.users += [a_user(f"never-{number}", worst_wait_s=None) for number in range(25)]
    desk.audit = [an_entry(number) for number in range(25)]
    desk.orders = [an_order(), an_order("GF-2", "u2")]
    return desk


# ── nothing yet ──────────────────────────────────────────────────────────────────────────────────


def test_empty_pages_name_the_next_step(desk: StubDesk, open_console: Open) -> None:
    desk.activities.clear()
    page = open_console("/")
    expect(page.get_by_role("link", name="New activity")).to_be_visible()
    expect(page.get_by_role("link", name="Open the demo page and press “Run tonight”")).to_have_attribute("href", "/")

    page.get_by_role("link", name="Activities", exact=True).first.click()
    expect(page.locator(".empty")).to_contain_text("Create the first one: it starts as a draft")
    page.get_by_role("link", name="Reply score").first.click()
    expect(page.locator(".empty")).to_contain_text("Send the shop’s service chat; the next night scores the day.")
    page.get_by_role("link", name="Change log").click()
    expect(page.locator(".empty")).to_contain_text("Nothing was changed yet")


# ── activities ───────────────────────────────────────────────────────────────────────────────────


def test_the_overview_tells_the_shops_day_what_is_live_and_last_nights_score(
    full: StubDesk, open_console: Open
) -> None:
    page = open_console("/")

    expect(page.locator(".today")).to_have_text("Today is Sunday, November 22, 2026 (Asia/Shanghai).")
    expect(page.locator(".figure")).to_have_text("1 activity is live")
    expect(page.locator(".rate")).to_contain_text("49\u202f%")
    expect(page.locator(".rate")).to_contain_text("59 of 120 consulting customers answered in time")


@pytest.mark.parametrize(
    ("status", "opens_at", "step", "consequence", "sent"),
    [
        ("draft", None, "Publish", "It takes effect within a minute", "live"),
        ("draft", "2027-01-01T08:00:00+08:00", "Publish", "can take part from Jan 1, 2027", "scheduled"),
        ("live", None, "Pause", "nobody can take part until you resume it", "paused"),
        ("paused", None, "Resume", "customers can take part again", "live"),
        ("live", None, "End", "cannot be undone", "ended"),
    ],
)
def test_a_step_says_its_consequence_and_is_taken_once(  # noqa: PLR0917 - one parameter a column
    desk: StubDesk, open_console: Open, status: str, opens_at: str | None, step: str, consequence: str, sent: str
) -> None:
    desk.activities["daily-check-in"] = [an_activity(status=status, opens_at=opens_at)]
    page = open_console("/activities/daily-check-in", role="editor")

    page.get_by_role("button", name=step, exact=True).click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text(consequence)
    dialog.get_by_role("button", name=re.compile(f"^{step}")).dblclick()

    expect(dialog).to_have_count(0)
    all_asked(page)
    assert desk.sent("POST") == [("/activities/v1/admin/activities/daily-check-in/status", {"status": sent})]


def test_thinking_better_of_it_sends_nothing_and_gives_the_focus_back(desk: StubDesk, open_console: Open) -> None:
    page = open_console("/activities/daily-check-in")

    page.get_by_role("button", name="End").click()
    expect(page.get_by_role("dialog").get_by_role("button", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")

    expect(page.get_by_role("button", name="End")).to_be_focused()
    all_asked(page)
    assert desk.sent("POST") == []


def test_versions_tell_what_changed_between_them(desk: StubDesk, open_console: Open) -> None:
    later = an_activity(status="paused", edition="2")
    desk.activities["daily-check-in"].insert(0, {**later, "version": 2})
    page = open_console("/activities/daily-check-in")

    page.locator("summary", has_text="Version 2").click()

    expect(page.locator("details[open] .changes li")).to_have_text(
        [re.compile("Status.*Live.*Paused"), re.compile("Edition.*1.*2")]
    )


# ── score ────────────────────────────────────────────────────────────────────────────────────────


def test_the_score_says_the_rate_the_rule_and_that_the_penalty_is_an_estimate(
    full: StubDesk, open_console: Open
) -> None:
    page = open_console("/score")

    card = page.locator(".card.score")
    expect(card).to_contain_text("49\u202f%")
    expect(card).to_contain_text("Fails")
    expect(card).to_contain_text("The rule asks for 50\u202f% on days with 100 or more consulting customers. 120 wrote")
    expect(card).to_contain_text("Estimated penalty: ¥1,000")
    expect(card).to_contain_text("ruleset “pinduoduo-2022” would impose. Regulars itself imposes nothing.")


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        ({"effective_users": 60, "rate": "60/120", "fails": False, "penalty_cny": 0}, "50\u202f% is enough"),
        ({"consulting_users": 1001, "effective_users": 500, "rate": "500/1001"}, "49.95\u202f% is too few"),
        ({"consulting_users": 99, "effective_users": 0, "rate": "0/99", "fails": False}, "There were 99."),
        ({"consulting_users": 0, "effective_users": 0, "rate": None, "fails": False}, "Nobody wrote on this day."),
    ],
)
def test_every_outcome_has_its_words(desk: StubDesk, open_console: Open, reply: dict[str, Any], says: str) -> None:
    desk.scores = [a_score(**reply)]

    page = open_console(f"/score/{DAY}")

    expect(page.locator(".card.score")).to_contain_text(says)


def test_a_day_without_a_message_says_how_chat_gets_here(desk: StubDesk, open_console: Open) -> None:
    nobody = a_score(consulting_users=0, effective_users=0, rate=None, fails=False, penalty_cny=0)
    desk.scores = [{**nobody, "messages": 0}]

    page = open_console("/score")

    expect(page.locator(".empty")).to_contain_text("No chat arrived for this day")
    expect(page.get_by_role("link", name="How to send chat")).to_have_attribute("href", "/docs")


def test_the_customers_behind_it_are_filtered_and_load_more(full: StubDesk, open_console: Open) -> None:
    page = open_console("/score")
    users = page.get_by_role("list", name="The customers behind it").get_by_role("listitem")
    expect(users).to_have_count(20)
    expect(users.first).to_contain_text("2 of 3 messages not answered in time")
    expect(users.first).to_contain_text("Longest wait 1 hr 30 min")
    expect(users.nth(1)).to_contain_text("At least one never answered")

    page.get_by_role("button", name="Show more").click()
    expect(users).to_have_count(26)
    expect(users.nth(20)).to_be_focused()
    page.get_by_role("radio", name="Answered in time (59)", exact=True).check(force=True)

    expect(users).to_have_count(1)
    expect(users.first).to_contain_text("Longest wait 1 min 5 sec")


def test_a_conversation_marks_what_was_late_and_what_was_never_answered(full: StubDesk, open_console: Open) -> None:
    full.users[0]["customer_id"] = "late / 100%"
    page = open_console("/score")
    page.get_by_role("link", name="late / 100%").click()

    expect(page.locator(".bubble")).to_have_count(5)
    expect(page.locator(".bubble.missed .mark")).to_have_text(
        ["Too late: answered after 1 hr 30 min", "Never answered by a person"]
    )
    expect(page.locator(".bubble.bot .mark")).to_have_text("Does not count as an answer")
    expect(page.locator(".bubble").last).to_contain_text("Does not count towards the rate")
    expect(page.locator(".bubble time").first).to_have_text("9:00:00 PM")


def test_other_days_are_picked_and_an_unscored_one_says_so(full: StubDesk, open_console: Open) -> None:
    page = open_console("/score")

    page.get_by_role("link", name="November 20, 2026").click()
    expect(page.locator(".card.score")).to_contain_text("67\u202f%")
    visit(page, "/score/2026-01-01")

    expect(page.locator(".empty")).to_contain_text("There is no score for January 1, 2026.")


# ── operators, keys, settings, audit ─────────────────────────────────────────────────────────────


def test_an_order_is_found_by_its_number_and_orders_by_their_customer(desk: StubDesk, open_console: Open) -> None:
    desk.orders = [an_order(), an_order("GF-2", "u2", status="paid", refunded_minor=0, points_pending=136)]
    page = open_console("/orders")
    expect(page.get_by_role("list", name="Orders").get_by_role("listitem")).to_have_count(2)
    expect(page.locator(".line").first).to_contain_text("¥136.50, ¥36.50 refunded")
    expect(page.locator(".line").first).to_contain_text("100 points available · 36 points taken back")

    page.get_by_label("Order number or customer id").fill("u2")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Orders of u2")
    expect(page.locator(".line")).to_have_count(1)
    expect(page.locator(".line")).to_contain_text("136 points pending")

    page.get_by_label("Order number or customer id").fill("GF-1")
    page.get_by_label("Order number or customer id").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Order GF-1")


def test_one_order_tells_its_lines_refunds_and_what_was_heard_when(desk: StubDesk, open_console: Open) -> None:
    desk.orders = [an_order()]
    page = open_console("/orders/GF-1")

    expect(page.get_by_role("list", name="What was bought")).to_contain_text("龙井 × 2")
    expect(page.get_by_role("list", name="What was bought")).to_contain_text("136 points · 36 points taken back")
    expect(page.get_by_role("list", name="Refunds")).to_contain_text("¥36.50")
    told = page.get_by_role("list", name="What the shop told us").get_by_role("listitem")
    expect(told).to_have_count(3)
    # Only what was heard on another day than it happened says so.
    expect(told.filter(has_text="heard on")).to_have_count(1)
    expect(told.nth(1)).to_contain_text("heard on Nov 22, 2026")


def test_an_order_or_a_customer_nobody_knows_says_what_next(desk: StubDesk, open_console: Open) -> None:
    page = open_console("/orders/of/nobody")
    expect(page.get_by_text("No orders of nobody")).to_be_visible()

    visit(page, "/orders/none")
    expect(page.get_by_text("There is no order none")).to_be_visible()
    page.locator(".empty").get_by_role("link", name="All orders").click()
    expect(page.get_by_text("No orders yet")).to_be_visible()


def test_a_new_operators_key_is_shown_once_with_a_warning(desk: StubDesk, open_console: Open) -> None:
    page = open_console("/keys")

    page.get_by_text("Add an operator").click()
    page.get_by_label("Name").fill("Ms Li")
    page.get_by_label("Role").select_option("Editor: changes activities")
    page.get_by_role("button", name="Create the key").first.dblclick()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("The new key")).to_have_value("rgo_green-field-tea_new")
    expect(dialog).to_contain_text("It is shown only now")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="I have kept it").click()

    expect(dialog).to_have_count(0)
    expect(page.get_by_text("Ms Li")).to_be_visible()
    all_asked(page)
    assert desk.sent("POST") == [("/admin/v1/operators", {"name": "Ms Li", "role": "editor"})]
    assert "rgo_green-field-tea_new" not in page.content()


def test_withdrawing_ones_own_key_warns_and_a_refusal_is_told_in_place(desk: StubDesk, open_console: Open) -> None:
    last = {"code": "conflict", "status": 409, "detail": "A shop needs at least one owner."}
    desk.order("DELETE", "/admin/v1/operators/owner-id", 409, last)
    page = open_console("/keys")

    page.get_by_role("button", name="Withdraw Owner").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("This is your own key")
    dialog.get_by_role("button", name="Withdraw the key").click()
    expect(dialog.get_by_role("alert")).to_have_text("A shop needs at least one owner.")
    dialog.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Withdraw Customer sign-in key").click()
    dialog.get_by_role("button", name="Withdraw the key").click()

    expect(page.get_by_text("No signing keys")).to_be_visible()
    assert [path for path, _ in desk.sent("DELETE")] == ["/admin/v1/operators/owner-id", "/admin/v1/keys/k1"]


def test_settings_are_saved_from_their_schema_and_a_waiting_zone_is_named(desk: StubDesk, open_console: Open) -> None:
    desk.shop["next_timezone"] = "Asia/Tokyo"
    page = open_console("/settings")
    expect(page.locator(".notice")).to_have_text("The time zone changes to Asia/Tokyo at the shop’s next midnight.")

    page.get_by_label("Login page").fill(LOGIN)
    page.get_by_role("button", name="Review the changes").click()
    expect(page.locator("dialog .changes li")).to_have_text([re.compile(f"Login page.*none.*{LOGIN}")])
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Saved as version 2.")).to_be_visible()

    settings = {"name": {"zh-CN": "青禾茶铺", "en": "Green Field Tea"}, "timezone": "Asia/Tokyo", "language": "zh-CN"}
    assert desk.sent("PUT")[0][1] == {
        "based_on": 1,
        "settings": {**settings, "login_url": LOGIN},
    }
    expect(page.get_by_label("Login page")).to_have_value(LOGIN)


def test_the_change_log_tells_who_what_when_and_the_difference(desk: StubDesk, open_console: Open) -> None:
    before, after = a_version(), a_version(status="paused", closes_at="2026-12-31T16:00:00Z")
    desk.audit = [
        an_entry(1, action="activity.changed", target="activity:daily-check-in", before=before, after=after),
        an_entry(2, who="operator:gone", action="coupon.made", target="coupon:c1", after={"points_price": 50}),
    ]
    page = open_console("/audit")

    entry = page.locator(".entry").first
    expect(entry).to_contain_text("Changed the activity daily-check-in")
    expect(entry).to_contain_text("Owner (you) · Nov 22, 2026, 9:30 AM")
    entry.get_by_text("2 changes").click()
    expect(entry.locator(".changes li")).to_have_text(
        [re.compile("Status.*Live.*Paused"), re.compile(r"Ends.*none.*Jan 1, 2027, 12:00 AM \(Asia/Shanghai\)")]
    )

    unknown = page.locator(".entry").last
    expect(unknown).to_contain_text("A former operator (gone…)")
    unknown.get_by_text("What it said").click()
    expect(unknown.locator(".facts")).to_have_text("points_price50")


# ── trouble ──────────────────────────────────────────────────────────────────────────────────────


def test_a_failed_request_says_so_and_can_be_tried_again(full: StubDesk, open_console: Open) -> None:
    problem = {"code": "internal", "status": 500, "detail": "We have been told about it. Name the request r1."}
    full.order("GET", SCORES, 500, problem)
    page = open_console("/score")
    expect(page.get_by_role("alert")).to_contain_text("Name the request r1.")

    page.get_by_role("button", name="Try again").click()

    expect(page.locator(".card.score")).to_contain_text("49\u202f%")


def test_a_write_that_may_have_happened_says_that_it_is_uncertain(desk: StubDesk, open_console: Open) -> None:
    desk.order("POST", "/admin/v1/keys", 502, None)
    page = open_console("/keys")
    page.get_by_text("Create a signing key").click()
    page.get_by_label("What it is for").select_option("Event key")

    page.get_by_role("button", name="Create the key").last.click()

    expect(page.get_by_role("alert").filter(has_text="(502)")).to_be_visible()
    expect(page.get_by_text("It is not certain whether this was carried out.")).to_be_visible()


@contextlib.contextmanager
def offline(context: BrowserContext) -> Iterator[None]:
    context.set_offline(True)
    try:
        yield
    finally:
        context.set_offline(False)  # other tests use it too


def test_a_server_that_cannot_be_reached_is_told_apart(full: StubDesk, open_console: Open) -> None:
    page = open_console("/activities")
    expect(page.get_by_role("link", name="Daily check-in").first).to_be_visible()

    with offline(page.context):
        page.get_by_role("link", name="Reply score").click()
        expect(page.get_by_role("alert")).to_contain_text("The server cannot be reached.")
    page.get_by_role("button", name="Try again").click()

    expect(page.locator(".card.score")).to_be_visible()


# ── every page, both languages, all widths ───────────────────────────────────────────────────────


@pytest.mark.parametrize(("language", "scheme"), [("en", "light"), ("zh-CN", "dark")])
def test_no_page_scrolls_sideways_or_shows_a_key_of_the_catalogue(
    full: StubDesk, open_console: Open, language: str, scheme: Any
) -> None:
    page = open_console("/score/2026-11-01", language=language)
    page.emulate_media(color_scheme=scheme)

    wide, raw = [], []
    for address in ADDRESSES:
        visit(page, address)
        page.evaluate("() => { for (const box of document.querySelectorAll('details')) box.open = true; }")
        if re.search(
            r"\b(nav|form|field|score|activity|status|keys?|audit)\.[a-z]+[._a-zA-Z]*\b", page.inner_text("body")
        ):
            raw.append(address)
        for width in [320, 390, 821, 1280]:
            resize(page, width)
            if page.evaluate("() => document.documentElement.scrollWidth") > width:
                wide.append((address, width))

    assert (wide, raw) == ([], [])


def test_the_language_is_remembered_and_asked_of_the_server(full: StubDesk, open_console: Open) -> None:
    page = open_console("/")

    page.get_by_role("radio", name="中文").check(force=True)
    expect(page.get_by_role("heading", name="青禾茶铺")).to_be_visible()
    expect(page.get_by_role("radio", name="中文")).to_be_focused()
    page.reload()

    expect(page.get_by_role("heading", name="青禾茶铺")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    assert full.asked[-1].language == "zh-CN"


def test_the_phones_menu_opens_closes_and_moves_the_focus_to_the_page(full: StubDesk, open_console: Open) -> None:
    page = open_console("/", width=390)
    toggle = page.get_by_role("button", name="Menu")
    expect(page.locator("#menu")).to_be_hidden()

    toggle.click()
    expect(toggle).to_have_attribute("aria-expanded", "true")
    page.get_by_role("link", name="Activities", exact=True).first.click()

    expect(page.locator("#menu")).to_be_hidden()
    expect(page.get_by_role("heading", name="Activities")).to_be_focused()
    expect(page.locator("#menu [aria-current=page]")).to_have_text("Activities")


def test_the_keyboard_reaches_everything_and_skips_the_menu(full: StubDesk, open_console: Open) -> None:
    page = open_console("/activities")
    expect(page.get_by_role("link", name="New activity")).to_be_visible()

    page.get_by_role("button", name="Skip to content").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Activities")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="New activity")).to_be_focused()
