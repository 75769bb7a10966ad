"""Requests to a service as a widget or a console sends them; every answer is held to the API document.

A status that docs/api/openapi.json does not declare for the route, or a body that does not fit its schema,
fails the test that asked, whatever it was about.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import jsonschema_rs
from chalice.test import Client

from shared.http import Api

DOCUMENT = Path(__file__).parents[2] / "docs" / "api" / "openapi.json"
JSON = "application/json"


@dataclass(frozen=True)
class Reply:
    """What came back; header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """A problem's code, or nothing."""
        return str(self.json.get("code", "")) if self.status >= 400 else ""

    @property
    def pointers(self) -> list[str]:
        """The wrong places that a problem names."""
        return [fault["pointer"] for fault in self.json.get("errors", [])]


def ask(
    app: Api,
    method: str,
    path: str,
    *,
    bearer: str | None = None,
    body: Any = None,
    key: str | None = None,
    language: str | None = None,
    query: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Reply:
    """Send one request. ``body`` travels as JSON, bytes as they are; ``headers`` go before all others."""
    given = {
        "Authorization": f"Bearer {bearer}" if bearer is not None else None,
        "Content-Type": JSON if body is not None else None,
        "Idempotency-Key": key,
        "Accept-Language": language,
        **(headers or {}),
    }
    told = {name: value for name, value in given.items() if value is not None}
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    asked = f"{path}?{urlencode(query)}" if query else path
    with Client(app) as client:
        found = client.http.request(method, asked, headers=told, body=raw)
    reply = Reply(found.status_code, {name.lower(): value for name, value in found.headers.items()}, found.body)
    check(app.service, method, path, reply)
    return reply


def check(service: str, method: str, path: str, reply: Reply) -> None:
    """Hold an answer to the API document."""
    declared = operation(service, method, path)["responses"]
    assert str(reply.status) in declared, f"{method} /{service}{path} does not declare {reply.status}: {reply.body!r}"
    assert reply.headers["access-control-allow-origin"] == "*"
    assert reply.headers["x-request-id"]
    content = declared[str(reply.status)].get("content")
    if content is None:
        assert reply.body == b""
        return
    ((media, described),) = content.items()
    assert reply.headers["content-type"] == media
    _validator(json.dumps(described["schema"])).validate(reply.json)


def operation(service: str, method: str, path: str) -> dict[str, Any]:
    """What the API document says of a route, found by a path that was asked for."""
    for pattern, operations in document()["paths"].items():
        if re.fullmatch(re.sub(r"{\w+}", "[^/]+", pattern), f"/{service}{path}") and method.lower() in operations:
            found: dict[str, Any] = operations[method.lower()]
            # `/operators/me` stands beside `/operators/{operator_id}`: the literal one comes first in the document.
            return found
    raise AssertionError(f"{method} /{service}{path} is not in the API document")


@cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DOCUMENT.read_text("utf-8"))
    # Literal paths before those with parameters, as routers take them.
    found["paths"] = dict(sorted(found["paths"].items(), key=lambda item: item[0].count("{")))
    return found


@cache
def _validator(schema: str) -> Any:
    whole = {**json.loads(schema), "components": document()["components"]}
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)
