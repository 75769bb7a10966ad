"""What the two stub servers share: a port, a thread a request, and the certainty of what they were asked."""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Generic, TypeVar

from playwright.sync_api import BrowserContext, Page

Stub = TypeVar("Stub")
BARRIER = "/_barrier"
"""What a page asks last. No stub records it."""
KINDS = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".json": "application/json",
    ".css": "text/css",
    ".svg": "image/svg+xml",
}


def all_asked(page: Page) -> None:
    """Return once the server has whatever the page asked so far: its requests leave in their order."""
    page.evaluate("(barrier) => fetch(barrier, { cache: 'no-store' }).then((answer) => answer.text())", BARRIER)


def leave_nothing(context: BrowserContext) -> None:
    """Close a test's pages. What they stored goes with them; what they asked reached the stub that it was for."""
    for page in context.pages:
        if page.url.startswith("http"):
            page.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }")
            all_asked(page)
        page.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    stub: Any = None


class StubHandler(BaseHTTPRequestHandler, Generic[Stub]):
    """Answers for ``stub``, which the present test put in."""

    server: _Server
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536  # head and body leave together: no waiting for a delayed ACK

    @property
    def stub(self) -> Stub:
        found: Stub = self.server.stub
        return found

    def log_message(self, *_args: object) -> None:
        """Quiet: tests read what the stub was asked."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("do_"):
            return self.answer
        raise AttributeError(name)

    def answer(self) -> None:
        """Answer one request, of whatever method."""
        raise NotImplementedError

    def body_of(self) -> Any:
        """The request's body, or None."""
        length = int(self.headers.get("content-length") or 0)
        return json.loads(self.rfile.read(length)) if length else None

    def send(self, status: int, body: bytes, kind: str, headers: dict[str, str]) -> None:
        self.send_response(status)
        sent = {"content-type": f"{kind}; charset=utf-8", "content-length": str(len(body)), **headers}
        for name, text in sent.items():
            self.send_header(name, text)
        # A page that was closed meanwhile does not wait for its answer.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.end_headers()
            self.wfile.write(body)
            self.wfile.flush()


class StubServer:
    """One port for many tests, so that the browser loads the files once; each test puts in a stub of its own."""

    def __init__(self, handler: type[StubHandler[Any]]) -> None:
        self._server = _Server(("127.0.0.1", 0), handler)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def serve(self, stub: Any) -> None:
        self._server.stub = stub

    @contextlib.contextmanager
    def running(self) -> Iterator["StubServer"]:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
