"""What providers and the shop's back end are sent, request by request, and what their answers mean."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook

from services.points.rewards import adapters, fulfilment, outbox, store
from services.points.rewards.adapters import LaterError, Order
from services.points.rewards.redemption import Redemption
from shared import outbound, vault
from shared.events import RedemptionChanged
from shared.schema import RedemptionRow, ShopRow
from tests.points.rewards.shelf import balance, cancel, give, offer, redeem
from tests.points.rewards.test_payments import pay
from tests.support.shop import TestShop

ORDER = Order(
    shop="tea",
    key="k" * 26,
    name="packet.name",
    reward="packet",
    kind="red_packet",
    config={"amount_minor": 100},
    quantity=2,
    customer_id="u1",
    contact={"account": "lin@example.test"},
)


@dataclass
class Provider:
    """Answers every request with one status, and keeps what it was asked."""

    status: int = 200
    asked: list[tuple[str, bytes, Mapping[str, str]]] = field(default_factory=list)

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        self.asked.append((url, body, headers))
        if not self.status:
            raise TimeoutError("no answer")
        return self.status


@pytest.fixture
def connected(tea: TestShop) -> TestShop:
    """A shop that has named its addresses."""
    body = {"shop": "https://shop.test/hook", "red_packet": "https://pay.test/out", "data_top_up": ""}
    sealed = vault.seal_secret(b"t0ken", {"shop": "tea", "delivery": "token"})
    ShopRow("tea", "delivery", body=json.dumps(body), sealed=sealed).save()
    return tea


def paid_out(provider: Provider) -> adapters.Answer:
    deliver = adapters.provider_of("tea", "red_packet", provider)
    assert deliver
    return deliver(ORDER)


def test_a_payout_is_asked_for_under_the_redemptions_own_key(connected: TestShop) -> None:
    provider = Provider(201)

    assert [paid_out(provider).refused, paid_out(provider).refused] == ["", ""]

    (url, body, headers), again = provider.asked
    assert (url, body, headers) == again
    assert url == "https://pay.test/out"
    assert headers["Idempotency-Key"] == ORDER.key
    assert headers["Authorization"] == "Bearer t0ken"
    assert json.loads(body) == {
        "reference": ORDER.key,
        "kind": "red_packet",
        "quantity": 2,
        "customer_id": "u1",
        "amount_minor": 100,
        "account": "lin@example.test",
    }


@pytest.mark.parametrize("status", [400, 410, 422])
def test_a_definite_refusal_is_never_asked_again(connected: TestShop, status: int) -> None:
    assert paid_out(Provider(status)).refused == f"provider {status}"


@pytest.mark.parametrize("status", [0, 302, 401, 403, 404, 408, 409, 425, 429, 500, 503])
def test_whatever_else_is_asked_again(connected: TestShop, status: int) -> None:
    with pytest.raises(LaterError):
        paid_out(Provider(status))


def test_the_shop_is_called_with_its_own_signature(connected: TestShop) -> None:
    shop = Provider(204)

    adapters.tell_shop(ORDER, "redemption.pending", shop)

    ((url, body, headers),) = shop.asked
    assert url == "https://shop.test/hook"
    assert headers["webhook-id"] == f"{ORDER.key}.redemption.pending"
    told = Webhook(connected.webhook_secret).verify(body, dict(headers))
    assert (told["type"], told["redemption_id"], told["customer_id"]) == ("redemption.pending", "packet.name", "u1")
    with pytest.raises(LaterError):
        adapters.tell_shop(ORDER, "redemption.pending", Provider(500))


def test_where_nobody_named_an_address_people_deliver(tea: TestShop) -> None:
    shop = Provider()

    assert adapters.provider_of("tea", "red_packet") is None
    assert adapters.provider_of("tea", "product") is None
    adapters.tell_shop(ORDER, "redemption.pending", shop)
    assert shop.asked == []


@pytest.mark.parametrize(
    "url",
    ["http://shop.test/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://169.254.169.254/"],
)
def test_nobody_is_called_in_a_network_that_is_not_everybodys(url: str) -> None:
    with pytest.raises(OSError, match=r".+"):
        outbound.post(url, b"{}", {})


def the_redemption() -> Redemption:
    """The only one there is, as it is now."""
    (row,) = RedemptionRow.scan(RedemptionRow.facts.exists())
    return store.redemption_from(row)


def the_event() -> RedemptionChanged:
    """What is told of it."""
    event = outbox.event_of(the_redemption())
    assert event
    return event


def told_the_shop(tea: TestShop) -> dict[str, Any]:
    """What the shop hears of the only redemption."""
    shop = Provider()
    fulfilment.on_changed(the_event(), shop)
    ((_, body, headers),) = shop.asked
    told: dict[str, Any] = Webhook(tea.webhook_secret).verify(body, dict(headers))
    return told


def forbidden(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """What a call to an address comes to that nobody may call."""
    del body, headers
    raise outbound.ForbiddenAddressError(url)


def test_a_payout_that_could_not_be_asked_for_comes_back(connected: TestShop) -> None:
    give(100)
    offer(reward="packet", kind="red_packet")
    redeem(connected, "packet")

    fulfilment.on_changed(the_event(), forbidden)

    assert (the_redemption().status, balance(connected)) == ("returned", 100)


def test_a_payout_that_an_earlier_try_may_have_made_does_not(connected: TestShop) -> None:
    give(100)
    offer(reward="packet", kind="red_packet")
    redeem(connected, "packet")
    event = the_event()
    with pytest.raises(LaterError):
        fulfilment.on_changed(event, Provider(0))

    with pytest.raises(LaterError):
        fulfilment.on_changed(event, forbidden)

    assert (the_redemption().status, balance(connected)) == ("pending", 50)


def test_a_shop_that_was_to_deliver_hears_that_it_was_cancelled(connected: TestShop) -> None:
    give(100)
    offer(reward="cup", kind="product")
    redemption = redeem(connected, "cup").json["redemption_id"]
    first = told_the_shop(connected)
    cancel(connected, redemption)

    told = told_the_shop(connected)

    assert (first["type"], told["type"]) == ("redemption.pending", "redemption.cancelled")
    assert (told["redemption_id"], told["customer_id"]) == (redemption, "u1")


def test_a_shop_hears_to_whom_money_has_to_go_back(connected: TestShop) -> None:
    give(100)
    offer(reward="pot", kind="product", config={"payment": "points_and_cash", "cash_minor": 990})
    redemption = redeem(connected, "pot").json["redemption_id"]
    cancel(connected, redemption)
    pay(connected, redemption)

    told = told_the_shop(connected)

    assert (told["type"], told["customer_id"], told["refund_minor"]) == ("redemption.refund_due", "u1", 990)
