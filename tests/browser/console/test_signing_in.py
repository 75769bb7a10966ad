"""Who gets in, who gets out, and what each role sees."""

import pytest
from playwright.sync_api import expect

from tests.browser.console.conftest import Open, visit
from tests.browser.console.stub_desk import KEYS, StubDesk
from tests.browser.stub import all_asked


def test_an_operator_signs_in_with_a_key_and_sees_shop_name_and_role(open_console: Open) -> None:
    page = open_console("/activities", role=None)

    page.get_by_label("Operator key").fill(f"  {KEYS['editor']} ")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading", name="Activities")).to_be_focused()
    expect(page.get_by_text("Green Field Tea")).to_be_visible()
    expect(page.locator(".who")).to_have_text("EditorEditor")
    assert page.evaluate("() => sessionStorage.getItem('regulars.console.key')") == KEYS["editor"]
    assert KEYS["editor"] not in page.evaluate("() => JSON.stringify(localStorage) + location.href + document.cookie")


def test_a_wrong_key_is_refused_in_words_and_not_kept_after_a_reload(open_console: Open) -> None:
    page = open_console(role=None)

    page.get_by_label("Operator key").fill("rgo_nonsense")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_contain_text("This key is not accepted.")
    expect(page.get_by_label("Operator key")).to_be_focused()
    page.reload()
    expect(page.get_by_label("Operator key")).to_be_visible()


def test_the_local_stack_signs_in_by_itself_until_one_signs_out(desk: StubDesk, open_console: Open) -> None:
    desk.demo_key = KEYS["owner"]
    page = open_console(role=None)
    expect(page.get_by_role("heading", name="Green Field Tea")).to_be_visible()

    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Operator key")).to_be_visible()
    page.reload()

    expect(page.get_by_label("Operator key")).to_be_visible()
    assert page.evaluate("() => sessionStorage.getItem('regulars.console.key')") is None
    page.get_by_role("button", name="Enter the demo shop").click()
    expect(page.get_by_role("heading", name="Green Field Tea")).to_be_visible()


def test_a_key_withdrawn_meanwhile_leads_back_to_sign_in_and_then_to_the_same_page(
    desk: StubDesk, open_console: Open
) -> None:
    page = open_console("/activities")
    expect(page.get_by_role("link", name="Daily check-in")).to_be_visible()
    desk.refused_keys.add(KEYS["owner"])

    page.get_by_role("link", name="Operators and keys").click()
    expect(page.get_by_text("Your key is no longer accepted.")).to_be_visible()
    assert page.evaluate("() => sessionStorage.getItem('regulars.console.key')") is None

    desk.refused_keys.clear()
    page.get_by_label("Operator key").fill(KEYS["owner"])
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Operators and keys")).to_be_visible()


@pytest.mark.parametrize(
    ("role", "menu"),
    [
        (
            "viewer",
            [
                "Overview",
                "Activities",
                "Orders",
                "Rewards",
                "Redemptions",
                "Customer points",
                "Points report",
                "Points rules",
                "Reply score",
                "Shop settings",
            ],
        ),
        (
            "editor",
            [
                "Overview",
                "Activities",
                "Orders",
                "Rewards",
                "Redemptions",
                "Customer points",
                "Points report",
                "Points rules",
                "Reply score",
                "Shop settings",
            ],
        ),
        (
            "owner",
            [
                "Overview",
                "Activities",
                "Orders",
                "Rewards",
                "Redemptions",
                "Customer points",
                "Points report",
                "Points rules",
                "Reply score",
                "Operators and keys",
                "Shop settings",
                "Change log",
            ],
        ),
    ],
)
def test_the_menu_shows_what_a_role_may_see(open_console: Open, role: str, menu: list[str]) -> None:
    page = open_console(role=role)

    expect(page.locator("#menu li")).to_have_text(menu)


def test_a_viewer_reads_and_finds_nothing_to_change(desk: StubDesk, open_console: Open) -> None:
    page = open_console("/activities/daily-check-in", role="viewer")
    expect(page.get_by_text("Customers can take part now.")).to_be_visible()
    expect(page.locator("main").get_by_role("button")).to_have_count(0)

    for path in ["/activities/daily-check-in/edit", "/keys", "/audit"]:
        visit(page, path)
        expect(page.get_by_role("heading", name="Your role does not reach this far")).to_be_visible()
    visit(page, "/settings")
    expect(page.locator("main")).to_contain_text("Asia/Shanghai")

    expect(page.locator("main input")).to_have_count(0)
    all_asked(page)
    assert {asked.method for asked in desk.asked} == {"GET"}
