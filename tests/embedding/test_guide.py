"""What docs/embed.md shows works as it stands there: each file is taken from the page, started, and visited."""

import contextlib
import json
import os
import re
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from infra.bundle import WIDGETS, Bundle
from infra.local.emulator import free_port
from services.orders.messages import EventIn
from services.orders.order import PROGRESS
from shared.http.problems import STATUS
from tests.embedding.calling import call
from tests.embedding.front import TokenRoute, asking, shop_front
from tests.embedding.guide import (
    JAVA,
    LANGUAGES,
    NODE,
    PHP,
    PYTHON,
    RUNNABLE,
    Language,
    blocks,
    filled_in,
    text,
)
from tests.embedding.street import Street
from tests.support.shop import TestShop

START_S = 60.0
STOP_S = 60.0
RUN_S = 120.0
VALUE = "regulars-account .value"
each_language = pytest.mark.parametrize("language", RUNNABLE, ids=lambda language: language.name)
AWKWARD = '顾客 "7" \\ é'
"""A customer's id that a careless JSON or header would break."""


def settings_of(street: Street, shop: TestShop, **more: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "LC_ALL": "C.UTF-8",
        "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH", ""),
        "REGULARS_HOST": street.url,
        "REGULARS_SHOP": shop.id,
        "REGULARS_KEY_ID": shop.customer_kid,
        "REGULARS_KEY_SECRET": shop.customer_secret,
        "REGULARS_WEBHOOK_SECRET": shop.webhook_secret,
        **more,
    }


@contextlib.contextmanager
def back_end(language: Language, folder: Path, street: Street, shop: TestShop) -> Iterator[str]:
    """The page's back end in one language, running; its address."""
    port = free_port()
    command = language.command(folder, "shop")
    if language is PHP:
        command = ["php", "-S", f"127.0.0.1:{port}", command[-1]]
    process = subprocess.Popen(command, cwd=folder, env=settings_of(street, shop, PORT=str(port)))
    try:
        wait_for(port, process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(STOP_S)


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        assert process.poll() is None, "the back end ended by itself"
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens after {START_S} s")


@pytest.fixture
def own_shop(street: Street) -> TestShop:
    return street.another_shop()


class TestRunning:
    @each_language
    def test_a_browser_checks_in_through_the_pages_two_lines_and_back_end(
        self, language: Language, street: Street, own_shop: TestShop, tmp_path: Path, page: Page
    ) -> None:
        (lines, *_) = blocks("html")
        policy = policy_of(street) + "; default-src 'none'; style-src 'none'; require-trusted-types-for 'script'"
        body = filled_in(lines, host=street.url, shop=own_shop.id)
        with (
            back_end(language, tmp_path, street, own_shop) as address,
            shop_front(body, policy=policy, token=asking(address)) as url,
        ):
            page.goto(url)
            expect(page.locator(VALUE)).to_have_text("0")
            page.locator("regulars-signin [part~=check-in]").click()

            expect(page.locator(VALUE)).to_have_text("5")

    @each_language
    def test_a_signed_call_makes_a_link_for_any_customer(
        self, language: Language, street: Street, own_shop: TestShop, tmp_path: Path
    ) -> None:
        command = language.command(tmp_path, "link", AWKWARD)

        printed = subprocess.check_output(command, cwd=tmp_path, env=settings_of(street, own_shop), timeout=RUN_S)

        address, _, code = printed.decode().strip().partition("#c=")
        asked = json.dumps({"shop": own_shop.id, "code": code}).encode()
        opened = call(street.url, "/profiles/v1/sessions", asked, Content_Type="application/json").json
        me = call(street.url, "/profiles/v1/me", Authorization=f"Bearer {opened['token']}").json
        assert (address, me["customer_id"]) == (f"{street.url}/m/{own_shop.id}", AWKWARD)

    def test_the_languages_that_the_page_promises_of_ci_are_run_there(self) -> None:
        promised = {PYTHON, NODE, JAVA} if os.environ.get("CI") else {PYTHON}

        assert promised <= set(RUNNABLE)
        assert "Our CI has Python, Node and Java" in text()

    def test_each_file_on_the_page_is_one_that_is_run(self) -> None:
        files = {language.source(stem)[1] for language in LANGUAGES for stem in ("shop", "link")}
        programs = {block for language in LANGUAGES for block in blocks(language.fence)}

        assert len(programs - files) == 1  # the listener to events, which has its own test

    @pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.name)
    def test_no_language_puts_another_claim_into_the_token(self, language: Language) -> None:
        _, source = language.source("shop")

        # What stands for PHP where nothing can run it: the same names and the same life in all four.
        for word in ("HS256", "kid", "aud", "sub", "iat", "exp", "600"):
            assert re.search(rf"\b{word}\b", source), word


class TestLook:
    def test_properties_and_parts_reach_in(self, street: Street, page: Page) -> None:
        (lines, *_), (css,) = blocks("html"), blocks("css")
        body = filled_in(lines, host=street.url, shop="tea")
        with shop_front(f"<style>{css}</style>{body}", token=logged_in(street, "u-look")) as url:
            page.goto(url)

            expect(page.locator("regulars-signin [part~=card]")).to_have_css("border-radius", "4px")
            expect(page.locator("regulars-signin [part~=check-in]")).to_have_css("text-transform", "uppercase")

    def test_every_custom_property_is_on_the_page_and_no_other(self) -> None:
        scripts = "\n".join(file.read_text("utf-8") for file in WIDGETS.glob("*.js"))

        assert set(re.findall(r"--regulars-[a-z-]*[a-z]", text())) == set(
            re.findall(r"--regulars-[a-z-]*[a-z]", scripts)
        )

    def test_every_part_is_on_the_page_and_no_other(self) -> None:
        source = (WIDGETS / "member-centre.js").read_text("utf-8")
        (listed,) = re.findall(r"^Parts: (.*?)\.\n\n", text(), re.MULTILINE | re.DOTALL)
        (declared,) = re.findall(r"PARTS = \[(.*?)\]", source, re.DOTALL)

        assert set(re.findall(r"`([a-z-]+)`", listed)) == set(re.findall(r"[a-z-]+", declared))

    def test_every_attribute_is_on_the_page_and_no_other(self) -> None:
        source = (WIDGETS / "element.js").read_text("utf-8")
        (observed,) = re.findall(r"observedAttributes = \[(.*?)\]", source, re.DOTALL)
        table = text().partition("| attribute |")[2].partition("\n\n")[0]

        assert set(re.findall(r"^\| `([a-z-]+)`", table, re.MULTILINE)) == set(re.findall(r'"([a-z-]+)"', observed))


class TestEvents:
    def test_the_listener_hears_of_a_check_in(self, street: Street, page: Page) -> None:
        (listener,) = (block for block in blocks("js") if "addEventListener" in block)
        tag = f'<script type="module" src="{street.url}/widgets/v1/regulars.js"></script>'
        widget = '<regulars-signin shop="tea" activity="daily" token-url="/regulars-token"></regulars-signin>'
        body = f'<b id="points"></b>{tag}{widget}<script>{listener}</script>'
        with shop_front(body, token=logged_in(street, "u-events")) as url:
            page.goto(url)

            page.locator("regulars-signin [part~=check-in]").click()

            expect(page.locator("#points")).to_have_text("5")

    def test_every_event_is_on_the_page_and_no_other(self) -> None:
        scripts = "\n".join(file.read_text("utf-8") for file in WIDGETS.glob("*.js"))
        sent = {f"regulars:{name}" for name in re.findall(r'emit\("(\w+)"', scripts)}

        assert set(re.findall(r"^\| `(regulars:\w+)`", text(), re.MULTILINE)) == sent | {"regulars:refresh"}


class TestReference:
    def test_every_code_a_caller_can_meet_is_explained_and_no_other(self) -> None:
        table = text().partition("| code |")[2].partition("\n\n")[0]
        of_widgets = {"network", "timeout", "token_unavailable", "unexpected"}

        assert set(re.findall(r"^\| `(\w+)`", table, re.MULTILINE)) == set(STATUS) | of_widgets

    def test_the_events_of_an_order_are_such_as_are_taken(self) -> None:
        (block,) = blocks("json")
        events = [EventIn.model_validate_json(each) for each in re.split(r"\n(?=\{)", block.strip())]

        named = set(re.findall(r"`order\.(\w+)`", text()))
        assert named | {each.type.partition(".")[2] for each in events} == {*PROGRESS, "cancelled", "refunded"}
        assert len(events) == 3

    def test_the_pinned_line_is_the_one_that_make_bundle_prints(self, bundle: Bundle) -> None:
        (_, line) = blocks("html")

        printed = bundle.tag("https://HOST").replace(bundle.version, "VERSION").replace(bundle.integrity, "sha384-…")

        assert line.strip() == printed


def logged_in(street: Street, customer_id: str) -> TokenRoute:
    """A back end at which this customer is logged in."""
    return lambda: (200, json.dumps({"token": street.shop.token(customer_id)}).encode())


def policy_of(street: Street) -> str:
    (header,) = blocks("http")
    return filled_in(header, host=street.url, shop="").partition(": ")[2].strip()
