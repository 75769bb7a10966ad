"""`/docs`: the API document as a page, from this host alone and under the policy of all pages."""

from pathlib import Path

from playwright.sync_api import Page, expect

from infra.local.static import Site
from tests.embedding.calling import call
from tests.embedding.street import Street

METHODS = {"get", "put", "post", "delete"}


def test_every_operation_is_shown_and_can_be_tried_under_the_policy_of_all_pages(street: Street, page: Page) -> None:
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda line: said.append(line.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    paths = call(street.url, "/openapi.json").json["paths"]

    page.goto(f"{street.url}/docs")
    expect(page.locator(".opblock")).to_have_count(sum(len(METHODS & set(path)) for path in paths.values()))
    operation = page.locator(".opblock", has=page.locator("[data-path='/activities/v1/activities']")).first
    operation.locator(".opblock-summary").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_placeholder("shop").fill("tea")
    operation.get_by_role("button", name="Execute").click()

    expect(operation.locator(".live-responses-table")).to_contain_text("Daily check-in")
    assert said == []
    assert [address for address in asked if not address.startswith((street.url, "data:"))] == []


def test_without_swagger_ui_the_page_says_what_is_missing(street: Street, tmp_path: Path) -> None:
    (tmp_path / "services").symlink_to(street.root / "services")

    page = Site(tmp_path).answer("/docs")

    assert page is not None
    assert (page.status, b"needs Swagger UI" in page.body, b"/openapi.json" in page.body) == (200, True, True)
