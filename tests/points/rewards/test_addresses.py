"""Where deliveries go: named by the owner, from a version on, with an audit entry that keeps the token to itself."""

from typing import Any

import pytest

from services.points.app import app
from services.points.rewards import adapters, addresses
from shared import audit, outbound
from shared.schema import ShopRow
from tests.points.rewards.test_adapters import Provider, paid_out
from tests.support.asking import Reply, ask
from tests.support.shop import MovableClock, TestShop, an_operator

PATH = "/v1/admin/delivery"
NAMED = {"shop": "https://shop.example/hook?from=regulars", "red_packet": "https://pay.example/out"}
NOTHING = {"shop": None, "red_packet": None, "data_top_up": None, "token": None}


def named(tea: TestShop, based_on: int = 0, /, **delivery: Any) -> Reply:
    return ask(app, "PUT", PATH, bearer=tea.owner_key, body={"based_on": based_on, "delivery": delivery})


def seen(shop: TestShop) -> Any:
    return ask(app, "GET", PATH, bearer=shop.owner_key).json


def test_a_shop_begins_with_none(tea: TestShop) -> None:
    assert seen(tea) == {"delivery": NOTHING, "has_token": False, "version": 0}


def test_what_was_named_is_where_deliveries_go(tea: TestShop) -> None:
    told = named(tea, **NAMED, token="t0ken-of-the-shop").json

    assert told == {"delivery": NOTHING | NAMED, "has_token": True, "version": 1} == seen(tea)
    provider = Provider()
    assert paid_out(provider).refused == ""
    ((url, _, headers),) = provider.asked
    assert (url, headers["Authorization"]) == ("https://pay.example/out", "Bearer t0ken-of-the-shop")
    assert adapters.provider_of("tea", "data_top_up") is None
    assert addresses.load("coffee") == addresses.Addresses()


def test_the_token_stays_until_another_is_given(tea: TestShop) -> None:
    named(tea, **NAMED, token="t0ken-of-the-shop")

    told = named(tea, 1, shop="https://shop.example/other").json

    assert (told["delivery"], told["has_token"]) == (NOTHING | {"shop": "https://shop.example/other"}, True)
    assert addresses.load("tea").token == "t0ken-of-the-shop"
    named(tea, 2, token="an0ther-token")
    assert addresses.load("tea") == addresses.Addresses(token="an0ther-token")


def test_the_token_lies_sealed_and_is_in_no_audit_entry(tea: TestShop, time: MovableClock) -> None:
    named(tea, shop="https://shop.example/hook")
    time.forward(seconds=1)
    named(tea, 1, **NAMED, token="t0ken-of-the-shop")

    row = ShopRow.get("tea", "delivery")
    assert b"t0ken" not in (row.sealed or b"") + row.body.encode()
    entry = audit.list_entries("tea", limit=1).entries[0]
    assert (entry.action, entry.target) == ("delivery.changed", "shop:tea")
    assert (entry.before, entry.after) == ({"shop": "https://shop.example/hook"}, NAMED | {"token": "changed"})


def test_whoever_knows_an_older_version_changes_nothing(tea: TestShop) -> None:
    named(tea, **NAMED)

    refused = named(tea, shop="https://other.example/")

    assert (refused.status, refused.code, refused.json["current"]) == (409, "conflict", 1)
    assert seen(tea)["delivery"] == NOTHING | NAMED


@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_only_owners_see_and_name_them(tea: TestShop, method: str) -> None:
    body = {"based_on": 0, "delivery": NAMED} if method == "PUT" else None

    assert ask(app, method, PATH, bearer=an_operator(tea, "editor"), body=body).code == "forbidden"


@pytest.mark.parametrize(
    "url",
    [
        "https://localhost/",
        "https://shop/",
        "https://db.internal/",
        "https://tea.local:8443/",
        "https://127.0.0.1/",
        "https://10.0.0.8/x",
        "https://169.254.169.254/latest",
        "https://[::1]/",
        "https://[::1",
        "https://0x7f.1/",
        "https://2130706433/",
        "https://me:secret@shop.example/",
        "https://shop.example/#top",
        "https://shop.example:99999/",
        "https://",
    ],
)
def test_an_address_that_nobody_may_call_is_refused_with_the_sentence(tea: TestShop, url: str) -> None:
    refused = ask(app, "PUT", PATH, bearer=tea.owner_key, body={"based_on": 0, "delivery": {"red_packet": url}})

    assert (refused.status, refused.pointers) == (422, ["/delivery/red_packet"])
    assert not outbound.allows(url)
    if url != "https://":
        assert refused.json["errors"][0]["message"].startswith("Name an https address on the public internet")


@pytest.mark.parametrize("url", ["http://shop.example/", "ftp://shop.example/", "shop.example", "https://店.example/"])
def test_an_address_of_another_form_is_refused(tea: TestShop, url: str) -> None:
    assert named(tea, shop=url).pointers == ["/delivery/shop"]


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example",
        "https://a-b.shop.example:8443/x?y=1",
        "https://xn--fiq228c.xn--fiqs8s/",
        "https://1.1.1.1/",
    ],
)
def test_public_addresses_are_taken(tea: TestShop, url: str) -> None:
    assert named(tea, shop=url).json["delivery"]["shop"] == url
