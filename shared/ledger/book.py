"""Accounts and entries in their tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from pydantic_core import from_json, to_json

from shared import ids, logs
from shared.clock import parse, rfc3339
from shared.ledger.account import Account, Hold
from shared.ledger.lots import month_bucket
from shared.ledger.posting import Entry, Posting, Source
from shared.rows import Part, Row
from shared.schema import AccountRow, EntryRow
from shared.tables import find


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
        balance=row.balance,
        pending=row.pending or 0,
        debt=row.debt or 0,
        lots=row.lots,
        holds=_holds(row.holds) if row.holds else {},
        until=row.until or "",
        months=_months(row.months) if row.months else {},
        seq=row.seq,
        head=row.head,
    )


def load_account(shop: str, subject: str, *, consistent: bool = False) -> Account:
    """A customer's account. By default half a read unit and perhaps a moment old."""
    return account_from(shop, subject, find(AccountRow, f"{shop}#{subject}", consistent=consistent))


def parts(posting: Posting) -> list[Part]:
    """The posting as parts of a transaction: the entries, which must be new, and the account, which must still be the
    one the posting was decided on. No parts for a posting without entries.
    """
    if not posting.entries:
        return []
    return [*map(_put_entry, posting.entries), _put_account(posting)]


def _put_entry(entry: Entry) -> Part:
    row = _entry_row(entry)
    return lambda write: write.save(row, condition=EntryRow.pk.does_not_exist())


def _put_account(posting: Posting) -> Part:
    before, after = posting.before, _account_row(posting.after)
    unchanged = AccountRow.seq == before.seq if before.seq else AccountRow.pk.does_not_exist()
    return lambda write: write.save(after, condition=unchanged)


def log_posted(posting: Posting) -> None:
    """One log line for each entry that was committed."""
    for entry in posting.entries:
        logs.event(
            "entry_posted",
            shop=entry.shop,
            kind=entry.kind,
            points=entry.points,
            balance=entry.available_after,
            source=entry.source.what,
            id=entry.id,
        )


def find_entry(shop: str, subject: str, day: date, key: str) -> Entry | None:
    """The entry under this identity, or None."""
    row = find(EntryRow, f"{shop}#{subject}", f"{day.isoformat()}#{key}")
    return entry_from(row) if row else None


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
        pending=row.pending or 0,
        held=row.held or 0,
        debt=row.debt or 0,
        hold=row.hold or "",
        until=row.until or "",
        source=Source(**from_json(row.source)),
        at=parse(row.at),
        seq=row.seq,
        prev=row.prev,
        balance_after=row.balance_after,
        available_after=row.available_after,
    )


def _entry_row(entry: Entry) -> EntryRow:
    return EntryRow(
        f"{entry.shop}#{entry.subject}",
        f"{entry.day.isoformat()}#{entry.key}",
        kind=entry.kind,
        points=entry.points,
        lots=dict(entry.lots),
        pending=entry.pending or None,
        held=entry.held or None,
        debt=entry.debt or None,
        hold=entry.hold or None,
        until=entry.until or None,
        source=to_json(entry.source.plain()).decode(),
        at=rfc3339(entry.at),
        seq=entry.seq,
        prev=entry.prev,
        hash=entry.hash,
        fingerprint=entry.fingerprint,
        balance_after=entry.balance_after,
        available_after=entry.available_after,
    )


SLICES = 16
"""How many parts a shop's accounts are walked in."""


def list_subjects(shop: str, number: int) -> Iterator[str]:
    """Whose accounts are in one slice of a shop's, by an index that may be a moment behind."""
    for row in AccountRow.by_shop.query(f"{shop}#{number}"):
        yield row.pk.partition("#")[2]


def _account_row(account: Account) -> AccountRow:
    return AccountRow(
        f"{account.shop}#{account.subject}",
        balance=account.balance,
        pending=account.pending or None,
        debt=account.debt or None,
        lots=dict(account.lots),
        holds=_holds_text(account) if account.holds else None,
        until=account.until or None,
        months=_months_text(account) if account.months else None,
        seq=account.seq,
        head=account.head,
        slice=f"{account.shop}#{ids.slice_of(account.subject, SLICES)}",
    )


def _holds_text(account: Account) -> str:
    told = {
        hold_id: [hold.points, dict(hold.lots), rfc3339(hold.expires_at), hold.day.isoformat()]
        for hold_id, hold in account.holds.items()
    }
    return to_json(told).decode()


def _holds(text: str) -> dict[str, Hold]:
    return {
        hold_id: Hold(points, lots, parse(expires_at), date.fromisoformat(day))
        for hold_id, (points, lots, expires_at, day) in from_json(text).items()
    }


def _months_text(account: Account) -> str:
    """``2026-01:5,,30``: the first month, then what each from it on has; a month with nothing is empty."""
    first = min(account.months)
    year, number = int(first[:4]), int(first[5:])
    last = max(account.months)
    count = (int(last[:4]) - year) * 12 + int(last[5:]) - number + 1
    names = [month_bucket(date(year, number, 1), n) for n in range(count)]
    return f"{first}:" + ",".join(str(account.months.get(name, "")) for name in names)


def _months(text: str) -> dict[str, int]:
    first, _, told = text.partition(":")
    start = date(int(first[:4]), int(first[5:]), 1)
    return {month_bucket(start, n): int(points) for n, points in enumerate(told.split(",")) if points}
