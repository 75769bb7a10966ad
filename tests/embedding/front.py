"""The web server of a shop of somebody else's: one page, and a route that its own back end answers.

A real server, not a page the test puts into the browser: what did not come from this machine may not ask it.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.embedding.calling import call

TokenRoute = Callable[[], tuple[int, bytes]]


def nobody() -> tuple[int, bytes]:
    """A back end where nobody is logged in."""
    return 204, b""


def asking(address: str) -> TokenRoute:
    """A back end that listens at ``address``."""

    def ask() -> tuple[int, bytes]:
        answer = call(address, "/regulars-token")
        return answer.status, answer.body

    return ask


@contextlib.contextmanager
def shop_front(body: str, *, policy: str = "", token: TokenRoute = nobody) -> Iterator[str]:
    """A shop whose only page has ``body`` and the content security policy ``policy``; its address."""

    class Front(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/regulars-token":
                self._send(*token(), "application/json")
            else:
                self._send(200, f"<!doctype html><title>Shop</title>{body}".encode(), "text/html; charset=utf-8")

        def _send(self, status: int, content: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            if policy:
                self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Front)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
