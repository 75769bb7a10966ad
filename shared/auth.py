"""Who is asking. Every credential is looked up by the shop and key it names, then verified; nothing else
in a request says who the caller is.

customer   Bearer JWT, HS256, signed by the shop's back end with one of its customer keys
shop       Standard Webhooks signature over the body, with one of the shop's webhook keys
operator   Bearer ``rgo_{shop}_{id}_{secret}``, stored as a hash
platform   Bearer ``rgp_{id}_{secret}``, stored as a hash
"""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import jwt
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from shared import clock, identity, ids, tables, vault
from shared.cache import Recent
from shared.errors import Conflict, Forbidden, Unauthenticated
from shared.tables import LostRace, Part, ShopRow

TOKEN_AHEAD = timedelta(minutes=15)
LEEWAY = timedelta(seconds=10)
MINTED_LIFE = timedelta(minutes=10)
SIGNATURE_TOLERANCE = timedelta(minutes=5)
PLATFORM = "platform"

Role = Literal["viewer", "editor", "owner"]
RANK: Mapping[str, int] = {"viewer": 1, "editor": 2, "owner": 3}
Purpose = Literal["customer", "webhook"]

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
    token = _bearer(authorization)
    try:
        shop, kid = _addressed(token)
        secret = _signing_secret(shop, kid, "customer")
        now = clock.machine_now()
        claims = jwt.decode(
            token,
            secret,
            algorithms=["HS256"],
            audience=shop,
            # Checked below against our clock; the library only knows its own.
            options={"require": ["aud", "sub", "exp"], "verify_exp": False, "verify_iat": False, "verify_nbf": False},
        )
    except (jwt.PyJWTError, UnicodeError) as error:
        raise Unauthenticated from error
    _check_times(claims, now.timestamp())
    customer_id = claims["sub"]
    if not isinstance(customer_id, str) or not _is_customer_id(customer_id):
        raise Unauthenticated
    return Customer(shop, customer_id, identity.find_subject(shop, customer_id))


def is_shop_id(text: str) -> bool:
    """Whether ``text`` can be a shop's id: nothing else may become part of a key."""
    return _SHOP.fullmatch(text) is not None


def _is_customer_id(text: str) -> bool:
    # JSON can write half a surrogate pair, which no table can store.
    return _CUSTOMER_ID.fullmatch(text) is not None and not any("\ud800" <= letter <= "\udfff" for letter in text)


def _addressed(token: str) -> tuple[str, str]:
    """The shop and key id that an unverified token names."""
    header = jwt.get_unverified_header(token)
    claims = jwt.decode(token, options={"verify_signature": False})
    shop, kid = claims.get("aud"), header.get("kid")
    if not (isinstance(shop, str) and _SHOP.fullmatch(shop) and isinstance(kid, str) and _SHOP.fullmatch(kid)):
        raise Unauthenticated
    return shop, kid


def _check_times(claims: Mapping[str, Any], now: float) -> None:
    leeway = LEEWAY.total_seconds()
    expires, starts, issued = claims["exp"], claims.get("nbf", 0), claims.get("iat", 0)
    if not all(
        isinstance(moment, (int, float)) and not isinstance(moment, bool) for moment in (expires, starts, issued)
    ):
        raise Unauthenticated
    if not now - leeway < expires <= now + TOKEN_AHEAD.total_seconds() + leeway:
        raise Unauthenticated("token_expired" if expires <= now - leeway else "token_too_long")
    if max(starts, issued) > now + leeway:
        raise Unauthenticated


# ── signed shop calls ────────────────────────────────────────────────────────────────────────────


def shop_call(shop: str, body: bytes, headers: Mapping[str, str]) -> ShopCaller:
    """The shop whose webhook key signed this body (Standard Webhooks, tolerance 5 minutes).

    Every usable key of the shop is tried, so that keys can be rotated. Raises Unauthenticated.
    """
    signed = {name: headers.get(name, "") for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    if not _SHOP.fullmatch(shop) or not re.fullmatch(r"[\x21-\x7e]{1,128}", signed["webhook-id"]):
        raise Unauthenticated
    if not any(_signature_holds(key.secret, body, signed) for key in _signing_keys(shop) if key.purpose == "webhook"):
        raise Unauthenticated
    return ShopCaller(shop, signed["webhook-id"])


def _signature_holds(secret: str, body: bytes, headers: dict[str, str]) -> bool:
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
    body = _stored(shop, f"operator#{key_id}")
    if body is None or not hmac.compare_digest(body["hash"], hash_secret(secret)):
        raise Unauthenticated
    found = Operator(shop, key_id, body["role"])
    if RANK[found.role] < RANK[least]:
        raise Forbidden("role_needed", role=least)
    return found


def platform(authorization: str | None) -> Platform:
    """The platform's operator. Raises Unauthenticated."""
    match = _PLATFORM_KEY.fullmatch(_bearer(authorization))
    body = _stored(PLATFORM, f"operator#{match[1]}") if match else None
    if not match or body is None or not hmac.compare_digest(body["hash"], hash_secret(match[2])):
        raise Unauthenticated
    return Platform(match[1])


def is_platform_key(authorization: str | None) -> bool:
    """Whether the bearer is of the platform's form (it may still not hold)."""
    return (authorization or "").startswith("Bearer rgp_")


def hash_secret(secret: str) -> str:
    """SHA-256: enough for 256 random bits, which nobody can guess their way through."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _bearer(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token or len(token) > 4096:  # noqa: PLR2004 - far above any real token
        raise Unauthenticated
    return token.strip()


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class SigningKey:
    """A secret that the shop and we share."""

    id: str
    purpose: Purpose
    secret: str
    created_at: str


@dataclass(frozen=True)
class NewKey:
    """A key just made: ``part`` writes it, ``secret`` is shown once."""

    id: str
    secret: str
    part: Part


def new_signing_key(shop: str, purpose: Purpose) -> NewKey:
    """A secret to share with the shop, stored sealed."""
    key_id = ids.random_id()
    secret = ids.secret() if purpose == "customer" else f"whsec_{ids.webhook_secret()}"
    row = ShopRow(
        shop,
        f"key#{key_id}",
        body=json.dumps({"purpose": purpose, "created_at": clock.rfc3339(clock.machine_now())}),
        sealed=vault.seal(secret.encode(), {"shop": shop, "key": key_id}),
    )
    return NewKey(key_id, secret, lambda write: write.save(row, condition=ShopRow.pk.does_not_exist()))


def new_operator_key(shop: str, role: Role, name: str) -> NewKey:
    """An operator key, stored as a hash. ``shop`` may be ``platform`` for the platform's own."""
    key_id, secret = ids.random_id(), ids.secret()
    body = {"role": role, "name": name, "hash": hash_secret(secret), "created_at": clock.rfc3339(clock.machine_now())}
    row = ShopRow(shop, f"operator#{key_id}", body=json.dumps(body, ensure_ascii=False))
    shown = f"rgp_{key_id}_{secret}" if shop == PLATFORM else f"rgo_{shop}_{key_id}_{secret}"
    return NewKey(key_id, shown, lambda write: write.save(row, condition=ShopRow.pk.does_not_exist()))


_signing: Recent[SigningKey] = Recent(seconds=60, limit=1_000)
_bodies: Recent[dict[str, Any] | None] = Recent(seconds=60, limit=1_000)


def _signing_secret(shop: str, kid: str, purpose: Purpose) -> str:
    def fetch() -> SigningKey:
        row = tables.find(ShopRow, shop, f"key#{kid}")
        if row is None:
            raise Unauthenticated
        return _unsealed(row)

    key = _signing.get((shop, kid), fetch)
    if key.purpose != purpose:
        raise Unauthenticated
    return key.secret


def _signing_keys(shop: str) -> list[SigningKey]:
    return [_unsealed(row) for row in ShopRow.query(shop, ShopRow.sk.startswith("key#"), consistent_read=True)]


def _unsealed(row: ShopRow) -> SigningKey:
    key_id = row.sk.removeprefix("key#")
    secret = vault.unseal(row.sealed or b"", {"shop": row.pk, "key": key_id}).decode()
    body = json.loads(row.body)
    return SigningKey(key_id, body["purpose"], secret, body["created_at"])


def _stored(pk: str, sk: str) -> dict[str, Any] | None:
    def fetch() -> dict[str, Any] | None:
        row = tables.find(ShopRow, pk, sk)
        return json.loads(row.body) if row else None

    return _bodies.get((pk, sk), fetch)


def take_once(caller: ShopCaller, parts: Sequence[Part] = ()) -> None:
    """Write what a signed call asks for, together with the note that it was taken. Raises Conflict for a repeat."""
    try:
        tables.commit([first_time(caller), *parts])
    except LostRace as error:
        raise Conflict("message_repeated") from error


@dataclass(frozen=True)
class Minted:
    """A customer's token of our own making, good until ``expires_at``."""

    token: str
    expires_at: datetime


def mint(shop: str, customer_id: str) -> Minted:
    """A token as the shop's own back end would sign it, with the latest of its customer keys.

    Raises Unauthenticated when the shop has none.
    """
    key = max((key for key in _signing_keys(shop) if key.purpose == "customer"), key=_made_at, default=None)
    if key is None:
        raise Unauthenticated
    now = clock.machine_now()
    expires_at = now + MINTED_LIFE
    claims = {"aud": shop, "sub": customer_id, "iat": int(now.timestamp()), "exp": int(expires_at.timestamp())}
    return Minted(jwt.encode(claims, key.secret, "HS256", headers={"kid": key.id}), expires_at)


def _made_at(key: SigningKey) -> str:
    return key.created_at


def clear_caches() -> None:
    """Forget keys and operators: they were changed by this process."""
    _signing.clear()
    _bodies.clear()
