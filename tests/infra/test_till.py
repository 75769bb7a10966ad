"""The demo shop's till: what is bought on the page becomes events that a shop could have signed."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from infra.local import demo_orders
from infra.local.paths import StateDir, write_json
from infra.local.till import CannotSell, Till
from services.orders.messages import EventIn
from shared import ids

SECRET = f"whsec_{ids.webhook_secret()}"
NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)


class OrdersService:
    """Takes what is signed with SECRET, and knows one order."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.order: dict[str, Any] = {"lines": []}
        told, answer = self.events, self._order

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                told.append(Webhook(SECRET).verify(body, dict(self.headers)))
                self._answer(202, {"accepted": 1})

            def do_GET(self) -> None:
                assert self.headers["Authorization"] == "Bearer rgo_key"
                found = answer(self.path)
                self._answer(200 if found else 404, found or {})

            def _answer(self, status: int, body: Any) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def _order(self, path: str) -> dict[str, Any] | None:
        return self.order if path.endswith("/o1") else None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}"


@pytest.fixture
def service() -> Iterator[OrdersService]:
    found = OrdersService()
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.fixture
def till(service: OrdersService, tmp_path: Path) -> Till:
    state = StateDir(tmp_path)
    state.make()
    write_json(state.credentials, {"shop": "tea", "webhook_secret": SECRET, "operator_key": "rgo_key"})
    return Till(state, lambda: NOW, lambda: service.address)


def test_a_basket_becomes_an_order_that_is_placed_and_paid(service: OrdersService, till: Till) -> None:
    order_id = till.sell("amei", {"longjing": 2, "white-tea": 1, "tieguanyin": 0})

    assert [event["type"] for event in service.events] == ["order.placed", "order.paid"]
    paid = EventIn.model_validate_json(json.dumps(service.events[1]))
    assert (paid.order_id, paid.customer_id, paid.currency) == (order_id, "amei", "CNY")
    assert paid.lines is not None
    assert {line.sku: (line.quantity, line.paid_minor) for line in paid.lines} == {
        "longjing": (2, 13_600),
        "white-tea": (1, 12_800),
    }


@pytest.mark.parametrize(
    ("who", "basket", "code"),
    [
        ("amei", {}, "malformed"),
        ("amei", {"longjing": 0}, "malformed"),
        ("amei", {"longjing": 10}, "malformed"),
        ("amei", {"coffee": 1}, "malformed"),
        ("nobody", {"longjing": 1}, "not_found"),
    ],
)
def test_what_cannot_be_sold_is_not(
    service: OrdersService, till: Till, who: str, basket: dict[str, int], code: str
) -> None:
    with pytest.raises(CannotSell) as refused:
        till.sell(who, basket)

    assert (refused.value.code, service.events) == (code, [])


@pytest.mark.parametrize(
    ("step", "told"),
    [("ship", ["shipped"]), ("complete", ["delivered", "completed"]), ("cancel", ["cancelled"])],
)
def test_a_step_is_told_as_the_shop_would(service: OrdersService, till: Till, step: str, told: list[str]) -> None:
    till.follow_up("amei", "o1", step)

    assert [event["type"] for event in service.events] == [f"order.{each}" for each in told]


def test_a_part_refunded_is_half_of_what_is_left_of_a_line(service: OrdersService, till: Till) -> None:
    service.order = {
        "lines": [
            {"line_id": "a", "paid_minor": 100, "refunded_minor": 100},
            {"line_id": "b", "paid_minor": 101, "refunded_minor": 0},
        ]
    }

    till.follow_up("amei", "o1", "refund")

    assert service.events[0]["lines"] == [{"line_id": "b", "refunded_minor": 51}]
    EventIn.model_validate_json(json.dumps(service.events[0]))


@pytest.mark.parametrize(("order", "step"), [("o1", "burn"), ("o2", "refund"), ("o1", "refund")])
def test_what_is_not_there_is_not_found(till: Till, order: str, step: str) -> None:
    with pytest.raises(CannotSell) as refused:
        till.follow_up("amei", order, step)

    assert refused.value.code == "not_found"


def test_a_service_that_does_not_answer_is_said_to_be_away(till: Till, service: OrdersService) -> None:
    service.server.shutdown()
    service.server.server_close()

    with pytest.raises(CannotSell) as refused:
        till.sell("amei", {"longjing": 1})

    assert refused.value.code == "service_unavailable"


def test_the_seed_has_sixty_orders_in_order_of_time_and_none_in_the_future() -> None:
    customers = ["laozhou", "amei", *(f"member-{n:02d}" for n in range(4, 31))]

    found = demo_orders.sales(customers, NOW)

    told = [(moment, event) for sales in found.values() for moment, event in sales]
    kinds = Counter(event["type"] for _, event in told)
    assert kinds["order.paid"] == len({event["order_id"] for _, event in told}) == demo_orders.ORDERS
    assert min(kinds[f"order.{kind}"] for kind in ("completed", "refunded", "cancelled", "shipped")) > 0
    assert all(NOW - timedelta(days=61) < moment <= NOW for moment, _ in told)
    assert all(sales == sorted(sales, key=lambda each: each[0]) for sales in found.values())
    for customer_id, sales in found.items():
        for _, event in sales:
            EventIn.model_validate_json(json.dumps(event | {"customer_id": customer_id}))
