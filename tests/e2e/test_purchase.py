"""A purchase on the real services, tables and queues: its points come, are spent, and go back to the last one."""

import http.client
import json
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from infra.local.paths import read_json
from tests.e2e.conftest import Stack
from tests.support.waiting import eventually

SHOP, PERSONA = "green-field-tea", "xiaolin"
LONGJING_MINOR, POINTS = 6_800, 68
THIRDS_MINOR = (2_267, 2_267, 2_266)
"""A refund in three parts; no third of the points is a whole number."""
COUPON, PRICE = "coupon-3", 50


class Shopper:
    """The demo's new visitor, and the shop's back end that sells to her."""

    def __init__(self, url: str, stack: Stack) -> None:
        self._host = url.removeprefix("http://")
        self._secret = read_json(stack.state.credentials)["webhook_secret"]
        token = self.ask("GET", f"/_local/token?persona={PERSONA}")["token"]
        self._own = {"Authorization": f"Bearer {token}"}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        connection = http.client.HTTPConnection(self._host, timeout=60)
        try:
            sent = json.dumps(body) if body is not None else None
            kind = {"Content-Type": "application/json"} if sent else {}
            connection.request(method, path, sent, kind | headers)
            answer = connection.getresponse()
            told = json.loads(answer.read())
        finally:
            connection.close()
        assert answer.status < 300, (answer.status, told)
        return told

    def buy(self) -> str:
        """A tin of Longjing; the order's id."""
        return str(self.ask("POST", f"/_local/checkout?persona={PERSONA}&longjing=1")["order_id"])

    def complete(self, order_id: str) -> None:
        self.ask("POST", f"/_local/order/{order_id}/complete?persona={PERSONA}")

    def refund(self, order_id: str, parts_minor: Sequence[int]) -> None:
        """Money goes back in parts, each told by a signed event as any shop's back end would."""
        for number, minor in enumerate(parts_minor):
            event = {"type": "order.refunded", "order_id": order_id, "customer_id": PERSONA, "refund_id": f"R{number}"}
            lines = [{"line_id": "longjing", "refunded_minor": minor}]
            self._tell(event | {"at": datetime.now(UTC).isoformat(timespec="seconds"), "lines": lines})

    def _tell(self, event: dict[str, Any]) -> None:
        now, number = datetime.now(UTC), secrets.token_hex(8)
        signed = {
            "webhook-id": number,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(self._secret).sign(number, now, json.dumps(event)),
        }
        self.ask("POST", f"/orders/v1/shops/{SHOP}/events", event, **signed)

    def redeem(self, reward: str) -> Any:
        return self.ask(
            "POST", "/points/v1/redemptions", {"reward_id": reward}, **self._own, **{"Idempotency-Key": "k1"}
        )

    def has(self) -> tuple[int, int, int]:
        """Points that can be spent, that wait, that are owed."""
        account = self.ask("GET", "/points/v1/me/account", **self._own)
        return account["available"], account["pending"], account["debt"]

    def order(self, order_id: str) -> Any:
        orders = self.ask("GET", "/orders/v1/me/orders", **self._own)["items"]
        return next((each for each in orders if each["order_id"] == order_id), None)

    def statement(self) -> list[tuple[str, int]]:
        """What moved, the latest first."""
        entries = self.ask("GET", "/points/v1/me/entries?limit=50", **self._own)["items"]
        return [(line["kind"], line["points"]) for line in entries]


@pytest.fixture(scope="module")
def shopper(stack: Stack) -> Shopper:
    return Shopper(stack.start(), stack)


def test_three_partial_refunds_take_back_exactly_what_the_purchase_brought(shopper: Shopper) -> None:
    order_id = shopper.buy()
    assert eventually(lambda: shopper.has() == (0, POINTS, 0)), shopper.has()
    shopper.complete(order_id)
    assert eventually(lambda: shopper.has() == (POINTS, 0, 0)), shopper.has()

    shopper.refund(order_id, THIRDS_MINOR)

    assert eventually(lambda: shopper.has() == (0, 0, 0)), shopper.has()
    told = shopper.order(order_id)
    assert (told["refunded_minor"], told["points_available"], told["points_reversed"]) == (LONGJING_MINOR, 0, POINTS)
    *backwards, released, earned = shopper.statement()
    assert ([kind for kind, _ in backwards], sum(points for _, points in backwards)) == (["reverse"] * 3, -POINTS)
    assert (released, earned) == (("release", 0), ("earn", POINTS))


def test_points_that_were_spent_before_they_are_taken_back_are_owed_and_the_next_purchase_pays_them(
    shopper: Shopper,
) -> None:
    order_id = shopper.buy()
    shopper.complete(order_id)
    assert eventually(lambda: shopper.has() == (POINTS, 0, 0)), shopper.has()
    assert shopper.redeem(COUPON)["balance"] == POINTS - PRICE

    shopper.refund(order_id, THIRDS_MINOR)

    assert eventually(lambda: shopper.has() == (0, 0, PRICE)), shopper.has()
    assert shopper.order(order_id)["points_reversed"] == POINTS
    shopper.complete(shopper.buy())
    assert eventually(lambda: shopper.has() == (POINTS - PRICE, 0, 0)), shopper.has()
