"""Every route of every service with one good request each, for the tests that walk them all."""

import importlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from standardwebhooks.webhooks import Webhook

from services.activities import store as activities
from shared.http import Api, Contract
from shared.ids import random_id
from shared.settings import settings
from tests.support.asking import Reply, ask
from tests.support.catalogue import a_reward, give, offer
from tests.support.moto_state import moto_queues, moto_tables
from tests.support.shop import TestShop, a_signin

SERVICES = sorted(path.parent.name for path in (Path(__file__).parents[3] / "services").glob("*/app.py"))
APPS: Mapping[str, Api] = {name: importlib.import_module(f"services.{name}.app").app for name in SERVICES}
"""Every service there is: all that their contracts declare is walked, by the good requests in GOOD."""

PUBLIC, CUSTOMER, VIEWER, EDITOR, OWNER, PLATFORM = "public", "customer", "viewer", "editor", "owner", "platform"
ANYONE, SHOP = "anyone", "shop"
SIGNED = "(signed by the shop)"
"""In a bearer's place: the call is signed by the shop's back end."""

SCORED = date(2026, 10, 31)
LINE = {"message_id": "m1", "customer_id": "u1", "at": "2026-11-01T10:00:00+08:00", "from": "customer", "text": "在吗"}
SETTINGS = {"name": {"en": "Tea"}, "timezone": "Asia/Tokyo"}
PAID = {
    "type": "order.paid",
    "order_id": "o1",
    "customer_id": "u1",
    "at": "2026-11-01T10:00:00+08:00",
    "currency": "CNY",
    "lines": [{"line_id": "1", "sku": "tea-1", "quantity": 1, "paid_minor": 6800}],
}
GOOD: Mapping[str, tuple[str, Any]] = {
    "GET /activities/v1/activities": ("/v1/activities", None),
    "GET /activities/v1/activities/{activity_id}": ("/v1/activities/daily", None),
    "POST /activities/v1/activities/{activity_id}/participations": (
        "/v1/activities/daily/participations",
        {"input": {}},
    ),
    "GET /activities/v1/admin/activities": ("/v1/admin/activities", None),
    "GET /activities/v1/admin/activities/{activity_id}": ("/v1/admin/activities/daily", None),
    "GET /activities/v1/admin/activities/{activity_id}/versions": ("/v1/admin/activities/daily/versions", None),
    "POST /activities/v1/admin/activities": ("/v1/admin/activities", {"id": "second", "definition": a_signin()}),
    "PUT /activities/v1/admin/activities/{activity_id}": (
        "/v1/admin/activities/daily",
        {"based_on": 1, "definition": a_signin()},
    ),
    "POST /activities/v1/admin/activities/{activity_id}/status": (
        "/v1/admin/activities/daily/status",
        {"status": "paused"},
    ),
    "POST /admin/v1/shops": ("/v1/shops", {"id": "second", "name": {"en": "Second"}}),
    "GET /admin/v1/shops": ("/v1/shops", None),
    "GET /admin/v1/shops/{shop}": ("/v1/shops/tea", None),
    "PUT /admin/v1/shops/{shop}": ("/v1/shops/tea", {"based_on": 1, "settings": SETTINGS}),
    "POST /admin/v1/shops/{shop}/owners": ("/v1/shops/tea/owners", {"name": "Mei"}),
    "GET /admin/v1/platform/audit": ("/v1/platform/audit", None),
    "GET /admin/v1/keys": ("/v1/keys", None),
    "POST /admin/v1/keys": ("/v1/keys", {"purpose": "customer"}),
    "DELETE /admin/v1/keys/{key_id}": ("/v1/keys/{key}", None),
    "GET /admin/v1/operators": ("/v1/operators", None),
    "GET /admin/v1/operators/me": ("/v1/operators/me", None),
    "POST /admin/v1/operators": ("/v1/operators", {"name": "Lin", "role": "viewer"}),
    "DELETE /admin/v1/operators/{operator_id}": ("/v1/operators/{operator}", None),
    "GET /admin/v1/audit": ("/v1/audit", None),
    "POST /compliance/v1/shops/{shop}/messages": (
        "/v1/shops/tea/messages",
        {"type": "chat.messages", "messages": [LINE]},
    ),
    "GET /compliance/v1/admin/scores": ("/v1/admin/scores", None),
    "GET /compliance/v1/admin/scores/{day}": ("/v1/admin/scores/2026-10-31", None),
    "GET /compliance/v1/admin/scores/{day}/users": ("/v1/admin/scores/2026-10-31/users", None),
    "GET /compliance/v1/admin/scores/{day}/messages": (
        "/v1/admin/scores/2026-10-31/messages?customer_id={customer}",
        None,
    ),
    "GET /notifications/v1/me/inbox": ("/v1/me/inbox", None),
    "POST /notifications/v1/me/inbox/{item_id}/read": ("/v1/me/inbox/{item}/read", None),
    "POST /orders/v1/shops/{shop}/events": ("/v1/shops/tea/events", PAID),
    "GET /orders/v1/me/orders": ("/v1/me/orders", None),
    "GET /orders/v1/admin/orders": ("/v1/admin/orders?customer_id={customer}", None),
    "GET /orders/v1/admin/orders/{order_id}": ("/v1/admin/orders/{order}", None),
    "GET /points/v1/me/account": ("/v1/me/account", None),
    "GET /points/v1/me/entries": ("/v1/me/entries", None),
    "GET /points/v1/admin/reports": ("/v1/admin/reports?from=2026-11-01&to=2026-11-02", None),
    "GET /points/v1/admin/policy": ("/v1/admin/policy", None),
    "PUT /points/v1/admin/policy": ("/v1/admin/policy", {"based_on": 1, "policy": {"refund": "report"}}),
    "POST /points/v1/admin/policy/preview": (
        "/v1/admin/policy/preview",
        {"policy": {"expiry": {"kind": "year_end"}}, "customer_id": "{customer}"},
    ),
    "GET /points/v1/admin/customers/{customer_id}/account": ("/v1/admin/customers/{customer}/account", None),
    "GET /points/v1/admin/customers/{customer_id}/entries": ("/v1/admin/customers/{customer}/entries", None),
    "POST /points/v1/admin/adjustments": (
        "/v1/admin/adjustments",
        {"customer_id": "{customer}", "points": 5, "reason": "A late parcel."},
    ),
    "GET /points/v1/rewards": ("/v1/rewards", None),
    "POST /points/v1/redemptions": ("/v1/redemptions", {"reward_id": "coupon"}),
    "GET /points/v1/me/redemptions": ("/v1/me/redemptions", None),
    "POST /points/v1/redemptions/{redemption_id}/cancel": ("/v1/redemptions/{to_cancel}/cancel", None),
    "GET /points/v1/admin/rewards": ("/v1/admin/rewards", None),
    "POST /points/v1/admin/rewards": ("/v1/admin/rewards", {"id": "second", "definition": a_reward(stock=5)}),
    "GET /points/v1/admin/rewards/{reward_id}": ("/v1/admin/rewards/coupon", None),
    "PUT /points/v1/admin/rewards/{reward_id}": (
        "/v1/admin/rewards/counted",
        {"based_on": 1, "definition": a_reward("red_packet", stock=9, shards=3)},
    ),
    "GET /points/v1/admin/rewards/{reward_id}/versions": ("/v1/admin/rewards/coupon/versions", None),
    "POST /points/v1/admin/rewards/{reward_id}/status": ("/v1/admin/rewards/coupon/status", {"status": "paused"}),
    "POST /points/v1/admin/rewards/{reward_id}/codes": ("/v1/admin/rewards/pool/codes", {"codes": ["TEA-1", "TEA-2"]}),
    "GET /points/v1/admin/rewards/{reward_id}/stock": ("/v1/admin/rewards/counted/stock", None),
    "GET /points/v1/admin/delivery": ("/v1/admin/delivery", None),
    "PUT /points/v1/admin/delivery": (
        "/v1/admin/delivery",
        {"based_on": 0, "delivery": {"shop": "https://shop.example/hook", "token": "t0ken-of-the-shop"}},
    ),
    "GET /points/v1/admin/redemptions": ("/v1/admin/redemptions?reward_id=counted", None),
    "POST /points/v1/admin/redemptions/{redemption_id}/fulfil": ("/v1/admin/redemptions/{to_fulfil}/fulfil", None),
    "POST /points/v1/admin/redemptions/{redemption_id}/fail": (
        "/v1/admin/redemptions/{to_fail}/fail",
        {"reason": "not deliverable"},
    ),
    "POST /points/v1/shops/{shop}/redemptions/{redemption_id}/payments": (
        "/v1/shops/tea/redemptions/{to_pay}/payments",
        {"type": "redemption.paid", "redemption_id": "{to_pay}", "amount_minor": 990},
    ),
    "POST /points/v1/shops/{shop}/redemptions/{redemption_id}/fulfilments": (
        "/v1/shops/tea/redemptions/{to_deliver}/fulfilments",
        {"type": "redemption.fulfilled", "redemption_id": "{to_deliver}"},
    ),
    "POST /points/v1/shops/{shop}/quotes": (
        "/v1/shops/tea/quotes",
        {"type": "quote.request", "customer_id": "u1", "item": "tea-1", "price_minor": 6800},
    ),
    "GET /profiles/v1/me": ("/v1/me", None),
    "GET /profiles/v1/shop": ("/v1/shop", None),
    "POST /profiles/v1/shops/{shop}/links": ("/v1/shops/tea/links", {"type": "member.link", "customer_id": "u1"}),
    "POST /profiles/v1/sessions": ("/v1/sessions", {"shop": "tea", "code": "{code}"}),
    "POST /profiles/v1/sessions/renew": ("/v1/sessions/renew", {"renewal": "{renewal}"}),
    "PUT /profiles/v1/me": ("/v1/me", {"name": "Lin"}),
}
"""Path and body of a request that succeeds, once the shop `tea` is as ``furnish`` leaves it."""


@dataclass(frozen=True)
class Route:
    """A declared route and its good request."""

    contract: Contract

    @property
    def name(self) -> str:
        return f"{self.contract.method} /{self.contract.service}{self.contract.path}"

    def __str__(self) -> str:
        return self.name

    @property
    def names(self) -> set[str]:
        """What its path names."""
        return set(re.findall(r"{(\w+)}", self.contract.path))

    @property
    def nowhere(self) -> str:
        """Its path, naming what does not exist."""
        return re.sub(r"{\w+}", "none", self.contract.path)

    def body(self, ids: Mapping[str, str]) -> Any:
        """The good body, with the codes it names filled in."""
        body = GOOD[self.name][1]
        if not isinstance(body, dict):
            return body
        return {name: ids.get(value[1:-1], value) if isinstance(value, str) else value for name, value in body.items()}

    def path(self, ids: Mapping[str, str]) -> str:
        return self._target(ids).path

    def query(self, ids: Mapping[str, str]) -> dict[str, str]:
        """What the good request asks for beside its path."""
        shop = {"shop": "tea"} if self.contract.who == PUBLIC else {}
        return shop | dict(parse_qsl(self._target(ids).query))

    def _target(self, ids: Mapping[str, str]) -> SplitResult:
        return urlsplit(GOOD[self.name][0].format(**ids))

    def ask(self, bearer: str | None, ids: Mapping[str, str], *, path: str | None = None, **changes: Any) -> Reply:
        """The good request, as somebody sends it; ``changes`` go to ``ask``, the query's beside what is there."""
        asked: dict[str, Any] = {"bearer": bearer, "body": self.body(ids)}
        if self.contract.idempotent:
            asked["key"] = "k1"
        asked |= changes
        asked["query"] = self.query(ids) | dict(changes.get("query") or {})
        if bearer == SIGNED:
            asked |= {"bearer": None, "headers": signature(ids["webhook"], asked["body"]) | asked.get("headers", {})}
        return ask(APPS[self.contract.service], self.contract.method, path or self.path(ids), **asked)


def signature(secret: str, body: Any, message: str = "") -> dict[str, str]:
    """The headers of a call signed now; a body that is no text cannot be signed and goes under a wrong signature."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    at, message = datetime.now(UTC), message or random_id()
    told = Webhook(secret).sign(message, at, raw.decode(errors="replace"))
    return {"webhook-id": message, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": told}


ROUTES = [Route(contract) for app in APPS.values() for contract in app.contracts]


def routes(*who: str) -> list[Route]:
    """The routes that these callers may use; all routes when nobody is named."""
    return [route for route in ROUTES if not who or route.contract.who in who]


def with_body() -> list[Route]:
    return [route for route in ROUTES if route.contract.body is not None]


@dataclass(frozen=True)
class Furnished:
    """The shop that is asked, another one, and the ids and secrets of what the good requests name."""

    shop: TestShop
    coffee: TestShop
    ids: Mapping[str, str]


def furnish(shop: TestShop, customer: str = "u1") -> dict[str, str]:
    """An inbox item of a customer who has checked in, rewards and redemptions, a spare key and operator, a link and a
    session, a day's score; what requests name.
    """
    from services.notifications import inbox, store
    from services.points import outbox
    from services.profiles import links
    from shared import auth, identity, minting, tables
    from shared.ledger import book

    subject = identity.find_subject(shop.id, customer)
    if subject is None:
        ask(APPS["activities"], "POST", PARTICIPATE, bearer=shop.token(customer), body={"input": {}}, key="k0")
        subject = identity.find_subject(shop.id, customer) or ""
    heard = outbox.event_of(book.list_entries(shop.id, subject, limit=1).entries[0])
    assert heard is not None
    item = inbox.item_for(heard)
    store.save_item(shop.id, subject, item)
    key, operator = minting.new_signing_key(shop.id, "customer"), minting.new_operator_key(shop.id, "viewer", "spare")
    tables.commit([key.part, operator.part])
    used, spare = (links.make(auth.ShopCaller(shop.id, f"link-{n}"), customer) for n in range(2))
    a_scored_day(shop.id, customer)
    renewal = links.open_session(shop.id, used.code).renewal
    for number in range(2):
        an_order(shop.id, customer, subject, f"earlier-{number}")
    redemptions = some_redemptions(shop, customer)
    activities.clear_cache()
    return redemptions | {
        "order": "earlier-0",
        "key": key.id,
        "operator": operator.id,
        "item": item.id,
        "subject": subject,
        "customer": customer,
        "code": spare.code,
        "renewal": renewal,
        "webhook": shop.webhook_secret,
    }


def some_redemptions(shop: TestShop, customer: str) -> dict[str, str]:
    """Four rewards: coupons, a pool of codes, a counted one, one for points and cash; and redemptions of the last two,
    for each thing that may become of one.
    """
    cash = {"payment": "points_and_cash", "cash_minor": 990}
    offer(shop.id, "coupon", price_points=1)
    offer(shop.id, "pool", price_points=1, config={"codes": "pool"})
    offer(shop.id, "counted", "red_packet", price_points=1, stock=9, shards=2)
    offer(shop.id, "cash", "product", price_points=1, config=cash)
    wanted = dict.fromkeys(("to_cancel", "to_fulfil", "to_fail", "to_deliver"), "counted") | {"to_pay": "cash"}
    give(10, customer, shop.id)
    made = {}
    for what, reward in wanted.items():
        asked: dict[str, Any] = {"bearer": shop.token(customer), "body": {"reward_id": reward}, "key": what}
        made[what] = ask(APPS["points"], "POST", "/v1/redemptions", **asked).json["redemption_id"]
    return made


def a_scored_day(shop: str, customer: str, day: date = SCORED) -> None:
    """Two customers who asked, one of them twice, on a day that was scored."""
    from services.compliance import night
    from tests.compliance.chat import a_line, a_part, at

    said = [(customer, "10:00"), (customer, "11:00"), ("other", "12:00")]
    lines = [a_line(at(clock, day), customer_id=who) for who, clock in said]
    night.pack(json.loads(a_part(shop, lines)))
    night.score({"shop": shop, "date": day.isoformat()})


def an_order(shop: str, customer: str, subject: str, order_id: str) -> None:
    """A customer's order that is paid."""
    from services.orders import engine
    from services.orders.messages import EventIn
    from shared import shops

    event = EventIn.model_validate_json(json.dumps({**PAID, "order_id": order_id, "customer_id": customer}))
    engine.hear(engine.message_of(shops.load(shop), subject, event).model_dump())


PARTICIPATE = "/v1/activities/daily/participations"


def everything() -> dict[str, str]:
    """All rows of all tables, to compare before and after."""
    return {
        name: repr(sorted((str(key), repr(value)) for key, value in _plain(table).items()))
        for name, table in moto_tables().items()
        if name.startswith(settings.prefix)
    }


def queued() -> list[str]:
    """All messages that wait in queues."""
    return sorted(message.body for queue in moto_queues().values() for message in queue._messages)


def _plain(table: Any) -> dict[str, Any]:
    return {str(item.to_json()): None for item in table.all_items()}
