"""New secrets: keys that a shop or an operator is known by, and the customer's token of our own making.

Only the services that hand out keys or open sessions have this module in their zips.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import clock, ids, keys, tokens, vault
from shared.errors import Unauthenticated
from shared.keys import PLATFORM, Purpose, Role
from shared.rows import Part
from shared.schema import ShopRow

TOKEN_LIFE = timedelta(minutes=10)


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
    body = {
        "role": role,
        "name": name,
        "hash": keys.hash_secret(secret),
        "created_at": clock.rfc3339(clock.machine_now()),
    }
    row = ShopRow(shop, f"operator#{key_id}", body=json.dumps(body, ensure_ascii=False))
    shown = f"rgp_{key_id}_{secret}" if shop == PLATFORM else f"rgo_{shop}_{key_id}_{secret}"
    return NewKey(key_id, shown, lambda write: write.save(row, condition=ShopRow.pk.does_not_exist()))


@dataclass(frozen=True)
class Minted:
    """A customer's token of our own making, good until ``expires_at``."""

    token: str
    expires_at: datetime


def mint(shop: str, customer_id: str) -> Minted:
    """A token as the shop's own back end would sign it, with the latest of its customer keys.

    Raises Unauthenticated when the shop has none.
    """
    usable = keys.list_signing(shop, "customer")
    if not usable:
        raise Unauthenticated
    now = clock.machine_now()
    expires_at = now + TOKEN_LIFE
    claims = {"aud": shop, "sub": customer_id, "iat": int(now.timestamp()), "exp": int(expires_at.timestamp())}
    return Minted(tokens.sign(claims, usable[-1].secret.encode(), key_id=usable[-1].id), expires_at)
