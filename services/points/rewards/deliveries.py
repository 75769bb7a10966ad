"""Redemptions as those see them who deliver: in the list of their reward, with whom to deliver to."""

import contextlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.points.rewards import desk_messages, store
from services.points.rewards.desk_messages import DeliveryOut
from services.points.rewards.redemption import OVER, Redemption
from services.points.rewards.redemption import Status as RedemptionStatus
from shared import audit, clock, ids, tables, texts, vault
from shared.clock import rfc3339
from shared.rows import Part
from shared.schema import RedemptionLineRow, RedemptionRow
from shared.tables import LostRace

DUE = "pay"
"""The job of redemptions that are to be paid."""
DUE_SLICES = 4


@dataclass(frozen=True)
class Page:
    """Some redemptions, and where the next page begins."""

    redemptions: Sequence[Redemption]
    after: str | None


def page(shop: str, reward: str, *, status: str | None, limit: int, after: str | None) -> Page:
    """A reward's redemptions, the latest first."""
    pk = f"{shop}#{reward}#redemptions"
    found = RedemptionLineRow.query(
        pk,
        filter_condition=RedemptionLineRow.status == status if status else None,
        scan_index_forward=False,
        limit=limit,
        page_size=100 if status else limit,
        last_evaluated_key={"pk": {"S": pk}, "sk": {"S": after}} if after else None,
    )
    lines = list(found)
    more = found.last_evaluated_key
    keys = [(RedemptionRow, f"{shop}#{line.subject}", f"{reward}#{line.sk.rpartition('#')[2]}") for line in lines]
    rows = tables.read_together(keys) if keys else []
    redemptions = [store.redemption_from(row) for row in rows if row]
    return Page(redemptions, more["sk"]["S"] if more else None)


def page_of(
    shop: str, subject: str | None, *, limit: int, after: str | None, status: RedemptionStatus | None = None
) -> Page:
    """A customer's redemptions, the latest first."""
    now, found = clock.now(), store.list_of(shop, subject) if subject else []
    rest = [
        each
        for each in found
        if (after is None or store.position(each) < after) and status in (None, each.status_at(now))
    ]
    return Page(rest[:limit], store.position(rest[limit - 1]) if len(rest) > limit else None)


def follow(found: Redemption) -> None:
    """Bring the redemption's line up to date, unless a later state did."""
    waiting = found.status == "reserved" and found.payable_until is not None
    row = RedemptionLineRow(
        f"{found.shop}#{found.reward}#redemptions",
        f"{rfc3339(found.at)}#{found.digest}",
        subject=found.subject,
        status=found.status,
        version=found.version,
        due=due_slot(found) if waiting else None,
        due_at=clock.fixed_width(found.payable_until) if waiting and found.payable_until else None,
    )
    with contextlib.suppress(LostRace):
        tables.save(row, RedemptionLineRow.pk.does_not_exist() | (RedemptionLineRow.version < found.version))


def due_slot(found: Redemption) -> str:
    return f"{DUE}#{ids.slice_of(found.digest, DUE_SLICES)}"


def told(found: Redemption, language: str) -> DeliveryOut:
    """A redemption for those who deliver it."""
    stored = store.load_version(found.shop, found.reward, found.reward_version)
    return desk_messages.delivery(found, texts.pick(stored.definition.title, language), whom(found), clock.now())


def whom(found: Redemption) -> Mapping[str, Any] | None:
    """The addressee as people are shown them: None where it is over."""
    return None if found.status in OVER else addressee(found)


def addressee(found: Redemption) -> Mapping[str, Any] | None:
    """The customer's id and contact; None where nothing was kept, and once the file was erased."""
    if not found.sealed:
        return None
    try:
        told: Mapping[str, Any] = json.loads(vault.unseal_for(found.shop, found.subject, found.sealed))
    except LookupError:
        return None
    return told


def note(shop: str, redemption_id: str, *, who: str, action: str, after: Any = None) -> Callable[[], Part]:
    """The audit entry of an operator's step."""
    return lambda: audit.part(shop, who=who, action=action, target=f"redemption:{redemption_id}", after=after)
