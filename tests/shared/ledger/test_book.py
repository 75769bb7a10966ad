"""The ledger in its tables: what is written is what is read, and the statement's order."""

from datetime import UTC, date, datetime, timedelta

import pytest

from shared import tables
from shared.ledger import book
from shared.ledger.account import Account
from shared.ledger.posting import Posting
from shared.schema import AccountRow, EntryRow
from shared.tables import LostRace
from tests.support import ledger
from tests.support.tables import Platform

AT = datetime(2026, 11, 2, 4, 0, 0, 123, tzinfo=UTC)


def an_earning(account: Account, key: str = "signin:daily:1", day: str = "2026-11-02", points: int = 5) -> Posting:
    at = AT + timedelta(minutes=account.seq)
    return ledger.an_earning(account, points, key=key, day=date.fromisoformat(day), at=at)


def post(*movements: tuple[str, str], account: Account | None = None) -> list[Posting]:
    """Commit one earning after the other; each names its key and day."""
    postings: list[Posting] = []
    for key, day in movements:
        postings.append(an_earning(postings[-1].after if postings else account or Account("tea", "s1"), key, day))
        tables.commit(book.parts(postings[-1]))
    return postings


def test_account_and_entry_are_read_back_as_they_were_written(platform: Platform) -> None:
    (posting,) = post(("signin:daily:1", "2026-11-02"))

    assert book.load_account("tea", "s1") == posting.after
    assert book.list_entries("tea", "s1", limit=10).entries == [posting.entry]


def test_the_stored_hash_is_the_hash_of_what_is_stored(platform: Platform) -> None:
    post(("signin:daily:1", "2026-11-02"), ("signin:daily:1", "2026-11-03"))

    rows = list(EntryRow.query("tea#s1"))

    assert [row.hash for row in rows] == [book.entry_from(row).hash for row in rows]
    assert [row.fingerprint for row in rows] == [book.entry_from(row).fingerprint for row in rows]
    assert rows[1].prev == rows[0].hash
    assert book.load_account("tea", "s1").head == rows[1].hash


def test_the_same_event_cannot_be_entered_twice(platform: Platform) -> None:
    (first,) = post(("signin:daily:1", "2026-11-02"))

    with pytest.raises(LostRace):
        tables.commit(book.parts(an_earning(first.after)))

    assert book.load_account("tea", "s1").balance == 5


def test_an_account_that_moved_on_refuses_what_was_decided_before(platform: Platform) -> None:
    post(("signin:daily:1", "2026-11-02"))

    with pytest.raises(LostRace):
        tables.commit(book.parts(an_earning(Account("tea", "s1"), "signin:daily:1", "2026-11-03")))

    assert len(list(EntryRow.query("tea#s1"))) == 1


def test_a_customer_without_entries_has_an_empty_account(platform: Platform) -> None:
    assert book.load_account("tea", "nobody") == Account("tea", "nobody")
    assert book.list_entries("tea", "nobody", limit=5) == book.Page([], None)


def test_entries_come_the_latest_day_first_and_in_pages(platform: Platform) -> None:
    post(*(("signin:daily:1", f"2026-11-{day:02d}") for day in range(2, 9)))

    found, after = [], None
    while True:
        page = book.list_entries("tea", "s1", limit=3, after=after)
        found += [entry.day.day for entry in page.entries]
        after = page.after
        if after is None:
            break

    assert found == [8, 7, 6, 5, 4, 3, 2]


def test_entries_of_one_day_come_the_latest_first(platform: Platform) -> None:
    post(("signin:zebra:1", "2026-11-02"), ("signin:apple:1", "2026-11-02"))

    listed = book.list_entries("tea", "s1", limit=10).entries

    assert [entry.seq for entry in listed] == [2, 1]


def test_customers_of_the_same_shop_do_not_see_each_other(platform: Platform) -> None:
    post(("signin:daily:1", "2026-11-02"))
    post(("signin:daily:1", "2026-11-02"), account=Account("tea", "s2"))

    assert [entry.subject for entry in book.list_entries("tea", "s2", limit=10).entries] == ["s2"]
    assert len(list(AccountRow.scan())) == 2
