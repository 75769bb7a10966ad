"""The secrets by which callers are known, as they are kept and found. They are made in :mod:`shared.minting`.

Signing keys are shared with the shop and kept sealed; of an operator's key only a hash is kept.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from shared import tables, vault
from shared.cache import Recent
from shared.errors import Unauthenticated
from shared.schema import ShopRow

PLATFORM = "platform"

Role = Literal["viewer", "editor", "owner"]
RANK: Mapping[str, int] = {"viewer": 1, "editor": 2, "owner": 3}
Purpose = Literal["customer", "webhook"]


def hash_secret(secret: str) -> str:
    """SHA-256: enough for 256 random bits, which nobody can guess their way through."""
    return hashlib.sha256(secret.encode()).hexdigest()


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
