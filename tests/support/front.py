"""All services behind one door in this process: what a caller would meet on the local stack, as a WSGI application."""

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any

from chalice.local import LocalGatewayException

from infra.local.host import Functions
from infra.local.problems import Reply, api_problem, in_our_form
from shared.http import Api

SERVICES = Path(__file__).parents[2] / "services"

Start = Callable[[str, list[tuple[str, str]]], object]
Credentials = Callable[[str, str, bytes], Mapping[str, str]]
"""What a caller of this method and path, with this body, shows to be let in."""


class Front:
    """Routes ``/{service}/v1/…`` to that service's functions; adds what ``credentials`` shows to every request."""

    def __init__(self, apps: Mapping[str, Api], credentials: Credentials) -> None:
        self._functions = {name: Functions(app, SERVICES / name) for name, app in apps.items()}
        self._credentials = credentials

    def __call__(self, environ: Mapping[str, Any], start_response: Start) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        # The address as it travelled: PATH_INFO is taken apart already.
        path, query = environ["REQUEST_URI"].partition("?")[0], environ.get("QUERY_STRING", "")
        reply = self.answer(environ["REQUEST_METHOD"], f"{path}?{query}" if query else path, _headers(environ), body)
        start_response(f"{reply.status} {HTTPStatus(reply.status).phrase}", list(reply.headers))
        return [reply.body]

    def answer(self, method: str, target: str, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        """What comes back; ``target`` is a path as it travels, with its query."""
        told = {**(headers or {}), **self._credentials(method, target.partition("?")[0], body)}
        return in_our_form(self._asked(method, target, told, body), told.get("accept-language"))

    def _asked(self, method: str, target: str, headers: dict[str, str], body: bytes) -> Reply:
        service, _, rest = target.removeprefix("/").partition("/")
        if service not in self._functions or not rest.startswith("v1/"):
            return api_problem("not_found", None)
        try:
            answer = self._functions[service].handle_request(method, f"/{rest}", headers, body)
        except LocalGatewayException:
            return api_problem("not_found", None)
        told = answer["headers"] | (answer.get("multiValueHeaders") or {})
        pairs = [(name, str(one)) for name, value in told.items() for one in _each(value)]
        return Reply(answer["statusCode"], tuple(pairs), (answer["body"] or "").encode())


def _each(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _headers(environ: Mapping[str, Any]) -> dict[str, str]:
    """What a WSGI server makes variables of."""
    names = {name: name.removeprefix("HTTP_") for name in environ if name.startswith("HTTP_")}
    names |= {name: name for name in ("CONTENT_TYPE", "CONTENT_LENGTH")}
    return {told.replace("_", "-").lower(): str(environ[name]) for name, told in names.items() if environ.get(name)}
