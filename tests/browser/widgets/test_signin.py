"""The daily check-in in a browser."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.stub import all_asked
from tests.browser.widgets.conftest import Embed, widget
from tests.browser.widgets.stub_shop import StubShop
from tests.browser.widgets.stub_talk import Answer
from tests.support.browser import Clock

YESTERDAY = date(2026, 11, 21)


def check_in(page: Page) -> None:
    page.get_by_role("button", name="Check in").click()


def done(page: Page) -> None:
    expect(page.get_by_role("button", name="Checked in today")).to_be_visible()


def test_a_check_in_shows_the_points_the_streak_and_what_tomorrow_brings(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").days = {YESTERDAY}
    page = embed(widget())

    check_in(page)

    done(page)
    expect(page.get_by_role("status")).to_have_text("You earned 6 points. Come back tomorrow for +7.")
    expect(page.locator("dl .streak dd")).to_have_text("2")


def test_a_second_click_while_under_way_does_nothing(shop: StubShop, embed: Embed) -> None:
    page = embed(widget())
    button = page.get_by_role("button", name="Check in")
    expect(button).to_be_enabled()

    with shop.holding_answers():
        button.dblclick()
        page.get_by_role("button", name="Checking in").click(force=True)

    done(page)
    all_asked(page)
    assert len(shop.participations()) == 1


def test_a_click_on_each_of_two_widgets_of_one_activity_asks_once(shop: StubShop, embed: Embed) -> None:
    page = embed(widget(), widget())
    expect(page.get_by_role("button", name="Check in")).to_have_count(2)

    page.evaluate("() => document.querySelectorAll('regulars-signin').forEach((one) => void one.checkIn())")

    expect(page.get_by_role("button", name="Checked in today")).to_have_count(2)
    all_asked(page)
    assert len(shop.participations()) == 1


def test_trying_again_after_a_lost_reply_sends_the_same_key_and_earns_once(shop: StubShop, embed: Embed) -> None:
    shop.loses_replies = True  # the browser itself repeats a request once for every connection it has open
    page = embed(widget())

    check_in(page)
    expect(page.get_by_role("alert")).to_contain_text("nothing is counted twice")
    shop.loses_replies = False
    page.get_by_role("button", name="Try again").click()

    done(page)
    keys = [asked.headers["idempotency-key"] for asked in shop.participations()]
    assert len(keys) >= 2
    assert len(set(keys)) == 1
    assert shop.customer("amei").points == 5


def test_a_new_day_gets_a_new_key_even_if_yesterdays_reply_was_lost(shop: StubShop, embed: Embed) -> None:
    shop.loses_replies = True
    page = embed(widget())
    check_in(page)
    expect(page.get_by_role("alert")).to_be_visible()
    shop.loses_replies = False
    shop.today += timedelta(days=1)
    page.evaluate("() => document.dispatchEvent(new CustomEvent('regulars:refresh'))")
    expect(page.locator("[aria-current=date]")).to_have_text("23today")

    check_in(page)

    done(page)
    assert len(shop.customer("amei").days) == 2


def test_already_participated_shows_as_done_and_not_as_an_error(shop: StubShop, embed: Embed) -> None:
    page = embed(widget())
    expect(page.get_by_role("button", name="Check in")).to_be_visible()
    shop.customer("amei").days.add(shop.today)  # on another phone, a moment ago

    check_in(page)

    done(page)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_a_refusal_says_why_and_what_next(shop: StubShop, embed: Embed) -> None:
    body = {"code": "not_open", "detail": "The check-in opens at 20:00.", "retry_at": "2026-11-22T20:00:00+08:00"}
    shop.refuse = Answer(409, body)
    page = embed(widget())

    check_in(page)

    expect(page.get_by_role("alert")).to_have_text("The check-in opens at 20:00. Come back from Nov 22, 20:00.")


def test_a_missed_day_is_made_up_after_a_yes_only(shop: StubShop, embed: Embed) -> None:
    customer = shop.customer("amei")
    customer.days, customer.cards = {YESTERDAY, YESTERDAY - timedelta(days=2)}, 1
    page = embed(widget())
    missed = page.get_by_role("button", name="Make up November 20")

    missed.click()
    page.get_by_role("button", name="Not now").click()
    all_asked(page)
    assert shop.participations() == []
    expect(missed).to_be_focused()
    missed.click()
    page.get_by_role("button", name="Use a card").click()

    expect(missed).to_have_count(0)
    expect(page.locator("dl .streak dd")).to_have_text("3")
    assert [asked.body for asked in shop.participations()] == [{"input": {"make_up": "2026-11-20"}}]


def test_without_a_card_missed_days_are_no_buttons(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").days = {YESTERDAY - timedelta(days=2)}

    page = embed(widget())

    expect(page.get_by_text("A missed day needs a make-up card")).to_be_visible()
    expect(page.get_by_role("button", name="Make up")).to_have_count(0)


def test_the_calendar_turns_back_and_not_into_the_future(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").days = {date(2026, 10, 3)}
    page = embed(widget())
    expect(page.get_by_role("button", name="Later month")).to_have_attribute("aria-disabled", "true")

    page.get_by_role("button", name="Earlier month").click()

    expect(page.get_by_text("October 2026", exact=True)).to_be_visible()
    expect(page.get_by_role("cell", name="3 checked in", exact=True)).to_be_visible()


def test_a_visitor_sees_the_rules_and_the_way_in(shop: StubShop, embed: Embed) -> None:
    page = embed(widget(token_url="", login_url="/login"))

    expect(page.get_by_text("+5 on the first day")).to_be_visible()
    expect(page.get_by_role("link", name="Log in")).to_have_attribute("href", "/login")
    assert "authorization" not in shop.asked_for("GET", "/activities/")[0].headers


def test_someone_logged_out_is_a_visitor(shop: StubShop, embed: Embed) -> None:
    shop.logged_in = False

    page = embed(widget(login_url="/login"))

    expect(page.get_by_role("link", name="Log in")).to_be_visible()


@pytest.mark.parametrize(
    ("status", "sentence"),
    [("paused", "Taking a short break"), ("ended", "has ended"), ("scheduled", "Opens on")],
)
def test_an_activity_that_is_not_live_says_so_and_offers_no_button(
    shop: StubShop, embed: Embed, status: str, sentence: str
) -> None:
    shop.status = status

    page = embed(widget())

    expect(page.get_by_text(sentence)).to_be_visible()
    expect(page.get_by_role("button", name="Check in")).to_have_count(0)


def test_the_focus_stays_on_the_button_through_the_check_in(embed: Embed) -> None:
    page = embed(widget())
    page.get_by_role("button", name="Check in").focus()

    page.keyboard.press("Enter")

    done(page)
    expect(page.get_by_role("button", name="Checked in today")).to_be_focused()


def test_when_the_day_changes_the_widget_asks_again(shop: StubShop, embed: Embed, clock: Clock) -> None:
    shop.customer("amei").days = {shop.today}
    page = embed(widget())
    done(page)

    shop.today += timedelta(days=1)
    clock.fast_forward("15:00:00")

    expect(page.get_by_role("button", name="Check in")).to_be_visible()


def test_a_network_error_offers_to_try_again(shop: StubShop, embed: Embed) -> None:
    page = embed(widget(api="http://127.0.0.1:9"))  # the discard port: nobody answers
    expect(page.get_by_role("alert")).to_contain_text("The connection was lost.")

    page.evaluate("() => document.querySelector('regulars-signin').removeAttribute('api')")

    expect(page.get_by_role("button", name="Check in")).to_be_visible()
    assert len(shop.asked_for("GET", "/activities/")) == 1
