"""Routes that declare who may call, what goes in and what comes out.

One declaration serves the running route, the OpenAPI document and the tests that walk all routes.
Chalice's middleware never sees a view's ordinary exceptions, so the translation into answers wraps the view.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from chalice.app import Chalice, CORSConfig, Request, Response
from pydantic import BaseModel, Field, TypeAdapter, ValidationError
from pydantic_core import from_json

from shared import auth, errors, forms, identity, ids, logs, texts
from shared.forms import In
from shared.http import limits, problems

WhoCalls = Literal["anyone", "public", "customer", "shop", "viewer", "editor", "owner", "platform", "platform_or_owner"]
BODY_MAX = 256 * 1024
KEY_MAX = 128

CORS = CORSConfig(
    allow_origin="*",
    allow_headers=["Authorization", "Content-Type", "Accept-Language", "Idempotency-Key"],
    expose_headers=["Idempotent-Replayed", "X-Request-Id", "Retry-After", "RateLimit", "RateLimit-Policy"],
    max_age=7200,
)


@dataclass(frozen=True)
class Anyone:
    """Whoever asks: the body is the credential."""

    shop: str = ""


B = TypeVar("B")
Q = TypeVar("Q")


class Paging(In):
    """How much of a list, and from where."""

    limit: int = Field(20, ge=1, le=100, strict=False, description="At most this many items.")
    cursor: str | None = Field(None, max_length=1024, description="`next_cursor` of the page before.")


@dataclass(frozen=True)
class Contract:
    """One route, declared."""

    service: str
    method: str
    path: str
    who: WhoCalls
    body: Any
    query: type[BaseModel] | None
    returns: type[BaseModel] | None
    status: int
    idempotent: bool
    refuses: tuple[str, ...]
    view: Callable[..., Any]
    body_max: int = BODY_MAX


@dataclass(frozen=True)
class Answer:
    """A view's answer when it is more than a body: another status, more headers."""

    body: BaseModel | None
    status: int | None = None
    headers: Mapping[str, str] | None = None


class Call(Generic[B, Q]):
    """One request, verified and parsed."""

    def __init__(self, *, caller: Any, body: B, query: Q, language: str, key: str | None, request_id: str) -> None:
        self.caller = caller
        self.body = body
        self.query = query
        self.language = language
        self.idempotency_key = key or ""
        self.request_id = request_id

    @property
    def shop(self) -> str:
        return str(self.caller.shop)

    @property
    def subject(self) -> str | None:
        """The customer's subject, or None as long as nobody keeps a file (visitors have none)."""
        return getattr(self.caller, "subject", None)

    def require_subject(self) -> str:
        """The customer's subject, for things only somebody with a file can have. Raises Missing."""
        if self.subject is None:
            raise errors.Missing
        return self.subject

    @property
    def is_customer(self) -> bool:
        """On public routes: whether a customer asks rather than a visitor."""
        return isinstance(self.caller, auth.Customer)

    def make_subject(self) -> str:
        """The customer's subject, made if need be: call this only when something will be written."""
        return self.subject or identity.make_subject(self.caller.shop, self.caller.customer_id)

    def body_hash(self) -> str:
        """A digest of what the body says, however it was spaced."""
        body: Any = self.body
        return ids.digest(ids.canonical(body.model_dump(mode="json")))


View = Callable[..., BaseModel | Answer | None]


class Api(Chalice):
    """A Chalice app whose routes are contracts."""

    def __init__(self, service: str) -> None:
        super().__init__(app_name=f"regulars-{service}", configure_logs=False)
        self.service = service
        self.contracts: list[Contract] = []
        logs.install()

    def get(self, path: str, **declared: Any) -> Callable[[View], View]:
        return self._declare("GET", path, **declared)

    def post(self, path: str, **declared: Any) -> Callable[[View], View]:
        return self._declare("POST", path, **declared)

    def put(self, path: str, **declared: Any) -> Callable[[View], View]:
        return self._declare("PUT", path, **declared)

    def delete(self, path: str, **declared: Any) -> Callable[[View], View]:
        return self._declare("DELETE", path, **declared)

    def _declare(
        self,
        method: str,
        path: str,
        *,
        who: WhoCalls,
        body: Any = None,
        query: type[BaseModel] | None = None,
        returns: type[BaseModel] | None = None,
        status: int = 200,
        idempotent: bool = False,
        refuses: tuple[str, ...] = (),
        body_max: int = BODY_MAX,
    ) -> Callable[[View], View]:
        def register(view: View) -> View:
            contract = Contract(
                self.service, method, path, who, body, query, returns, status, idempotent, refuses, view, body_max
            )
            self.contracts.append(contract)
            handler = _handler(self, contract)
            # Chalice's own 415 is not problem+json: it lets every type pass and _body judges it.
            self.route(path, methods=[method], cors=CORS, content_types=["*/*"], name=view.__name__)(handler)
            return view

        return register


def _handler(app: Api, contract: Contract) -> Callable[..., Response]:
    adapter = TypeAdapter(contract.body) if contract.body is not None else None

    def handle(**path: str) -> Response:
        request = app.current_request
        assert request is not None  # noqa: S101 - Chalice sets it for every view
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
    known = {name: value for name, value in given.items() if name in model.model_fields}
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
