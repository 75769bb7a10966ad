"""The pages about points: rewards and their codes, what was redeemed, one customer's points, the rules."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console.conftest import Open, visit
from tests.browser.console.stub_desk import StubDesk
from tests.browser.console.stub_points import POLICY, a_line, a_redemption, a_report, a_reward, an_account
from tests.browser.stub import all_asked
from tests.support.browser import resize

REWARDS = "/points/v1/admin/rewards"
ADJUSTMENTS = "/points/v1/admin/adjustments"
ADDRESSES = [
    "/rewards",
    "/rewards/new",
    "/rewards/coupon-3",
    "/rewards/coupon-3/edit",
    "/rewards/coupon-3/codes",
    "/redemptions",
    "/delivery",
    "/customers",
    "/customers/u-1",
    "/customers/nobody",
    "/policy",
    "/report",
]


@pytest.fixture
def full(desk: StubDesk) -> StubDesk:
    """A shop with something on every page."""
    points = desk.points
    points.rewards = {"coupon-3": [a_reward()], "cup": [a_reward("cup", "draft", None)]}
    points.codes = {"coupon-3": ["OLD-1", "OLD-2"]}
    points.redemptions = [a_redemption(1), a_redemption(2, "fulfilled"), a_redemption(3, "returned", reason="not_paid")]
    points.accounts = {"u-1": an_account()}
    points.lines = [a_line(number, 5) for number in range(25)]
    return desk


# ── rewards ──────────────────────────────────────────────────────────────────────────────────────


def test_the_list_tells_kind_price_stock_and_state(full: StubDesk, open_console: Open) -> None:
    cash = {"payment": "points_and_cash", "cash_minor": 990}
    full.points.rewards["cup"] = [a_reward("cup", "paused", 0, kind="product", price_points=60, config=cash)]
    page = open_console("/rewards")

    lines = page.get_by_role("list", name="Rewards").get_by_role("listitem")
    expect(lines).to_have_text(
        [
            re.compile("¥3 coupon.*Coupon · 50 points.*12 left.*Open"),
            re.compile("Product · 60 points \\+ ¥9.90.*0 left.*Paused"),
        ]
    )


def test_without_rewards_the_page_names_the_next_step(desk: StubDesk, open_console: Open) -> None:
    page = open_console("/rewards", role="editor")

    expect(page.locator(".empty")).to_contain_text("Create the first one, such as a coupon for 50 points")
    page.locator(".empty").get_by_role("link", name="New reward").click()

    expect(page.get_by_role("heading", name="New reward")).to_be_visible()


def test_a_coupon_is_made_from_its_form_with_money_written_as_money(desk: StubDesk, open_console: Open) -> None:
    page = open_console("/rewards/new", role="editor")
    page.get_by_label("Short name").fill("coupon-3")
    expect(page.get_by_label("Kind")).to_have_value("coupon")
    page.get_by_role("group", name="Title").get_by_label("English").fill("¥3 coupon")
    page.get_by_label("Price in points").fill("50")
    page.get_by_label("Amount off").fill("3.2")

    page.get_by_role("button", name="Create the draft").click()

    expect(page.get_by_role("heading", name="¥3 coupon")).to_be_visible()
    body = desk.sent("POST")[0][1]
    assert body["definition"]["kind"] == "coupon"
    assert body["definition"]["config"]["amount_minor"] == 320


@pytest.mark.parametrize(
    ("kind", "field"),
    [("Red packet", "Amount"), ("Mobile data", "Megabytes"), ("Product", "Paid with"), ("Member perk", "Until")],
)
def test_every_kind_brings_its_own_fields(desk: StubDesk, open_console: Open, kind: str, field: str) -> None:
    page = open_console("/rewards/new")
    page.get_by_label("Price in points").fill("77")

    page.get_by_label("Kind").select_option(kind)

    expect(page.get_by_role("group", name="What it is").get_by_label(re.compile(f"^{field}"))).to_be_visible()
    expect(page.get_by_label("Price in points")).to_have_value("77")


@pytest.mark.parametrize("typed", ["3,20", "3.205", "-3", "three"])
def test_an_amount_that_is_no_money_is_pointed_at(desk: StubDesk, open_console: Open, typed: str) -> None:
    page = open_console("/rewards/new")
    page.get_by_label("Amount off").fill(typed)

    page.get_by_role("button", name="Create the draft").click()

    expect(page.get_by_label("Amount off")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Write an amount, such as 3.20.")).to_be_visible()
    assert desk.sent("POST") == []


def test_a_change_is_shown_before_it_is_saved(full: StubDesk, open_console: Open) -> None:
    page = open_console("/rewards/coupon-3/edit", role="editor")

    page.get_by_label("From an order of").fill("30")
    page.get_by_role("button", name="Review the changes").click()
    expect(page.locator("dialog .changes li")).to_have_text([re.compile("From an order of.*none.*¥30.00")])
    page.get_by_role("dialog").get_by_role("button", name="Save").click()

    expect(page.get_by_role("heading", name="What it says now (version 2)")).to_be_visible()
    assert full.sent("PUT")[0][1]["based_on"] == 1


@pytest.mark.parametrize(
    ("status", "step", "consequence", "sent"),
    [
        ("draft", "Publish", "all customers see it and can redeem it", "open"),
        ("open", "Pause", "nobody can redeem it until you resume it", "paused"),
        ("paused", "Resume", "customers can redeem it again", "open"),
        ("open", "End", "cannot be undone", "ended"),
    ],
)
def test_a_step_says_its_consequence(  # noqa: PLR0917 - one parameter a column
    desk: StubDesk, open_console: Open, status: str, step: str, consequence: str, sent: str
) -> None:
    desk.points.rewards = {"coupon-3": [a_reward(status=status)]}
    page = open_console("/rewards/coupon-3", role="editor")

    page.get_by_role("button", name=step, exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text(consequence)
    page.get_by_role("dialog").get_by_role("button", name=re.compile(f"^{step}")).dblclick()

    expect(page.get_by_role("dialog")).to_have_count(0)
    all_asked(page)
    assert desk.sent("POST") == [(f"{REWARDS}/coupon-3/status", {"status": sent})]


# ── codes ────────────────────────────────────────────────────────────────────────────────────────


def put_in(page: Page, text: str) -> None:
    page.get_by_label("Codes, one a line").fill(text)
    page.get_by_role("button", name="Put them in").click()


def test_codes_that_were_pasted_are_put_in_and_counted(full: StubDesk, open_console: Open) -> None:
    page = open_console("/rewards/coupon-3/codes", role="editor")
    expect(page.locator(".figure")).to_have_text("2 left")

    put_in(page, "A-1\n\n A-2 ,sold in May\r\nA-3\n")

    expect(page.get_by_text("3 codes were put in.").first).to_be_visible()
    expect(page.locator(".figure")).to_have_text("5 left")
    assert full.sent("POST") == [(f"{REWARDS}/coupon-3/codes", {"codes": ["A-1", "A-2", "A-3"]})]


def test_refused_lines_are_named_by_number_and_the_others_can_go_in(full: StubDesk, open_console: Open) -> None:
    page = open_console("/rewards/coupon-3/codes", role="editor")

    put_in(page, "A-1\nOLD-2\nA-1\nB 2\nA-9")

    expect(page.locator(".trouble li")).to_have_text(
        [
            "Line 2, OLD-2: This code was there before.",
            "Line 3, A-1: stands in line 1 already",
            "Line 4, B 2: not a code: letters, digits and signs without gaps, 64 at most",
        ]
    )
    page.get_by_role("button", name="Put in the other 2").click()

    expect(page.get_by_text("2 codes were put in.").first).to_be_visible()
    assert full.points.codes["coupon-3"] == ["OLD-1", "OLD-2", "A-1", "A-9"]


def test_codes_come_from_a_file_too_and_many_go_in_parts(full: StubDesk, open_console: Open) -> None:
    page = open_console("/rewards/coupon-3/codes", role="editor")
    many = "\n".join(f"F-{number}" for number in range(2_001)).encode()

    page.get_by_label("Or choose a file").set_input_files({"name": "codes.csv", "mimeType": "text/csv", "buffer": many})
    expect(page.get_by_label("Codes, one a line")).to_have_value(re.compile("F-2000$"))
    page.get_by_role("button", name="Put them in").click()

    expect(page.get_by_text("2,001 codes were put in.").first).to_be_visible()
    assert [len(body["codes"]) for _, body in full.sent("POST")] == [1000, 1000, 1]


def test_new_codes_are_made_on_request(full: StubDesk, open_console: Open) -> None:
    page = open_console("/rewards/coupon-3/codes", role="editor")
    page.get_by_text("Let new ones be made instead").click()
    page.get_by_label("How many").fill("5000")
    page.get_by_role("button", name="Make and put in").click()
    expect(page.get_by_role("alert")).to_have_text("Write a whole number from 1 to 1,000.")

    page.get_by_label("How many").fill("25")
    page.get_by_role("button", name="Make and put in").click()

    expect(page.locator(".figure")).to_have_text("27 left")
    assert full.sent("POST") == [(f"{REWARDS}/coupon-3/codes", {"generate": 25})]


def test_a_reward_without_a_pool_says_so(full: StubDesk, open_console: Open) -> None:
    full.points.rewards["cup"] = [a_reward("cup", kind="product", config={"payment": "points", "cash_minor": None})]

    page = open_console("/rewards/cup/codes")

    expect(page.locator(".empty")).to_contain_text("This reward has no pool of codes")


# ── redemptions ──────────────────────────────────────────────────────────────────────────────────


def test_what_is_to_be_delivered_comes_first_with_whom_to_deliver_to(full: StubDesk, open_console: Open) -> None:
    page = open_console("/redemptions", role="viewer")

    redemptions = page.locator(".redemption")
    expect(redemptions).to_have_count(1)
    expect(redemptions).to_contain_text("u-1")
    expect(redemptions).to_contain_text("13800001111")
    expect(page.get_by_role("button", name="Mark as delivered")).to_have_count(0)

    page.get_by_label("Status").select_option("Given back")
    expect(redemptions).to_contain_text("Reason: not paid in time")


def test_a_delivery_is_noted_once(full: StubDesk, open_console: Open) -> None:
    page = open_console("/redemptions/coupon-3", role="editor")

    page.get_by_role("button", name="Mark as delivered: u-1").click()
    page.get_by_role("dialog").get_by_role("button", name="Mark as delivered").dblclick()

    expect(page.locator(".empty")).to_contain_text("There is none with this status.")
    all_asked(page)
    assert [path for path, _ in full.sent("POST")] == ["/points/v1/admin/redemptions/r1/fulfil"]


def test_what_cannot_be_delivered_needs_a_reason(full: StubDesk, open_console: Open) -> None:
    full.points.redemptions = [a_redemption(1, cash_minor=990, paid=True)]
    page = open_console("/redemptions/coupon-3", role="editor")
    page.get_by_role("button", name="Cannot be delivered: u-1").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("50 points and the stock go back, once.")
    expect(dialog).to_contain_text("¥9.90 must go back to the customer.")

    dialog.get_by_role("button", name="Cannot be delivered").click()
    expect(dialog.get_by_label("Why")).to_have_attribute("aria-invalid", "true")
    dialog.get_by_label("Why").fill("broken in transit")
    dialog.get_by_role("button", name="Cannot be delivered").click()

    expect(dialog).to_have_count(0)
    assert full.sent("POST") == [("/points/v1/admin/redemptions/r1/fail", {"reason": "broken in transit"})]


# ── where deliveries go ──────────────────────────────────────────────────────────────────────────


def test_until_an_address_is_named_the_page_says_that_people_deliver(full: StubDesk, open_console: Open) -> None:
    page = open_console("/rewards")
    page.get_by_role("link", name="Delivery").click()
    expect(page.locator(".empty")).to_contain_text("Your team delivers by hand")

    page.get_by_label("Provider of red packets").fill("https://pay.example/out")
    page.get_by_label("Providers’ token").fill("t0ken-of-the-shop")
    page.get_by_role("button", name="Review").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()

    expect(page.get_by_text("Providers have a token.")).to_be_visible()
    expect(page.locator(".empty")).to_have_count(0)
    expect(page.get_by_label("Provider of red packets")).to_have_value("https://pay.example/out")
    expect(page.get_by_label("Providers’ token")).to_have_value("")
    named = {"shop": None, "red_packet": "https://pay.example/out", "data_top_up": None, "token": "t0ken-of-the-shop"}
    assert full.sent("PUT") == [("/points/v1/admin/delivery", {"based_on": 0, "delivery": named})]


def test_an_address_that_nobody_may_call_is_refused_at_its_field(full: StubDesk, open_console: Open) -> None:
    page = open_console("/delivery")
    page.get_by_label("The shop’s own system").fill("https://localhost/hook")
    page.get_by_role("button", name="Review").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()

    field = page.get_by_label("The shop’s own system")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("Name an https address on the public internet.")).to_be_visible()
    assert full.points.delivery_version == 0


def test_editors_do_not_see_where_deliveries_go(full: StubDesk, open_console: Open) -> None:
    page = open_console("/rewards", role="editor")

    expect(page.get_by_role("link", name="New reward")).to_be_visible()
    expect(page.get_by_role("link", name="Delivery")).to_have_count(0)


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


def test_what_one_customer_redeemed_stands_below_their_points(full: StubDesk, open_console: Open) -> None:
    full.points.redemptions.append(a_redemption(1, "fulfilled", redemption_id="r9", title="Tea cup", reward_id="cup"))
    page = open_console("/customers/u-1", role="editor")

    lines = page.get_by_role("list", name="Redemptions").get_by_role("listitem")
    expect(lines).to_have_text([re.compile("¥3 coupon.*50 points.*To be delivered"), re.compile("Tea cup.*Delivered")])
    page.get_by_role("button", name="Mark as delivered: ¥3 coupon").click()
    page.get_by_role("dialog").get_by_role("button", name="Mark as delivered").click()

    expect(lines.first).to_contain_text("Delivered")
    assert [path for path, _ in full.sent("POST")] == ["/points/v1/admin/redemptions/r1/fulfil"]


def test_a_customer_who_redeemed_nothing_is_told_so(full: StubDesk, open_console: Open) -> None:
    full.points.redemptions = []
    page = open_console("/customers/u-1")

    expect(page.get_by_text("Nothing was redeemed yet.")).to_be_visible()


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


# ── the report ───────────────────────────────────────────────────────────────────────────────────


def test_the_report_tells_where_points_come_from_and_what_is_owed(full: StubDesk, open_console: Open) -> None:
    page = open_console("/report", role="viewer")

    expect(page.get_by_role("table", name="Issued").get_by_role("row")).to_have_text(
        ["SourceSharePoints", "Purchases700 70\u202f%", "Signin250 25\u202f%", "Other50 5\u202f%"]
    )
    expect(page.locator(".rate")).to_have_text("70\u202f% of the points came from purchases")
    expect(page.get_by_text("Near 70\u202f%, which is sound")).to_be_visible()
    expect(page.locator(".figure")).to_have_text("810 points ≈ ¥32.40")
    expect(page.get_by_role("table", name="Points customers hold")).to_contain_text("for ever500")
    expect(page.get_by_text("All in order")).to_be_visible()


@pytest.mark.parametrize(("share", "says"), [(40, "Well below 70"), (61, "Near 70"), (95, "Well above 70")])
def test_the_share_of_purchases_is_judged(full: StubDesk, open_console: Open, share: int, says: str) -> None:
    full.points.report = a_report(purchase_share_percent=share)

    page = open_console("/report")

    expect(page.get_by_text(says)).to_be_visible()


def test_the_period_is_chosen_and_ends_yesterday(full: StubDesk, open_console: Open) -> None:
    page = open_console("/report")
    expect(page.locator(".rate")).to_be_visible()

    page.get_by_role("radio", name="Last 90 days").check(force=True)
    expect(page.get_by_label("From")).to_have_value("2026-08-24")
    page.get_by_label("From").fill("2026-11-01")
    page.get_by_label("To").fill("2026-11-10")
    page.get_by_role("button", name="Show").click()

    expect(page.get_by_label("From")).to_have_value("2026-11-01")
    expect(page.locator(".rate")).to_be_visible()
    asked = [each.path.partition("?")[2] for each in full.asked if "/reports" in each.path]
    assert asked == [
        "from=2026-10-23&to=2026-11-21",
        "from=2026-08-24&to=2026-11-21",
        "from=2026-11-01&to=2026-11-10",
    ]


def test_before_the_first_night_the_report_says_when_there_are_figures(full: StubDesk, open_console: Open) -> None:
    nothing = {"points": 0, "by_source": []}
    full.points.report = a_report(issued=nothing, redeemed=nothing, liability=None, reconciliation=None)

    page = open_console("/report")

    expect(page.locator(".empty")).to_contain_text("the first figures are here tomorrow morning")


def test_faults_in_the_books_are_shown(full: StubDesk, open_console: Open) -> None:
    full.points.report = a_report()
    full.points.report["reconciliation"]["faults"] = 2

    page = open_console("/report")

    expect(page.locator(".badge.fails")).to_have_text("2 faults")


# ── the change log ───────────────────────────────────────────────────────────────────────────────


def test_the_change_log_tells_of_points(full: StubDesk, open_console: Open) -> None:
    entry = {"id": "a", "at": "2026-11-22T09:30:00+08:00", "who": "operator:owner-id", "before": None}
    changed = POLICY | {"pending_days": 15}
    full.audit = [
        entry | {"action": "policy.changed", "target": "shop:tea", "before": POLICY, "after": changed},
        entry | {"action": "points.adjusted", "target": "customer:u-1", "after": {"points": 50, "reason": "Late"}},
        entry | {"action": "reward.codes_added", "target": "reward:coupon-3", "after": 25},
    ]
    page = open_console("/audit")

    for summary in page.locator(".entry summary").all():
        summary.click()

    expect(page.locator(".entry").nth(0)).to_contain_text("At the latest so many days after payment")
    expect(page.locator(".entry").nth(1)).to_contain_text("Corrected the points of u-1")
    expect(page.locator(".entry").nth(1).locator(".facts")).to_have_text("Points50ReasonLate")
    expect(page.locator(".entry").nth(2).locator(".facts")).to_have_text("Codes25")


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
            r"\b(nav|form|field|option|rewards?|codes|redemptions|customer|policy|report)\.[a-zA-Z]+[._a-zA-Z]*\b",
            words,
        ):
            raw.append(address)
        for width in [320, 390, 821, 1280]:
            resize(page, width)
            if page.evaluate("() => document.documentElement.scrollWidth") > width:
                wide.append((address, width))

    assert (wide, raw) == ([], [])


def test_a_viewer_finds_no_way_to_change_anything(full: StubDesk, open_console: Open) -> None:
    page = open_console("/rewards", role="viewer")
    expect(page.get_by_role("link", name="New reward")).to_have_count(0)

    visit(page, "/rewards/coupon-3/codes")
    expect(page.get_by_role("button", name="Put them in")).to_have_count(0)
    visit(page, "/rewards/coupon-3")
    expect(page.get_by_role("button", name="Pause")).to_have_count(0)
    visit(page, "/rewards/coupon-3/edit")

    expect(page.get_by_role("heading", name="Your role does not reach this far")).to_be_visible()
