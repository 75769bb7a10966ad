"""What infra/cost says that the ledger's night takes is what it takes: counted, and compared."""

import json
import secrets
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import boto3

from infra.cost import night
from infra.cost.operations import Operation
from services.points import anchors
from services.points import app as service
from services.points import night as services_night
from shared import ids, jobs, shops
from shared.ledger import book
from tests.faults.harness.deliver import queue_messages
from tests.faults.harness.item_size import item_bytes
from tests.faults.harness.units import Units, count_units
from tests.points.test_night import earn, post, queued
from tests.support.batches import raw_items
from tests.support.shop import MovableClock, TestShop, forget_everything
from tests.support.tables import Platform

DAY = date(2026, 11, 2)
OVERHEAD_BYTES = 100
TICK = {"source": "aws.events", "detail": {}, "detail-type": "", "time": "", "resources": [], "region": ""}


def cold(act: Callable[[], object]) -> Units:
    """What it takes in a process that remembers nothing, but where its queues are."""
    forget_everything()
    with count_units() as units:
        act()
    return units


def told(*together: Operation) -> tuple[float, float, Counter[str]]:
    calls = sum((Counter(each.calls) for each in together), Counter[str]())
    return sum(each.writes for each in together), sum(each.reads for each in together), calls


def found(units: Units) -> tuple[float, float, Counter[str]]:
    return units.writes, units.reads, units.calls


def check(day: date, number: int, **more: Any) -> None:
    """Have a slice walked, or swept."""
    asked = {"shop": "tea", "date": day.isoformat(), "slice": number, **more}
    answer = service.check({"Records": queue_messages([json.dumps(asked)])}, None)
    assert answer == {"batchItemFailures": []}


def tick() -> None:
    service.tick(TICK | {"version": "0", "account": "", "id": ""}, None)


def test_a_night_begins_for_what_the_table_says(platform: Platform, tea: TestShop, time: MovableClock) -> None:
    shop = shops.load(tea.id)
    time.at = jobs.night_after(shop, shop.today(shop.created_at))
    tick()
    time.forward(days=1)

    assert found(cold(tick)) == told(night.TICK, night.BEGIN)
    assert len(queued(platform, "ledger-checks")) == 2 * night.SLICES


def test_an_empty_slice_takes_what_the_table_says_if_it_is_the_last(tea: TestShop) -> None:
    for number in range(night.SLICES - 1):
        check(DAY, number)

    assert found(cold(lambda: check(DAY, night.SLICES - 1))) == told(night.SLICE)
    assert (night.SLICE.taken, night.SLICES) == (1, book.SLICES)


def test_an_account_is_looked_at_and_its_books_are_read_for_what_the_table_says(
    tea: TestShop, time: MovableClock
) -> None:
    shop, number = shops.load(tea.id), ids.slice_of("s1", night.SLICES)
    for other in set(range(night.SLICES)) - {number}:
        check(DAY, other)
        check(DAY + timedelta(days=2), other)
    for n in range(night.ENTRIES):
        post(shop, "s1", time, earn(5, f"signin:daily-check-in:{n}"))

    moved = cold(lambda: check(DAY, number))
    time.forward(days=2)
    check(DAY + timedelta(days=1), number)
    at_rest = cold(lambda: check(DAY + timedelta(days=2), number))

    assert found(moved) == told(night.SLICE, night.LOOK, night.READ_BOOKS)
    assert found(at_rest) == told(night.SLICE, night.LOOK)
    assert services_night.ROUND_DAYS == night.ROUND_DAYS


def test_what_expired_is_entered_for_what_the_table_says(tea: TestShop, time: MovableClock) -> None:
    post(shops.load(tea.id), "s1", time, earn(5, bucket="2026-11"), earn(7, "k2", bucket="2027-11"))
    time.at = datetime(2026, 12, 1, 1, tzinfo=UTC)

    swept = cold(lambda: check(DAY, 0, at=time.at.isoformat(), sweep=["s1"]))

    assert found(swept) == told(night.SWEEP)
    assert OVERHEAD_BYTES + max(map(item_bytes, raw_items("entries"))) <= night.SWEEP.kept_bytes


def test_an_anchor_of_many_accounts_is_no_larger_than_the_table_says(tea: TestShop, platform: Platform) -> None:
    many = 100
    heads = {ids.random_id(): anchors.Head(n, secrets.token_hex(32), DAY) for n in range(many)}
    anchors.save(tea.id, DAY, 0, heads)

    s3 = boto3.client("s3")
    (bucket,) = [each["Name"] for each in s3.list_buckets()["Buckets"] if "anchors" in each["Name"]]
    (anchor,) = s3.list_objects_v2(Bucket=bucket)["Contents"]
    assert anchors.find(tea.id, DAY, 0) == heads
    assert anchor["Size"] <= many * night.ANCHOR_BYTES
