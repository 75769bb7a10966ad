"""The stub shop on a port of 127.0.0.1: the API, the widgets' files, the demo's own routes, and pages made by tests."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from tests.browser.widgets.stub_shop import ACTIVITY, SHOP, ZONE, Answer, Asked, Json, StubShop, answer

STOREFRONT = Path(__file__).resolve().parents[3] / "services" / "storefront"
FOLDERS = {"/widgets/v1/": STOREFRONT / "widgets", "/demo/": STOREFRONT / "demo"}
KINDS = {
    ".js": "text/javascript",
    ".json": "application/json",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
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
    return {"shop": shop_facts, "activities": {"signin": ACTIVITY}, "personas": personas, **clock}


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
        time.sleep(shop.answer_delay_s)
        return {"token": shop.mint(query.get("persona", ["amei"])[0]) if shop.logged_in else None}
    if parts.path == "/_local/clock/next-day":
        return _next_day(shop)
    return _feed(shop, int(query.get("after", ["0"])[0])) if parts.path == "/_local/feed" else None


def _api(shop: StubShop, asked: Asked) -> Answer:
    time.sleep(shop.answer_delay_s)
    reply = answer(shop, asked)
    if asked.method == "POST" and "/participations" in asked.path and shop.lose_replies > 0:
        shop.lose_replies -= 1
        raise ReplyLostError
    return reply


class _Handler(BaseHTTPRequestHandler):
    """Answers for `shop`, which a StubServer sets on a class of its own."""

    shop: StubShop
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # head and body leave together: no waiting for a delayed ACK

    def log_message(self, *_args: object) -> None:
        """Quiet: tests read `shop.asked`."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        found = _page_at(self.shop, path) or _file_at(path)
        if found is not None:
            self._send(200, *found)
        else:
            self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_OPTIONS(self) -> None:
        self._send(204, b"", "text/plain", {})

    def _answer(self) -> None:
        asked = self._asked()
        local = _local(self.shop, asked)
        try:
            reply = Answer(200, local) if local is not None else _api(self.shop, asked)
        except ReplyLostError:
            self.close_connection = True
            return
        kind = "application/json" if reply.status < HTTPStatus.BAD_REQUEST else "application/problem+json"
        self._send(reply.status, json.dumps(reply.body).encode(), kind, reply.headers)

    def _asked(self) -> Asked:
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        asked = Asked(self.command, self.path, {name.lower(): text for name, text in self.headers.items()}, body)
        with self.shop.lock:
            self.shop.asked.append(asked)
        return asked

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        sent = {"content-type": f"{kind}; charset=utf-8", "content-length": str(len(body)), **CORS, **headers}
        for name, text in sent.items():
            self.send_header(name, text)
        # A page that was closed meanwhile does not wait for its answer.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()


def _page_at(shop: StubShop, path: str) -> Found | None:
    if path == "/favicon.ico":
        return b"", "image/x-icon", {}
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


class StubServer:
    """One port for many tests, so that the browser loads the widgets' files once; each test puts in its own shop."""

    def __init__(self) -> None:
        class Handler(_Handler):
            """With a shop of this server's own."""

        self._handler = Handler
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def serve(self, shop: StubShop) -> None:
        self._handler.shop = shop

    @contextlib.contextmanager
    def running(self) -> Iterator["StubServer"]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
