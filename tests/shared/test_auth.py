"""Signed calls of a shop's back end: Standard Webhooks, each message once, keys rotated without a gap."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from shared import auth, minting, tables
from shared.errors import Conflict, Unauthenticated
from shared.schema import ShopRow
from tests.support.shop import TestShop, open_shop

BODY = '{"type":"order.paid","单号":"1"}'.encode()


def signed(
    shop: TestShop, body: bytes = BODY, message: str = "msg_1", *, ago: timedelta = timedelta(0), secret: str = ""
) -> dict[str, str]:
    """The headers of a call, as the shop's back end signs it."""
    at = datetime.now(UTC) - ago
    signature = Webhook(secret or shop.webhook_secret).sign(message, at, body.decode())
    return {
        "webhook-id": message,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signature,
    }


class TestShopCall:
    def test_a_signed_call_names_the_shop_and_its_message(self, tea: TestShop) -> None:
        caller = auth.shop_call("tea", BODY, signed(tea))

        assert caller == auth.ShopCaller("tea", "msg_1")

    @pytest.mark.parametrize("ago", [timedelta(minutes=4, seconds=50), timedelta(minutes=-4, seconds=-50)])
    def test_five_minutes_either_way_are_allowed(self, tea: TestShop, ago: timedelta) -> None:
        assert auth.shop_call("tea", BODY, signed(tea, ago=ago)).shop == "tea"

    @pytest.mark.parametrize("ago", [timedelta(minutes=5, seconds=10), timedelta(minutes=-5, seconds=-10)])
    def test_an_older_or_later_call_is_refused(self, tea: TestShop, ago: timedelta) -> None:
        with pytest.raises(Unauthenticated):
            auth.shop_call("tea", BODY, signed(tea, ago=ago))

    @pytest.mark.parametrize(
        "changes",
        [
            {"webhook-id": "msg_2"},
            {"webhook-id": ""},
            {"webhook-id": "m" * 129},
            {"webhook-id": "消息"},
            {"webhook-timestamp": "1"},
            {"webhook-timestamp": ""},
            {"webhook-timestamp": "now"},
            {"webhook-timestamp": "1e400"},
            {"webhook-timestamp": "nan"},
            {"webhook-signature": ""},
            {"webhook-signature": "v1"},
            {"webhook-signature": "v1,"},
            {"webhook-signature": "v1,!!!"},
            {"webhook-signature": "v1,签"},
            {"webhook-signature": "v1,AAAA,AAAA"},
        ],
        ids=str,
    )
    def test_a_header_that_was_tampered_with_is_refused(self, tea: TestShop, changes: Mapping[str, str]) -> None:
        with pytest.raises(Unauthenticated):
            auth.shop_call("tea", BODY, {**signed(tea), **changes})

    @pytest.mark.parametrize("body", [BODY + b" ", b"", b"{}", b"\xff\xfe"])
    def test_another_body_under_the_signature_is_refused(self, tea: TestShop, body: bytes) -> None:
        with pytest.raises(Unauthenticated):
            auth.shop_call("tea", body, signed(tea))

    def test_a_version_of_the_signature_that_we_do_not_know_is_passed_over(self, tea: TestShop) -> None:
        given = signed(tea)
        given["webhook-signature"] = f"v2,AAAA {given['webhook-signature']}"

        assert auth.shop_call("tea", BODY, given).shop == "tea"

    def test_no_header_at_all_is_refused(self, tea: TestShop) -> None:
        with pytest.raises(Unauthenticated):
            auth.shop_call("tea", BODY, {})

    @pytest.mark.parametrize("shop", ["coffee", "nowhere", "", "tea#1", "TEA", "platform"])
    def test_it_counts_for_no_other_shop(self, tea: TestShop, shop: str) -> None:
        open_shop("coffee")

        with pytest.raises(Unauthenticated):
            auth.shop_call(shop, BODY, signed(tea))

    def test_the_customer_key_signs_no_calls(self, tea: TestShop) -> None:
        with pytest.raises(Unauthenticated):
            auth.shop_call(
                "tea", BODY, signed(tea, secret=tea.customer_secret.replace("-", "A").replace("_", "B") + "=")
            )

    def test_keys_can_be_rotated_without_a_gap(self, tea: TestShop) -> None:
        made = minting.new_signing_key("tea", "webhook")
        tables.commit([made.part])

        assert auth.shop_call("tea", BODY, signed(tea)).shop == "tea"
        assert auth.shop_call("tea", BODY, signed(tea, secret=made.secret)).shop == "tea"

        for row in ShopRow.query("tea", ShopRow.sk.startswith("key#")):
            if row.sk != f"key#{made.id}" and "webhook" in row.body:
                row.delete()
        assert auth.shop_call("tea", BODY, signed(tea, secret=made.secret)).shop == "tea"
        with pytest.raises(Unauthenticated):
            auth.shop_call("tea", BODY, signed(tea))


class TestMessageIds:
    def test_a_message_takes_effect_once(self, tea: TestShop) -> None:
        caller = auth.shop_call("tea", BODY, signed(tea))
        auth.take_once(caller)

        with pytest.raises(Conflict) as caught:
            auth.take_once(auth.shop_call("tea", BODY, signed(tea)))

        assert caught.value.text == "message_repeated"

    def test_ids_belong_to_one_shop(self, tea: TestShop) -> None:
        auth.take_once(auth.ShopCaller("tea", "msg_1"))

        auth.take_once(auth.ShopCaller("coffee", "msg_1"))

        assert {row.pk for row in ShopRow.scan(ShopRow.sk == "message#msg_1")} == {"tea", "coffee"}

    def test_an_id_is_remembered_with_what_the_call_writes_or_not_at_all(self, tea: TestShop) -> None:
        caller = auth.ShopCaller("tea", "msg_1")
        taken = ShopRow("tea", "settings")

        with pytest.raises(Conflict):
            auth.take_once(caller, [lambda write: write.save(taken, condition=ShopRow.pk.does_not_exist())])

        auth.take_once(caller)

    def test_an_id_is_forgotten_only_after_its_timestamp_refuses_it(self, tea: TestShop) -> None:
        auth.take_once(auth.ShopCaller("tea", "msg_1"))

        row: Any = ShopRow.get("tea", "message#msg_1")

        left = datetime.fromtimestamp(row.expires_at, UTC) - datetime.now(UTC)
        # A message stamped five minutes ahead is good for ten minutes from now.
        assert left > timedelta(minutes=10)
