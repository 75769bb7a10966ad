"""The stub desk on a port of 127.0.0.1, with the console's files beside it under the policy they must keep."""

import json
from pathlib import Path
from urllib.parse import urlsplit

from tests.browser.console.stub_desk import NOW, StubDesk, answer
from tests.browser.console.stub_talk import Answer, Asked
from tests.browser.stub import BARRIER, KINDS, StubHandler

CONSOLE = Path(__file__).resolve().parents[3] / "services" / "admin" / "console"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)


class DeskHandler(StubHandler[StubDesk]):
    """The API as the desk answers it, and the console's files."""

    def answer(self) -> None:
        path = urlsplit(self.path).path
        if path == BARRIER:
            self.send(204, b"", "text/plain", {})
        elif path.startswith("/console/"):
            self._file(CONSOLE / (path.removeprefix("/console/") or "index.html"))
        elif path == "/openapi.json":
            self._json(Answer(200, self.stub.document))
        elif path == "/_local/operator":
            self._json(Answer(200, {"operator_key": self.stub.demo_key}))
        elif path == "/_local/session":
            self._json(Answer(200, {"now": NOW}))
        else:
            self._api()

    def _api(self) -> None:
        told = (self.headers.get(name) or "" for name in ("accept-language", "idempotency-key"))
        asked = Asked(self.command, self.path, self.body_of(), *told)
        with self.stub.lock:
            self.stub.asked.append(asked)
        key = (self.headers.get("authorization") or "").removeprefix("Bearer ")
        self._json(answer(self.stub, asked, key))

    def _file(self, file: Path) -> None:
        if not file.is_file():
            self._json(Answer(404))
            return
        extra = {"content-security-policy": CSP} if file.suffix == ".html" else {"cache-control": "max-age=3600"}
        self.send(200, file.read_bytes(), KINDS[file.suffix], extra)

    def _json(self, reply: Answer) -> None:
        body = b"" if reply.status == 204 else json.dumps(reply.body).encode()
        kind = "application/json" if reply.status < 400 else "application/problem+json"
        self.send(reply.status, body, kind, {})
