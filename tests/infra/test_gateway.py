"""The front door: what it shows, what it hands on, what it refuses, over real sockets."""

import http.client
import json
import socket
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from infra.local.control import Control, same_host
from infra.local.demo_clock import DemoClock
from infra.local.feed import KEPT, Feed
from infra.local.gateway import BODY_MAX, Gateway, Unavailable
from infra.local.paths import StateDir, write_json
from infra.local.static import Site
from infra.local.till import Till
from infra.site import SWAGGER_UI

SECRET = "s" * 43
VERSION = "0123456789abcdef"
FILES = {
    "services/storefront/demo/index.html": "<!doctype html>店",
    "services/storefront/demo/art/leaf.svg": "<svg/>",
    "services/storefront/demo/.secret": "hidden",
    "services/storefront/widgets/regulars.js": "export {}",
    "services/storefront/widgets/texts.json": "{}",
    "services/storefront/member/index.html": "<!doctype html>member",
    "services/storefront/member/member.js": "//",
    "services/storefront/docs/index.html": "<!doctype html>reference",
    "services/storefront/docs/missing.html": "<!doctype html>missing",
    "services/admin/console/index.html": "<!doctype html>console",
    "services/admin/console/main.js": "//",
    "docs/api/openapi.json": "{}",
    "docs/embed.md": "outside",
    f"build/widgets/{VERSION}/regulars.js": "export {}",
    "build/widgets/notes.js": "not of a version",
}


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
                self.send_header("Allow", "GET, PUT")
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
        self.root = folder / "checkout"
        for name, content in FILES.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(content, encoding="utf-8")
        (folder / "outside.txt").write_text("outside")
        (self.root / "services" / "storefront" / "demo" / "link.txt").symlink_to(folder / "outside.txt")
        self.state = StateDir(folder / "state")
        self.state.make()
        self.clock = DemoClock(self.state.clock)
        self.feed = Feed(lambda: datetime.now(UTC))
        self.upstream = Upstream()
        self.orders = "http://127.0.0.1:9"
        self.opened = threading.Event()
        self.opened.set()
        till = Till(self.state, self.clock.now, lambda: self.orders)
        control = Control(self.state, self.clock, self.feed, self.opened, till)
        self.gateway = Gateway(0, {"points": self.upstream}, Site(self.root), control)
        threading.Thread(target=self.gateway.serve_forever, args=(0.01,), daemon=True).start()

    def ask(self, method: str, target: str, body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.gateway.port, timeout=60)
        try:
            connection.request(method, target, body, {name.replace("_", "-"): text for name, text in headers.items()})
            response = connection.getresponse()
            return response.status, {name.lower(): text for name, text in response.getheaders()}, response.read()
        finally:
            connection.close()

    def raw(self, request: bytes) -> bytes:
        with socket.create_connection(("127.0.0.1", self.gateway.port), timeout=60) as peer:
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
        ("/m/green-field-tea", "text/html; charset=utf-8"),
        ("/m/green-field-tea/?lang=zh-CN", "text/html; charset=utf-8"),
        ("/m/%E8%8C%B6", "text/html; charset=utf-8"),
        ("/member/member.js", "text/javascript; charset=utf-8"),
        ("/console/", "text/html; charset=utf-8"),
        ("/console/main.js", "text/javascript; charset=utf-8"),
        ("/openapi.json", "application/json; charset=utf-8"),
        ("/docs", "text/html; charset=utf-8"),
    ],
)
def test_files_are_served_with_their_type_and_never_cached(front: Front, path: str, kind: str) -> None:
    status, headers, body = front.ask("GET", path)

    assert (status, headers["content-type"], headers["cache-control"]) == (200, kind, "no-store")
    assert headers["x-content-type-options"] == "nosniff"
    assert int(headers["content-length"]) == len(body) > 0


def test_only_the_widgets_of_a_version_may_be_kept(front: Front) -> None:
    kept = front.ask("GET", f"/widgets/{VERSION}/regulars.js")
    other = front.ask("GET", "/widgets/notes.js")

    assert (kept[0], kept[1]["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert (other[0], other[1]["cache-control"]) == (200, "no-store")


def test_the_console_stands_in_its_own_folder(front: Front) -> None:
    status, headers, _ = front.ask("GET", "/console")

    assert (status, headers["location"]) == (308, "/console/")


def test_the_docs_say_what_is_missing_until_swagger_ui_is_there(front: Front) -> None:
    _, _, before = front.ask("GET", "/docs")
    (front.root / SWAGGER_UI).mkdir(parents=True)
    (front.root / SWAGGER_UI / "swagger-ui-bundle.js").write_text("//")
    _, _, after = front.ask("GET", "/docs")

    assert (before, after) == (b"<!doctype html>missing", b"<!doctype html>reference")
    assert front.ask("GET", "/docs/ui/swagger-ui-bundle.js")[0] == 200


@pytest.mark.parametrize("path", ["/", "/m/tea", "/console/", "/docs"])
def test_pages_may_run_only_what_this_host_serves(front: Front, path: str) -> None:
    _, headers, _ = front.ask("GET", path)

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
        "/m/",
        "/m/tea/more",
        "/m",
        "/member",
        "/widgets/",
        f"/widgets/{VERSION}",
        "/widgets/v2/regulars.js",
        "/docs/../embed.md",
        "/docs/embed.md",
        "/openapi.json/",
        "/console/../app.py",
        "/console//main.js",
        "/index.html/../.secret",
    ],
)
def test_nothing_outside_the_shown_folders_can_be_read(front: Front, path: str) -> None:
    status, headers, body = front.ask("GET", path)

    assert status == 404
    assert headers["content-type"] == "application/problem+json"
    assert b"outside" not in body


@pytest.mark.parametrize("path", ["/", "/m/tea", "/console/main.js", "/openapi.json", "/docs"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
def test_a_page_can_only_be_read(front: Front, method: str, path: str) -> None:
    status, headers, body = front.ask(method, path)

    assert (status, headers["allow"], json.loads(body)["code"]) == (405, "GET, HEAD", "method_not_allowed")


@pytest.mark.parametrize(
    "path", ["/", "/m/tea", "/console/main.js", f"/widgets/{VERSION}/regulars.js", "/openapi.json"]
)
def test_head_has_the_headers_and_no_body(front: Front, path: str) -> None:
    status, headers, body = front.ask("HEAD", path)

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
    connection = http.client.HTTPConnection("127.0.0.1", front.gateway.port, timeout=60)
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


def test_a_method_that_a_service_does_not_take_is_answered_with_those_it_does(front: Front) -> None:
    front.upstream.status = 405

    _, headers, body = front.ask("TRACE", "/points/v1/x")

    assert (headers["allow"], json.loads(body)["code"]) == ("GET, PUT", "method_not_allowed")
    assert "x-theirs" not in headers


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


@pytest.mark.parametrize("offset_s", [0, 3_600 * 5, 3_600 * 13 + 7, 86_400 * 40])
def test_tonight_is_a_minute_after_scoring_began_on_the_shops_next_day(front: Front, offset_s: int) -> None:
    write_json(front.state.clock, {"offset_s": offset_s})
    _, _, before = front.ask("GET", "/_local/session")

    status, _, body = front.ask("POST", "/_local/clock/tonight")

    after = json.loads(body)
    assert (status, after["now"][10:16], after["now"][-6:]) == (200, "T00:31", "+08:00")
    assert (date.fromisoformat(after["today"]) - date.fromisoformat(json.loads(before)["today"])).days == 1


def test_every_press_of_tonight_is_another_night(front: Front) -> None:
    nights = [json.loads(front.ask("POST", "/_local/clock/tonight")[2])["today"] for _ in range(3)]

    assert len(set(nights)) == 3


def test_the_console_is_told_the_owners_key_once_there_is_a_shop(front: Front) -> None:
    assert front.ask("GET", "/_local/operator")[0] == 503
    write_json(front.state.credentials, {"shop": "s", "operator_key": "rgo_s_1_x", "platform_key": "rgp_1_y"})

    status, headers, body = front.ask("GET", "/_local/operator")

    assert (status, json.loads(body)) == (200, {"operator_key": "rgo_s_1_x"})
    assert headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize("path", ["/_local/operator", "/_local/token?persona=amei", "/_local/session"])
def test_no_other_sites_page_reads_the_controls(front: Front, path: str) -> None:
    write_json(front.state.credentials, {"shop": "s", "operator_key": "rgo_s_1_x"})

    foreign = [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}]

    assert [front.ask("GET", path, **headers)[0] for headers in foreign] == [403, 403, 403]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/_local/operator", "GET"),
        ("GET", "/_local/clock/tonight", "POST"),
        ("TRACE", "/_local/session", "GET"),
    ],
)
def test_a_control_says_which_method_it_takes(front: Front, method: str, path: str, allowed: str) -> None:
    status, headers, _ = front.ask(method, path)

    assert (status, headers["allow"]) == (405, allowed)


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


def test_the_checkout_answers_by_post_only_and_says_what_is_wrong(front: Front) -> None:
    asked = {
        ("GET", "/_local/checkout?persona=amei&longjing=1"): 405,
        ("POST", "/_local/checkout?persona=amei&longjing=x"): 400,
        ("POST", "/_local/checkout?persona=nobody&longjing=1"): 404,
        ("POST", "/_local/checkout?persona=amei&longjing=1"): 503,
        ("GET", "/_local/order/o1/ship?persona=amei"): 405,
        ("POST", "/_local/order/o1/burn?persona=amei"): 404,
        ("POST", "/_local/order/o%201/ship?persona=amei"): 404,
    }

    assert {each: front.ask(*each)[0] for each in asked} == asked
