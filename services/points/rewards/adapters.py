"""Those who deliver: the shop's own back end by a signed call, providers of payouts and mobile data by HTTP.

Where a shop has named no address, people deliver and say so; the local stack records payouts and top-ups as done.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from services.points.rewards import addresses
from shared import clock, keys, logs, outbound
from shared.settings import settings

DONE = range(200, 300)
DEFINITE = (HTTPStatus.BAD_REQUEST, HTTPStatus.GONE, HTTPStatus.UNPROCESSABLE_ENTITY)
"""What judges the request itself. All else may be about the caller or the moment, and an earlier try may have paid."""


@dataclass(frozen=True)
class Order:
    """What is to be delivered, to whom. ``key`` is the same at every try."""

    shop: str
    key: str
    name: str
    reward: str
    kind: str
    config: Mapping[str, Any]
    quantity: int
    customer_id: str
    contact: Mapping[str, str]
    refund_minor: int = 0


@dataclass(frozen=True)
class Answer:
    """``refused``: why it will never be delivered; empty: it was."""

    refused: str = ""


class LaterError(Exception):
    """Nobody knows yet: ask again, under the same key."""


class Post(Protocol):
    """Sends a body; returns the status. Raises OSError when there was no answer."""

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> int: ...


Deliver = Callable[[Order], Answer]


def provider_of(shop: str, kind: str, post: Post = outbound.post) -> Deliver | None:
    """Who delivers rewards of a kind by itself; None: people of the shop do, and say so."""
    if kind not in ("red_packet", "data_top_up"):
        return None
    known = addresses.load(shop)
    url = known.red_packet if kind == "red_packet" else known.data_top_up
    if not url:
        return _record if settings.records_deliveries else None
    return lambda order: _ask_provider(order, url, known.token, post)


def _ask_provider(order: Order, url: str, token: str, post: Post) -> Answer:
    """A payout or top-up. The provider answers 2xx for done, now or at an earlier try, and DEFINITE for never.

    Raises LaterError, and ForbiddenAddressError where nobody was asked.
    """
    told = {
        "reference": order.key,
        "kind": order.kind,
        "quantity": order.quantity,
        "customer_id": order.customer_id,
        **order.config,
        **order.contact,
    }
    body = json.dumps(told, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}", "Idempotency-Key": order.key}
    status = _sent(post, url, body, headers)
    if status in DEFINITE:
        return Answer(refused=f"provider {status}")
    if status not in DONE:
        raise LaterError(f"the provider answered {status}")
    _log(order, "delivered")
    return Answer()


def _record(order: Order) -> Answer:
    _log(order, "delivered")
    return Answer()


def tell_shop(order: Order, what: str, post: Post = outbound.post) -> None:
    """Call the shop's back end, signed as Standard Webhooks has it. The id is the same at every try.

    Raises LaterError when it did not take the call.
    """
    url = addresses.load(order.shop).shop
    if not url:
        _log(order, what)
        return
    told = {
        "type": what,
        "redemption_id": order.name,
        "reward_id": order.reward,
        "kind": order.kind,
        "quantity": order.quantity,
        "customer_id": order.customer_id,
        "contact": dict(order.contact),
        "refund_minor": order.refund_minor,
    }
    body = json.dumps(told, ensure_ascii=False)
    try:
        status = _sent(post, url, body.encode(), _signature(order.shop, f"{order.key}.{what}", body))
    except outbound.ForbiddenAddressError as error:
        raise LaterError(str(error)) from error
    if status not in DONE:
        raise LaterError(f"the shop answered {status}")
    _log(order, what)


def _signature(shop: str, message_id: str, body: str) -> dict[str, str]:
    from standardwebhooks.webhooks import Webhook  # noqa: PLC0415 - only deliveries need it

    usable, now = keys.list_signing(shop, "webhook"), clock.machine_now()
    if not usable:
        raise LaterError("the shop has no webhook key")
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(usable[-1].secret).sign(message_id, now, body),
    }


def _sent(post: Post, url: str, body: bytes, headers: Mapping[str, str]) -> int:
    try:
        return post(url, body, headers)
    except outbound.ForbiddenAddressError:
        raise
    except OSError as error:
        raise LaterError(str(error)) from error


def _log(order: Order, what: str) -> None:
    logs.event("delivery", shop=order.shop, what=what, kind=order.kind, reward=order.reward, id=order.key)
