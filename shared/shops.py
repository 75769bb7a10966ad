"""A shop's settings, as every service reads them: cached for a minute."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from shared import tables
from shared.cache import Recent
from shared.calendar import ShopCalendar, ZoneChange
from shared.clock import parse, rfc3339
from shared.errors import Missing
from shared.ledger import policy
from shared.ledger.policy import Policy
from shared.rows import Part
from shared.schema import ShopRow

SETTINGS = "settings"


@dataclass(frozen=True)
class Shop:
    """One tenant. ``points`` is what it has decided about its points; ``login_url`` where its customers log in, if they
    do so on a page.
    """

    id: str
    name: Mapping[str, str]
    calendar: ShopCalendar
    currency: str
    language: str
    created_at: datetime
    version: int = 1
    login_url: str | None = None
    points: Policy = field(default_factory=Policy)

    def today(self, at: datetime) -> date:
        return self.calendar.day_of(at)


_shops: Recent[Shop] = Recent(seconds=60, limit=1_000)


def load(shop_id: str) -> Shop:
    """The shop, at most a minute old. Raises Missing."""
    return _shops.get(shop_id, lambda: load_fresh(shop_id))


def load_fresh(shop_id: str) -> Shop:
    """The shop as it is now. Raises Missing."""
    row = tables.find(ShopRow, shop_id, SETTINGS)
    if row is None:
        raise Missing
    return _from_body(shop_id, json.loads(row.body), row.version)


def save_part(shop: Shop) -> Part:
    """Write the shop as version ``shop.version``, which must follow the stored one (version 1: must be new)."""
    row = ShopRow(shop.id, SETTINGS, body=json.dumps(_body(shop), ensure_ascii=False), version=shop.version)
    unchanged = ShopRow.pk.does_not_exist() if shop.version == 1 else ShopRow.version == shop.version - 1
    return lambda write: write.save(row, condition=unchanged)


def forget(shop_id: str) -> None:
    """This process has just changed the shop."""
    _shops.forget(shop_id)


def clear_cache() -> None:
    _shops.clear()


def _body(shop: Shop) -> dict[str, Any]:
    calendar = shop.calendar
    return {
        "name": dict(shop.name),
        "timezone": calendar.zone,
        "changes": [[rfc3339(change.at), change.zone] for change in calendar.changes],
        "skipped": [day.isoformat() for day in sorted(calendar.skipped)],
        "currency": shop.currency,
        "language": shop.language,
        "points": policy.plain(shop.points),
        "created_at": rfc3339(shop.created_at),
        "login_url": shop.login_url,
    }


def _from_body(shop_id: str, body: Mapping[str, Any], version: int) -> Shop:
    calendar = ShopCalendar(
        body["timezone"],
        tuple(ZoneChange(parse(at), zone) for at, zone in body["changes"]),
        frozenset(date.fromisoformat(day) for day in body["skipped"]),
    )
    return Shop(
        id=shop_id,
        name=body["name"],
        calendar=calendar,
        currency=body["currency"],
        language=body["language"],
        created_at=parse(body["created_at"]),
        version=version,
        login_url=body.get("login_url"),
        points=policy.from_plain(body.get("points", {})),
    )
