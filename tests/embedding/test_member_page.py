"""The hosted member page: a link's code becomes a visit, and nothing of it stays where it could be seen."""

import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, Route, expect

from tests.embedding.calling import call
from tests.embedding.street import Street

VALUE = "regulars-account .value"
CHECK_IN = "regulars-signin [part~=check-in]"
NOTICE = "#notice-title"


@pytest.fixture
def links(street: Street) -> Callable[[str], str]:
    """Makes links as the shop's back end does."""

    def make(customer_id: str) -> str:
        body = json.dumps({"type": "member.link", "customer_id": customer_id})
        now, number = datetime.now(UTC), f"msg_{secrets.token_hex(8)}"
        headers = {
            "Content_Type": "application/json",
            "webhook_id": number,
            "webhook_timestamp": str(int(now.timestamp())),
            "webhook_signature": street.shop.webhook.sign(number, now, body),
        }
        answer = call(street.url, "/profiles/v1/shops/tea/links", body.encode(), **headers)
        return street.url + str(answer.json["path"])

    return make


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser refused under the page's policy, or could not run."""
    heard: list[str] = []
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("console", lambda line: heard.append(line.text) if "Content Security Policy" in line.text else None)
    return heard


def renewals(page: Page) -> list[str]:
    """Fills up with the renewals that the page asks for from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if request.url.endswith("/renew") else None)
    return asked


def test_a_link_opens_the_customers_own_page_where_they_check_in(
    page: Page, links: Callable[[str], str], complaints: list[str]
) -> None:
    page.goto(links("visitor-1"))
    expect(page.locator(VALUE)).to_have_text("0")
    expect(page.locator("#notice")).to_be_hidden()

    page.locator(CHECK_IN).click()

    expect(page.locator(VALUE)).to_have_text("5")
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_code_leaves_the_address_bar_and_the_history(
    page: Page, street: Street, links: Callable[[str], str]
) -> None:
    page.goto(links("visitor-2"))
    expect(page.locator(VALUE)).to_be_visible()

    expect(page).to_have_url(f"{street.url}/m/tea")
    assert page.evaluate("history.length") == 2  # the empty tab and this page
    assert page.evaluate("Object.keys(localStorage)") == []


def test_a_reload_goes_on_with_the_visit(page: Page, links: Callable[[str], str]) -> None:
    page.goto(links("visitor-3"))
    page.locator(CHECK_IN).click()
    expect(page.locator(VALUE)).to_have_text("5")

    page.reload()

    expect(page.locator(VALUE)).to_have_text("5")
    expect(page.locator("#notice")).to_be_hidden()


def test_another_tab_of_the_same_browser_has_no_part_in_the_visit(page: Page, links: Callable[[str], str]) -> None:
    page.goto(links("visitor-4"))
    expect(page.locator(VALUE)).to_be_visible()

    second = page.context.new_page()
    second.goto(page.url)

    expect(second.locator(NOTICE)).to_have_text("You are looking around as a visitor.")
    expect(second.locator("regulars-account")).to_contain_text("Log in to see your points.")


def test_without_a_code_the_public_view_says_how_to_get_in(page: Page, street: Street, complaints: list[str]) -> None:
    page.goto(f"{street.url}/m/tea")

    expect(page.locator(NOTICE)).to_have_text("You are looking around as a visitor.")
    expect(page.locator("#notice-next")).to_contain_text("log in at the shop")
    expect(page.locator("regulars-signin")).to_contain_text("Check in once a day: +5 on the first day")
    assert complaints == []


@pytest.mark.parametrize("address", ["?login=https://evil.example/", "?login=javascript:alert(1)", "?login-url=//evil"])
def test_the_address_cannot_give_the_page_a_link_to_somewhere_else(page: Page, street: Street, address: str) -> None:
    page.goto(f"{street.url}/m/tea{address}")
    expect(page.locator(NOTICE)).to_have_text("You are looking around as a visitor.")
    expect(page.locator("regulars-signin")).to_contain_text("Log in to the shop")

    expect(page.locator("a[href]")).to_have_count(0)


def test_a_visitor_is_led_to_the_login_that_the_shops_owner_set(
    page: Page, street: Street, complaints: list[str]
) -> None:
    shop = street.another_shop(login_url="https://tea.example/login")

    page.goto(f"{street.url}/m/{shop.id}")

    expect(page.locator(NOTICE)).to_have_text("You are looking around as a visitor.")
    expect(page.get_by_role("link")).to_have_count(1)
    expect(page.get_by_role("link", name="Log in")).to_have_attribute("href", "https://tea.example/login")
    assert complaints == []


def test_the_page_says_whose_it_is_in_both_languages(page: Page, street: Street) -> None:
    shop = street.another_shop(name={"en": "Green Field Tea", "zh-CN": "青禾茶铺"})
    page.goto(f"{street.url}/m/{shop.id}")
    expect(page.get_by_text("Green Field Tea")).to_be_visible()
    expect(page).to_have_title("Member centre · Green Field Tea")

    page.get_by_role("radio", name="中文").check()

    expect(page.get_by_text("青禾茶铺")).to_be_visible()
    expect(page).to_have_title("会员中心 · 青禾茶铺")


def test_a_used_link_is_explained_and_shows_nobodys_points(page: Page, links: Callable[[str], str]) -> None:
    link = links("visitor-5")
    page.goto(link)
    expect(page.locator(VALUE)).to_be_visible()

    page.goto(link)

    expect(page.locator(NOTICE)).to_have_text("This link has been used or has expired.")
    expect(page.locator("#notice-next")).to_contain_text("Go back to the shop and open it again")
    expect(page.locator(VALUE)).to_have_count(0)


def test_another_customers_link_in_the_same_tab_ends_the_first_ones_visit(
    page: Page, links: Callable[[str], str]
) -> None:
    page.goto(links("visitor-6"))
    page.locator(CHECK_IN).click()
    expect(page.locator(VALUE)).to_have_text("5")

    page.goto(links("visitor-7"))

    expect(page.locator(VALUE)).to_have_text("0")


def test_when_the_exchange_is_lost_on_the_way_there_is_another_try(page: Page, links: Callable[[str], str]) -> None:
    page.route("**/profiles/v1/sessions", lambda route: route.abort(), times=1)
    page.goto(links("visitor-8"))
    expect(page.locator(NOTICE)).to_have_text("Your visit could not be opened just now.")

    page.get_by_role("button", name="Try again").click()

    expect(page.locator(VALUE)).to_have_text("0")
    expect(page.locator("#notice")).to_be_hidden()


def test_a_token_the_api_refuses_is_renewed_once(page: Page, links: Callable[[str], str]) -> None:
    page.goto(links("visitor-9"))
    expect(page.locator(VALUE)).to_have_text("0")
    asked = renewals(page)
    page.route("**/points/v1/me/account", lambda route: route.fulfill(status=401, body="{}"), times=1)

    with page.expect_response("**/sessions/renew"):
        page.evaluate("document.dispatchEvent(new CustomEvent('regulars:refresh'))")

    expect(page.locator(VALUE)).to_have_text("0")
    assert len(asked) == 1


def test_the_token_is_renewed_before_it_expires(page: Page, links: Callable[[str], str]) -> None:
    page.clock.install()
    page.goto(links("visitor-10"))
    expect(page.locator(VALUE)).to_have_text("0")
    asked = renewals(page)

    page.clock.fast_forward("08:00")
    with page.expect_response("**/me/account"):
        page.evaluate("document.dispatchEvent(new CustomEvent('regulars:refresh'))")
    assert asked == []

    page.clock.fast_forward("01:30")
    with page.expect_response("**/me/account"):
        page.evaluate("document.dispatchEvent(new CustomEvent('regulars:refresh'))")
    assert len(asked) == 1


def test_after_the_hour_the_page_says_that_the_visit_is_over(page: Page, links: Callable[[str], str]) -> None:
    def over(route: Route) -> None:
        route.fulfill(status=401, content_type="application/problem+json", body='{"code":"unauthenticated"}')

    page.goto(links("visitor-11"))
    expect(page.locator(VALUE)).to_be_visible()
    page.route("**/profiles/v1/sessions/renew", over)

    page.reload()

    expect(page.locator(NOTICE)).to_have_text("This visit is over.")
    expect(page.locator("regulars-account")).to_contain_text("Log in to see your points.")
    assert page.evaluate("sessionStorage.length") == 0


def test_both_languages_are_there_and_the_choice_is_remembered(page: Page, street: Street) -> None:
    page.goto(f"{street.url}/m/tea?lang=zh-CN")
    expect(page.get_by_role("heading", name="会员中心")).to_be_visible()
    expect(page.locator(NOTICE)).to_have_text("您正以访客身份浏览。")
    expect(page.locator("regulars-account")).to_contain_text("我的积分")

    page.get_by_role("radio", name="English").check()
    expect(page.locator("regulars-account")).to_contain_text("My points")
    page.reload()

    expect(page.get_by_role("heading", name="Member centre")).to_be_visible()


@pytest.mark.parametrize("shop", ["No_Shop", "nowhere"])
def test_an_address_without_a_shop_says_so(page: Page, street: Street, shop: str) -> None:
    page.goto(f"{street.url}/m/{shop}")

    expect(page.locator(NOTICE)).to_have_text("There is no shop at this address.")
    expect(page.locator("regulars-member-centre")).to_have_count(0)
