"""How a request becomes an answer: who calls, what they say, what the view makes of it, and how that is told."""

import time
from collections.abc import Callable, Mapping
from typing import Any

from chalice.app import Request, Response
from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic_core import from_json

from shared import auth, errors, forms, ids, logs, texts
from shared.http import limits, problems
from shared.http.contract import Answer, Anyone, Call, Contract

KEY_MAX = 128

Handler = Callable[[Request, Mapping[str, str]], Response]
"""A request and the names in its path → the answer."""


def handler(contract: Contract) -> Handler:
    """What answers requests to this route. It raises nothing: Chalice's middleware never sees a view's ordinary
    exceptions, so what goes wrong becomes an answer here.
    """
    adapter = TypeAdapter(contract.body) if contract.body is not None else None

    def handle(request: Request, path: Mapping[str, str]) -> Response:
        began = time.perf_counter()
        language = texts.choose(request.headers.get("accept-language"))
        request_id = str((request.context or {}).get("requestId") or ids.random_id())
        shop = ""
        allowance: Mapping[str, str] = {}
        try:
            caller = _caller(contract, request, path)
            shop = getattr(caller, "shop", "")
            allowance = limits.callers.count(_caller_name(caller, request))
            call = Call(
                caller=caller,
                body=_body(adapter, request, contract.body_max) if adapter else None,
                query=_query(contract.query, request) if contract.query else None,
                language=language,
                key=_key(request) if contract.idempotent else None,
                request_id=request_id,
            )
            response = _response(contract, contract.view(call, **path), language)
        except errors.DomainError as error:
            response = problems.answer(error, language)
        except Exception:  # noqa: BLE001 - a bug: the log has it, the caller gets its id
            logs.event("crashed", level=40, exc_info=True, request_id=request_id, route=contract.path)
            response = problems.crash(request_id, language)
        response.headers |= {**allowance, "X-Request-Id": request_id}
        _log(contract, response, began, request_id, shop)
        return response

    return handle


def _log(contract: Contract, response: Response, began: float, request_id: str, shop: str) -> None:
    logs.event(
        "request",
        service=contract.service,
        method=contract.method,
        route=f"/{contract.service}{contract.path}",
        status=response.status_code,
        ms=round((time.perf_counter() - began) * 1000, 1),
        request_id=request_id,
        shop=shop,
    )


def _caller(  # noqa: PLR0911 - one return for each kind of caller
    contract: Contract, request: Request, path: Mapping[str, str]
) -> Any:
    bearer = request.headers.get("authorization")
    match contract.who:
        case "anyone":
            return Anyone()
        case "public":
            return _visitor_or_customer(request, bearer)
        case "customer":
            return auth.customer(bearer)
        case "shop":
            return auth.shop_call(path["shop"], _raw(request), request.headers)
        case "platform":
            return auth.platform(bearer)
        case "platform_or_owner":
            return auth.platform(bearer) if auth.is_platform_key(bearer) else auth.operator(bearer, "owner")
        case role:
            return auth.operator(bearer, role)


def _caller_name(caller: Any, request: Request) -> str:
    """Who counts as one caller: a customer, an operator, a shop's back end; visitors by their address."""
    who = getattr(caller, "customer_id", None) or getattr(caller, "id", None)
    if who is None and isinstance(caller, auth.Visitor | Anyone):
        who = limits.address(request.headers, request.context or {})
    return f"{type(caller).__name__}#{getattr(caller, 'shop', '')}#{who or ''}"


def _visitor_or_customer(request: Request, bearer: str | None) -> auth.Visitor | auth.Customer:
    named = _asked(request).get("shop")
    if bearer is None:
        if not named:
            raise errors.Invalid(errors.Fault("?shop", "missing"))
        # The name becomes part of a key: it must not reach beyond its own.
        if not auth.is_shop_id(named):
            raise errors.Invalid(errors.Fault("?shop", "string_pattern_mismatch", {"pattern": ids.SLUG}))
        return auth.Visitor(named)
    customer = auth.customer(bearer)
    if named is not None and named != customer.shop:
        raise errors.Missing
    return customer


def _raw(request: Request) -> bytes:
    raw = request.raw_body or b""
    return raw.encode() if isinstance(raw, str) else raw


def _body(adapter: TypeAdapter[Any], request: Request, most_bytes: int) -> Any:
    declared = request.headers.get("content-type", "").lower()
    media, _, charset = (part.strip() for part in declared.partition(";"))
    if media != "application/json" or charset not in ("", "charset=utf-8", 'charset="utf-8"'):
        raise errors.UnsupportedMedia
    raw = _raw(request)
    if len(raw) > most_bytes:
        raise errors.TooLarge(limit=most_bytes)
    if b"NaN" in raw or b"Infinity" in raw:
        _refuse_what_json_does_not_know(raw)
    try:
        return adapter.validate_json(raw, strict=True)
    except ValidationError as error:
        raise forms.invalid(error) from None


def _refuse_what_json_does_not_know(raw: bytes) -> None:
    """The parser takes NaN and Infinity for numbers unless it is asked not to."""
    try:
        from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        raise errors.Malformed from error


def _asked(request: Request) -> dict[str, str]:
    return dict(request.query_params or {})


def _query(model: type[BaseModel], request: Request) -> BaseModel:
    given = _asked(request)
    names = {field.alias or name for name, field in model.model_fields.items()}
    known = {name: value for name, value in given.items() if name in names}
    try:
        return model.model_validate(known, strict=False)
    except ValidationError as error:
        raise forms.invalid(error, prefix="?") from None


def _key(request: Request) -> str:
    key = str(request.headers.get("idempotency-key", ""))
    if not key:
        raise errors.KeyMissing
    if len(key) > KEY_MAX or not all("!" <= letter <= "~" for letter in key):
        raise errors.KeyMissing(text="idempotency_key_unreadable")
    return key


def _response(contract: Contract, result: BaseModel | Answer | None, language: str) -> Response:
    answer = result if isinstance(result, Answer) else Answer(result)
    headers: dict[str, Any] = {
        "Content-Type": "application/json",
        "Content-Language": language,
        # A credential decides what the answer says: no cache between us and the caller may keep it.
        "Cache-Control": "no-store",
        **(answer.headers or {}),
    }
    text = answer.body.model_dump_json() if answer.body is not None else ""
    return Response(text, headers, answer.status or contract.status)
