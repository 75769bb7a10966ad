"""Links to the hosted member page: asked for by a signed call, used once, renewed for an hour."""

import base64
import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import jwt
import pytest
from standardwebhooks.webhooks import Webhook

from services.profiles.app import app
from shared import clock, keys, minting, tables, vault
from shared.schema import ShopRow
from tests.support.asking import Reply, ask
from tests.support.shop import TestShop, open_shop
from tests.support.tables import Platform


class LaterMachine:
    """A machine whose clock is ahead; business time does not matter to credentials."""

    def __init__(self, ahead: timedelta) -> None:
        self._ahead = ahead

    def now(self) -> datetime:
        return self.machine_now()

    def machine_now(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def pause(self, seconds: float) -> None:
        """Nothing here waits."""


def asks_for_link(shop: TestShop, customer_id: Any = "u1", *, message_id: str = "", **changes: Any) -> Reply:
    """The signed call; ``changes`` replace what is sent after the signing, or ``secret`` and how ``late`` before it."""
    secret = changes.pop("secret", shop.webhook_secret)
    at = datetime.now(UTC) - changes.pop("late", timedelta())
    path = changes.pop("path", f"/v1/shops/{shop.id}/links")
    body = json.dumps({"type": "member.link", "customer_id": customer_id} | changes.pop("more", {}))
    number = message_id or f"msg_{secrets.token_hex(8)}"
    headers = {
        "webhook-id": number,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(number, at, body),
        "Content-Type": "application/json",
    }
    return ask(app, "POST", path, body=changes.pop("body", body.encode()), headers=headers | changes)


def a_code(shop: TestShop, customer_id: str = "u1") -> str:
    return str(asks_for_link(shop, customer_id).json["code"])


def opens(shop: str, code: str) -> Reply:
    return ask(app, "POST", "/v1/sessions", body={"shop": shop, "code": code})


def renews(renewal: str) -> Reply:
    return ask(app, "POST", "/v1/sessions/renew", body={"renewal": renewal})


def customer_of(token: str) -> str:
    return str(ask(app, "GET", "/v1/me", bearer=token).json["customer_id"])


class TestAsking:
    def test_a_signed_call_makes_a_link_for_ten_minutes(self, tea: TestShop) -> None:
        reply = asks_for_link(tea)

        life = datetime.fromisoformat(reply.json["expires_at"]) - datetime.now(UTC)
        assert (reply.status, reply.json["path"]) == (201, f"/m/tea#c={reply.json['code']}")
        assert timedelta(minutes=9) < life <= timedelta(minutes=10)

    def test_codes_cannot_be_guessed(self, tea: TestShop) -> None:
        codes = {a_code(tea) for _ in range(5)}

        assert len(codes) == 5
        assert all(len(base64.urlsafe_b64decode(code + "=")) >= 32 for code in codes)

    def test_a_replayed_message_is_refused_and_makes_no_second_link(self, tea: TestShop) -> None:
        first = asks_for_link(tea, message_id="msg_1")
        again = asks_for_link(tea, message_id="msg_1")

        assert (first.status, again.status, again.code) == (201, 409, "conflict")
        assert len(link_rows(tea)) == 1

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"webhook-signature": "v1,AAAA"}, id="a made-up signature"),
            pytest.param({"webhook-signature": ""}, id="no signature"),
            pytest.param({"webhook-id": "msg_other"}, id="another message's id"),
            pytest.param({"body": b'{"type":"member.link","customer_id":"u2"}'}, id="another body"),
            pytest.param({"late": timedelta(minutes=6)}, id="six minutes late"),
            pytest.param({"late": timedelta(minutes=-6)}, id="six minutes early"),
            pytest.param({"secret": "whsec_" + base64.b64encode(b"x" * 24).decode()}, id="another key"),
        ],
    )
    def test_a_call_that_is_not_the_shops_makes_no_link(self, tea: TestShop, changes: dict[str, Any]) -> None:
        reply = asks_for_link(tea, **changes)

        assert (reply.status, reply.code) == (401, "unauthenticated")
        assert link_rows(tea) == []

    def test_a_shop_cannot_ask_in_anothers_name(self, tea: TestShop) -> None:
        coffee = open_shop("coffee")

        assert asks_for_link(coffee, path="/v1/shops/tea/links").status == 401

    def test_a_body_signed_for_another_purpose_is_refused(self, tea: TestShop) -> None:
        reply = asks_for_link(tea, more={"type": "chat.messages"})

        assert (reply.status, reply.pointers) == (422, ["/type"])

    @pytest.mark.parametrize("customer_id", ["", "x" * 129, "a\nb", 7, None])
    def test_a_name_no_customer_can_have_is_refused(self, tea: TestShop, customer_id: Any) -> None:
        assert asks_for_link(tea, customer_id).status == 422


class TestOpening:
    def test_a_code_opens_a_session_for_its_customer(self, tea: TestShop) -> None:
        reply = opens("tea", a_code(tea, "顾客 7"))

        assert reply.status == 201
        assert customer_of(reply.json["token"]) == "顾客 7"
        assert datetime.fromisoformat(reply.json["ends_at"]) - datetime.now(UTC) <= timedelta(hours=1)

    def test_a_code_opens_once(self, tea: TestShop) -> None:
        code = a_code(tea)
        opens("tea", code)

        again = opens("tea", code)

        assert (again.status, again.code) == (401, "unauthenticated")

    def test_a_code_is_good_for_nine_minutes_and_not_for_eleven(self, tea: TestShop) -> None:
        early, late = a_code(tea), a_code(tea)

        with clock.using(LaterMachine(timedelta(minutes=9))):
            assert opens("tea", early).status == 201
        with clock.using(LaterMachine(timedelta(minutes=11))):
            assert opens("tea", late).status == 401

    def test_another_shops_code_opens_nothing_and_stays_good(self, tea: TestShop) -> None:
        open_shop("coffee")
        code = a_code(tea)

        assert opens("coffee", code).status == 401
        assert opens("tea", code).status == 201

    def test_unknown_used_and_expired_codes_and_unknown_shops_answer_alike(self, tea: TestShop) -> None:
        used, expired = a_code(tea), a_code(tea)
        opens("tea", used)

        with clock.using(LaterMachine(timedelta(minutes=11))):
            answers = [opens("tea", expired), opens("tea", used), opens("tea", "made-up"), opens("nobody", used)]

        assert len({(answer.status, answer.body) for answer in answers}) == 1

    def test_the_table_cannot_be_turned_into_a_code(self, tea: TestShop, moto_platform: Platform) -> None:
        code = a_code(tea)

        kept = json.dumps(list(everything(moto_platform)), default=repr, ensure_ascii=False)

        assert len(link_rows(tea)) == 1
        assert code not in kept

    def test_used_codes_leave_nothing_behind(self, tea: TestShop) -> None:
        opens("tea", a_code(tea))

        assert link_rows(tea) == []


class TestRenewing:
    def test_a_session_is_renewed_for_its_hour_and_no_longer(self, tea: TestShop) -> None:
        renewal = opens("tea", a_code(tea)).json["renewal"]

        with clock.using(LaterMachine(timedelta(minutes=59))):
            fresh = renews(renewal)
            assert (fresh.status, customer_of(fresh.json["token"])) == (200, "u1")
        with clock.using(LaterMachine(timedelta(minutes=61))):
            over = renews(renewal)
            assert (over.status, over.code) == (401, "unauthenticated")

    def test_a_fresh_token_outlives_the_session_by_minutes_only(self, tea: TestShop) -> None:
        renewal = opens("tea", a_code(tea)).json["renewal"]

        with clock.using(LaterMachine(timedelta(minutes=59))):
            token = renews(renewal).json["token"]

        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims["exp"] - claims["iat"] <= minting.TOKEN_LIFE.total_seconds()

    def test_what_renews_is_no_credential_by_itself(self, tea: TestShop) -> None:
        opened = opens("tea", a_code(tea)).json

        assert ask(app, "GET", "/v1/me", bearer=opened["renewal"]).status == 401
        assert renews(opened["token"]).status == 401

    @pytest.mark.parametrize("claim", [{"sub": "u2"}, {"shop": "coffee"}, {"exp": 4_000_000_000}])
    def test_a_changed_renewal_is_refused(self, tea: TestShop, claim: dict[str, Any]) -> None:
        header, payload, signature = opens("tea", a_code(tea)).json["renewal"].split(".")
        told = json.loads(base64.urlsafe_b64decode(payload + "=="))
        changed = base64.urlsafe_b64encode(json.dumps(told | claim).encode()).decode().rstrip("=")

        assert renews(f"{header}.{changed}.{signature}").status == 401

    @pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")  # the forger's key is too short
    @pytest.mark.parametrize(
        ("key", "algorithm", "claims"),
        [
            pytest.param("the shop's own customer key", "HS256", {}, id="signed by the shop"),
            pytest.param("", "none", {}, id="not signed"),
            pytest.param("ours", "HS512", {}, id="another algorithm"),
            pytest.param("ours", "HS256", {"aud": "tea"}, id="another audience"),
        ],
    )
    def test_a_forged_renewal_is_refused(self, tea: TestShop, key: str, algorithm: str, claims: dict[str, Any]) -> None:
        keys: dict[str, str | bytes] = {"": "", "ours": vault.installation_secret("session")}
        secret = keys.get(key, tea.customer_secret)
        told = {"aud": "regulars:session", "shop": "tea", "sub": "u1", "exp": 4_000_000_000} | claims

        assert renews(jwt.encode(told, secret, algorithm)).status == 401

    @pytest.mark.parametrize("renewal", ["x", "a.b.c", "é" * 9, "." * 100])
    def test_what_is_no_renewal_at_all_is_refused(self, tea: TestShop, renewal: str) -> None:
        assert renews(renewal).status == 401

    def test_after_a_key_was_rotated_and_the_old_one_deleted_the_session_goes_on(self, tea: TestShop) -> None:
        renewal = opens("tea", a_code(tea)).json["renewal"]
        with clock.using(LaterMachine(timedelta(seconds=2))):
            newer = minting.new_signing_key("tea", "customer")
            tables.commit([newer.part])
        rows(tea).delete_item(Key={"pk": "tea", "sk": f"key#{tea.customer_kid}"})
        keys.clear_caches()

        token = renews(renewal).json["token"]

        assert jwt.get_unverified_header(token)["kid"] == newer.id
        assert customer_of(token) == "u1"

    def test_a_shop_without_a_customer_key_can_open_nothing(self, tea: TestShop) -> None:
        code = a_code(tea)
        rows(tea).delete_item(Key={"pk": "tea", "sk": f"key#{tea.customer_kid}"})
        keys.clear_caches()

        assert opens("tea", code).status == 401

    def test_a_webhook_key_that_was_rotated_signs_beside_the_old_one(self, tea: TestShop) -> None:
        newer = minting.new_signing_key("tea", "webhook")
        tables.commit([newer.part])
        keys.clear_caches()

        assert asks_for_link(tea, secret=newer.secret).status == 201
        assert asks_for_link(tea).status == 201


def rows(shop: TestShop) -> Any:
    del shop
    return boto3.resource("dynamodb").Table(ShopRow.Meta.table_name)


def link_rows(shop: TestShop) -> list[str]:
    found = rows(shop).query(
        KeyConditionExpression="pk = :shop AND begins_with(sk, :kind)",
        ExpressionAttributeValues={":shop": shop.id, ":kind": "link#"},
    )
    return [item["sk"] for item in found["Items"]]


def everything(platform: Platform) -> Any:
    for name in platform.tables.values():
        yield from boto3.resource("dynamodb").Table(name).scan()["Items"]
