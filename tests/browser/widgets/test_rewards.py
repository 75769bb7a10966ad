"""The rewards: what can be had and what not and why, redeeming once, the code, and giving back."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.stub import all_asked
from tests.browser.widgets.conftest import Embed, widget
from tests.browser.widgets.stub_points import a_reward
from tests.browser.widgets.stub_shop import StubShop
from tests.browser.widgets.stub_talk import Answer, Asked, Json
from tests.browser.widgets.test_hosting import STRICT_CSP

REWARDS = "regulars-rewards"
CONFLICT = {"type": "t", "title": "x", "status": 409}
BACK_AT_EIGHT = "2026-11-22T20:00:00+08:00"


def redemptions(shop: StubShop) -> list[Asked]:
    return shop.asked_for("POST", "/points/v1/redemptions")


def choose(page: Page, title: str = "¥3 coupon, no minimum") -> Locator:
    """Press “Redeem” at a reward; the dialog that asks."""
    page.get_by_role("button", name=f"Redeem: {title}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def agree(dialog: Locator) -> None:
    dialog.get_by_role("button", name="Redeem").click()


@pytest.fixture
def rich(shop: StubShop) -> StubShop:
    shop.customer("amei").points = 88
    return shop


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"price_points": 100}, "12 more points and it is yours"),
        ({"price_points": 89}, "1 more point and it is yours"),
        ({"remaining": 0}, "Sold out. Have a look at the others."),
        ({"state": "not_open", "opens_at": BACK_AT_EIGHT}, "Opens Nov 22, 20:00. Come back then."),
        ({"state": "not_open", "opens_at": "2026-11-01T00:00:00+08:00"}, "Not open at the moment."),
        ({"state": "not_open"}, "Not open at the moment. Look in again in a few days."),
        ({"per_customer": 0}, "You have had your share of this one."),
        ({"state": "not_eligible"}, "For other members at the moment. Ask the shop how to become one."),
    ],
)
def test_what_cannot_be_had_says_why_and_has_no_button(rich: StubShop, embed: Embed, changed: Json, says: str) -> None:
    rich.rewards = [a_reward(**changed)]

    page = embed(widget(REWARDS))

    expect(page.locator(f"{REWARDS} .reward")).to_contain_text(says)
    expect(page.get_by_role("button", name="Redeem")).to_have_count(0)


def test_what_can_be_had_tells_price_stock_limit_and_end(rich: StubShop, embed: Embed) -> None:
    limits = {"remaining": 3, "per_customer": 1, "closes_at": "2026-12-31T23:59:00+08:00"}
    rich.rewards = [a_reward("tea-cup", kind="product", price_points=60, cash_minor=990, **limits)]

    page = embed(widget(REWARDS))

    reward = page.locator(f"{REWARDS} .reward")
    expect(reward.locator(".price")).to_have_text("60 points + ¥9.90")
    expect(reward.locator(".facts")).to_have_text("Product · only 3 left · 1 per customer · until Dec 31, 23:59")


def test_the_question_tells_price_and_what_is_left_and_no_sends_nothing(rich: StubShop, embed: Embed) -> None:
    page = embed(widget(REWARDS))

    dialog = choose(page)
    expect(dialog.locator("dl div")).to_have_text(
        ["Price50 points", "Your points now88 points", "Left afterwards38 points"]
    )
    page.keyboard.press("Escape")

    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Redeem: ¥3 coupon")).to_be_focused()
    all_asked(page)
    assert redemptions(rich) == []


def test_redeeming_shows_the_code_and_moves_the_balance_at_once(rich: StubShop, embed: Embed) -> None:
    page = embed(widget("regulars-balance"), widget("regulars-account"), widget(REWARDS))

    dialog = choose(page)
    agree(dialog)

    expect(dialog.locator("code")).to_have_text("TEA-7K2M-9QXD")
    expect(dialog).to_contain_text("Enter the code when you order.")
    expect(dialog).to_contain_text("To be used by Dec 23, 00:00.")
    expect(dialog).to_contain_text("You have 38 points left.")
    expect(page.locator("regulars-balance .value")).to_have_text("38")
    expect(page.locator("regulars-account .value")).to_have_text("38")
    expect(page.locator("regulars-account .reason")).to_have_text("¥3 coupon, no minimum")
    assert redemptions(rich)[0].body == {"reward_id": "coupon-3", "quantity": 1}


def test_the_code_is_copied_and_found_again_under_my_redemptions(rich: StubShop, embed: Embed) -> None:
    page = embed(widget(REWARDS))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog = choose(page)
    agree(dialog)
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog.get_by_text("Copied")).to_be_visible()

    dialog.get_by_role("button", name="Close").click()

    assert page.evaluate("() => navigator.clipboard.readText()") == "TEA-7K2M-9QXD"
    redemption = page.locator(f"{REWARDS} .redemption")
    expect(redemption).to_contain_text("Delivered")
    expect(redemption.locator("code")).to_have_text("TEA-7K2M-9QXD")
    expect(redemption.get_by_role("button", name="Cancel")).to_have_count(0)


def test_where_there_is_no_clipboard_the_code_is_selected(rich: StubShop, embed: Embed) -> None:
    page = embed(widget(REWARDS))
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('denied')); }")
    dialog = choose(page)
    agree(dialog)

    dialog.get_by_role("button", name="Copy").click()

    expect(dialog.get_by_text("Selected: copy it by hand")).to_be_visible()


def test_a_second_click_while_under_way_redeems_once(rich: StubShop, embed: Embed) -> None:
    page = embed(widget(REWARDS))
    dialog = choose(page)
    expect(dialog.get_by_text("Left afterwards")).to_be_visible()

    with rich.holding_answers():
        dialog.get_by_role("button", name="Redeem").dblclick()
        dialog.get_by_role("button", name="Redeeming").click(force=True)
        page.keyboard.press("Escape")

    expect(dialog.locator("code")).to_be_visible()
    all_asked(page)
    assert len(redemptions(rich)) == 1


def test_after_a_lost_reply_trying_again_redeems_no_second_time(rich: StubShop, embed: Embed) -> None:
    rich.loses_replies = True
    page = embed(widget("regulars-balance"), widget(REWARDS))
    dialog = choose(page)
    agree(dialog)
    expect(dialog.get_by_role("alert")).to_have_text("The connection was lost. Try again: nothing is counted twice.")
    rich.loses_replies = False

    agree(dialog)

    expect(dialog.locator("code")).to_have_text("TEA-7K2M-9QXD")
    expect(page.locator("regulars-balance .value")).to_have_text("38")
    all_asked(page)
    assert len({asked.headers["idempotency-key"] for asked in redemptions(rich)}) == 1
    assert len(rich.customer("amei").more.redemptions) == 1


def test_redeeming_the_same_again_is_another_redemption(rich: StubShop, embed: Embed) -> None:
    rich.customer("amei").points = 100
    page = embed(widget("regulars-balance"), widget(REWARDS))
    dialog = choose(page)
    agree(dialog)
    dialog.get_by_role("button", name="Close").click()

    agree(choose(page))

    expect(page.locator("regulars-balance .value")).to_have_text("0")
    first, second = redemptions(rich)
    assert first.headers["idempotency-key"] != second.headers["idempotency-key"]


@pytest.mark.parametrize(
    ("refusal", "says"),
    [
        ({"code": "sold_out", "detail": "The last one is gone."}, "The last one is gone. Have a look at the other"),
        ({"code": "insufficient_points", "detail": "You need 12 more points."}, "Check in daily or shop, and come"),
        ({"code": "limit_reached", "detail": "One each."}, "One each. Have a look at the other rewards."),
        ({"code": "not_open", "detail": "Not yet.", "retry_at": BACK_AT_EIGHT}, "Come back from Nov 22, 20:00."),
    ],
)
def test_a_refusal_says_why_and_what_next_and_offers_no_second_try(
    rich: StubShop, embed: Embed, refusal: Json, says: str
) -> None:
    rich.refuse = Answer(409, {**CONFLICT, **refusal})
    page = embed(widget(REWARDS))
    dialog = choose(page)

    agree(dialog)

    expect(dialog.get_by_role("alert")).to_contain_text(says)
    expect(dialog.get_by_role("button")).to_have_text(["Close"])


def test_mobile_data_asks_for_the_number_and_says_what_is_wrong_with_it(rich: StubShop, embed: Embed) -> None:
    rich.rewards = [a_reward("data", kind="data_top_up", code=None)]
    page = embed(widget(REWARDS))
    dialog = choose(page, "1 GB of mobile data")
    number = dialog.get_by_label("Phone number")

    agree(dialog)
    expect(dialog).to_contain_text("Write the whole phone number, such as 13800001111.")
    expect(number).to_be_focused()
    expect(number).to_have_attribute("aria-invalid", "true")
    number.fill("138 0000-1111")
    agree(dialog)

    expect(dialog).to_contain_text("It is being prepared.")
    all_asked(page)
    assert [asked.body for asked in redemptions(rich)] == [
        {"reward_id": "data", "quantity": 1, "contact": {"phone": "13800001111"}}
    ]


def test_what_the_api_says_of_the_number_stands_at_the_number(rich: StubShop, embed: Embed) -> None:
    rich.rewards = [a_reward("data", kind="data_top_up", code=None)]
    fault = {"pointer": "/contact/phone", "message": "This network cannot be topped up."}
    rich.refuse = Answer(422, {**CONFLICT, "code": "invalid", "detail": "Not right.", "errors": [fault]})
    page = embed(widget(REWARDS))
    dialog = choose(page, "1 GB of mobile data")
    dialog.get_by_label("Phone number").fill("13800001111")

    agree(dialog)

    expect(dialog.locator(".fault")).to_have_text("This network cannot be topped up.")
    expect(dialog.get_by_label("Phone number")).to_have_value("13800001111")
    expect(dialog.get_by_role("button", name="Redeem")).to_be_visible()


def test_points_and_cash_say_until_when_to_pay_and_can_be_given_back(rich: StubShop, embed: Embed) -> None:
    rich.rewards = [a_reward("tea-cup", kind="product", price_points=60, cash_minor=990)]
    page = embed(widget("regulars-balance"), widget(REWARDS))
    dialog = choose(page, "Celadon cup")
    agree(dialog)
    expect(dialog).to_contain_text("Pay ¥9.90 by Nov 22, 10:00, or the points are given back.")
    dialog.get_by_role("button", name="Close").click()

    page.get_by_role("button", name="Cancel: Celadon cup").click()
    expect(dialog).to_contain_text("You get 60 points back.")
    dialog.get_by_role("button", name="Yes, cancel it").click()

    expect(dialog).to_have_count(0)
    expect(page.locator(f"{REWARDS} .redemption")).to_contain_text("Cancelled")
    expect(page.locator("regulars-balance .value")).to_have_text("88")


def test_a_shop_without_rewards_and_a_customer_without_redemptions_hear_what_next(shop: StubShop, embed: Embed) -> None:
    shop.rewards = []
    page = embed(widget(REWARDS))
    expect(page.get_by_text("Your points stay yours. Look in again in a few days.")).to_be_visible()

    page.get_by_role("button", name="My redemptions").click()

    expect(page.get_by_text("Nothing redeemed yet. Choose your first reward above.")).to_be_visible()


def test_a_visitor_sees_the_rewards_and_the_way_in_and_no_button(shop: StubShop, embed: Embed) -> None:
    page = embed(widget(REWARDS, token_url="", login_url="/login"))

    expect(page.get_by_text("¥3 coupon, no minimum")).to_be_visible()
    expect(page.get_by_role("link", name="Log in")).to_have_attribute("href", "/login")
    expect(page.get_by_role("button")).to_have_count(0)


def test_a_check_in_that_brings_the_last_points_opens_the_reward(shop: StubShop, embed: Embed) -> None:
    shop.customer("amei").points = 45
    page = embed(widget(), widget(REWARDS))
    expect(page.get_by_text("5 more points and it is yours")).to_be_visible()

    page.get_by_role("button", name="Check in").click()

    expect(page.get_by_role("button", name="Redeem: ¥3 coupon")).to_be_visible()


def test_the_redemption_is_told_to_the_page_and_to_other_tabs(rich: StubShop, embed: Embed) -> None:
    first, second = embed(widget(REWARDS)), embed(widget("regulars-balance"))
    expect(second.locator(".value")).to_have_text("88")
    first.evaluate("() => document.addEventListener('regulars:redeemed', ({detail}) => { globalThis.told = detail; })")

    agree(choose(first))

    expect(second.locator(".value")).to_have_text("38")
    told = first.evaluate("() => globalThis.told")
    known = {"shop": "green-field-tea", "reward": "coupon-3", "redemption": "r1"}
    assert told == {**known, "status": "fulfilled", "balance": 38}


def test_the_dialog_keeps_to_the_strictest_policy(rich: StubShop, embed: Embed) -> None:
    errors: list[str] = []
    page = embed(widget(REWARDS), csp=STRICT_CSP, errors=errors)

    dialog = choose(page)
    agree(dialog)

    expect(dialog.locator("code")).to_be_visible()
    assert errors == []


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_nothing_is_wider_than_a_small_phone(rich: StubShop, embed: Embed, lang: str) -> None:
    rich.rewards = [a_reward(), a_reward("packet", kind="red_packet", price_points=100)]
    viewport = '<meta name="viewport" content="width=device-width, initial-scale=1">'
    page = embed(widget("regulars-account", lang=lang), widget(REWARDS, lang=lang), head=viewport)
    page.set_viewport_size({"width": 320, "height": 700})

    page.locator(f"{REWARDS} .redeem, {REWARDS} [part~=redeem]").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()

    assert page.evaluate("() => document.documentElement.scrollWidth") <= 320
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert box["width"] <= 320
