"""What a shop's developer meets on the local stack: links, the console's key, the pages, undeclared methods."""

import http.client
import json
import secrets
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, expect
from standardwebhooks.webhooks import Webhook

from infra.local.paths import read_json
from tests.e2e.conftest import WAIT_MS, Stack
from tests.support.browser import a_context

SHOP = "green-field-tea"


@pytest.fixture(scope="module")
def url(stack: Stack) -> str:
    return stack.start()


def ask(url: str, method: str, path: str, body: str = "", **headers: str) -> tuple[int, dict[str, str], Any]:
    connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=60)
    try:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body or None, told)
        answer = connection.getresponse()
        raw = answer.read()
        kind = answer.getheader("Content-Type", "")
        given = {name.lower(): value for name, value in answer.getheaders()}
        return answer.status, given, json.loads(raw) if raw and "json" in kind else raw
    finally:
        connection.close()


def a_link(url: str, stack: Stack, customer_id: str) -> str:
    """As the shop's back end asks for one, with the key the seed kept."""
    secret = read_json(stack.state.credentials)["webhook_secret"]
    body = json.dumps({"type": "member.link", "customer_id": customer_id})
    now, number = datetime.now(UTC), secrets.token_hex(8)
    signed = {
        "webhook_id": number,
        "webhook_timestamp": str(int(now.timestamp())),
        "webhook_signature": Webhook(secret).sign(number, now, body),
    }
    status, _, link = ask(
        url, "POST", f"/profiles/v1/shops/{SHOP}/links", body, Content_Type="application/json", **signed
    )
    assert status == 201, link
    return url + str(link["path"])


def test_a_customer_comes_by_a_link_checks_in_and_is_told_and_a_reload_keeps_it(
    browser: Browser, url: str, stack: Stack
) -> None:
    with a_context(browser, 390, 844, locale="zh-CN") as context:
        page = context.new_page()
        page.goto(a_link(url, stack, "by-link"))

        page.locator("regulars-signin [part~=check-in]").click()

        expect(page.locator("regulars-account .value")).to_have_text("5", timeout=WAIT_MS)
        expect(page.locator("regulars-inbox .subject").first).to_have_text("签到成功：+5 积分", timeout=WAIT_MS)
        page.reload()
        expect(page.locator("regulars-account .value")).to_have_text("5", timeout=WAIT_MS)
        expect(page).to_have_url(f"{url}/m/{SHOP}")


def test_the_key_the_console_is_given_opens_the_operators_routes(url: str) -> None:
    _, _, given = ask(url, "GET", "/_local/operator")

    status, _, _ = ask(url, "GET", "/activities/v1/admin/activities", Authorization=f"Bearer {given['operator_key']}")

    assert status == 200


@pytest.mark.parametrize("method", ["TRACE", "PATCH", "BREW", "GET"])
@pytest.mark.parametrize("path", ["/profiles/v1/sessions", "/profiles/v1/sessions/renew"])
def test_a_method_that_no_route_declares_is_405_with_those_it_has(url: str, method: str, path: str) -> None:
    status, headers, problem = ask(url, method, path, Accept_Language="zh-CN")

    assert (status, headers["content-type"], headers["allow"]) == (405, "application/problem+json", "POST")
    assert (problem["code"], problem["status"]) == ("method_not_allowed", 405)


def test_the_pages_are_all_there(url: str) -> None:
    pages = {path: ask(url, "GET", path) for path in ("/", "/console/", "/docs", f"/m/{SHOP}", "/openapi.json")}

    assert {path: status for path, (status, _, _) in pages.items() if status != 200} == {}
    assert b"swagger-ui-bundle.js" in pages["/docs"][2]
