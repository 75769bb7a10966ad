"""The ledger's night: every account is checked, what expired is swept, and the report's figures are added up."""

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import boto3
import pytest

from services.points import anchors, night, nights
from services.points.figures import Figures
from shared import ids, jobs, shops, tables
from shared.ledger import book, holds, movements
from shared.ledger.account import Now
from shared.ledger.book import SLICES
from shared.ledger.posting import Mark, Posting, Source
from shared.ledger.settling import begin
from shared.schema import AccountRow, EntryRow, ShopRow
from shared.shops import Shop
from tests.support.shop import MovableClock, TestShop
from tests.support.tables import Platform

DAY = date(2026, 11, 2)
BUY = Source("order", "o1", "paid")
SIGNIN = Source("signin", "daily", "daily", facts={"streak": 1})
SUBJECTS = ("s1", "s2", "s3")


@pytest.fixture
def shop(tea: TestShop) -> Shop:
    return shops.load(tea.id)


def post(shop: Shop, subject: str, clock: MovableClock, *moves: Any) -> Posting:
    """Movements of a customer, committed."""
    account = book.load_account(shop.id, subject, consistent=True)
    posting = begin(account, shop.points, Now(clock.at, shop.today(clock.at)))
    for move in moves:
        posting = move(posting)
    tables.commit(book.parts(posting))
    return posting


def mark(key: str, source: Source = SIGNIN) -> Mark:
    return Mark(key, DAY, source)


def earn(points: int, key: str = "k1", source: Source = SIGNIN, bucket: str | None = None) -> Any:
    return lambda posting: movements.earn(posting, points, mark(key, source), bucket)


def walk(shop: Shop, day: date = DAY) -> Figures:
    """A whole night; its figures."""
    for number in range(SLICES):
        night.check({"shop": shop.id, "date": day.isoformat(), "slice": number})
    (found,) = nights.list_nights(shop.id, day, day)
    return found.figures


def read_of(subject: str, shop: Shop, day: date) -> int:
    """How many entries a night reads in the slice of a customer, of which there is no other."""
    number = ids.slice_of(subject, SLICES)
    night.check({"shop": shop.id, "date": day.isoformat(), "slice": number})
    row = tables.find(ShopRow, shop.id, f"slice#{day.isoformat()}#{number:02d}")
    assert row
    return int(json.loads(row.body)["entries"])


def queued(platform: Platform, queue: str) -> list[dict[str, Any]]:
    """The messages of a queue, taken out of it."""
    sqs, url, found = boto3.client("sqs"), platform.queues[queue], []
    while messages := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            found.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return found


class TestTheTick:
    def test_a_night_begins_half_an_hour_after_midnight_and_once(
        self, platform: Platform, shop: Shop, time: MovableClock
    ) -> None:
        day = shop.today(shop.created_at)
        begins = jobs.night_after(shop, day)

        time.at = begins - timedelta(seconds=1)
        assert night.tick() == 0
        time.at = begins
        assert [night.tick(), night.tick()] == [1, 0]

        asked = queued(platform, "ledger-checks")
        assert {each["slice"] for each in asked} == set(range(SLICES))
        assert {each["date"] for each in asked} == {day.isoformat()}
        assert shop.calendar.local(begins).strftime("%H:%M") == "00:30"

    def test_nights_that_were_missed_are_made_up(self, platform: Platform, shop: Shop, time: MovableClock) -> None:
        time.at = jobs.night_after(shop, shop.today(shop.created_at)) + timedelta(days=3)

        assert night.tick() == 4


class TestTheSweep:
    def test_expired_lots_are_entered_as_a_movement_would_enter_them(
        self, platform: Platform, shop: Shop, time: MovableClock
    ) -> None:
        post(shop, "s1", time, earn(5, bucket="2026-11"), earn(7, "k2", bucket="2027-11"))
        time.at = datetime(2026, 12, 1, 1, tzinfo=UTC)

        walk(shop, date(2026, 11, 30))
        (asked,) = queued(platform, "ledger-checks")
        night.check(asked)
        night.check(asked)

        account, lines = nights.load_books(shop.id, "s1")
        (expired,) = [line.entry for line in lines if line.entry.kind == "expire"]
        assert account.lots == {"2027-11": 7}
        assert (expired.key, expired.day) == ("expire:2026-11:3", date(2026, 11, 30))

    def test_a_hold_that_nobody_resolved_is_given_back(
        self, platform: Platform, shop: Shop, time: MovableClock
    ) -> None:
        until = time.at + timedelta(minutes=15)
        post(shop, "s1", time, earn(5), lambda posting: holds.hold(posting, "h1", 3, until, mark("h")))
        time.at = until

        night.sweep(shop, time.at, ["s1", "nobody"])

        assert book.load_account(shop.id, "s1", consistent=True).holds == {}


class TestFigures:
    def test_a_day_is_added_up_by_how_points_moved_and_why(
        self, platform: Platform, shop: Shop, time: MovableClock
    ) -> None:
        post(shop, "s1", time, earn(70, source=BUY), lambda posting: movements.spend(posting, 20, mark("r", BUY)))
        post(shop, "s2", time, earn(30), lambda posting: movements.adjust(posting, -4, mark("a")))

        figures = walk(shop, shop.today(time.at))

        assert figures.flows == {
            "issued": {"order": 70, "signin": 30},
            "redeemed": {"order": 20},
            "reversed": {"signin": 4},
        }
        assert (figures.accounts, figures.entries, figures.faults) == (2, 4, 0)
        assert sum(figures.expiry.values()) == 76

    def test_a_night_made_again_comes_to_the_same(self, platform: Platform, shop: Shop, time: MovableClock) -> None:
        post(shop, "s1", time, earn(70, source=BUY))

        assert walk(shop, shop.today(time.at)) == walk(shop, shop.today(time.at))

    def test_days_add_up_to_what_balances_changed_by(self, platform: Platform, shop: Shop, time: MovableClock) -> None:
        changed = 0
        for n in range(4):
            posting = post(shop, f"s{n % 2}", time, earn(10 + n, f"k{n}"))
            changed += posting.entry.points
            time.at += timedelta(hours=17)
        days = [shop.today(time.at) - timedelta(days=n) for n in range(5)]

        issued = [sum(walk(shop, day).flows.get("issued", {}).values()) for day in reversed(days)]

        assert sum(issued) == changed

    def test_an_entry_that_comes_after_its_night_counts_in_the_next_one(
        self, platform: Platform, shop: Shop, time: MovableClock
    ) -> None:
        first, taken = shop.today(time.at), time.at
        post(shop, "s1", time, earn(5))
        walk(shop, first)
        time.at = taken
        post(shop, "s1", time, earn(7, "late"))

        again, following = walk(shop, first), walk(shop, first + timedelta(days=1))

        assert again.flows == {"issued": {"signin": 5}}
        assert following.flows == {"issued": {"signin": 7}}

    def test_books_at_rest_are_not_read_again_every_night(
        self, platform: Platform, shop: Shop, time: MovableClock
    ) -> None:
        post(shop, "s1", time, earn(5))
        first = shop.today(time.at)
        turn = ids.slice_of("s1", night.ROUND_DAYS)
        days = [first + timedelta(days=n) for n in range(night.ROUND_DAYS + 4)]

        read = {day: read_of("s1", shop, day) for day in days}

        resting = days[3:]
        assert [day for day in resting if read[day]] == [
            day for day in resting if day.toordinal() % night.ROUND_DAYS == turn
        ]


class TestFaults:
    def test_a_changed_entry_is_told_with_its_place(self, platform: Platform, shop: Shop, time: MovableClock) -> None:
        posting = post(shop, "s1", time, earn(5), earn(7, "k2"))
        row = EntryRow.get(f"{shop.id}#s1", f"{DAY.isoformat()}#k1")
        row.points = 500
        row.save()

        figures = walk(shop)

        assert figures.faults == 1
        assert queued(platform, "ledger-faults") == [
            {"shop": shop.id, "subject": "s1", "fault": "changed", "seq": 1, "entry": posting.entries[0].id}
        ]

    def test_an_account_rolled_back_with_its_entries_shows_by_last_nights_anchor(
        self, platform: Platform, shop: Shop, time: MovableClock
    ) -> None:
        post(shop, "s1", time, earn(5))
        older = AccountRow.get(f"{shop.id}#s1").serialize()
        post(shop, "s1", time, earn(7, "k2"))
        walk(shop)
        AccountRow.from_raw_data(older).save()
        EntryRow(f"{shop.id}#s1", f"{DAY.isoformat()}#k2").delete()

        for later in (1, 2):
            walk(shop, DAY + timedelta(days=later))
            (told,) = queued(platform, "ledger-faults")
            assert (told["fault"], told["seq"]) == ("rolled_back", 2)

    def test_an_account_that_is_gone_shows_too(self, platform: Platform, shop: Shop, time: MovableClock) -> None:
        post(shop, "s1", time, earn(5))
        walk(shop)
        AccountRow(f"{shop.id}#s1").delete()
        EntryRow(f"{shop.id}#s1", f"{DAY.isoformat()}#k1").delete()

        walk(shop, DAY + timedelta(days=1))

        assert [told["fault"] for told in queued(platform, "ledger-faults")] == ["rolled_back"]


class TestAnchors:
    def test_every_head_is_kept(self, platform: Platform, shop: Shop, time: MovableClock) -> None:
        heads = {subject: post(shop, subject, time, earn(5)).after for subject in SUBJECTS}

        walk(shop)

        kept = {who: each for n in range(SLICES) for who, each in anchors.find(shop.id, DAY, n).items()}
        assert {who: (each.seq, each.hash) for who, each in kept.items()} == {
            who: (account.seq, account.head) for who, account in heads.items()
        }

    def test_what_was_written_first_stays(self, platform: Platform, shop: Shop) -> None:
        one, other = (anchors.Head(n, "f" * 64, DAY) for n in (1, 2))

        anchors.save(shop.id, DAY, 0, {"s1": one})
        anchors.save(shop.id, DAY, 0, {"s1": other})

        assert anchors.find(shop.id, DAY, 0) == {"s1": one}
