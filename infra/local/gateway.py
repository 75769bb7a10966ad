"""The one front port: pages, `/{service}/v1/*` to that service's process, `/_local/*` to the demo's controls."""

import contextlib
import http.client
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import urlsplit

from infra.local.control import Control
from infra.local.problems import CODES, Reply, api_problem, in_our_form, problem
from infra.local.static import Site
from infra.site import SECURITY

BODY_MAX = 1024 * 1024
DRAIN_MAX = 16 * 1024 * 1024
UPSTREAM_TIMEOUT_S = 29.0
"""API Gateway waits no longer for a function."""
IDLE_TIMEOUT_S = 65.0
RELOAD_WAIT_S = 3.0
HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "proxy-connection"}
)
OURS = frozenset({"content-length", "date", "server"})


class Unavailable(Exception):
    """A service has no process that answers."""


class Upstream(Protocol):
    """A service as the gateway sees it."""

    def address(self, wait_s: float) -> int:
        """The port of its process, waiting that long for a reload. Raises Unavailable."""
        ...


class Gateway(ThreadingHTTPServer):
    """The front server. ``services`` may grow while it runs."""

    daemon_threads = True
    request_queue_size = 128
    # A second `make run` on the same port must fail loudly, not share it.
    allow_reuse_port = False

    def __init__(self, port: int, services: Mapping[str, Upstream], pages: Site, control: Control) -> None:
        self.services = services
        self.pages = pages
        self.control = control
        super().__init__(("127.0.0.1", port), _Handler)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that leaves in the middle of an answer is no news."""


class _Refused(Exception):
    """Ends a request early. ``close``: what is left of it on the wire was not read."""

    def __init__(self, code: str, *, close: bool = True) -> None:
        self.code = code
        self.close = close


class _Handler(BaseHTTPRequestHandler):
    server: Gateway
    protocol_version = "HTTP/1.1"
    timeout = IDLE_TIMEOUT_S
    # Answers leave in one piece: separate small writes meet the peer's delayed ACK and cost 40 ms.
    disable_nagle_algorithm = True
    wbufsize = -1

    def __getattr__(self, name: str) -> Any:
        # Every method comes here, declared or not: who owns the address answers 405.
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, *_: object) -> None:
        """The services log their own requests."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """A request that cannot be parsed: the same form of refusal as everywhere."""
        del message, explain
        self.close_connection = True
        self._send(problem(CODES.get(code, "malformed"), None))

    def _answer(self) -> None:
        language = self.headers.get("Accept-Language")
        try:
            body = self._read_body()
            reply = self._route(body)
        except _Refused as refused:
            self.close_connection = self.close_connection or refused.close
            reply = problem(refused.code, language)
        self._send(reply)

    def _read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding"):
            raise _Refused("length_required")
        declared = self.headers.get_all("Content-Length") or ["0"]
        if len(set(declared)) > 1 or not (declared[0].isascii() and declared[0].isdigit()):
            raise _Refused("malformed")
        length = int(declared[0])
        if length > BODY_MAX:
            # Browsers show an answer only after they sent everything: read on, within reason, and forget it.
            self._skip(min(length, DRAIN_MAX))
            raise _Refused("too_large")
        return self.rfile.read(length)

    def _skip(self, length: int) -> None:
        while length > 0 and (piece := self.rfile.read(min(length, 65_536))):
            length -= len(piece)

    def _route(self, body: bytes) -> Reply:
        path = urlsplit(self.path).path
        if path.startswith("/_local/"):
            headers = {name.lower(): value for name, value in self.headers.items()}
            return self.server.control.answer(self.command, self.path, headers)
        service, _, rest = self.path.removeprefix("/").partition("/")
        if rest.startswith("v1/") and service in self.server.services:
            return self._forward(service, f"/{rest}", body)
        return self._page(path)

    def _page(self, path: str) -> Reply:
        language = self.headers.get("Accept-Language")
        page = self.server.pages.answer(path)
        if page is None:
            return problem("not_found", language)
        if self.command not in ("GET", "HEAD"):
            refusal = problem("method_not_allowed", language)
            return Reply(refusal.status, (*refusal.headers, ("Allow", "GET, HEAD")), refusal.body)
        return page

    def _forward(self, service: str, target: str, body: bytes) -> Reply:
        """Hand the request on. A connection for each: after a reload no old one can be picked up by mistake."""
        try:
            port = self.server.services[service].address(RELOAD_WAIT_S)
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=UPSTREAM_TIMEOUT_S)
            with contextlib.closing(connection):
                connection.request(self.command, target, body or None, self._forwarded_headers())
                response = connection.getresponse()
                return self._checked(Reply(response.status, tuple(response.getheaders()), response.read()))
        except TimeoutError:
            return self._api_problem("timeout")
        except (Unavailable, OSError, http.client.HTTPException):
            return self._api_problem("service_unavailable")

    def _forwarded_headers(self) -> dict[str, str]:
        merged: dict[str, str] = {}
        for name, value in self.headers.items():
            key = name.lower()
            if key not in HOP_BY_HOP | {"content-length", "expect"}:
                merged[key] = f"{merged[key]}, {value}" if key in merged else value
        return merged

    def _checked(self, answer: Reply) -> Reply:
        checked = in_our_form(answer, self.headers.get("Accept-Language"))
        kept = tuple(pair for pair in checked.headers if pair[0].lower() not in HOP_BY_HOP | OURS)
        return Reply(checked.status, kept, checked.body)

    def _api_problem(self, code: str) -> Reply:
        return api_problem(code, self.headers.get("Accept-Language"))

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        named = {name.lower() for name, _ in reply.headers}
        extra = [(name, value) for name, value in SECURITY.items() if name.lower() not in named]
        for name, value in (*reply.headers, *extra, ("Content-Length", str(len(reply.body)))):
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)

    def version_string(self) -> str:
        return "regulars-local"
