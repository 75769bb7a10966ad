"""What API Gateway answers by itself, in the form of all our refusals.

Its templates know no conditions, so what it says is said in every language at once.
"""

import json
from collections.abc import Mapping
from typing import Any

from shared import texts

ANY = "x-amazon-apigateway-any-method"
RESPONSES = "x-amazon-apigateway-gateway-responses"
INTEGRATION = "x-amazon-apigateway-integration"
BODY_MAX = 10 * 1024 * 1024
"""API Gateway's own limit; the services have lower ones."""

REFUSALS: Mapping[str, tuple[int, str]] = {
    "DEFAULT_4XX": (400, "malformed"),
    "DEFAULT_5XX": (500, "internal"),
    # No route asks API Gateway to authorize anybody: its 403s are about addresses that it does not know.
    "ACCESS_DENIED": (404, "not_found"),
    "EXPIRED_TOKEN": (404, "not_found"),
    "INVALID_SIGNATURE": (404, "not_found"),
    "MISSING_AUTHENTICATION_TOKEN": (404, "not_found"),
    "RESOURCE_NOT_FOUND": (404, "not_found"),
    "INTEGRATION_FAILURE": (502, "internal"),
    "INTEGRATION_TIMEOUT": (504, "internal"),
    "QUOTA_EXCEEDED": (429, "rate_limited"),
    "REQUEST_TOO_LARGE": (413, "too_large"),
    "THROTTLED": (429, "rate_limited"),
    "UNSUPPORTED_MEDIA_TYPE": (415, "unsupported_media_type"),
    "WAF_FILTERED": (403, "forbidden"),
}
FACTS = {"request_id": "$context.requestId", "retry_after_s": 1, "limit": BODY_MAX}
SAID: Mapping[str, tuple[str, ...]] = {"internal": ("request_id",), "rate_limited": ("retry_after_s",)}
"""The facts that become members of the answer, where clients read them."""
MEDIA_TYPES = (
    "application/json",
    "application/octet-stream",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
)


def finish(document: Mapping[str, Any]) -> dict[str, Any]:
    """The API's Swagger document with an answer for everything that no route takes."""
    paths = {path: {**methods, ANY: _undeclared(methods)} for path, methods in document["paths"].items()}
    return {**document, "paths": paths, RESPONSES: {kind: _response(*each) for kind, each in REFUSALS.items()}}


def _problem(status: int, code: str) -> str:
    told = {
        "type": f"urn:regulars:problem:{code}",
        "title": _in_every_language(f"title.{code}"),
        "status": status,
        "detail": _in_every_language(f"error.{code}"),
        "code": code,
        **{name: FACTS[name] for name in SAID.get(code, ())},
    }
    return json.dumps(told, ensure_ascii=False)


def _in_every_language(text: str) -> str:
    return " / ".join(texts.say(language, text, FACTS) for language in texts.LANGUAGES)


def _headers(kind: str, more: Mapping[str, str]) -> dict[str, str]:
    told = {"Content-Type": "application/problem+json", "Access-Control-Allow-Origin": "*", **more}
    return {f"{kind}.header.{name}": f"'{value}'" for name, value in told.items()}


def _response(status: int, code: str) -> dict[str, Any]:
    more = {"Retry-After": str(FACTS["retry_after_s"])} if code == "rate_limited" else {}
    return {
        "statusCode": str(status),
        "responseParameters": _headers("gatewayresponse", more),
        "responseTemplates": {"application/json": _problem(status, code)},
    }


def _undeclared(methods: Mapping[str, Any]) -> dict[str, Any]:
    """405 for the methods that an address does not take; API Gateway would say 403."""
    status, allowed = "405", ", ".join(sorted(method.upper() for method in methods))
    headers = _headers("method.response", {"Allow": allowed})
    return {
        "consumes": list(MEDIA_TYPES),
        "produces": ["application/json"],
        "responses": {
            status: {
                "description": "405 response",
                "headers": {name.rpartition(".")[2]: {"type": "string"} for name in headers},
            }
        },
        INTEGRATION: {
            "type": "mock",
            # A body of another type would be taken for the template itself.
            "passthroughBehavior": "when_no_templates",
            "requestTemplates": dict.fromkeys(MEDIA_TYPES, json.dumps({"statusCode": int(status)})),
            "responses": {
                "default": {
                    "statusCode": status,
                    "responseParameters": headers,
                    "responseTemplates": {"application/json": _problem(int(status), "method_not_allowed")},
                }
            },
        },
    }
