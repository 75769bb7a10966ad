"""A shop's nightly jobs: rows that fall due half an hour after a shop day is over, found by an index of what is due."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from shared import clock, ids, tables
from shared.rows import Part
from shared.schema import ShopRow
from shared.shops import Shop
from shared.tables import LostRace

LEDGER = "ledger"
SLICES = 4
AFTER_MIDNIGHT = timedelta(minutes=30)


@dataclass(frozen=True)
class Job:
    """The next shop day that a job is to look at; ``due_at`` is as stored."""

    name: str
    shop: str
    day: date
    due_at: str


def night_after(shop: Shop, day: date) -> datetime:
    """When a shop's day may be looked at: it is over, and nobody writes into it any more."""
    zone = shop.calendar.zone_at(datetime.combine(day, time(12), UTC))
    return shop.calendar.next_midnight(datetime.combine(day, time(12), zone)) + AFTER_MIDNIGHT


def first_part(name: str, shop: Shop) -> Part:
    """Give a new shop the job, beginning with the day it was made on."""
    day = shop.today(shop.created_at)
    row = _row(name, shop.id, day, night_after(shop, day))
    return lambda write: write.save(row, condition=ShopRow.pk.does_not_exist())


def due(name: str, now: datetime) -> Iterator[Job]:
    """The jobs that are due, by an index that may be a moment behind."""
    for number in range(SLICES):
        for row in ShopRow.by_due.query(f"{name}#{number}", ShopRow.due_at <= clock.fixed_width(now)):
            yield Job(name, row.pk, date.fromisoformat(json.loads(row.body)["date"]), row.due_at or "")


def move(job: Job, day: date, due_at: datetime) -> None:
    """Let the job wait for ``day``, unless another tick has moved it already."""
    with contextlib.suppress(LostRace):
        tables.save(_row(job.name, job.shop, day, due_at), ShopRow.due_at == job.due_at)


def _row(name: str, shop: str, day: date, due_at: datetime) -> ShopRow:
    return ShopRow(
        shop,
        f"job#{name}",
        body=json.dumps({"date": day.isoformat()}),
        due=f"{name}#{ids.slice_of(shop, SLICES)}",
        due_at=clock.fixed_width(due_at),
    )
