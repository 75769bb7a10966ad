"""The front door: what it shows, what it hands on, what it refuses, over real sockets."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.local.control import Control, same_host
from infra.local.demo_clock import DemoClock
from infra.local.feed import KEPT, Feed
from infra.local.gateway import BODY_MAX, Gateway, Unavailable
from infra.local.paths import StateDir, write_json

SECRET = "s" * 43


class Upstream:
    """A service that answers what it was asked, or is away."""

    def __init__(self) -> None:
        self.away = False
        self.status = 200
        self.kind = "application/json"
        upstream = self

        class Echo(BaseHTTPRequestHandler):
            def __getattr__(self, name: str) -> Any:
                if name.startswith("do_"):
                    return self.answer
                raise AttributeError(name)

            def answer(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                seen = {
                    "method": self.command,
                    "path": self.path,
                    "headers": {name.lower(): value for name, value in self.headers.items()},
                    "bytes": len(self.rfile.read(size)),
                }
                body = json.dumps(seen).encode()
                self.send_response(upstream.status)
                self.send_header("Content-Type", upstream.kind)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("X-Theirs", "kept")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None: ...

        self._server = HTTPServer(("127.0.0.1", 0), Echo)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def address(self, wait_s: float) -> int:
        if self.away:
            raise Unavailable
        return int(self._server.server_address[1])

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Front:
    """A running gateway and how to ask it."""

    def __init__(self, folder: Path) -> None:
        self.pages = folder / "storefront"
        (self.pages / "demo" / "art").mkdir(parents=True)
        (self.pages / "widgets").mkdir()
        (self.pages / "demo" / "index.html").write_text("<!doctype html>店", encoding="utf-8")
        (self.pages / "demo" / "art" / "leaf.svg").write_text("<svg/>")
        (self.pages / "demo" / ".secret").write_text("hidden")
        (self.pages / "widgets" / "regulars.js").write_text("export {}")
        (self.pages / "widgets" / "texts.json").write_text("{}")
        (folder / "outside.txt").write_text("outside")
        (self.pages / "demo" / "link.txt").symlink_to(folder / "outside.txt")
        self.state = StateDir(folder / "state")
        self.state.make()
        self.clock = DemoClock(self.state.clock)
        self.feed = Feed(lambda: datetime.now(UTC))
        self.upstream = Upstream()
        self.opened = threading.Event()
        self.opened.set()
        control = Control(self.state, self.clock, self.feed, self.opened)
        self.gateway = Gateway(0, {"points": self.upstream}, self.pages, control)
        threading.Thread(target=self.gateway.serve_forever, args=(0.01,), daemon=True).start()

    def ask(self, method: str, target: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=10)
        try:
            connection.request(method, target, body, {name.replace("_", "-"): text for name, text in headers.items()})
            response = connection.getresponse()
            return response.status, {name.lower(): text for name, text in response.getheaders()}, response.read()
        finally:
            connection.close()

    def raw(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.gateway.port), timeout=10) as peer:
            peer.sendall(request)
            return b"".join(iter(lambda: peer.recv(65_536), b""))

    def close(self) -> None:
        self.feed.close()
        self.gateway.shutdown()
        self.gateway.server_close()
        self.upstream.close()


@pytest.fixture
def front(tmp_path: Path) -> Iterator[Front]:
    made = Front(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/demo/", "text/html; charset=utf-8"),
        ("/demo/art/leaf.svg?v=1", "image/svg+xml; charset=utf-8"),
        ("/widgets/v1/regulars.js", "text/javascript; charset=utf-8"),
        ("/widgets/v1/texts.json", "application/json; charset=utf-8"),
    ],
)
def test_files_are_served_with_their_type_and_never_cached(front: Front, path: str, kind: str) -> None:
    status, headers, body = front.ask("GET", path)

    assert (status, headers["content-type"], headers["cache-control"]) == (200, kind, "no-store")
    assert headers["x-content-type-options"] == "nosniff"
    assert int(headers["content-length"]) == len(body) > 0


def test_pages_may_run_only_what_this_host_serves(front: Front) -> None:
    _, headers, _ = front.ask("GET", "/")

    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(
    "path",
    [
        "/demo/../../outside.txt",
        "/demo/%2e%2e/%2e%2e/outside.txt",
        "/demo/..%2f..%2foutside.txt",
        "/demo/..%5c..%5coutside.txt",
        "/widgets/v1/..//../../outside.txt",
        "/demo//etc/passwd",
        "/demo/%2fetc/passwd",
        "/demo/.secret",
        "/demo/link.txt",
        "/demo/art",
        "/demo/art/",
        "/demo/index.html%00.js",
        "/demo/%ff",
        "/outside.txt",
        "/index.html/../.secret",
    ],
)
def test_nothing_outside_the_shown_folders_can_be_read(front: Front, path: str) -> None:
    status, headers, body = front.ask("GET", path)

    assert status == 404
    assert headers["content-type"] == "application/problem+json"
    assert b"outside" not in body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_a_page_can_only_be_read(front: Front, method: str) -> None:
    status, headers, body = front.ask(method, "/")

    assert (status, headers["allow"], json.loads(body)["code"]) == (405, "GET, HEAD", "method_not_allowed")


def test_head_has_the_headers_and_no_body(front: Front) -> None:
    status, headers, body = front.ask("HEAD", "/")

    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 0


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS", "TRACE"])
def test_a_services_requests_reach_it_as_they_came(front: Front, method: str) -> None:
    status, headers, body = front.ask(method, "/points/v1/a%2Fb?x=1&x=%20", Authorization="Bearer t", Accept="x/y")

    seen = json.loads(body)
    assert status == 200
    assert (seen["method"], seen["path"]) == (method, "/v1/a%2Fb?x=1&x=%20")
    assert (seen["headers"]["authorization"], seen["headers"]["accept"]) == ("Bearer t", "x/y")
    assert headers["x-theirs"] == "kept"
    assert headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/points/_invoke/republish", "/points", "/points/", "/points/v2/x", "/nobody/v1/x"])
def test_only_a_services_public_routes_can_be_reached(front: Front, path: str) -> None:
    status, _, body = front.ask("POST", path, b"{}")

    assert status in (404, 405)
    assert b'method": "POST' not in body


def test_a_body_of_one_megabyte_passes_and_one_byte_more_is_refused(front: Front) -> None:
    status, _, body = front.ask("POST", "/points/v1/x", b"x" * BODY_MAX)
    assert (status, json.loads(body)["bytes"]) == (200, BODY_MAX)

    status, headers, body = front.ask("POST", "/points/v1/x", b"x" * (BODY_MAX + 1))
    assert (status, json.loads(body)["code"], headers["connection"]) == (413, "too_large", "close")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"POST /points/v1/x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", b"411"),
        (b"POST /points/v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", b"400"),
        (b"POST /points/v1/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", b"400"),
        (b"not http at all\r\n\r\n", b"400"),
    ],
)
def test_a_request_that_cannot_be_framed_is_refused_and_the_connection_closed(
    front: Front, head: bytes, status: bytes
) -> None:
    answer = front.raw(head)

    assert status in answer.split(b"\r\n")[0] or answer.startswith(b'{"type"')
    assert b'"code": ' in answer


def test_one_connection_serves_many_requests(front: Front) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", front.gateway.port, timeout=10)
    local_ports = set()
    for path in ("/", "/points/v1/x", "/nothing", "/widgets/v1/regulars.js"):
        connection.request("GET", path)
        connection.getresponse().read()
        local_ports.add(connection.sock.getsockname())
    connection.close()

    assert len(local_ports) == 1


@pytest.mark.parametrize(("language", "word"), [("zh-CN,en;q=0.5", "重启"), ("en", "restarting"), ("fr", "restarting")])
def test_a_service_that_is_away_is_explained_in_the_callers_language(front: Front, language: str, word: str) -> None:
    front.upstream.away = True

    status, headers, body = front.ask("GET", "/points/v1/x", Accept_Language=language)

    assert (status, headers["content-type"]) == (502, "application/problem+json")
    assert json.loads(body)["code"] == "service_unavailable"
    assert word in json.loads(body)["detail"]
    assert headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize(("status", "code"), [(404, "not_found"), (405, "method_not_allowed"), (500, "internal")])
def test_a_refusal_the_framework_makes_by_itself_gets_our_form(front: Front, status: int, code: str) -> None:
    front.upstream.status = status

    answered, headers, body = front.ask("GET", "/points/v1/x")

    assert (answered, headers["content-type"]) == (status, "application/problem+json")
    assert json.loads(body)["code"] == code


def test_a_services_own_problem_passes_unchanged(front: Front) -> None:
    front.upstream.status, front.upstream.kind = 409, "application/problem+json"

    status, _, body = front.ask("POST", "/points/v1/x", b"{}")

    assert (status, json.loads(body)["method"]) == (409, "POST")


def test_the_next_day_moves_business_time_for_all(front: Front) -> None:
    _, _, before = front.ask("GET", "/_local/session")
    status, _, after = front.ask("POST", "/_local/clock/next-day")

    days = [datetime.fromisoformat(json.loads(answer)["now"]) for answer in (before, after)]
    assert status == 200
    assert (days[1] - days[0]).days == 1
    assert json.loads(after)["today"] == days[1].date().isoformat()
    assert (front.clock.now() - datetime.now(UTC)).total_seconds() == pytest.approx(86_400, abs=5)


def test_a_token_is_minted_for_personas_once_there_is_a_shop(front: Front) -> None:
    assert front.ask("GET", "/_local/token?persona=xiaolin")[0] == 503
    credentials = {"shop": "s", "customer_key_id": "k1", "customer_key_secret": SECRET}
    write_json(front.state.credentials, credentials)

    status, _, body = front.ask("GET", "/_local/token?persona=xiaolin")
    stranger, _, _ = front.ask("GET", "/_local/token?persona=nobody")

    import jwt

    token = json.loads(body)["token"]
    claims = jwt.decode(token, SECRET, ["HS256"], audience="s")
    assert (status, stranger) == (200, 404)
    assert (claims["sub"], jwt.get_unverified_header(token)["kid"]) == ("xiaolin", "k1")
    assert 0 < claims["exp"] - claims["iat"] <= 900


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example:8000"},
        {"host": "localhost:8000", "origin": "http://evil.example"},
        {"host": "localhost:8000", "sec-fetch-site": "cross-site"},
        {"host": "localhost.evil.example"},
        {},
    ],
)
def test_another_sites_page_gets_nothing_from_the_controls(headers: dict[str, str]) -> None:
    assert not same_host(headers)


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "localhost:8000"},
        {"host": "127.0.0.1"},
        {"host": "[::1]:8000"},
        {"host": "localhost:8000", "origin": "http://localhost:8000", "sec-fetch-site": "same-origin"},
    ],
)
def test_this_hosts_page_and_tools_may_use_the_controls(headers: dict[str, str]) -> None:
    assert same_host(headers)


def test_a_foreign_host_name_is_refused_before_anything_happens(front: Front) -> None:
    status, _, _ = front.ask("POST", "/_local/clock/next-day", Host="evil.example")

    assert status == 403
    assert not front.state.clock.exists()


def test_the_feed_waits_for_the_next_event(front: Front) -> None:
    front.feed.add({"event": "request", "status": 200})
    threading.Timer(0.2, front.feed.add, [{"event": "entry_posted", "points": 5}]).start()

    _, _, body = front.ask("GET", "/_local/feed?after=1")

    answer = json.loads(body)
    assert answer["last"] == 2
    assert [(event["seq"], event["event"]) for event in answer["events"]] == [(2, "entry_posted")]
    assert datetime.fromisoformat(answer["events"][0]["at"]).tzinfo


def test_the_feed_refuses_a_position_that_is_no_number(front: Front) -> None:
    assert front.ask("GET", "/_local/feed?after=x")[0] == 400


def test_the_feed_keeps_the_latest_events_of_the_kinds_it_shows() -> None:
    feed = Feed(lambda: datetime.now(UTC))
    for n in range(KEPT + 5):
        feed.add({"event": "request", "n": n})
    feed.add({"event": "crashed"})

    answer = feed.after(0, 0)

    assert [event["n"] for event in answer["events"]] == list(range(5, KEPT + 5))
    assert answer["last"] == KEPT + 5


def test_a_page_from_before_a_restart_starts_over() -> None:
    feed = Feed(lambda: datetime.now(UTC))
    feed.add({"event": "request"})

    assert len(feed.after(99, 0)["events"]) == 1


def test_the_demo_page_is_told_to_wait_until_the_shop_is_open(front: Front) -> None:
    front.opened.clear()

    status, _, body = front.ask("GET", "/_local/session")

    assert (status, json.loads(body)["code"]) == (503, "not_ready")
