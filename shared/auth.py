"""Who is asking. Every credential is looked up by the shop and key it names, then verified; nothing else
in a request says who the caller is.

customer   Bearer JWT, HS256, signed by the shop's back end with one of its customer keys
shop       Standard Webhooks signature over the body, with one of the shop's webhook keys
operator   Bearer ``rgo_{shop}_{id}_{secret}``, stored as a hash
platform   Bearer ``rgp_{id}_{secret}``, stored as a hash
"""

import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeGuard

from shared import clock, identity, ids, keys, tables, tokens
from shared.errors import Conflict, Forbidden, Unauthenticated
from shared.keys import PLATFORM, RANK, Role
from shared.rows import Part
from shared.schema import ShopRow
from shared.tables import LostRace

TOKEN_AHEAD = timedelta(minutes=15)
LEEWAY = timedelta(seconds=10)
SIGNATURE_TOLERANCE = timedelta(minutes=5)
TIMES: Mapping[str, int | None] = {"exp": None, "nbf": 0, "iat": 0}
"""The times in a token, and what stands for one that is left out: an expiry must be there."""

CUSTOMER_ID = r"^[^\x00-\x1f\x7f]{1,128}$"
"""What a shop may call a customer: 1 to 128 characters, no control characters."""
_CUSTOMER_ID = re.compile(CUSTOMER_ID)
_SHOP = re.compile(ids.SLUG)
_OPERATOR_KEY = re.compile(r"^rgo_([a-z0-9-]{1,40})_([a-z0-9]{26})_([\w-]{43})$", re.ASCII)
_PLATFORM_KEY = re.compile(r"^rgp_([a-z0-9]{26})_([\w-]{43})$", re.ASCII)


@dataclass(frozen=True)
class Visitor:
    """Nobody in particular: may read what is public of ``shop``."""

    shop: str


@dataclass(frozen=True)
class Customer:
    """A shop's buyer, by the shop's own id. ``subject`` is None until some service keeps a file."""

    shop: str
    customer_id: str
    subject: str | None


@dataclass(frozen=True)
class ShopCaller:
    """The shop's own back end. ``message_id`` is the signed call's id."""

    shop: str
    message_id: str


@dataclass(frozen=True)
class Operator:
    """Somebody who works for the shop, by an operator key."""

    shop: str
    id: str
    role: Role

    @property
    def who(self) -> str:
        return f"operator:{self.id}"


@dataclass(frozen=True)
class Platform:
    """Whoever runs this installation."""

    id: str

    @property
    def who(self) -> str:
        return PLATFORM


Caller = Visitor | Customer | ShopCaller | Operator | Platform


# ── customers ────────────────────────────────────────────────────────────────────────────────────


def customer(authorization: str | None) -> Customer:
    """The customer a bearer token names. Raises Unauthenticated, alike for every fault.

    The algorithm is fixed, never read from the token; ``aud`` is the shop whose key ``kid`` names;
    ``exp`` is at most 15 minutes ahead of the machine's clock.
    """
    try:
        token = tokens.read(_bearer(authorization))
    except tokens.Unreadable as error:
        raise Unauthenticated from error
    shop, key_id, customer_id = token.claims.get("aud"), token.header.get("kid"), token.claims.get("sub")
    if not (_is_slug(shop) and _is_slug(key_id)):
        raise Unauthenticated
    if not token.is_signed_by(keys.load_signing(shop, key_id, "customer").secret.encode()):
        raise Unauthenticated
    _check_times(token.claims, clock.machine_now().timestamp())
    if not _is_customer_id(customer_id):
        raise Unauthenticated
    return Customer(shop, customer_id, identity.find_subject(shop, customer_id))


def is_shop_id(text: str) -> bool:
    """Whether ``text`` can be a shop's id: nothing else may become part of a key."""
    return _SHOP.fullmatch(text) is not None


def _is_slug(given: Any) -> TypeGuard[str]:
    return isinstance(given, str) and is_shop_id(given)


def _is_customer_id(given: Any) -> TypeGuard[str]:
    # JSON can write half a surrogate pair, which no table can store.
    return (
        isinstance(given, str)
        and _CUSTOMER_ID.fullmatch(given) is not None
        and not any("\ud800" <= letter <= "\udfff" for letter in given)
    )


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    leeway = LEEWAY.total_seconds()
    expires, starts, issued = (_moment(claims.get(name, absent)) for name, absent in TIMES.items())
    if not now - leeway < expires <= now + TOKEN_AHEAD.total_seconds() + leeway:
        raise Unauthenticated("token_expired" if expires <= now - leeway else "token_too_long")
    if max(starts, issued) > now + leeway:
        raise Unauthenticated


def _moment(given: Any) -> float:
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise Unauthenticated
    return given


# ── signed shop calls ────────────────────────────────────────────────────────────────────────────


def shop_call(shop: str, body: bytes, headers: Mapping[str, str]) -> ShopCaller:
    """The shop whose webhook key signed this body (Standard Webhooks, tolerance 5 minutes).

    Every usable key of the shop is tried, so that keys can be rotated. Raises Unauthenticated.
    """
    signed = {name: headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    if not _SHOP.fullmatch(shop) or not re.fullmatch(r"[\x21-\x7e]{1,128}", signed["webhook-id"]):
        raise Unauthenticated
    if not any(_signature_holds(key.secret, body, signed) for key in keys.list_signing(shop, "webhook")):
        raise Unauthenticated
    return ShopCaller(shop, signed["webhook-id"])


def _signature_holds(secret: str, body: bytes, headers: dict[str, str]) -> bool:
    # Only signed calls need it, and shoppers' first requests would wait for it.
    from standardwebhooks.webhooks import Webhook, WebhookVerificationError  # noqa: PLC0415

    try:
        Webhook(secret).verify(body, headers, json_parse=False)
    except (WebhookVerificationError, ValueError):
        return False
    return True


def first_time(caller: ShopCaller) -> Part:
    """Remember a signed call's message id with what the call writes: the same message cannot take effect twice."""
    # Twice the tolerance on either side: after that the timestamp alone refuses the message.
    until = int((clock.machine_now() + 4 * SIGNATURE_TOLERANCE).timestamp())
    row = ShopRow(caller.shop, f"message#{caller.message_id}", expires_at=until)
    return lambda write: write.save(row, condition=ShopRow.pk.does_not_exist())


def take_once(caller: ShopCaller, parts: Sequence[Part] = ()) -> None:
    """Write what a signed call asks for, together with the note that it was taken. Raises Conflict for a repeat."""
    try:
        tables.commit([first_time(caller), *parts])
    except LostRace as error:
        raise Conflict("message_repeated") from error


# ── operators and the platform ───────────────────────────────────────────────────────────────────


def operator(authorization: str | None, least: Role) -> Operator:
    """The operator a key names, with at least the role ``least``. Raises Unauthenticated or Forbidden."""
    match = _OPERATOR_KEY.fullmatch(_bearer(authorization))
    if not match:
        raise Unauthenticated
    shop, key_id, secret = match.groups()
    # The platform's own key lies among the shops' keys and is no shop's.
    if shop == PLATFORM:
        raise Unauthenticated
    body = keys.find_operator(shop, key_id)
    if body is None or not hmac.compare_digest(body["hash"], keys.hash_secret(secret)):
        raise Unauthenticated
    found = Operator(shop, key_id, body["role"])
    if RANK[found.role] < RANK[least]:
        raise Forbidden("role_needed", role=least)
    return found


def platform(authorization: str | None) -> Platform:
    """The platform's operator. Raises Unauthenticated."""
    match = _PLATFORM_KEY.fullmatch(_bearer(authorization))
    body = keys.find_operator(PLATFORM, match[1]) if match else None
    if not match or body is None or not hmac.compare_digest(body["hash"], keys.hash_secret(match[2])):
        raise Unauthenticated
    return Platform(match[1])


def is_platform_key(authorization: str | None) -> bool:
    """Whether the bearer is of the platform's form (it may still not hold)."""
    return (authorization or "").startswith("Bearer rgp_")


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > 4096:  # noqa: PLR2004 - far above any real token
        raise Unauthenticated
    return token.strip()
