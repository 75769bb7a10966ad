"""Nobody acts as, reads or learns of another customer or shop: every route against every wrong credential."""

import base64
import hmac
import json
import re
import time as machine
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest

from shared import keys
from tests.shared.http.routes import (
    ANYONE,
    CUSTOMER,
    EDITOR,
    OWNER,
    PLATFORM,
    PUBLIC,
    SHOP,
    SIGNED,
    VIEWER,
    Furnished,
    Route,
    everything,
    queued,
    routes,
    signature,
)
from tests.support.shop import TestShop, an_operator, open_signin


def claims(shop: TestShop, **changes: Any) -> dict[str, Any]:
    now = int(machine.time())
    return {"aud": shop.id, "sub": "u1", "iat": now, "exp": now + 600} | changes


def signed(given: Mapping[str, Any], secret: str, kid: str | None) -> str:
    return jwt.encode(dict(given), secret, "HS256", headers={"kid": kid} if kid else None)


def part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def forged(header: Mapping[str, Any], given: Mapping[str, Any], secret: str = "", digest: str = "sha256") -> str:
    """A token put together by hand, signed with any digest over any key."""
    told = f"{part(json.dumps(header).encode())}.{part(json.dumps(given).encode())}"
    signature = hmac.digest(secret.encode(), told.encode(), digest) if secret else b""
    return f"{told}.{part(signature)}"


def tampered(token: str) -> str:
    """Another customer under the first one's signature."""
    header, payload, signature = token.split(".")
    told = json.loads(base64.urlsafe_b64decode(payload + "=="))
    return f"{header}.{part(json.dumps(told | {'sub': 'u2'}).encode())}.{signature}"


OPERATORS = (VIEWER, EDITOR, OWNER)
SEEN_BY_ALL = {"activity_id", "reward_id"}
"""What a customer's route may name that is not the customer's own: all customers of the shop see it."""

NESTED = '{"alg":"HS256","kid":' + "[" * 2900

Make = Callable[[Furnished], str]
"""Makes a credential from what the two shops have."""

TOKENS: Mapping[str, Make] = {
    "empty": lambda _: "",
    "garbled": lambda _: "not-a-token",
    "three empty parts": lambda _: "..",
    "not ASCII": lambda _: "签到.签到.签到",
    "too long": lambda its: its.shop.token() + "x" * 5000,
    "deeply nested": lambda _: f"{part(NESTED.encode())}.e30.x",
    "expired": lambda its: its.shop.token(exp=int(machine.time()) - 60),
    "too long ahead": lambda its: its.shop.token(exp=int(machine.time()) + 3600),
    "never expires": lambda its: its.shop.token(exp=None),
    "expiry as text": lambda its: its.shop.token(exp="soon"),
    "expiry true": lambda its: its.shop.token(exp=True),
    "expiry infinite": lambda its: its.shop.token(exp=float("inf")),
    "expiry not a number": lambda its: its.shop.token(exp=float("nan")),
    "not yet": lambda its: its.shop.token(nbf=int(machine.time()) + 120),
    "issued tomorrow": lambda its: its.shop.token(iat=int(machine.time()) + 86_400),
    "without a customer": lambda its: its.shop.token(sub=None),
    "an empty customer": lambda its: its.shop.token(""),
    "a customer too long": lambda its: its.shop.token("u" * 129),
    "without a shop": lambda its: its.shop.token(aud=None),
    "two shops": lambda its: its.shop.token(aud=["tea", "coffee"]),
    "unknown shop": lambda its: its.shop.token(aud="nowhere"),
    "another shop's name": lambda its: its.shop.token(aud=its.coffee.id),
    "another shop's secret": lambda its: signed(claims(its.shop), its.coffee.customer_secret, its.shop.customer_kid),
    "another shop's key id": lambda its: signed(claims(its.shop), its.shop.customer_secret, its.coffee.customer_kid),
    "another shop's key": lambda its: signed(claims(its.shop), its.coffee.customer_secret, its.coffee.customer_kid),
    "without a key id": lambda its: signed(claims(its.shop), its.shop.customer_secret, None),
    "unknown key id": lambda its: signed(claims(its.shop), its.shop.customer_secret, "unknown"),
    "a key id that climbs": lambda its: signed(claims(its.shop), its.shop.customer_secret, "../settings"),
    "the webhook secret": lambda its: signed(claims(its.shop), its.shop.webhook_secret, its.shop.customer_kid),
    "alg none": lambda its: forged({"alg": "none", "kid": its.shop.customer_kid}, claims(its.shop)),
    "alg missing": lambda its: forged({"kid": its.shop.customer_kid}, claims(its.shop)),
    "alg RS256 over the secret": lambda its: forged(
        {"alg": "RS256", "kid": its.shop.customer_kid}, claims(its.shop), its.shop.customer_secret
    ),
    "HS512": lambda its: forged(
        {"alg": "HS512", "kid": its.shop.customer_kid}, claims(its.shop), its.shop.customer_secret, "sha512"
    ),
    "another signature": lambda its: its.shop.token()[:-4] + "AAAA",
    "tampered": lambda its: tampered(its.shop.token()),
    "an operator's key": lambda its: its.shop.owner_key,
    "the platform's key": lambda its: its.shop.platform_key,
}

KEYS: Mapping[str, Make] = {
    "empty": lambda _: "",
    "garbled": lambda _: "rgo_tea",
    "not ASCII": lambda _: "rgo_茶",
    "wrong secret": lambda its: its.shop.owner_key[:-2] + ("xx" if not its.shop.owner_key.endswith("xx") else "yy"),
    "cut short": lambda its: its.shop.owner_key[:-1],
    "another shop's id": lambda its: its.shop.owner_key.replace("rgo_tea_", "rgo_coffee_"),
    "unknown shop": lambda its: its.shop.owner_key.replace("rgo_tea_", "rgo_nowhere_"),
    "as the platform's": lambda its: its.shop.owner_key.replace("rgo_tea_", "rgp_"),
    "a customer's token": lambda its: its.shop.token(),
}

PLATFORM_KEYS = {name: KEYS[name] for name in ("empty", "garbled", "as the platform's", "a customer's token")} | {
    "wrong secret": lambda its: its.shop.platform_key[:-2] + "__",
    "an owner's key": lambda its: its.shop.owner_key,
}


@pytest.fixture
def shop(furnished: Furnished) -> TestShop:
    """The shop that is asked."""
    return furnished.shop


@pytest.fixture
def coffee(furnished: Furnished) -> TestShop:
    """Another shop, whose owner and customers are the foreigners here."""
    return furnished.coffee


@pytest.fixture
def ids(furnished: Furnished) -> Mapping[str, str]:
    """The ids of what the good requests name."""
    return furnished.ids


def refused_everywhere(route: Route, ids: Mapping[str, str], bearers: Mapping[str, str | None], **changes: Any) -> None:
    """Every bearer gets the same 401 in both languages, and no table changes."""
    keys.clear_caches()
    before, otherwise = everything(), {}
    for name, bearer in bearers.items():
        for language, title in (("en", "Please sign in"), ("zh-CN", "请先登录")):
            reply = route.ask(bearer, ids, language=language, **changes)
            told = (reply.status, reply.code, reply.json.get("title"), reply.headers.get("www-authenticate"))
            if told != (401, "unauthenticated", title, "Bearer") or reply.headers["content-language"] != language:
                otherwise[name] = told
    assert otherwise == {}
    assert everything() == before


class TestWrongCredentials:
    @pytest.mark.parametrize("route", routes(CUSTOMER), ids=str)
    def test_a_customer_route_takes_no_wrong_token(self, route: Route, furnished: Furnished) -> None:
        tokens: dict[str, str | None] = {name: make(furnished) for name, make in TOKENS.items()}

        refused_everywhere(route, furnished.ids, tokens | {"missing": None})

    @pytest.mark.parametrize("route", routes(PUBLIC), ids=str)
    def test_a_public_route_does_not_fall_back_to_a_visitor(self, route: Route, furnished: Furnished) -> None:
        tokens: dict[str, str | None] = {name: make(furnished) for name, make in TOKENS.items()}

        refused_everywhere(route, furnished.ids, tokens)

    @pytest.mark.parametrize("route", routes(VIEWER, EDITOR, OWNER), ids=str)
    def test_an_operator_route_takes_no_wrong_key(self, route: Route, furnished: Furnished) -> None:
        keys: dict[str, str | None] = {name: make(furnished) for name, make in KEYS.items()}

        refused_everywhere(route, furnished.ids, keys | {"missing": None, "platform": furnished.shop.platform_key})

    @pytest.mark.parametrize("route", routes(PLATFORM), ids=str)
    def test_a_platform_route_takes_no_wrong_key(self, route: Route, furnished: Furnished) -> None:
        keys: dict[str, str | None] = {name: make(furnished) for name, make in PLATFORM_KEYS.items()}

        refused_everywhere(route, furnished.ids, keys | {"missing": None})

    @pytest.mark.parametrize("route", routes(SHOP), ids=str)
    def test_a_signed_route_takes_no_bearer_and_no_other_shops_signature(
        self, route: Route, furnished: Furnished
    ) -> None:
        bearers = {"missing": None, "token": furnished.shop.token(), "owner": furnished.shop.owner_key}

        refused_everywhere(route, furnished.ids, bearers)
        before = everything()
        foreign = route.ask(SIGNED, {**furnished.ids, "webhook": furnished.coffee.webhook_secret})

        assert foreign.status == 401
        assert everything() == before

    def test_the_platforms_key_is_no_owners_key_of_a_shop_called_platform(
        self, shop: TestShop, ids: Mapping[str, str]
    ) -> None:
        dressed = shop.platform_key.replace("rgp_", "rgo_platform_")

        found = {str(route): route.ask(dressed, ids).status for route in routes(VIEWER)}

        assert set(found.values()) == {401}

    @pytest.mark.parametrize("customer_id", ["u1\n", "u\t1", "\x7f", "\ud800"])
    def test_a_customer_id_must_be_printable_text(
        self, shop: TestShop, ids: Mapping[str, str], customer_id: str
    ) -> None:
        (route,) = [route for route in routes(CUSTOMER) if route.name == "GET /profiles/v1/me"]

        assert route.ask(shop.token(customer_id), {}).status == 401

    @pytest.mark.parametrize("scheme", ["Basic", "bearer:", "", "Token"])
    def test_only_the_bearer_scheme_is_understood(self, shop: TestShop, ids: Mapping[str, str], scheme: str) -> None:

        for route in routes(CUSTOMER):
            told = {"Authorization": f"{scheme} {shop.token()}"}
            assert route.ask(None, ids, headers=told).status == 401

    @pytest.mark.parametrize("route", routes(SHOP), ids=str)
    @pytest.mark.parametrize("other", routes(SHOP), ids=str)
    def test_a_signature_opens_no_other_route_and_no_other_shop(
        self, route: Route, other: Route, furnished: Furnished
    ) -> None:
        body = json.dumps(route.body(furnished.ids)).encode()
        call: dict[str, Any] = {"body": body, "headers": signature(furnished.shop.webhook_secret, body)}
        there = re.sub("/shops/[^/]+", f"/shops/{furnished.coffee.id}", other.path(furnished.ids))
        before = everything(), queued()

        elsewhere = other.ask(None, furnished.ids, path=there, **call)
        replayed = None if route == other else other.ask(None, furnished.ids, **call)

        assert elsewhere.status == 401
        assert replayed is None or (replayed.status == 422 and "/type" in replayed.pointers)
        assert (everything(), queued()) == before


class TestRoles:
    @pytest.mark.parametrize("route", routes(), ids=str)
    def test_each_caller_reaches_exactly_what_their_role_allows(self, route: Route, furnished: Furnished) -> None:
        shop, ids, who = furnished.shop, furnished.ids, route.contract.who
        viewer, editor = an_operator(shop, "viewer"), an_operator(shop, "editor")
        good = route.contract.status
        operators = {"viewer": 1, "editor": 2, "owner": 3}
        # The least first: the first who may do it changes what the later ones find.
        bearers = [
            ("nobody", None, 0),
            ("customer", shop.token(), 0),
            ("platform", shop.platform_key, 0),
            ("shop", SIGNED, 0),
            ("viewer", viewer, 1),
            ("editor", editor, 2),
            ("owner", shop.owner_key, 3),
        ]

        for name, bearer, rank in bearers:
            reply = route.ask(bearer, ids)
            if who in operators and rank:
                allowed = rank >= operators[who]
                assert (reply.status in (good, 404, 409)) if allowed else reply.status == 403, name
            elif who in (name, ANYONE) or (who == PUBLIC and name in ("nobody", "customer", "shop")):
                # The first to use a link's code finds it good, the others find it used.
                assert reply.status in (good, 409) or (who == ANYONE and name != "nobody"), name
            else:
                assert reply.status == 401, name

    @pytest.mark.parametrize("route", routes(VIEWER, EDITOR, OWNER), ids=str)
    def test_the_least_role_that_may_do_it_succeeds(self, route: Route, shop: TestShop, ids: Mapping[str, str]) -> None:
        role: Any = route.contract.who
        bearer = an_operator(shop, role)

        reply = route.ask(bearer, ids)

        assert reply.status == route.contract.status

    @pytest.mark.parametrize("route", routes(EDITOR, OWNER), ids=str)
    def test_a_role_too_low_is_told_which_one_is_needed_and_writes_nothing(
        self, route: Route, shop: TestShop, ids: Mapping[str, str]
    ) -> None:
        viewer = an_operator(shop, "viewer")
        before = everything()

        reply = route.ask(viewer, ids)

        assert (reply.status, reply.code, reply.json["role"]) == (403, "forbidden", route.contract.who)
        assert everything() == before


class TestForeignObjects:
    @pytest.mark.parametrize("route", [route for route in routes(*OPERATORS, CUSTOMER) if route.names], ids=str)
    def test_what_only_another_shop_has_is_not_there(self, route: Route, furnished: Furnished) -> None:
        open_signin("tea", "only-here")
        there = route.path(furnished.ids).replace("daily", "only-here")
        bearer = furnished.coffee.token() if route.contract.who == CUSTOMER else furnished.coffee.owner_key
        before = everything()

        foreign, missing = (route.ask(bearer, furnished.ids, path=path) for path in (there, route.nowhere))

        assert foreign.status == 404
        assert foreign.body == missing.body
        assert everything() == before

    @pytest.mark.parametrize("route", [route for route in routes(CUSTOMER) if route.names - SEEN_BY_ALL], ids=str)
    def test_what_only_another_customer_has_is_not_there(self, route: Route, furnished: Furnished) -> None:
        stranger, before = furnished.shop.token("u2"), everything()

        foreign, missing = (route.ask(stranger, furnished.ids, path=path) for path in (None, route.nowhere))

        assert foreign.status == 404
        assert foreign.body == missing.body
        assert everything() == before

    @pytest.mark.parametrize("route", routes(PUBLIC), ids=str)
    def test_a_token_of_one_shop_reads_nothing_of_another(self, route: Route, furnished: Furnished) -> None:
        reply = route.ask(furnished.coffee.token(), furnished.ids)

        assert (reply.status, reply.code) == (404, "not_found")

    @pytest.mark.parametrize(
        "named", ["tea#daily#versions", "tea#daily#1#{slice}", "TEA", "tea ", "x" * 3000, "", "platform"]
    )
    @pytest.mark.parametrize("route", routes(PUBLIC), ids=str)
    def test_a_shop_that_is_none_answers_like_one_that_does_not_exist(
        self, route: Route, shop: TestShop, ids: Mapping[str, str], named: str
    ) -> None:
        from services.activities.store import SLICES
        from shared.ids import slice_of

        odd = named.format(slice=slice_of(ids["subject"], SLICES))

        given, unknown = (route.ask(None, ids, query={"shop": name}) for name in (odd, "nowhere"))

        assert given.status == 422 or (given.status, given.body) == (unknown.status, unknown.body)
