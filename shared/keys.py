"""The secrets by which callers are known: how each is made, how it is kept, and the token of our own making.

Signing keys are shared with the shop and kept sealed; of an operator's key only a hash is kept.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from shared import clock, ids, tables, tokens, vault
from shared.cache import Recent
from shared.errors import Unauthenticated
from shared.rows import Part
from shared.tables import ShopRow

MINTED_LIFE = timedelta(minutes=10)
PLATFORM = "platform"

Role = Literal["viewer", "editor", "owner"]
RANK: Mapping[str, int] = {"viewer": 1, "editor": 2, "owner": 3}
Purpose = Literal["customer", "webhook"]


# ── made ─────────────────────────────────────────────────────────────────────────────────────────


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
        sealed=vault.seal_secret(secret.encode(), {"shop": shop, "key": key_id}),
    )
    return NewKey(key_id, secret, lambda write: write.save(row, condition=ShopRow.pk.does_not_exist()))


def new_operator_key(shop: str, role: Role, name: str) -> NewKey:
    """An operator key, stored as a hash. ``shop`` may be ``platform`` for the platform's own."""
    key_id, secret = ids.random_id(), ids.secret()
    body = {"role": role, "name": name, "hash": hash_secret(secret), "created_at": clock.rfc3339(clock.machine_now())}
    row = ShopRow(shop, f"operator#{key_id}", body=json.dumps(body, ensure_ascii=False))
    shown = f"rgp_{key_id}_{secret}" if shop == PLATFORM else f"rgo_{shop}_{key_id}_{secret}"
    return NewKey(key_id, shown, lambda write: write.save(row, condition=ShopRow.pk.does_not_exist()))


def hash_secret(secret: str) -> str:
    """SHA-256: enough for 256 random bits, which nobody can guess their way through."""
    return hashlib.sha256(secret.encode()).hexdigest()


# ── kept ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class SigningKey:
    """A secret that the shop and we share."""

    id: str
    purpose: Purpose
    secret: str
    created_at: str


_signing: Recent[SigningKey] = Recent(seconds=60, limit=1_000)
_operators: Recent[dict[str, Any] | None] = Recent(seconds=60, limit=1_000)


def load_signing(shop: str, key_id: str, purpose: Purpose) -> SigningKey:
    """One signing key, at most a minute old. Raises Unauthenticated when there is none for this purpose."""

    def fetch() -> SigningKey:
        row = tables.find(ShopRow, shop, f"key#{key_id}")
        if row is None:
            raise Unauthenticated
        return _unsealed(row)

    key = _signing.get((shop, key_id), fetch)
    if key.purpose != purpose:
        raise Unauthenticated
    return key


def list_signing(shop: str, purpose: Purpose) -> list[SigningKey]:
    """The shop's signing keys for one purpose as they are now, the oldest first."""
    rows = ShopRow.query(shop, ShopRow.sk.startswith("key#"), consistent_read=True)
    found = [_unsealed(row) for row in rows if json.loads(row.body)["purpose"] == purpose]
    return sorted(found, key=lambda key: key.created_at)


def find_operator(shop: str, key_id: str) -> dict[str, Any] | None:
    """What is kept of an operator's key (``role``, ``name``, ``hash``), at most a minute old."""

    def fetch() -> dict[str, Any] | None:
        row = tables.find(ShopRow, shop, f"operator#{key_id}")
        return json.loads(row.body) if row else None

    return _operators.get((shop, key_id), fetch)


def clear_caches() -> None:
    """Forget keys and operators: they were changed by this process."""
    _signing.clear()
    _operators.clear()


def _unsealed(row: ShopRow) -> SigningKey:
    key_id = row.sk.removeprefix("key#")
    secret = vault.unseal(row.sealed or b"", {"shop": row.pk, "key": key_id}).decode()
    body = json.loads(row.body)
    return SigningKey(key_id, body["purpose"], secret, body["created_at"])


# ── used by ourselves ────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Minted:
    """A customer's token of our own making, good until ``expires_at``."""

    token: str
    expires_at: datetime


def mint(shop: str, customer_id: str) -> Minted:
    """A token as the shop's own back end would sign it, with the latest of its customer keys.

    Raises Unauthenticated when the shop has none.
    """
    usable = list_signing(shop, "customer")
    if not usable:
        raise Unauthenticated
    now = clock.machine_now()
    expires_at = now + MINTED_LIFE
    claims = {"aud": shop, "sub": customer_id, "iat": int(now.timestamp()), "exp": int(expires_at.timestamp())}
    return Minted(tokens.sign(claims, usable[-1].secret.encode(), key_id=usable[-1].id), expires_at)
