"""What every route does with what it is sent: bodies, keys, cursors, languages, and what it never tells."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from services.points.rewards import deliveries
from services.points.rewards import store as rewards
from shared.forms import In, Int
from shared.http import Api, Call
from shared.http.contract import Contract
from shared.schema import ShopRow
from tests.shared.http.routes import (
    ANYONE,
    APPS,
    CUSTOMER,
    GOOD,
    PLATFORM,
    PUBLIC,
    ROUTES,
    SCORED,
    SHOP,
    SIGNED,
    Furnished,
    Route,
    a_scored_day,
    everything,
    routes,
    with_body,
)
from tests.support.asking import Reply, ask
from tests.support.catalogue import a_reward
from tests.support.shop import MovableClock, TestShop, a_signin, an_operator, forget_everything, open_signin


def who_may(route: Route, shop: TestShop) -> str | None:
    """A bearer that may call the route."""
    bearers = {PUBLIC: None, ANYONE: None, CUSTOMER: shop.token(), PLATFORM: shop.platform_key, SHOP: SIGNED}
    return bearers.get(route.contract.who, shop.owner_key)


@pytest.fixture
def shop(furnished: Furnished) -> TestShop:
    """The shop that is asked."""
    return furnished.shop


@pytest.fixture
def ids(furnished: Furnished) -> Mapping[str, str]:
    """The ids of what the good requests name."""
    return furnished.ids


def test_every_declared_route_is_walked() -> None:
    assert {route.name for route in ROUTES} == GOOD.keys()


@pytest.mark.parametrize("route", routes(), ids=str)
def test_the_good_request_succeeds_and_nobody_keeps_the_answer(
    route: Route, shop: TestShop, time: MovableClock, ids: Mapping[str, str]
) -> None:
    time.forward(days=1)

    reply = route.ask(who_may(route, shop), ids, language="zh-CN")

    assert reply.status == route.contract.status
    assert reply.headers["cache-control"] == "no-store"
    assert reply.headers["content-language"] == "zh-CN"
    assert set(reply.headers["access-control-expose-headers"].split(",")) >= {
        "Idempotent-Replayed",
        "X-Request-Id",
        "Retry-After",
    }


@pytest.mark.parametrize("route", routes(), ids=str)
def test_a_browser_may_ask_beforehand(route: Route) -> None:
    from chalice.test import Client

    with Client(APPS[route.contract.service]) as client:
        found = client.http._local_gateway.handle_request("OPTIONS", route.path(dict.fromkeys(IDS, "x")), {}, b"")

    assert found["headers"]["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in found["headers"]["Access-Control-Allow-Headers"]
    assert "Idempotency-Key" in found["headers"]["Access-Control-Allow-Headers"]
    assert route.contract.method in found["headers"]["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in found["headers"]


REDEMPTIONS = ("to_cancel", "to_fulfil", "to_fail", "to_deliver", "to_pay")
IDS = ("key", "operator", "item", "customer", "order", *REDEMPTIONS)

UNREADABLE = {
    "nothing": b"",
    "cut off": b'{"input":',
    "two values": b"{}{}",
    "single quotes": b"{'a':1}",
    "not UTF-8": b'{"name":"\xff\xfe"}',
    "half a character": b'{"name":"\\ud800"}',
    "deep nesting": b'{"input":' + b"[" * 100_000,
    "deep and closed": b'{"input":' + b"[" * 5000 + b"]" * 5000 + b"}",
}
NO_OBJECTS = [b"[]", b'"text"', b"5", b"null", b"true"]
OTHER_MEDIA = ["", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=gbk", "json"]


@pytest.mark.parametrize("route", with_body(), ids=str)
class TestBodies:
    def sent(self, route: Route, shop: TestShop, ids: Mapping[str, str], body: Any, **changes: Any) -> Reply:
        return route.ask(who_may(route, shop), ids, body=body, **changes)

    def test_an_unreadable_one_is_malformed_and_changes_nothing(
        self, route: Route, shop: TestShop, ids: Mapping[str, str]
    ) -> None:
        before = everything()

        codes = {name: self.sent(route, shop, ids, body).code for name, body in UNREADABLE.items()}

        # What is not UTF-8 cannot be signed either: a shop's call is refused before its body is read.
        unsigned = {"not UTF-8": "unauthenticated"} if route.contract.who == SHOP else {}
        assert codes == dict.fromkeys(UNREADABLE, "malformed") | unsigned
        assert everything() == before

    def test_one_that_is_no_object_is_invalid(self, route: Route, shop: TestShop, ids: Mapping[str, str]) -> None:
        before = everything()

        codes = {body: self.sent(route, shop, ids, body).code for body in NO_OBJECTS}

        assert codes == dict.fromkeys(NO_OBJECTS, "invalid")
        assert everything() == before

    def test_an_unknown_field_is_named_in_the_callers_language(
        self, route: Route, shop: TestShop, ids: Mapping[str, str]
    ) -> None:
        reply = self.sent(route, shop, ids, {**route.body(ids), "a/b~c": 1}, language="zh-CN")

        assert (reply.status, reply.code) == (422, "invalid")
        assert reply.json["errors"] == [{"pointer": "/a~1b~0c", "message": "没有这个字段。"}]

    def test_one_over_what_the_route_takes_is_too_large(
        self, route: Route, shop: TestShop, ids: Mapping[str, str]
    ) -> None:
        whole, most = json.dumps(route.body(ids)).encode(), route.contract.body_max
        fits, too_long = whole + b" " * (most - len(whole)), whole + b" " * (most - len(whole) + 1)

        refused = self.sent(route, shop, ids, too_long)
        taken = route.ask(who_may(route, shop), ids, body=fits)

        assert (refused.status, refused.code, refused.json["limit"]) == (413, "too_large", most)
        assert taken.status in (route.contract.status, 409)

    def test_another_content_type_is_unsupported(self, route: Route, shop: TestShop, ids: Mapping[str, str]) -> None:
        before = everything()

        codes = {
            media: self.sent(route, shop, ids, route.body(ids), headers={"Content-Type": media}).code
            for media in OTHER_MEDIA
        }

        assert codes == dict.fromkeys(OTHER_MEDIA, "unsupported_media_type")
        assert everything() == before

    def test_json_is_json_however_it_is_written(self, route: Route, shop: TestShop, ids: Mapping[str, str]) -> None:
        for media in ("application/json;charset=UTF-8", "Application/JSON"):
            reply = self.sent(route, shop, ids, route.body(ids), headers={"Content-Type": media})

            # The second may find what the first one did.
            assert reply.status in (route.contract.status, 401, 409)


@pytest.mark.parametrize("number", [b"NaN", b"Infinity", b"-Infinity"])
def test_a_number_that_json_does_not_know_is_malformed(shop: TestShop, number: bytes) -> None:
    body = b'{"input":{},"more":' + number + b"}"

    reply = ask(
        APPS["activities"],
        "POST",
        "/v1/activities/daily/participations",
        bearer=shop.token(),
        body=body,
        key="k1",
    )

    assert (reply.status, reply.code) == (400, "malformed")


class TestNumbers:
    @pytest.mark.parametrize("value", ["5", True, 5.5, None, [5], {"n": 5}, 1e400, -1, 10**40])
    def test_what_is_no_whole_number_is_named(self, shop: TestShop, value: Any) -> None:
        config = a_signin()["config"] | {"reward": {"first": value, "cap": 10}}
        raw = json.dumps({"id": "new", "definition": a_signin(config=config)}).replace("Infinity", "1e400").encode()

        reply = ask(APPS["activities"], "POST", "/v1/admin/activities", bearer=shop.owner_key, body=raw)

        assert reply.status == 422
        assert reply.pointers == ["/definition/config/reward/first"]
        assert "{" not in reply.json["errors"][0]["message"]

    @pytest.mark.parametrize("value", [b"5.0", b"5", b"0.5e1", b"50e-1"])
    def test_five_is_five_however_it_is_written(self, shop: TestShop, value: bytes) -> None:
        raw = json.dumps({"id": "new", "definition": a_signin()}).encode().replace(b'"first": 5', b'"first": ' + value)

        reply = ask(APPS["activities"], "POST", "/v1/admin/activities", bearer=shop.owner_key, body=raw)

        assert reply.status == 201
        assert b'"first":5,' in reply.body

    def test_every_wrong_place_is_named_at_once(self, shop: TestShop) -> None:
        definition = a_signin(edition="UPPER", title={"fr": "x"}, config={"reward": {"first": 0, "cap": "x"}})

        reply = ask(
            APPS["activities"],
            "POST",
            "/v1/admin/activities",
            bearer=shop.owner_key,
            body={"id": "-bad-", "definition": definition},
        )

        assert sorted(reply.pointers) == [
            "/definition/config/reward/cap",
            "/definition/config/reward/first",
            "/definition/edition",
            "/definition/title",
            "/id",
        ]


class TestIdempotencyKey:
    PATH = "/v1/activities/daily/participations"

    @pytest.mark.parametrize("key", [None, "", "x" * 129, "签到", "a b", "a\tb", "é", "\x7f"])
    def test_value_moves_only_under_a_readable_key(self, shop: TestShop, key: str | None) -> None:
        forget_everything()
        before = everything()

        reply = ask(APPS["activities"], "POST", self.PATH, bearer=shop.token(), body={"input": {}}, key=key)

        assert (reply.status, reply.code) == (400, "idempotency_key_missing")
        assert everything() == before

    @pytest.mark.parametrize("key", ["x", "x" * 128, "!#$%&'*+-.^_`|~"])
    def test_any_visible_ascii_will_do(self, shop: TestShop, key: str) -> None:
        reply = ask(APPS["activities"], "POST", self.PATH, bearer=shop.token("u2"), body={"input": {}}, key=key)

        assert reply.status == 201


LISTS = [route for route in ROUTES if route.contract.query and "cursor" in route.contract.query.model_fields]


class TestCursors:
    @pytest.fixture
    def two_of_each(self, shop: TestShop, time: MovableClock, ids: Mapping[str, str]) -> None:
        """Enough that every list has a second page."""
        from services.admin.messages import NewShop
        from services.notifications import store
        from services.notifications.inbox import Item

        open_signin("tea", "second")
        time.forward(days=1)
        take_part(shop, "u1", "k2")
        store.save_item("tea", ids["subject"], Item("other", "points", {"points": 1, "balance": 2}, time.at, 9))
        version = {"based_on": 1, "definition": a_signin()}
        ask(APPS["activities"], "PUT", "/v1/admin/activities/daily", bearer=shop.owner_key, body=version)
        reward = {"based_on": 1, "definition": a_reward()}
        ask(APPS["points"], "PUT", "/v1/admin/rewards/coupon", bearer=shop.owner_key, body=reward)
        for each in rewards.list_of("tea", ids["subject"]):
            deliveries.follow(each)
        made = NewShop.model_validate({"id": "aaa", "name": {"en": "A"}}).model_dump(mode="json")
        a_scored_day("tea", "u1", SCORED - timedelta(days=1))
        ask(APPS["admin"], "POST", "/v1/shops", bearer=shop.platform_key, body=made)

    def page(self, route: Route, its: Furnished, cursor: str | None, bearer: str | None = None) -> Reply:
        query: dict[str, Any] = {"limit": 1} | ({"cursor": cursor} if cursor is not None else {})
        return route.ask(bearer or who_may(route, its.shop), its.ids, query=query)

    @pytest.mark.parametrize("route", LISTS, ids=str)
    def test_pages_follow_each_other_without_gap_or_repeat(
        self, route: Route, furnished: Furnished, two_of_each: None
    ) -> None:
        whole = [json.dumps(item) for item in self.page_of_all(route, furnished).json["items"]]
        found, cursor = [], None

        while True:
            reply = self.page(route, furnished, cursor)
            found += [json.dumps(item) for item in reply.json["items"]]
            cursor = reply.json["next_cursor"]
            if cursor is None:
                break

        assert found == whole
        assert len(set(found)) == len(found) >= 2

    def page_of_all(self, route: Route, its: Furnished) -> Reply:
        return route.ask(who_may(route, its.shop), its.ids, query={"limit": 100})

    @pytest.mark.parametrize("route", LISTS, ids=str)
    def test_a_cursor_that_was_altered_or_is_of_another_list_is_invalid(
        self, route: Route, furnished: Furnished, two_of_each: None
    ) -> None:
        own = self.page(route, furnished, None).json["next_cursor"]
        others = [self.page(other, furnished, None).json["next_cursor"] for other in LISTS if other.name != route.name]
        altered = [
            own[:-2] + ("AA" if own[-2:] != "AA" else "BB"),
            ("A" if own[0] != "A" else "B") + own[1:],
            own + "AAAA",
            own[:-4],
            "",
            "x",
            "签",
        ]

        codes = {cursor: self.page(route, furnished, cursor).json for cursor in [*others, *altered]}

        assert {told["code"] for told in codes.values()} == {"invalid"}
        assert {told["errors"][0]["pointer"] for told in codes.values()} == {"?cursor"}

    @pytest.mark.parametrize("route", [route for route in LISTS if route.contract.who == CUSTOMER], ids=str)
    def test_a_cursor_of_another_customer_is_invalid(
        self, route: Route, furnished: Furnished, two_of_each: None
    ) -> None:
        take_part(furnished.shop, "u2", "k1")
        cursor = self.page(route, furnished, None).json["next_cursor"]

        reply = self.page(route, furnished, cursor, bearer=furnished.shop.token("u2"))

        assert (reply.status, reply.code) == (422, "invalid")

    @pytest.mark.parametrize("route", LISTS, ids=str)
    def test_a_limit_is_a_whole_number_from_1_to_100(
        self, route: Route, shop: TestShop, ids: Mapping[str, str]
    ) -> None:
        for limit in ("0", "101", "x", "", "-1", "5.5"):
            reply = route.ask(who_may(route, shop), ids, query={"limit": limit})

            assert (reply.status, reply.code, reply.pointers) == (422, "invalid", ["?limit"])


def take_part(shop: TestShop, customer: str, key: str) -> Reply:
    path = "/v1/activities/daily/participations"
    return ask(APPS["activities"], "POST", path, bearer=shop.token(customer), body={"input": {}}, key=key)


class TestCrash:
    @pytest.mark.parametrize("language", ["en", "zh-CN"])
    def test_a_bug_is_answered_with_a_request_id_and_logged_with_its_trace(
        self, shop: TestShop, caplog: pytest.LogCaptureFixture, language: str, propagated: None
    ) -> None:
        ShopRow("tea", "settings", body="{broken by secret-hand").save()
        forget_everything()

        reply = ask(APPS["points"], "GET", "/v1/me/account", bearer=shop.token(), language=language)

        told = reply.json
        assert reply.status == 500
        assert told.keys() == {"type", "title", "status", "detail", "code", "request_id"}
        assert told["request_id"] == reply.headers["x-request-id"]
        assert told["request_id"] in told["detail"]
        (crashed,) = [record for record in caplog.records if record.getMessage() == "crashed"]
        assert vars(crashed)["facts"]["request_id"] == told["request_id"]
        assert crashed.exc_info is not None
        assert "JSONDecodeError" in str(crashed.exc_info[0])

    @pytest.mark.parametrize("route", routes(CUSTOMER), ids=str)
    def test_no_log_line_holds_a_token_a_name_or_a_body(
        self,
        route: Route,
        shop: TestShop,
        caplog: pytest.LogCaptureFixture,
        ids: Mapping[str, str],
        propagated: None,
    ) -> None:
        token = shop.token("canary-customer")

        route.ask(token, ids)

        lines = [f"{record.getMessage()} {getattr(record, 'facts', '')}" for record in caplog.records]
        assert lines
        assert not [line for line in lines if token in line or "canary-customer" in line or "Lin" in line]

    @pytest.fixture
    def propagated(self) -> Iterator[None]:
        """The product's log lines reach pytest."""
        from shared.logs import log

        log.propagate = True
        yield
        log.propagate = False


class TestDeclaredForm:
    """The translation itself, on an app of one route."""

    class Asked(In):
        n: Int

    class Told(BaseModel):
        n: int

    @pytest.fixture
    def contract(self) -> Contract:
        app = Api("example")

        @app.post("/v1/things", who="viewer", body=self.Asked, returns=self.Told, status=201)
        def make(call: Call[Any, None]) -> BaseModel:
            return self.Told(n=call.body.n)

        (contract,) = app.contracts
        return contract

    def test_a_declaration_is_kept_for_those_who_walk_the_routes(self, contract: Contract) -> None:
        assert (contract.service, contract.method, contract.path, contract.who) == (
            "example",
            "POST",
            "/v1/things",
            "viewer",
        )
        assert (contract.status, contract.idempotent, contract.refuses) == (201, False, ())
        assert contract.returns is self.Told


def test_an_operator_who_was_just_removed_elsewhere_gets_a_declared_answer(shop: TestShop) -> None:
    key = an_operator(shop, "viewer")
    ask(APPS["admin"], "GET", "/v1/operators/me", bearer=key)
    ShopRow("tea", f"operator#{key.split('_')[2]}").delete()

    reply = ask(APPS["admin"], "GET", "/v1/operators/me", bearer=key)

    assert reply.status in (401, 404)
