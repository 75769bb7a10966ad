"""The demo shop's own back end, as far as orders go: what is bought on the page becomes signed events, as a shop sends
them, and so does what happens to an order afterwards.
"""

import http.client
import json
import secrets
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from standardwebhooks.webhooks import Webhook

from infra.local import demo_orders, demo_shop
from infra.local.demo_shop import TEAS
from infra.local.paths import StateDir, read_json

TIMEOUT_S = 20.0
MOST = 9
"""Of one tea at a time."""
STEPS: Mapping[str, Sequence[str]] = {
    "ship": ("shipped",),
    "complete": ("delivered", "completed"),
    "cancel": ("cancelled",),
}
REFUND = "refund"


class CannotSell(Exception):
    """The order is not of the form that the till takes, or the service did not take it; ``code`` is a problem's."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


class Till:
    """Sells tea to the demo's personas. Everything it says to the services it says as any shop would: signed."""

    def __init__(self, state: StateDir, now: Callable[[], datetime], address: Callable[[], str]) -> None:
        """``address`` is where the orders service answers now; it raises OSError while it does not."""
        self._state = state
        self._now = now
        self._address = address

    def sell(self, customer_id: str, basket: Mapping[str, int]) -> str:
        """Place and pay an order; its id. Raises CannotSell."""
        _check(customer_id)
        lines = [demo_orders.line(tea, basket[tea.id]) for tea in TEAS if basket.get(tea.id)]
        if not lines or not all(1 <= line["quantity"] <= MOST for line in lines):
            raise CannotSell("malformed")
        order_id = f"GF{self._now():%y%m%d}-{secrets.token_hex(3).upper()}"
        self._tell(customer_id, order_id, "placed", lines=lines, currency=demo_shop.CURRENCY)
        self._tell(customer_id, order_id, "paid", lines=lines, currency=demo_shop.CURRENCY)
        return order_id

    def follow_up(self, customer_id: str, order_id: str, step: str) -> None:
        """Ship, complete or cancel an order, or refund a part of it. Raises CannotSell."""
        _check(customer_id)
        if step == REFUND:
            self._refund(customer_id, order_id)
            return
        for told in STEPS.get(step) or _unknown():
            self._tell(customer_id, order_id, told)

    def _refund(self, customer_id: str, order_id: str) -> None:
        """Half of what is left of the first line that has something left."""
        for line in self._order(order_id)["lines"]:
            left = line["paid_minor"] - line["refunded_minor"]
            if left:
                part = {"line_id": line["line_id"], "refunded_minor": -(-left // 2)}
                self._tell(customer_id, order_id, "refunded", refund_id=f"R-{secrets.token_hex(4)}", lines=[part])
                return
        raise CannotSell("not_found")

    def _order(self, order_id: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {self._credentials()['operator_key']}"}
        found: dict[str, Any] = self._ask(f"/v1/admin/orders/{order_id}", None, headers)
        return found

    def _tell(self, customer_id: str, order_id: str, step: str, **more: Any) -> None:
        at = self._now().astimezone(demo_shop.ZONE).isoformat(timespec="seconds")
        event = {"type": f"order.{step}", "order_id": order_id, "customer_id": customer_id, "at": at, **more}
        credentials, body, now = self._credentials(), json.dumps(event, ensure_ascii=False), datetime.now(UTC)
        message_id = f"order-{secrets.token_hex(8)}"
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(credentials["webhook_secret"]).sign(message_id, now, body),
        }
        self._ask(f"/v1/shops/{credentials['shop']}/events", body.encode(), headers)

    def _ask(self, path: str, body: bytes | None, headers: dict[str, str]) -> Any:
        try:
            request = urllib.request.Request(self._address() + path, body, headers)  # noqa: S310 - this stack's own
            with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - as above
                return json.load(answer)
        except urllib.error.HTTPError as error:
            error.close()
            raise CannotSell("not_found" if error.code == http.client.NOT_FOUND else "malformed") from error
        except (OSError, http.client.HTTPException) as error:
            raise CannotSell("service_unavailable") from error

    def _credentials(self) -> dict[str, Any]:
        found = read_json(self._state.credentials)
        if found is None:
            raise CannotSell("not_ready")
        credentials: dict[str, Any] = found
        return credentials


def _check(customer_id: str) -> None:
    if customer_id not in {persona.id for persona in demo_shop.PERSONAS}:
        raise CannotSell("not_found")


def _unknown() -> Sequence[str]:
    raise CannotSell("not_found")
