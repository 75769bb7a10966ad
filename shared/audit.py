"""Who changed what: one sealed entry for every change an operator makes, written with the change itself."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared import clock, ids, vault
from shared.rows import Part
from shared.schema import ShopRow

PREFIX = "audit#"


@dataclass(frozen=True)
class AuditEntry:
    """``who`` (an operator's id or ``platform``) did ``action`` to ``target``; ``before`` and ``after`` are the
    values, None where there was none.
    """

    id: str
    at: datetime
    who: str
    action: str
    target: str
    before: Any
    after: Any


def part(shop: str, *, who: str, action: str, target: str, before: Any = None, after: Any = None) -> Part:
    """The audit entry as part of the transaction that makes the change. Values are sealed: they may be personal."""
    now = clock.now()
    at = clock.rfc3339(now)
    # Always with microseconds: the id is also the order.
    entry_id = f"{now.isoformat(timespec='microseconds')}#{ids.random_id()}"
    values = json.dumps({"before": before, "after": after}, ensure_ascii=False, default=str)
    row = ShopRow(
        shop,
        PREFIX + entry_id,
        body=json.dumps({"at": at, "who": who, "action": action, "target": target}),
        sealed=vault.seal(values.encode(), {"shop": shop, "audit": entry_id}),
    )
    return lambda write: write.save(row, condition=ShopRow.pk.does_not_exist())


@dataclass(frozen=True)
class Page:
    """Some entries, the latest first, and where the next page begins."""

    entries: tuple[AuditEntry, ...]
    after: str | None


def list_entries(shop: str, *, limit: int, after: str | None = None) -> Page:
    """The shop's audit entries, the latest first."""
    found = ShopRow.query(
        shop,
        ShopRow.sk.startswith(PREFIX),
        scan_index_forward=False,
        limit=limit,
        page_size=limit,
        last_evaluated_key={"pk": {"S": shop}, "sk": {"S": after}} if after else None,
    )
    entries = tuple(_entry(shop, row) for row in found)
    more = found.last_evaluated_key
    return Page(entries, more["sk"]["S"] if more else None)


def _entry(shop: str, row: ShopRow) -> AuditEntry:
    entry_id = row.sk.removeprefix(PREFIX)
    told: Mapping[str, Any] = json.loads(row.body)
    values = json.loads(vault.unseal(row.sealed or b"", {"shop": shop, "audit": entry_id}))
    return AuditEntry(
        entry_id,
        clock.parse(told["at"]),
        told["who"],
        told["action"],
        told["target"],
        values["before"],
        values["after"],
    )
