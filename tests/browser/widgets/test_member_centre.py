"""Balance, inbox and the centre that holds them together."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stub import all_asked
from tests.browser.widgets.conftest import Embed, widget
from tests.browser.widgets.stub_shop import StubShop
from tests.browser.widgets.stub_talk import Json
from tests.support.browser import Clock
from tests.support.waiting import eventually

ALL_LOOKS_MS = 11_500
"""After this a widget has looked for the last time for the message of a check-in."""


def message(number: int, *, read: bool = False) -> Json:
    at = f"2026-11-21T10:{number:02d}:00+08:00"
    return {
        "id": f"m{number}",
        "kind": "points",
        "title": f"News {number}",
        "body": f"Text {number}",
        "at": at,
        "read": read,
    }


def looks(shop: StubShop) -> int:
    return len(shop.asked_for("GET", "/me/inbox"))


def inbox(page: Page) -> list[str]:
    return page.locator("regulars-inbox .subject").all_inner_texts()


def test_the_centre_finds_the_live_check_in_itself(embed: Embed) -> None:
    page = embed(widget("regulars-member-centre"))

    expect(page.get_by_role("button", name="Check in")).to_be_visible()


def test_after_a_check_in_balance_and_inbox_follow_without_a_reload(shop: StubShop, embed: Embed, clock: Clock) -> None:
    shop.post_is_late = True
    page = embed(widget("regulars-member-centre"))
    expect(page.get_by_text("Check in today and the first one arrives here.")).to_be_visible()

    page.get_by_role("button", name="Check in").click()

    expect(page.locator("regulars-account .value")).to_have_text("5")
    clock.run_for(300)
    assert eventually(lambda: looks(shop) == 2)
    shop.deliver()
    clock.resume()
    expect(page.locator("regulars-inbox .subject")).to_have_text("+5 积分 · points")
    expect(page.locator("regulars-inbox").get_by_role("status")).to_have_text("1 new")


def test_the_inbox_stops_asking_once_the_message_is_there(shop: StubShop, embed: Embed, clock: Clock) -> None:
    page = embed(widget("regulars-member-centre"))
    page.get_by_role("button", name="Check in").click()
    expect(page.get_by_role("button", name="Checked in today")).to_be_visible()
    clock.run_for(300)
    expect(page.locator("regulars-inbox .subject")).to_have_count(1)

    clock.run_for(ALL_LOOKS_MS)
    all_asked(page)

    assert looks(shop) == 2  # as the page opened, and a moment after the check-in


def test_opening_a_message_marks_it_as_read(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").inbox = [message(1), message(2)]
    page = embed(widget("regulars-inbox"))
    expect(page.get_by_text("2 new")).to_be_visible()

    with page.expect_response("**/m1/read"):
        page.get_by_role("button", name="News 1").click()

    expect(page.get_by_text("Text 1")).to_be_visible()
    expect(page.get_by_text("1 new")).to_be_visible()
    expect(page.get_by_role("button", name="News 1")).to_have_attribute("aria-expanded", "true")
    all_asked(page)
    assert len(shop.asked_for("POST", "/m1/read")) == 1


def test_older_messages_come_on_request_and_stay_through_a_refresh(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").inbox = [message(58 - number, read=True) for number in range(13)]
    page = embed(widget("regulars-inbox"))

    page.get_by_role("button", name="Older messages").click()
    expect(page.locator("regulars-inbox .subject")).to_have_count(13)
    shop.customer("amei").inbox.insert(0, message(59))
    page.evaluate("() => document.dispatchEvent(new CustomEvent('regulars:refresh'))")

    expect(page.locator("regulars-inbox .subject")).to_have_count(14)
    assert inbox(page)[0] == "News 59"
    expect(page.get_by_role("button", name="Older messages")).to_have_count(0)


def test_another_customer_sees_nothing_of_the_one_before(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").points = 77
    page = embed(widget("regulars-balance"))
    expect(page.locator(".value")).to_have_text("77")

    page.evaluate(
        "() => document.querySelector('regulars-balance').setAttribute('token-url', '/_local/token?persona=x')"
    )

    expect(page.locator(".value")).to_have_text("0")


def test_a_visitor_finds_one_way_in_and_the_rules(embed: Embed) -> None:
    page = embed(widget("regulars-member-centre", token_url="", login_url="/login"))

    expect(page.get_by_text("Log in to see your points.")).to_be_visible()
    expect(page.get_by_text("+5 on the first day")).to_be_visible()
    expect(page.get_by_role("link", name="Log in")).to_have_count(1)


def test_where_the_page_names_no_login_the_shops_own_is_the_way_in(shop: StubShop, embed: Embed) -> None:
    shop.login_url = "https://shop.example/login"

    page = embed(widget("regulars-member-centre", token_url=""))

    expect(page.get_by_role("link", name="Log in")).to_have_count(1)
    expect(page.get_by_role("link", name="Log in")).to_have_attribute("href", "https://shop.example/login")


def test_the_page_has_the_last_word_on_where_to_log_in(shop: StubShop, embed: Embed) -> None:
    shop.login_url = "https://shop.example/login"

    page = embed(widget("regulars-balance", token_url="", login_url="/here"))

    expect(page.get_by_role("link", name="Log in")).to_have_attribute("href", "/here")
    all_asked(page)
    assert shop.asked_for("GET", "/profiles/v1/shop") == []


def test_several_widgets_ask_once_for_the_shops_login(shop: StubShop, embed: Embed) -> None:
    shop.login_url = "https://shop.example/login"

    page = embed(widget("regulars-balance", token_url=""), widget("regulars-inbox", token_url=""))

    expect(page.get_by_role("link", name="Log in")).to_have_count(2)
    all_asked(page)
    assert len(shop.asked_for("GET", "/profiles/v1/shop")) == 1


@pytest.mark.parametrize("address", ["javascript:alert(1)", "http://shop.example/login", "//shop.example", ""])
def test_what_is_no_https_address_becomes_no_link(shop: StubShop, embed: Embed, address: str) -> None:
    shop.login_url = address
    page = embed(widget("regulars-balance", token_url=""))

    page.wait_for_function("() => document.querySelector('regulars-balance').data !== null")
    assert eventually(lambda: shop.asked_for("GET", "/profiles/v1/shop"))
    all_asked(page)

    expect(page.get_by_text("Log in to see your points.")).to_be_visible()
    expect(page.get_by_role("link", name="Log in")).to_have_count(0)


def test_events_reach_the_page(embed: Embed) -> None:
    page = embed(widget("regulars-member-centre"))
    page.evaluate(
        "() => document.body.addEventListener('regulars:participated', ({detail}) => { globalThis.told = detail; })"
    )

    page.get_by_role("button", name="Check in").click()
    expect(page.get_by_role("button", name="Checked in today")).to_be_visible()

    told = page.evaluate("() => globalThis.told")
    assert told["balance"] == 5
    assert told["grants"] == [{"type": "points", "amount": 5, "reason": "daily"}]


def test_what_expires_is_told_with_its_whole_date(embed: Embed) -> None:
    page = embed(widget("regulars-balance"))

    expect(page.get_by_text("5 of them to be spent by November 30, 2027")).to_be_visible()


def test_nothing_is_asked_before_the_page_says_which_shop(shop: StubShop, embed: Embed) -> None:
    page = embed("<regulars-member-centre></regulars-member-centre>")
    page.wait_for_function("() => customElements.get('regulars-member-centre')")
    all_asked(page)

    assert [asked.path for asked in shop.asked] == []
