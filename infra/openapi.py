"""The OpenAPI 3.1 document, made from the routes' own contracts: `make openapi`; `--check` fails when it is old."""

import argparse
import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from shared.errors import REFUSALS
from shared.http.contract import Contract
from shared.http.problems import STATUS

SERVICES = ("profiles", "orders", "activities", "points", "notifications", "compliance", "admin")
DOCUMENT = Path(__file__).resolve().parents[1] / "docs" / "api" / "openapi.json"
REF = "#/components/schemas/{model}"

CREDENTIALS: dict[str, Any] = {
    "customer": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "HS256, signed by the shop's back end: header `kid`, claims `aud` (the shop), `sub` (the "
        "shop's customer id), `exp` (at most 15 minutes ahead).",
    },
    "operator": {"type": "http", "scheme": "bearer", "description": "An operator key, `rgo_…`."},
    "platform": {"type": "http", "scheme": "bearer", "description": "The platform's key, `rgp_…`."},
    "shop": {
        "type": "apiKey",
        "in": "header",
        "name": "webhook-signature",
        "description": "Standard Webhooks: `webhook-id`, `webhook-timestamp` and `webhook-signature` over the body.",
    },
}
SECURITY: dict[str, list[dict[str, list[str]]]] = {
    "anyone": [{}],
    "public": [{}, {"customer": []}],
    "customer": [{"customer": []}],
    "shop": [{"shop": []}],
    "platform": [{"platform": []}],
    "platform_or_owner": [{"platform": []}, {"operator": []}],
}
PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457. `detail` follows Accept-Language; programs read `code`.",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string", "enum": sorted(STATUS)},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "message"],
                "properties": {"pointer": {"type": "string"}, "message": {"type": "string"}},
            },
        },
        "retry_at": {"type": "string", "format": "date-time"},
        "request_id": {"type": "string"},
    },
}


def contracts() -> list[Contract]:
    """Every route of every service, as it is declared."""
    found: list[Contract] = []
    for service in SERVICES:
        found += importlib.import_module(f"services.{service}.app").app.contracts
    return found


def document(routes: Iterable[Contract]) -> dict[str, Any]:
    """The whole document."""
    declared = list(routes)
    references, schemas = _schemas(declared)
    paths: dict[str, Any] = {}
    for route in declared:
        paths.setdefault(f"/{route.service}{route.path}", {})[route.method.lower()] = _operation(route, references)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Regulars",
            "version": "1",
            "summary": "Turns a shop's buyers into regulars.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": service} for service in SERVICES],
        "paths": paths,
        "components": {"schemas": {"Problem": PROBLEM, **schemas}, "securitySchemes": CREDENTIALS},
    }


Reference = dict[tuple[Any, JsonSchemaMode], dict[str, Any]]


def _schemas(routes: list[Contract]) -> tuple[Reference, dict[str, Any]]:
    wanted: dict[tuple[type[BaseModel], JsonSchemaMode], None] = {}
    for route in routes:
        if route.body is not None:
            wanted[route.body, "validation"] = None
        if route.returns is not None:
            wanted[route.returns, "serialization"] = None
    ordered = sorted(wanted, key=lambda item: (item[0].__module__, item[0].__qualname__, item[1]))
    references, schemas = models_json_schema(ordered, ref_template=REF)
    return dict(references), _in_json_schema(schemas.get("$defs", {}))


def _in_json_schema(schema: Any) -> Any:
    """Pydantic leaves a bound its own name where a validator stands between it and the number."""
    if isinstance(schema, list):
        return [_in_json_schema(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    ours = {"ge": "minimum", "le": "maximum"} if "type" in schema else {}
    return {ours.get(name, name): _in_json_schema(value) for name, value in schema.items()}


def _operation(route: Contract, references: Reference) -> dict[str, Any]:
    summary, _, more = (inspect.getdoc(route.view) or "").partition("\n")
    operation: dict[str, Any] = {
        "operationId": route.view.__name__,
        "tags": [route.service],
        "summary": summary,
        "parameters": [*_path(route), *_query(route), *_headers(route)],
        "responses": _responses(route, references),
        "security": SECURITY.get(route.who, [{"operator": []}]),
    }
    if more.strip():
        operation["description"] = inspect.cleandoc(more)
    if route.body is not None:
        schema = references[route.body, "validation"]
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    return operation


def _path(route: Contract) -> list[dict[str, Any]]:
    names = re.findall(r"{(\w+)}", route.path)
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]


def _query(route: Contract) -> list[dict[str, Any]]:
    schema = route.query.model_json_schema() if route.query else {}
    properties, required = schema.get("properties", {}), schema.get("required", ())
    if route.who == "public" and "shop" not in properties:
        properties["shop"] = {"type": "string"}
    return [
        {"name": name, "in": "query", "required": name in required, "schema": each} for name, each in properties.items()
    ]


def _headers(route: Contract) -> list[dict[str, Any]]:
    language = {
        "name": "Accept-Language",
        "in": "header",
        "required": False,
        "schema": {"type": "string"},
        "description": "`en` or `zh-CN`.",
    }
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "schema": {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"},
        "description": "Send the same key to repeat the same request: the original answer comes back.",
    }
    return [language, key] if route.idempotent else [language]


def _responses(route: Contract, references: Reference) -> dict[str, Any]:
    success: dict[str, Any] = {"description": "Done."}
    if route.returns is not None:
        success["content"] = {"application/json": {"schema": references[route.returns, "serialization"]}}
    if route.idempotent:
        success["headers"] = {
            "Idempotent-Replayed": {"schema": {"type": "string"}, "description": "`true` on a repeated answer."}
        }
    by_status: dict[int, list[str]] = {}
    for code in _codes(route):
        by_status.setdefault(STATUS[code], []).append(code)
    problems = {
        str(status): {
            "description": ", ".join(f"`{code}`" for code in codes),
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for status, codes in sorted(by_status.items())
    }
    return {str(route.status): success, **problems}


def _codes(route: Contract) -> list[str]:
    """Every code this route can answer with."""
    applies = {
        ("internal", "rate_limited"): True,
        ("unauthenticated",): route.who != "anyone",
        ("invalid", "not_found"): route.who == "public",
        ("forbidden",): route.who not in ("anyone", "public", "customer", "shop", "platform"),
        ("not_found",): "{" in route.path,
        ("invalid",): route.query is not None,
        ("malformed", "invalid", "too_large", "unsupported_media_type"): route.body is not None,
        ("idempotency_key_missing", "idempotency_key_reused"): route.idempotent,
    }
    codes = [code for group, holds in applies.items() if holds for code in group]
    unknown = set(route.refuses) - REFUSALS - {"conflict", "not_found", "unauthenticated"}
    if unknown:
        message = f"{route.path} declares unknown refusals {sorted(unknown)}"
        raise ValueError(message)
    return sorted({*codes, *route.refuses})


def text() -> str:
    """The document as it is checked in."""
    return json.dumps(document(contracts()), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def main() -> int:
    """Write the document, or with ``--check`` compare it."""
    parser = argparse.ArgumentParser(prog="make openapi")
    parser.add_argument("--check", action="store_true", help="fail when the checked-in document is old")
    wanted = text()
    if not parser.parse_args().check:
        DOCUMENT.parent.mkdir(parents=True, exist_ok=True)
        DOCUMENT.write_text(wanted, "utf-8")
        return 0
    if not DOCUMENT.exists() or DOCUMENT.read_text("utf-8") != wanted:
        print("docs/api/openapi.json is not what the routes say: run `make openapi`.", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
