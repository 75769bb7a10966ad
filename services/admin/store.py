"""Shops, keys and operators in the shops table. Every change carries its audit entry."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from shared import audit, clock, jobs, keys, minting, shops, tables, vault
from shared.errors import Conflict, Missing
from shared.rows import Part
from shared.schema import ShopRow
from shared.shops import Shop
from shared.tables import LostRace

LISTED = "shop#"


@dataclass(frozen=True)
class Opened:
    """A new shop's keys, with the secrets that are shown this once."""

    owner: minting.NewKey
    customer: minting.NewKey
    webhook: minting.NewKey


def bootstrap() -> str | None:
    """The platform's key, if it has none yet; None when it was made before (only its hash is kept).

    The secrets that all services share are made too, so that the others need no permission to.
    """
    vault.make_installation_secrets()
    if next(iter(ShopRow.query(keys.PLATFORM, ShopRow.sk.startswith("operator#"), limit=1)), None):
        return None
    key = minting.new_operator_key(keys.PLATFORM, "owner", "platform")
    # Two bootstraps at once must not both believe they made the one key.
    claim = ShopRow(keys.PLATFORM, "bootstrap", body=json.dumps({"at": clock.rfc3339(clock.machine_now())}))
    try:
        tables.commit([key.part, lambda write: write.save(claim, condition=ShopRow.pk.does_not_exist())])
    except LostRace:
        return None
    return key.secret


def rotate_platform_key() -> str:
    """A new key for the platform; every earlier one is refused, elsewhere within a minute. Raises Conflict when another
    rotation was faster.
    """
    if first := bootstrap():
        return first
    key = minting.new_operator_key(keys.PLATFORM, "owner", "platform")
    earlier = ShopRow.query(keys.PLATFORM, ShopRow.sk.startswith("operator#"), consistent_read=True)
    note = audit.part(keys.PLATFORM, who=keys.PLATFORM, action="platform_key.rotated", target=f"operator:{key.id}")
    _commit([key.part, *(_gone(row) for row in earlier), note], "conflict")
    keys.clear_caches()
    return key.secret


def create_shop(shop: Shop, *, who: str) -> Opened:
    """Write a new shop with its first keys, all or nothing. Raises Conflict when the id is taken."""
    opened = Opened(
        minting.new_operator_key(shop.id, "owner", "owner"),
        minting.new_signing_key(shop.id, "customer"),
        minting.new_signing_key(shop.id, "webhook"),
    )
    listed = ShopRow(keys.PLATFORM, LISTED + shop.id, body=json.dumps({"created_at": clock.rfc3339(shop.created_at)}))
    parts: list[Part] = [
        shops.save_part(shop),
        lambda write: write.save(listed, condition=ShopRow.pk.does_not_exist()),
        opened.owner.part,
        opened.customer.part,
        opened.webhook.part,
        jobs.first_part(jobs.LEDGER, shop),
        *(
            audit.part(log, who=who, action="shop.created", target=f"shop:{shop.id}")
            for log in (shop.id, keys.PLATFORM)
        ),
    ]
    _commit(parts, "exists")
    return opened


def add_owner(shop: str, name: str, *, who: str) -> minting.NewKey:
    """A key for one more owner, for a shop whose own keys were lost. The shop's log and the platform's tell of it."""
    key = minting.new_operator_key(shop, "owner", name)
    after = {"name": name, "role": "owner"}
    told = audit.part(shop, who=who, action="operator.created", target=f"operator:{key.id}", after=after)
    noted = audit.part(keys.PLATFORM, who=who, action="owner.added", target=f"shop:{shop}", after=after)
    add(key, told, noted)
    return key


@dataclass(frozen=True)
class Page:
    """Ids of shops with the facts kept beside them, and where the next page begins."""

    shops: Sequence[tuple[str, dict[str, Any]]]
    after: str | None


def list_shops(*, limit: int, after: str | None) -> Page:
    """All shops of the installation, by id."""
    found = ShopRow.query(
        keys.PLATFORM,
        ShopRow.sk.startswith(LISTED),
        limit=limit,
        page_size=limit,
        last_evaluated_key={"pk": {"S": keys.PLATFORM}, "sk": {"S": after}} if after else None,
    )
    listed = [(row.sk.removeprefix(LISTED), json.loads(row.body)) for row in found]
    more = found.last_evaluated_key
    return Page(listed, more["sk"]["S"] if more else None)


def save_shop(shop: Shop, note: Part) -> None:
    """Write a new version of a shop's settings. Raises Conflict when it was changed meanwhile."""
    _commit([shops.save_part(shop), note], "conflict")
    shops.forget(shop.id)


def list_kept(shop: str, kind: str) -> list[tuple[str, dict[str, Any]]]:
    """The shop's keys (``key#``) or operators (``operator#``): id and facts, without secrets and hashes."""
    rows = ShopRow.query(shop, ShopRow.sk.startswith(kind), consistent_read=True)
    return [(row.sk.removeprefix(kind), _without_hash(json.loads(row.body))) for row in rows]


def add(key: minting.NewKey, *notes: Part) -> None:
    """Write a new key or operator."""
    _commit([key.part, *notes], "conflict")


def remove(shop: str, kind: str, key_id: str, note: Callable[[dict[str, Any]], Part]) -> None:
    """Delete a key or operator; ``note`` makes the audit entry from what it was. Raises Missing, and Conflict for
    the last owner.

    Other processes may honour it for up to a minute more.
    """
    row = tables.find(ShopRow, shop, kind + key_id)
    if row is None:
        raise Missing
    body = _without_hash(json.loads(row.body))
    parts: list[Part] = [_gone(row), note(body)]
    if body.get("role") == "owner":
        parts.append(_another_owner(shop, key_id))
    _commit(parts, "conflict")
    keys.clear_caches()


def _gone(row: ShopRow) -> Part:
    return lambda write: write.delete(row, condition=ShopRow.pk.exists())


def _another_owner(shop: str, but: str) -> Part:
    """Refuse unless some other owner stays, even when two owners remove each other at once."""
    others = [key_id for key_id, body in list_kept(shop, "operator#") if body["role"] == "owner" and key_id != but]
    if not others:
        raise Conflict("last_owner")
    other = ShopRow(shop, f"operator#{others[0]}")
    return lambda write: write.check(other, condition=ShopRow.pk.exists())


def _without_hash(body: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in body.items() if name != "hash"}


def _commit(parts: Sequence[Part], conflict: str) -> None:
    try:
        tables.commit(parts)
    except LostRace as error:
        raise Conflict(conflict) from error
