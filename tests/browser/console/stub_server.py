"""The stub desk on a port of 127.0.0.1, with the console's files beside it under the policy they must keep."""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from tests.browser.console.stub_desk import NOW, Answer, Asked, StubDesk, answer

CONSOLE = Path(__file__).resolve().parents[3] / "services" / "admin" / "console"
KINDS = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)


class _Handler(BaseHTTPRequestHandler):
    """Answers for `desk`, which a StubServer sets on a class of its own."""

    desk: StubDesk
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # head and body leave together: no waiting for a delayed ACK

    def log_message(self, *_args: object) -> None:
        """Quiet: tests read `desk.asked`."""

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        if path.startswith("/console/"):
            self._file(CONSOLE / (path.removeprefix("/console/") or "index.html"))
        elif path == "/openapi.json":
            self._json(Answer(200, self.desk.document))
        elif path == "/_local/operator":
            self._json(Answer(200, {"operator_key": self.desk.demo_key}))
        elif path == "/_local/session":
            self._json(Answer(200, {"now": NOW}))
        else:
            self._api()

    def do_POST(self) -> None:
        self._api()

    def do_PUT(self) -> None:
        self._api()

    def do_DELETE(self) -> None:
        self._api()

    def _api(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length)) if length else None
        asked = Asked(self.command, self.path, body, self.headers.get("accept-language", ""))
        with self.desk.lock:
            self.desk.asked.append(asked)
        key = (self.headers.get("authorization") or "").removeprefix("Bearer ")
        self._json(answer(self.desk, asked, key))

    def _file(self, file: Path) -> None:
        if not file.is_file():
            self._json(Answer(404))
            return
        extra = {"content-security-policy": CSP} if file.suffix == ".html" else {"cache-control": "max-age=3600"}
        self._send(200, file.read_bytes(), KINDS[file.suffix], extra)

    def _json(self, reply: Answer) -> None:
        body = b"" if reply.status == 204 else json.dumps(reply.body).encode()
        kind = "application/json" if reply.status < 400 else "application/problem+json"
        self._send(reply.status, body, kind, {})

    def _send(self, status: int, body: bytes, kind: str, extra: dict[str, str]) -> None:
        self.send_response(status)
        for name, text in {"content-type": f"{kind}; charset=utf-8", "content-length": str(len(body)), **extra}.items():
            self.send_header(name, text)
        # A page that was closed meanwhile does not wait for its answer.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()


class StubServer:
    """One port for many tests, so that the browser loads the console's files once; each test puts in its own desk."""

    def __init__(self) -> None:
        class Handler(_Handler):
            """With a desk of this server's own."""

        self._handler = Handler
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler)
        self._server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def serve(self, desk: StubDesk) -> None:
        self._handler.desk = desk

    @contextlib.contextmanager
    def running(self) -> Iterator["StubServer"]:
        thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
