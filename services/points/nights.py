"""What the night reads of the books, its figures in the shops table, and what it tells by queue."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from services.points.figures import Figures, together
from shared import aws, clock
from shared.ledger import book
from shared.ledger.account import Account
from shared.ledger.book import SLICES
from shared.ledger.verify import Line
from shared.schema import EntryRow, ShopRow

CHECKS, FAULTS = "ledger-checks", "ledger-faults"
BATCH = 10
SLICES_KEPT = timedelta(days=8)


# ── the books ────────────────────────────────────────────────────────────────────────────────────


def load_books(shop: str, subject: str) -> tuple[Account, list[Line]]:
    """An account and all its entries as they are stored, by consistent reads."""
    account = book.load_account(shop, subject, consistent=True)
    rows = EntryRow.query(f"{shop}#{subject}", consistent_read=True)
    return account, [Line(book.entry_from(row), row.hash) for row in rows]


# ── its figures ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Night:
    """The figures of a shop day, and when they were made."""

    day: date
    at: datetime
    figures: Figures


def save_slice(shop: str, day: date, number: int, figures: Figures) -> None:
    """Keep what a slice came to; when all slices of the day are there, keep their sum as the night's.

    Made again it writes the same. Of the last two slices at least one sees the other.
    """
    now = clock.now()
    row = ShopRow(
        shop,
        f"slice#{day.isoformat()}#{number:02d}",
        body=json.dumps(figures.plain()),
        expires_at=int((now + SLICES_KEPT).timestamp()),
    )
    row.save()
    prefix = f"slice#{day.isoformat()}#"
    slices = [Figures.of(json.loads(each.body)) for each in _rows(shop, ShopRow.sk.startswith(prefix))]
    if len(slices) < SLICES:
        return
    total = Figures()
    for each in slices:
        total = together(total, each)
    body = {"at": clock.rfc3339(now), **total.plain()}
    ShopRow(shop, f"night#{day.isoformat()}", body=json.dumps(body)).save()


def list_nights(shop: str, first: date, last: date) -> list[Night]:
    """The nights of these days, the earliest first; days without are left out."""
    wanted = ShopRow.sk.between(f"night#{first.isoformat()}", f"night#{last.isoformat()}")
    return [_night(row) for row in _rows(shop, wanted)]


def find_last(shop: str) -> Night | None:
    """The latest night there is."""
    rows = ShopRow.query(shop, ShopRow.sk.startswith("night#"), scan_index_forward=False, limit=1)
    return next(map(_night, rows), None)


def _rows(shop: str, condition: Any) -> list[ShopRow]:
    return list(ShopRow.query(shop, condition, consistent_read=True))


def _night(row: ShopRow) -> Night:
    told = json.loads(row.body)
    at = clock.parse(told.pop("at"))
    return Night(date.fromisoformat(row.sk.partition("#")[2]), at, Figures.of(told))


# ── the queues ───────────────────────────────────────────────────────────────────────────────────


def tell(queue: str, bodies: Iterable[Mapping[str, Any]]) -> None:
    """Send messages. Raises RuntimeError when one did not reach the queue: whoever tries again sends all again."""
    remaining = iter(bodies)
    while batch := list(islice(remaining, BATCH)):
        _send(queue, batch)


def _send(queue: str, batch: Sequence[Mapping[str, Any]]) -> None:
    entries = [{"Id": str(n), "MessageBody": json.dumps(body)} for n, body in enumerate(batch)]
    answer = aws.client("sqs").send_message_batch(QueueUrl=aws.queue_url(queue), Entries=entries)
    if answer.get("Failed"):
        msg = f"{len(answer['Failed'])} messages did not reach {queue}"
        raise RuntimeError(msg)
