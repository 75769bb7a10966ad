"""Every refusal as RFC 9457 problem+json, in the caller's language."""

import json
from collections.abc import Mapping
from typing import Any

from chalice.app import Response

from shared import errors, texts

STATUS: Mapping[str, int] = {
    "malformed": 400,
    "idempotency_key_missing": 400,
    "unauthenticated": 401,
    "forbidden": 403,
    "not_eligible": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "already_participated": 409,
    "not_open": 409,
    "sold_out": 409,
    "limit_reached": 409,
    "insufficient_points": 409,
    "conflict": 409,
    "too_large": 413,
    "unsupported_media_type": 415,
    "invalid": 422,
    "idempotency_key_reused": 422,
    "rate_limited": 429,
    "internal": 500,
}
MOST_FAULTS = 50


def answer(error: errors.DomainError, language: str) -> Response:
    """The answer to a refusal."""
    body = problem(error.code, language, error.text, error.facts)
    if isinstance(error, errors.Invalid) and error.faults:
        body["errors"] = [
            {"pointer": fault.pointer, "message": texts.say(language, f"validation.{fault.text}", fault.facts)}
            for fault in error.faults[:MOST_FAULTS]
        ]
    headers = {"WWW-Authenticate": "Bearer"} if isinstance(error, errors.Unauthenticated) else {}
    if isinstance(error, errors.RateLimited):
        headers["Retry-After"] = str(error.facts["retry_after_s"])
    return _response(body, language, headers)


def crash(request_id: str, language: str) -> Response:
    """The answer to a bug: nothing but the request's id, by which the log has the rest."""
    return _response(problem("internal", language, "internal", {"request_id": request_id}), language, {})


def problem(code: str, language: str, text: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """The members of a problem; ``facts`` become extension members."""
    return {
        "type": f"urn:regulars:problem:{code}",
        "title": texts.say(language, f"title.{code}"),
        "status": STATUS[code],
        "detail": texts.say(language, f"error.{text}", facts),
        "code": code,
        **facts,
    }


def _response(body: Mapping[str, Any], language: str, headers: Mapping[str, str]) -> Response:
    told: dict[str, Any] = {"Content-Type": "application/problem+json", "Content-Language": language, **headers}
    return Response(json.dumps(body, ensure_ascii=False), told, body["status"])
