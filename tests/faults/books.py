"""The books of a shop, read from the tables alone and added up by hand: promises 1, 4 and 7."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from shared import aws
from shared.ledger import book
from shared.ledger.account import Account
from shared.ledger.posting import Entry, applied
from shared.schema import AccountRow, EntryRow
from shared.settings import settings
from tests.faults.harness.hook import layers_bypassed
from tests.faults.harness.snapshot import rows_of

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Books:
    """Accounts and entries by subject (entries in their order), and the subject of each customer."""

    accounts: dict[str, AccountRow]
    entries: dict[str, list[EntryRow]]
    subjects: dict[str, str]

    def of(self, customer: str) -> tuple[AccountRow | None, list[Entry]]:
        subject = self.subjects.get(customer, "")
        return self.accounts.get(subject), [book.entry_from(row) for row in self.entries.get(subject, [])]

    def balance(self, customer: str) -> int:
        return sum(entry.points for entry in self.of(customer)[1])


def books_from(items: Callable[[str], Iterable[dict[str, Any]]], shop: str = "tea") -> Books:
    """The books in all the items of the tables, which ``items`` finds by a table's short name."""
    accounts = [AccountRow.from_raw_data(item) for item in items("accounts")]
    entries = [EntryRow.from_raw_data(item) for item in items("entries")]
    grouped: defaultdict[str, list[EntryRow]] = defaultdict(list)
    for row in sorted(entries, key=lambda row: row.seq):
        grouped[row.pk.removeprefix(f"{shop}#")].append(row)
    named = f"{shop}#id#"
    return Books(
        {row.pk.removeprefix(f"{shop}#"): row for row in accounts},
        dict(grouped),
        {
            item["pk"]["S"].removeprefix(named): item["subject"]["S"]
            for item in items("customers")
            if item["pk"]["S"].startswith(named)
        },
    )


def in_moto(table: str) -> list[dict[str, Any]]:
    """The items of a table of moto's, at no AWS call."""
    return rows_of(settings.table(table))


def by_scan(table: str) -> Iterator[dict[str, Any]]:
    """The items of a table, wherever it is, by a consistent scan."""
    with layers_bypassed():
        pages = (
            aws.connection().client.get_paginator("scan").paginate(TableName=settings.table(table), ConsistentRead=True)
        )
        yield from [item for page in pages for item in page["Items"]]


def verified_books(items: Callable[[str], Iterable[dict[str, Any]]] = in_moto) -> Books:
    """The books, once every line and every sum was found right."""
    books = books_from(items)
    subjects = set(books.subjects.values())
    assert len(subjects) == len(books.subjects), "two customers share a subject"
    assert books.accounts.keys() <= subjects, "an account belongs to nobody"
    assert books.entries.keys() == books.accounts.keys(), "entries without account, or the other way round"
    for subject, account in books.accounts.items():
        _verify(account, books.entries[subject])
    return books


def _verify(account: AccountRow, rows: Sequence[EntryRow]) -> None:
    total, head = 0, ""
    shop, _, subject = account.pk.partition("#")
    folded = Account(shop, subject)
    for number, row in enumerate(rows, start=1):
        entry = book.entry_from(row)
        total += entry.points
        assert (row.seq, row.prev) == (number, head), f"the chain breaks at {row.sk}"
        assert (row.hash, row.fingerprint) == (entry.hash, entry.fingerprint), f"{row.sk} was changed"
        assert row.balance_after == total, f"{row.sk} tells a wrong balance"
        head, folded = row.hash, applied(folded, entry)
    assert (account.seq, account.head) == (len(rows), head), "the account does not end where its entries end"
    stored = book.account_from(shop, subject, account)
    assert stored == folded, "the account is not what its entries made"
    assert stored.balance == total, "balance is not Σ entries"
    assert stored.available + stored.pending + stored.held - stored.debt == total, "balance is not Σ lots - debt"
    assert min(stored.pending, stored.debt, *stored.lots.values(), 0) == 0
    days = Counter((entry.day, entry.key) for entry in map(book.entry_from, rows))
    assert set(days.values()) <= {1}, "a day has two entries"


def streak_of(days: set[date], today: date) -> int:
    """How many days in a row up to today, or up to yesterday while today is still open."""
    day = today if today in days else today - ONE_DAY
    length = 0
    while day in days:
        length, day = length + 1, day - ONE_DAY
    return length


def longest_of(days: set[date]) -> int:
    ordered, best, length = sorted(days), 0, 0
    for before, day in pairwise([date.min, *ordered]):
        length = length + 1 if day - before == ONE_DAY else 1
        best = max(best, length)
    return best
