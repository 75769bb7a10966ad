"""Every route of every service with one good request each, for the tests that walk them all."""

import importlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from standardwebhooks.webhooks import Webhook

from services.activities import store as activities
from shared.http import Api, Contract
from shared.ids import random_id
from shared.settings import settings
from tests.support.asking import Reply, ask
from tests.support.moto_state import moto_tables
from tests.support.shop import TestShop, a_signin

SERVICES = ("profiles", "activities", "points", "notifications", "admin")
"""Whose routes are walked: those of another service join by its name here and their good requests in GOOD."""
APPS: Mapping[str, Api] = {name: importlib.import_module(f"services.{name}.app").app for name in SERVICES}

PUBLIC, CUSTOMER, VIEWER, EDITOR, OWNER, PLATFORM = "public", "customer", "viewer", "editor", "owner", "platform"
ANYONE, SHOP = "anyone", "shop"
SIGNED = "(signed by the shop)"
"""In a bearer's place: the call is signed by the shop's back end."""

SETTINGS = {"name": {"en": "Tea"}, "timezone": "Asia/Tokyo"}
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
    "GET /notifications/v1/me/inbox": ("/v1/me/inbox", None),
    "POST /notifications/v1/me/inbox/{item_id}/read": ("/v1/me/inbox/{item}/read", None),
    "GET /points/v1/me/account": ("/v1/me/account", None),
    "GET /points/v1/me/entries": ("/v1/me/entries", None),
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

    def body(self, ids: Mapping[str, str]) -> Any:
        """The good body, with the codes it names filled in."""
        body = GOOD[self.name][1]
        if not isinstance(body, dict):
            return body
        return {name: ids.get(value[1:-1], value) if isinstance(value, str) else value for name, value in body.items()}

    def path(self, ids: Mapping[str, str]) -> str:
        return GOOD[self.name][0].format(**ids)

    def ask(self, bearer: str | None, ids: Mapping[str, str], **changes: Any) -> Reply:
        """The good request, as somebody sends it; ``changes`` go to ``ask``."""
        query = {"shop": "tea"} if self.contract.who == PUBLIC else None
        asked: dict[str, Any] = {"bearer": bearer, "body": self.body(ids), "query": query}
        if self.contract.idempotent:
            asked["key"] = "k1"
        asked |= changes
        if bearer == SIGNED:
            asked |= {"bearer": None, "headers": signature(ids["webhook"], asked["body"]) | asked.get("headers", {})}
        return ask(APPS[self.contract.service], self.contract.method, self.path(ids), **asked)


def signature(secret: str, body: Any) -> dict[str, str]:
    """The headers of a call signed now; a body that is no text cannot be signed and goes under a wrong signature."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    at, message = datetime.now(UTC), random_id()
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


def furnish(shop: TestShop) -> dict[str, str]:
    """A check-in by `u1` and its inbox item, a spare key and operator, a link and a session; what requests name."""
    from services.notifications import inbox, store
    from services.points import outbox
    from services.profiles import links
    from shared import auth, identity, tables
    from shared.ledger import book

    ask(APPS["activities"], "POST", PARTICIPATE, bearer=shop.token(), body={"input": {}}, key="k0")
    subject = identity.find_subject(shop.id, "u1") or ""
    heard = outbox.event_of(book.list_entries(shop.id, subject, limit=1).entries[0])
    assert heard is not None
    item = inbox.item_for(heard)
    store.save_item(shop.id, subject, item)
    key, operator = auth.new_signing_key(shop.id, "customer"), auth.new_operator_key(shop.id, "viewer", "spare")
    tables.commit([key.part, operator.part])
    used, spare = (links.make(auth.ShopCaller(shop.id, f"link-{n}"), "u1") for n in range(2))
    renewal = links.open_session(shop.id, used.code).renewal
    activities.clear_cache()
    return {
        "key": key.id,
        "operator": operator.id,
        "item": item.id,
        "subject": subject,
        "code": spare.code,
        "renewal": renewal,
        "webhook": shop.webhook_secret,
    }


PARTICIPATE = "/v1/activities/daily/participations"


def everything() -> dict[str, str]:
    """All rows of all tables, to compare before and after."""
    return {
        name: repr(sorted((str(key), repr(value)) for key, value in _plain(table).items()))
        for name, table in moto_tables().items()
        if name.startswith(settings.prefix)
    }


def _plain(table: Any) -> dict[str, Any]:
    return {str(item.to_json()): None for item in table.all_items()}
