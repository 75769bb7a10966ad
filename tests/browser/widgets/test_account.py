"""The account: what it is worth, what waits and why, what expires when, the tier, and a reason for every line."""

from playwright.sync_api import Page, expect

from tests.browser.stub import all_asked
from tests.browser.widgets.conftest import Embed, widget
from tests.browser.widgets.stub_points import a_tier, an_entry
from tests.browser.widgets.stub_shop import StubShop

ACCOUNT = "regulars-account"


def statement(page: Page) -> list[str]:
    return page.locator(f"{ACCOUNT} .reason").all_inner_texts()


def test_the_sum_says_what_it_is_worth_in_the_readers_language(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").points = 80
    shop.customer("amei").more.facts["money_value"] = {"amount_minor": 320, "currency": "CNY"}
    page = embed(widget(ACCOUNT))
    expect(page.locator(f"{ACCOUNT} .amount")).to_contain_text("≈ ¥3.20")

    page.evaluate("() => { document.documentElement.lang = 'zh-CN'; }")

    expect(page.locator(f"{ACCOUNT} .amount")).to_contain_text("约值 ¥3.20")


def test_a_currency_without_small_units_is_written_without_them(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").more.facts["money_value"] = {"amount_minor": 320, "currency": "JPY"}

    page = embed(widget(ACCOUNT))

    expect(page.locator(f"{ACCOUNT} .money")).to_have_text("≈ ¥320")


def test_what_cannot_be_spent_says_why(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").more.facts |= {"pending": 68, "held": 50, "debt": 30}

    page = embed(widget(ACCOUNT))

    expect(page.locator(f"{ACCOUNT} .waiting li")).to_have_text(
        [
            "68 more on their wayThey become yours once your order is complete.",
            "50 set aside until you payThey are taken when you pay, and given back if you do not.",
            "30 to be made good by your next pointsAn order was returned after its points had been spent.",
        ]
    )


def test_the_next_three_dates_are_shown_and_the_others_on_request(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").more.expiring = [{"at": f"2027-0{month}-28", "points": month} for month in range(1, 6)]
    page = embed(widget(ACCOUNT))
    dates = page.locator(f"{ACCOUNT} .dates li")
    expect(dates).to_have_text(["January 28, 20271 point", "February 28, 20272 points", "March 28, 20273 points"])

    page.get_by_role("button", name="2 more dates").click()

    expect(dates).to_have_count(5)
    expect(page.get_by_role("button", name="more date")).to_have_count(0)


def test_the_tier_tells_how_far_the_next_one_is(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").more.facts["tier"] = a_tier(588)

    page = embed(widget(ACCOUNT))

    expect(page.get_by_text("412 points more to Gold")).to_be_visible()
    expect(page.get_by_text("safe until August 31, 2027")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Gold: 588 points / 1,000 points")).to_have_attribute("value", "588")


def test_a_tier_by_money_tells_money(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").more.facts["tier"] = a_tier(588, by="spent", name=None, id=None)

    page = embed(widget(ACCOUNT))

    expect(page.get_by_text("¥4.12 more to Gold")).to_be_visible()
    expect(page.get_by_text("Not a member of a tier yet")).to_be_visible()


def test_the_highest_tier_has_no_next_one(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").more.facts["tier"] = a_tier(1200, name="Gold", next=None)

    page = embed(widget(ACCOUNT))

    expect(page.get_by_text("Gold", exact=True)).to_be_visible()
    expect(page.get_by_role("progressbar")).to_have_count(0)


def test_every_line_has_its_reason_and_earlier_ones_come_on_request(shop: StubShop, embed: Embed) -> None:
    lines = [an_entry(30 - number, 5 if number else -50, f"Reason {number}") for number in range(13)]
    waits, taken = {"available": 0, "pending": 5}, {"available": 0, "pending": 0, "points": -50}
    lines[2] |= taken
    shop.customer("amei").more.entries = [{**lines[0], "balance_after": 8}, {**lines[1], **waits}, *lines[2:]]
    page = embed(widget(ACCOUNT))
    entries = page.locator(f"{ACCOUNT} .entry")
    expect(entries.first).to_have_text("Reason 0−50Nov 20, 09:30balance 8")
    expect(entries.nth(1)).to_contain_text("+5Nov 20, 09:29 · on its way")
    expect(entries.nth(2)).to_have_text("Reason 2Nov 20, 09:28balance 5")

    page.get_by_role("button", name="Earlier entries").click()
    expect(entries).to_have_count(13)
    shop.customer("amei").more.entries.insert(0, an_entry(31, 5, "News"))
    page.evaluate("() => document.dispatchEvent(new CustomEvent('regulars:refresh'))")

    expect(entries).to_have_count(14)
    assert statement(page)[0] == "News"
    expect(page.get_by_role("button", name="Earlier entries")).to_have_count(0)


def test_an_empty_statement_names_the_next_step(embed: Embed) -> None:
    page = embed(widget(ACCOUNT))

    expect(page.get_by_text("Check in today: the first line of your statement appears here.")).to_be_visible()


def test_a_folded_statement_is_asked_for_when_it_is_opened(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").more.entries = [an_entry(1, 5, "Daily check-in")]
    page = embed(widget(ACCOUNT, statement="closed"))
    fold = page.get_by_role("button", name="Statement")
    expect(fold).to_have_attribute("aria-expanded", "false")
    all_asked(page)
    assert shop.asked_for("GET", "/me/entries") == []

    fold.press("Enter")

    expect(page.get_by_text("Daily check-in")).to_be_visible()
    expect(fold).to_have_attribute("aria-expanded", "true")
    expect(fold).to_be_focused()


def test_a_statement_that_does_not_come_can_be_asked_for_again(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").more.entries = [an_entry(1, 5, "Daily check-in")]
    page = embed(widget(ACCOUNT, statement="closed"))
    page.route("**/me/entries*", lambda route: route.abort())
    page.get_by_role("button", name="Statement").click()
    expect(page.get_by_role("alert")).to_contain_text("The connection was lost.")
    page.unroute("**/me/entries*")

    page.get_by_role("button", name="Try again").click()

    expect(page.get_by_text("Daily check-in")).to_be_visible()
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_check_in_changes_the_sum_and_the_statement_without_a_reload(shop: StubShop, embed: Embed) -> None:
    page = embed(widget(), widget(ACCOUNT))
    expect(page.get_by_text("No points yet")).to_be_visible()
    shop.customer("amei").more.entries = [an_entry(1, 5, "Daily check-in")]

    page.get_by_role("button", name="Check in").click()

    expect(page.locator(f"{ACCOUNT} .value")).to_have_text("5")
    expect(page.locator(f"{ACCOUNT} .reason")).to_have_text("Daily check-in")


def test_another_customer_sees_nothing_of_the_statement_before(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").more.entries = [an_entry(1, 5, "Daily check-in")]
    page = embed(widget(ACCOUNT))
    expect(page.locator(f"{ACCOUNT} .reason")).to_have_text("Daily check-in")

    page.evaluate(
        "() => document.querySelector('regulars-account').setAttribute('token-url', '/_local/token?persona=x')"
    )

    expect(page.get_by_text("No points yet")).to_be_visible()
    expect(page.get_by_text("Daily check-in")).to_have_count(0)
