"""The widgets on pages that are not ours: hostile styles, strict policies, single-page apps, other origins, tabs."""

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.stub import all_asked
from tests.browser.widgets.conftest import Embed, widget
from tests.browser.widgets.stub_shop import StubShop
from tests.support.browser import Clock

HOSTILE_CSS = """
* { all: unset !important; }
html { font-size: 4px; color: #fff; text-transform: uppercase; letter-spacing: 9px; visibility: hidden; }
button { display: none !important; } section, div { position: absolute; left: -999px; } table { display: none; }
"""
STRICT_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'none'; connect-src 'self'; require-trusted-types-for 'script'"
)
SIZE_OF = """(name) => {
  const style = getComputedStyle(document.querySelector('regulars-signin').shadowRoot.querySelector(name));
  return [style.fontSize, style.textTransform, style.letterSpacing, style.visibility, style.color];
}"""


def test_hostile_styles_of_the_page_do_not_reach_inside(shop: StubShop, embed: Embed) -> None:
    plain = embed(widget())
    expect(plain.get_by_role("button", name="Check in")).to_be_visible()
    shop.serve_page("/hostile.css", HOSTILE_CSS, "text/css")

    page = embed(widget(), head='<link rel="stylesheet" href="/hostile.css">')

    button = page.get_by_role("button", name="Check in")
    expect(button).to_be_visible()
    assert page.evaluate(SIZE_OF, "h2") == plain.evaluate(SIZE_OF, "h2")
    button.click()
    expect(page.get_by_role("button", name="Checked in today")).to_be_visible()


def test_the_strictest_policy_leaves_look_and_function_whole(embed: Embed) -> None:
    errors: list[str] = []
    page = embed(widget("regulars-member-centre"), csp=STRICT_CSP, errors=errors)

    page.get_by_role("button", name="Check in").click()

    expect(page.get_by_role("button", name="Checked in today")).to_be_visible()
    box = page.get_by_role("button", name="Checked in today").bounding_box()
    assert box is not None
    assert box["height"] >= 48
    assert errors == []


def test_one_token_is_asked_for_however_many_widgets_there_are(shop: StubShop, embed: Embed) -> None:
    page = embed(widget(), widget("regulars-balance"), widget("regulars-inbox"), widget())

    expect(page.get_by_role("button", name="Check in")).to_have_count(2)
    expect(page.get_by_text("No messages yet")).to_be_visible()
    all_asked(page)
    assert shop.tokens == 1


def test_a_refused_token_is_renewed_once_and_the_request_repeated_with_its_key(shop: StubShop, embed: Embed) -> None:
    page = embed(widget(), widget("regulars-balance"), widget("regulars-inbox"))
    expect(page.get_by_role("button", name="Check in")).to_be_visible()
    expect(page.get_by_text("No messages yet")).to_be_visible()
    shop.refused_tokens.add(shop.asked_for("GET", "/activities/")[0].headers["authorization"].removeprefix("Bearer "))

    page.get_by_role("button", name="Check in").click()

    expect(page.get_by_role("button", name="Checked in today")).to_be_visible()
    all_asked(page)
    first, second = shop.participations()
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]
    assert shop.tokens == 2


def test_a_token_that_is_about_to_run_out_is_renewed_before(shop: StubShop, embed: Embed, clock: Clock) -> None:
    page = embed(widget())
    expect(page.get_by_role("button", name="Check in")).to_be_visible()
    clock.fast_forward("09:30")  # of ten minutes

    page.get_by_role("button", name="Check in").click()

    expect(page.get_by_role("button", name="Checked in today")).to_be_visible()
    all_asked(page)
    assert shop.tokens == 2
    assert len(shop.participations()) == 1


def test_a_token_that_stays_refused_is_not_asked_for_for_ever(shop: StubShop, embed: Embed) -> None:
    page = embed(widget(login_url="/login"))
    expect(page.get_by_role("button", name="Check in")).to_be_visible()
    refused = [f"Bearer {shop.mint('amei')}" for _ in range(2)]
    page.route("**/_local/token*", lambda route: route.fulfill(json={"token": refused[0].removeprefix("Bearer ")}))
    shop.refused_tokens.update(token.removeprefix("Bearer ") for token in refused)
    shop.refused_tokens.add(shop.asked_for("GET", "/activities/")[0].headers["authorization"].removeprefix("Bearer "))

    page.get_by_role("button", name="Check in").click()

    expect(page.get_by_role("alert").first).to_contain_text("Log in again to go on.")
    all_asked(page)
    assert len(shop.participations()) == 2


def test_removed_and_added_again_a_widget_works_and_leaves_nothing_behind(shop: StubShop, embed: Embed) -> None:
    page = embed(widget(), widget("regulars-balance"))
    expect(page.get_by_role("button", name="Check in")).to_be_visible()

    page.evaluate("""() => { globalThis.kept = document.querySelector('regulars-signin'); kept.remove(); }""")
    asked = len(shop.asked)
    page.evaluate("() => document.dispatchEvent(new CustomEvent('regulars:refresh'))")
    expect(page.get_by_role("button", name="Check in")).to_have_count(0)
    all_asked(page)
    assert not [one for one in shop.asked[asked:] if "/activities/" in one.path]
    page.evaluate("() => document.body.append(kept)")
    page.get_by_role("button", name="Check in").click()

    expect(page.get_by_role("button", name="Checked in today")).to_be_visible()
    expect(page.locator("regulars-balance .value")).to_have_text("5")


def test_removed_while_under_way_the_check_in_still_reaches_the_balance(shop: StubShop, embed: Embed) -> None:
    errors: list[str] = []
    page = embed(widget(), widget("regulars-balance"), errors=errors)
    expect(page.get_by_role("button", name="Check in")).to_be_visible()

    with shop.holding_answers():
        page.get_by_role("button", name="Check in").click()
        page.evaluate("() => document.querySelector('regulars-signin').remove()")

    expect(page.locator("regulars-balance .value")).to_have_text("5")
    assert errors == []


def test_loading_the_script_twice_is_harmless(shop: StubShop, embed: Embed) -> None:
    again = '<script type="module" src="/widgets/v1/regulars.js?again"></script>'
    errors: list[str] = []
    page = embed(widget(), head=again, errors=errors)

    page.evaluate("() => import('/widgets/v1/signin.js?thrice')")
    page.get_by_role("button", name="Check in").click()

    expect(page.get_by_role("button", name="Checked in today")).to_be_visible()
    all_asked(page)
    assert errors == []
    assert len(shop.participations()) == 1


def test_a_second_tab_shows_the_check_in_without_a_reload(embed: Embed) -> None:
    first, second = embed(widget("regulars-member-centre")), embed(widget("regulars-member-centre"))
    expect(second.get_by_role("button", name="Check in")).to_be_visible()

    first.get_by_role("button", name="Check in").click()

    expect(second.get_by_role("button", name="Checked in today")).to_be_visible()
    expect(second.locator("regulars-account .value")).to_have_text("5")


def test_a_page_of_another_origin_may_embed_the_widgets(shop: StubShop, base: str, context: BrowserContext) -> None:
    script = f'<script type="module" src="{base}/widgets/v1/regulars.js"></script>'
    shop.serve_page("/elsewhere", f'<!doctype html><html lang="en">{script}{widget()}</html>')
    page = context.new_page()

    page.goto(f"{base.replace('127.0.0.1', 'localhost')}/elsewhere")
    page.get_by_role("button", name="Check in").click()

    expect(page.get_by_role("button", name="Checked in today")).to_be_visible()


def test_a_change_of_the_pages_language_changes_words_numbers_and_what_the_api_says(
    shop: StubShop, embed: Embed
) -> None:
    shop.customer("amei").points = 12_345
    page = embed(widget("regulars-member-centre"))
    expect(page.get_by_role("heading", name="Daily check-in")).to_be_visible()

    page.evaluate("() => { document.documentElement.lang = 'zh-CN'; }")

    expect(page.get_by_role("heading", name="每日签到")).to_be_visible()
    expect(page.get_by_role("button", name="签到")).to_be_visible()
    expect(page.get_by_text("2026年11月", exact=True)).to_be_visible()
    expect(page.locator("regulars-account .value")).to_have_text("12,345")
    assert shop.asked_for("GET", "/activities/")[-1].headers["accept-language"] == "zh-CN"


def test_the_lang_attribute_wins_over_the_page(embed: Embed) -> None:
    page = embed(widget(lang="zh-CN"))

    expect(page.get_by_role("button", name="签到")).to_be_visible()


def test_the_heading_level_is_the_pages_choice(embed: Embed) -> None:
    page = embed(widget("regulars-member-centre", heading_level="4"))

    expect(page.get_by_role("heading", level=4)).to_have_count(4)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_scheme_follows_the_page_and_not_only_the_system(
    embed: Embed, context: BrowserContext, scheme: str, shop: StubShop
) -> None:
    shop.serve_page("/scheme.css", f":root {{ color-scheme: {scheme}; }}", "text/css")
    page = embed(widget(), head='<link rel="stylesheet" href="/scheme.css">')
    expect(page.get_by_role("button", name="Check in")).to_be_visible()

    ground = {"light": "rgb(255, 255, 255)", "dark": "rgb(29, 33, 28)"}[scheme]

    expect(page.locator("regulars-signin .card")).to_have_css("background-color", ground)
