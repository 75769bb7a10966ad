"""The stub shop on a port of 127.0.0.1: the API, the widgets' files, the demo's own routes, and pages made by tests."""

import json
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.browser.stub import BARRIER, KINDS, StubHandler
from tests.browser.widgets import stub_orders
from tests.browser.widgets.stub_shop import ACTIVITY, SHOP, ZONE, StubShop, answer
from tests.browser.widgets.stub_talk import Answer, Asked, Json
from tests.support.waiting import PATIENCE_S

STOREFRONT = Path(__file__).resolve().parents[3] / "services" / "storefront"
FOLDERS = {"/widgets/v1/": STOREFRONT / "widgets", "/demo/": STOREFRONT / "demo"}
CORS = {
    "access-control-allow-origin": "*",
    "access-control-allow-headers": "authorization, content-type, idempotency-key",
    "access-control-allow-methods": "GET, POST",
}
# What a careful host would send with the demo: nothing inline, nothing from elsewhere.
DEMO_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "require-trusted-types-for 'script'"
)
PERSONAS = [
    ("xiaolin", {"zh-CN": "小林", "en": "Xiao Lin"}, {"zh-CN": "新访客", "en": "new visitor"}),
    ("amei", {"zh-CN": "阿梅", "en": "A Mei"}, {"zh-CN": "常客", "en": "regular"}),
    ("laozhou", {"zh-CN": "老周", "en": "Lao Zhou"}, {"zh-CN": "许久没来", "en": "lapsed"}),
]


Found = tuple[bytes, str, dict[str, str]]  # body, content type, headers


class ReplyLostError(Exception):
    """The request was handled; the answer never leaves."""


def _session(shop: StubShop) -> Json:
    names = {"zh-CN": "青禾茶铺", "en": "Green Field Tea"}
    personas = [{"id": name, "name": names_, "about": about} for name, names_, about in PERSONAS]
    clock = {"now": f"{shop.today}T09:30:00+08:00", "today": str(shop.today)}
    shop_facts = {"id": SHOP, "name": names, "timezone": ZONE}
    sold = {"teas": stub_orders.TEAS, "currency": stub_orders.CURRENCY}
    return {"shop": shop_facts, "activities": {"signin": ACTIVITY}, "personas": personas, **sold, **clock}


def _next_day(shop: StubShop) -> Json:
    shop.today += timedelta(days=1)
    return {"now": f"{shop.today}T09:30:00+08:00", "today": str(shop.today)}


def _feed(shop: StubShop, after: int) -> Json:
    with shop.told:
        shop.told.wait_for(lambda: len(shop.events) > after, timeout=2)
        return {"events": shop.events[after:], "last": len(shop.events)}


def _local(shop: StubShop, asked: Asked) -> Json | None:
    parts = urlsplit(asked.path)
    query = parse_qs(parts.query)
    if parts.path == "/_local/session":
        return _session(shop)
    if parts.path == "/_local/token":
        shop.door.wait(PATIENCE_S)
        return {"token": shop.mint(query.get("persona", ["amei"])[0]) if shop.logged_in else None}
    if parts.path == "/_local/clock/next-day":
        return _next_day(shop)
    if parts.path == "/_local/checkout":
        return stub_orders.sell(shop, {name: given[-1] for name, given in query.items()})
    if parts.path.startswith("/_local/order/"):
        return stub_orders.follow_up(shop, *parts.path.split("/")[-2:])
    return _feed(shop, int(query.get("after", ["0"])[0])) if parts.path == "/_local/feed" else None


def _api(shop: StubShop, asked: Asked) -> Answer:
    reply = answer(shop, asked)
    shop.door.wait(PATIENCE_S)
    moving = "/participations" in asked.path or "/redemptions" in asked.path
    if asked.method == "POST" and moving and shop.loses_replies:
        raise ReplyLostError
    return reply


class ShopHandler(StubHandler[StubShop]):
    """The API as the shop answers it, the widgets' files, and pages made by tests."""

    def answer(self) -> None:
        path = urlsplit(self.path).path
        found = _page_at(self.stub, path) or _file_at(path)
        if self.command == "OPTIONS":
            self._send(204, b"", "text/plain", {})
        elif found is not None:
            self._send(200, *found)
        else:
            self._speak()

    def _speak(self) -> None:
        asked = self._asked()
        local = _local(self.stub, asked)
        try:
            reply = Answer(200, local) if local is not None else _api(self.stub, asked)
        except ReplyLostError:
            self.close_connection = True
            return
        kind = "application/json" if reply.status < HTTPStatus.BAD_REQUEST else "application/problem+json"
        self._send(reply.status, json.dumps(reply.body).encode(), kind, reply.headers)

    def _asked(self) -> Asked:
        headers = {name.lower(): text for name, text in self.headers.items()}
        asked = Asked(self.command, self.path, headers, self.body_of())
        with self.stub.lock:
            self.stub.asked.append(asked)
        return asked

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
        self.send(status, body, kind, CORS | headers)


def _page_at(shop: StubShop, path: str) -> Found | None:
    if path in ("/favicon.ico", BARRIER):
        return b"", "text/plain", {}
    if path not in shop.pages:
        return None
    text, kind, csp = shop.pages[path]
    return text.encode(), kind, {"content-security-policy": csp} if csp else {}


def _file_at(path: str) -> Found | None:
    if path == "/":
        return (STOREFRONT / "demo" / "index.html").read_bytes(), "text/html", {"content-security-policy": DEMO_CSP}
    for prefix, folder in FOLDERS.items():
        file = folder / path.removeprefix(prefix)
        if path.startswith(prefix) and ".." not in path and file.is_file():
            return file.read_bytes(), KINDS[file.suffix], {"cache-control": "max-age=3600"}
    return None
