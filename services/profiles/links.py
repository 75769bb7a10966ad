"""Ways in for customers whose page cannot run the shop's own script: single-use codes and the sessions they open.

The shop's back end asks for a link by a signed call. The hosted page turns its code, once, into a session of an
hour, and renews the customer's short token from that.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import auth, clock, ids, minting, tables, tokens, vault
from shared.errors import Unauthenticated
from shared.schema import ShopRow
from shared.tables import LostRace

CODE_LIFE = timedelta(minutes=10)
SESSION_LIFE = timedelta(hours=1)
AUDIENCE = "regulars:session"


@dataclass(frozen=True)
class Link:
    """A code that opens one session for one customer until ``expires_at``."""

    code: str
    expires_at: datetime


@dataclass(frozen=True)
class Session:
    """A customer's token, and what renews it until ``ends_at``."""

    token: minting.Minted
    renewal: str
    ends_at: datetime


def make(caller: auth.ShopCaller, customer_id: str) -> Link:
    """A new code; the signed call that asks for it is taken once. Raises Conflict for a repeated message."""
    code, expires_at = ids.secret(), clock.machine_now() + CODE_LIFE
    row = ShopRow(
        caller.shop,
        _key(code),
        body=json.dumps({"customer_id": customer_id}, ensure_ascii=False),
        expires_at=int(expires_at.timestamp()),
    )
    auth.take_once(caller, [lambda write: write.save(row, condition=ShopRow.pk.does_not_exist())])
    return Link(code, expires_at)


def open_session(shop: str, code: str) -> Session:
    """The session a code opens. Raises Unauthenticated for a code that is unknown, used or expired, all alike."""
    row = tables.find(ShopRow, shop, _key(code))
    if row is None or (row.expires_at or 0) <= clock.machine_now().timestamp():
        raise Unauthenticated("link_used")
    try:
        # The delete is the use: of two that come at once, one finds the row gone.
        tables.commit([lambda write: write.delete(row, condition=ShopRow.pk.exists())])
    except LostRace as error:
        raise Unauthenticated("link_used") from error
    customer_id: str = json.loads(row.body)["customer_id"]
    ends_at = clock.machine_now() + SESSION_LIFE
    claims = {"aud": AUDIENCE, "shop": shop, "sub": customer_id, "exp": int(ends_at.timestamp())}
    renewal = tokens.sign(claims, vault.installation_secret("session"))
    return Session(minting.mint(shop, customer_id), renewal, ends_at)


def renew(renewal: str) -> minting.Minted:
    """A fresh token for the customer of a session that has not ended. Raises Unauthenticated."""
    try:
        token = tokens.read(renewal)
    except tokens.Unreadable as error:
        raise Unauthenticated from error
    # We make no other kind of token under this secret; the audience says so once more.
    if not token.is_signed_by(vault.installation_secret("session")) or token.claims.get("aud") != AUDIENCE:
        raise Unauthenticated
    claims = token.claims
    if claims["exp"] <= clock.machine_now().timestamp():
        raise Unauthenticated("session_over")
    return minting.mint(claims["shop"], claims["sub"])


def _key(code: str) -> str:
    # Only a digest is stored: whoever reads the table cannot use a code.
    return f"link#{ids.digest('link', code)}"
