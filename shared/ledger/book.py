"""Accounts and entries in their tables."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pydantic_core import from_json, to_json

from shared import logs
from shared.clock import parse, rfc3339
from shared.ledger.rules import Account, Entry, Posting, Source
from shared.rows import Part, Row, Writes
from shared.tables import AccountRow, EntryRow, find


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

    def put_entry(write: Writes) -> None:
        write.save(entry, condition=EntryRow.pk.does_not_exist())

    def put_account(write: Writes) -> None:
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
        id=entry.id,
    )


@dataclass(frozen=True)
class Page:
    """Some entries, and where the next page begins."""

    entries: Sequence[Entry]
    after: str | None


def list_entries(shop: str, subject: str, *, limit: int, after: str | None = None) -> Page:
    """A customer's entries, the latest day first and within a day the latest entry first.

    The table orders days but not what happened within one, so whole days are read and put in order.
    ``after`` is the position the last page ended on.
    """
    day = after.partition("#")[0] if after else "9999-12-31"
    found: list[Entry] = []
    # "$" follows "#": everything of the day itself and of the days before it.
    rows = EntryRow.query(f"{shop}#{subject}", EntryRow.sk < f"{day}$", scan_index_forward=False, page_size=limit + 1)
    for entry in map(entry_from, rows):
        # Enough, and the day that the page ends in is whole.
        if len(found) > limit and entry.day != found[-1].day and len(_behind(found, after)) > limit:
            break
        found.append(entry)
    rest = _behind(found, after)
    shown = rest[:limit]
    return Page(shown, _position(shown[-1]) if len(rest) > limit else None)


def _behind(entries: Sequence[Entry], after: str | None) -> list[Entry]:
    ordered = sorted(entries, key=_position, reverse=True)
    return [entry for entry in ordered if after is None or _position(entry) < after]


def _position(entry: Entry) -> str:
    return f"{entry.day.isoformat()}#{entry.seq:012d}"


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
        source=Source(**from_json(row.source)),
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
        source=to_json(entry.source.plain()).decode(),
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
