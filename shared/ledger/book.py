"""Accounts and entries in their tables."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pynamodb.transactions import TransactWrite

from shared import logs
from shared.clock import parse, rfc3339
from shared.ledger.rules import Account, Entry, Posting, Source
from shared.tables import AccountRow, EntryRow, Part, Row, find


def account_key(shop: str, subject: str) -> tuple[type[Row], str, None]:
    """Where the account lies, for a read together with other rows."""
    return (AccountRow, f"{shop}#{subject}", None)


def account_from(shop: str, subject: str, row: AccountRow | None) -> Account:
    """The account in ``row``; an empty one when there is none yet."""
    if row is None:
        return Account(shop, subject)
    return Account(
        shop,
        subject,
        available=row.available,
        pending=row.pending,
        held=row.held,
        debt=row.debt,
        lots=row.lots,
        seq=row.seq,
        head=row.head,
    )


def load_account(shop: str, subject: str, *, consistent: bool = False) -> Account:
    """A customer's account. By default half a read unit and perhaps a moment old."""
    return account_from(shop, subject, find(AccountRow, f"{shop}#{subject}", consistent=consistent))


def parts(posting: Posting) -> list[Part]:
    """The posting as two parts of a transaction: the entry, which must be new, and the account, which must
    still be the one the posting was decided on.
    """
    entry, before, after = _entry_row(posting.entry), posting.before, _account_row(posting.after)

    def put_entry(write: TransactWrite) -> None:
        write.save(entry, condition=EntryRow.pk.does_not_exist())

    def put_account(write: TransactWrite) -> None:
        unchanged = AccountRow.seq == before.seq if before.seq else AccountRow.pk.does_not_exist()
        write.save(after, condition=unchanged)

    return [put_entry, put_account]


def log_posted(posting: Posting) -> None:
    """One log line for a posting that was committed."""
    entry = posting.entry
    logs.event(
        "entry_posted",
        shop=entry.shop,
        kind=entry.kind,
        points=entry.points,
        balance=entry.balance_after,
        source=entry.source.what,
        id=entry.key,
    )


@dataclass(frozen=True)
class Page:
    """Some entries, and where the next page begins."""

    entries: Sequence[Entry]
    after: str | None


def list_entries(shop: str, subject: str, *, limit: int, after: str | None = None) -> Page:
    """A customer's entries, the latest day first. ``after`` is the sort key the last page ended on."""
    pk = f"{shop}#{subject}"
    found = EntryRow.query(
        pk,
        scan_index_forward=False,
        limit=limit,
        page_size=limit,
        last_evaluated_key={"pk": {"S": pk}, "sk": {"S": after}} if after else None,
    )
    entries = [entry_from(row) for row in found]
    more = found.last_evaluated_key
    return Page(entries, more["sk"]["S"] if more else None)


def entry_from(row: EntryRow) -> Entry:
    """The entry in a row of the table or of its stream."""
    shop, _, subject = row.pk.partition("#")
    day, _, key = row.sk.partition("#")
    return Entry(
        shop=shop,
        subject=subject,
        day=date.fromisoformat(day),
        key=key,
        kind=row.kind,
        points=row.points,
        lots=row.lots,
        source=Source(**json.loads(row.source)),
        at=parse(row.at),
        seq=row.seq,
        prev=row.prev,
        balance_after=row.balance_after,
    )


def _entry_row(entry: Entry) -> EntryRow:
    return EntryRow(
        f"{entry.shop}#{entry.subject}",
        f"{entry.day.isoformat()}#{entry.key}",
        kind=entry.kind,
        points=entry.points,
        lots=dict(entry.lots),
        source=json.dumps(entry.source.plain(), separators=(",", ":")),
        at=rfc3339(entry.at),
        seq=entry.seq,
        prev=entry.prev,
        hash=entry.hash,
        fingerprint=entry.fingerprint,
        balance_after=entry.balance_after,
    )


def _account_row(account: Account) -> AccountRow:
    return AccountRow(
        f"{account.shop}#{account.subject}",
        available=account.available,
        pending=account.pending,
        held=account.held,
        debt=account.debt,
        lots=dict(account.lots),
        seq=account.seq,
        head=account.head,
    )
