"""Adjustments under their Idempotency-Key, and what customers have spent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from shared import tables
from shared.ledger.account import Account
from shared.rows import Part
from shared.schema import CustomerRow, ShopRow
from shared.shops import Shop

ADJUSTMENT = "adjustment#"
PURCHASES = "purchases"
"""The row of a customer's purchases, which the orders service keeps."""


@dataclass(frozen=True)
class Given:
    """One adjustment that was asked for: a digest of who asked under which key, whom it is for, what it said, and the
    shop day it was first tried on, which its entry keeps at every retry.
    """

    key: str
    subject: str
    body_hash: str
    day: date

    @property
    def entry_key(self) -> str:
        return f"adjust:{self.key}"


def find_given(shop: str, key: str) -> Given | None:
    """The adjustment made under this key, or None."""
    row = tables.find(ShopRow, shop, ADJUSTMENT + key)
    if row is None:
        return None
    told = json.loads(row.body)
    return Given(key, told["subject"], told["body_hash"], date.fromisoformat(told["day"]))


def given_part(shop: str, given: Given) -> Part:
    """The adjustment as part of the transaction that makes it."""
    body = {"subject": given.subject, "body_hash": given.body_hash, "day": given.day.isoformat()}
    row = ShopRow(shop, ADJUSTMENT + given.key, body=json.dumps(body))
    return lambda write: write.save(row, condition=ShopRow.pk.does_not_exist())


def load_months(shop: Shop, account: Account) -> Mapping[str, int]:
    """What the shop's tiers go by, in each month: points earned, or by one read more what was spent."""
    by_spending = shop.points.tiers.levels and shop.points.tiers.by == "spent"
    return load_spending(shop.id, account.subject) if by_spending and account.subject else account.months


def load_spending(shop: str, subject: str) -> dict[str, int]:
    """What the customer has spent in each month (``2026-11``), less what was paid back, in minor units."""
    row = tables.find(CustomerRow, f"{shop}#{subject}", PURCHASES, consistent=False)
    months: dict[str, int] = json.loads(row.body or "{}").get("months", {}) if row else {}
    return months
