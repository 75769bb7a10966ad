"""Balances brought along from elsewhere: a CSV of customer_id, points, expires_at, reference becomes opening entries.

``reference`` is what makes a line the same when it is imported again; ``expires_at`` is the last day (ISO), empty for
never. Points live to the end of that month: never shorter than they would have.
"""

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from shared import identity, tables
from shared.badlines import BadLine
from shared.errors import Conflict
from shared.ledger import book, movements
from shared.ledger.account import Now
from shared.ledger.lots import NEVER, month_bucket
from shared.ledger.policy import POINTS_MAX
from shared.ledger.posting import Entry, Mark, Posting, Source
from shared.ledger.reversals import reverse
from shared.ledger.settling import begin
from shared.shops import Shop

COLUMNS = ("customer_id", "points", "expires_at", "reference")
REFERENCE_MAX = 64
_CUSTOMER = re.compile(r"[^\x00-\x1f\x7f]{1,128}")

Done = Literal["new", "there", "gone"]


class NoBalances(Exception):
    """The file is not what it should be; the message says why."""


@dataclass(frozen=True)
class Balance:
    """One line that can be imported; ``bucket`` is the lot it comes into."""

    line: int
    customer_id: str
    points: int
    bucket: str
    reference: str


@dataclass(frozen=True)
class Balances:
    """A file, read: what can be imported, and what not."""

    taken: list[Balance] = field(default_factory=list)
    faults: list[BadLine] = field(default_factory=list)

    @property
    def liability(self) -> int:
        return sum(balance.points for balance in self.taken)


def read(lines: Iterable[str], today: date) -> Balances:
    """The balances in a CSV file. Raises NoBalances when its first line does not name the columns."""
    rows = csv.reader(lines)
    head = next(rows, [])
    if tuple(name.strip() for name in head) != COLUMNS:
        raise NoBalances(f"the first line must be {','.join(COLUMNS)}")
    found, seen = Balances(), set[str]()
    for number, row in enumerate(rows, start=2):
        try:
            balance = _balance(number, row, today)
            if balance.reference in seen:
                raise ValueError("this reference stands on an earlier line")
        except ValueError as error:
            found.faults.append(BadLine(number, str(error), ",".join(row)))
            continue
        seen.add(balance.reference)
        found.taken.append(balance)
    return found


def _balance(number: int, row: list[str], today: date) -> Balance:
    if len(row) != len(COLUMNS):
        raise ValueError(f"{len(COLUMNS)} columns are needed, not {len(row)}")
    customer_id, points, expires_at, reference = (cell.strip() for cell in row)
    if not _CUSTOMER.fullmatch(customer_id):
        raise ValueError("customer_id must have 1 to 128 printable characters")
    if not (points.isascii() and points.isdigit() and 0 < int(points) <= POINTS_MAX):
        raise ValueError(f"points must be a whole number from 1 to {POINTS_MAX}")
    if not 0 < len(reference) <= REFERENCE_MAX:
        raise ValueError(f"reference must have 1 to {REFERENCE_MAX} characters")
    return Balance(number, customer_id, int(points), _bucket(expires_at, today), reference)


def _bucket(expires_at: str, today: date) -> str:
    if not expires_at:
        return NEVER
    try:
        last = date.fromisoformat(expires_at)
    except ValueError:
        raise ValueError("expires_at must be a date such as 2027-12-31, or empty") from None
    if last < today:
        raise ValueError("these points have expired already")
    return month_bucket(last)


def bring(shop: Shop, now: Now, balance: Balance) -> Done:
    """Enter a balance, once.

    Raises ValueError when it was imported with other points, Conflict when others kept coming between.
    """
    subject = identity.make_subject(shop.id, balance.customer_id)
    for _ in tables.attempts():
        earlier = _find(shop, subject, balance)
        if earlier:
            _must_agree(earlier, balance)
            return "there"
        account = book.load_account(shop.id, subject, consistent=True)
        begun = begin(account, shop.points, now)
        if _committed(movements.opening(begun, balance.points, balance.reference, balance.bucket)):
            return "new"
    raise Conflict


def undo(shop: Shop, now: Now, balance: Balance) -> Done:
    """Reverse a balance that was imported, once; what is spent of it is as the shop's policy for refunds has it.

    Raises ValueError when it was imported with other points, Conflict when others kept coming between.
    """
    subject = identity.find_subject(shop.id, balance.customer_id)
    earlier = _find(shop, subject, balance) if subject else None
    if subject is None or earlier is None:
        return "gone"
    _must_agree(earlier, balance)
    bucket = max(earlier.lots, key=lambda lot: earlier.lots[lot], default=balance.bucket)
    key = f"undo:{balance.reference}"
    mark = Mark(key, date.min, Source("migration", balance.reference, "undone"))
    for _ in tables.attempts():
        if book.find_entry(shop.id, subject, date.min, key):
            return "there"
        account = book.load_account(shop.id, subject, consistent=True)
        if _committed(reverse(begin(account, shop.points, now), earlier.points, mark, bucket)):
            return "new"
    raise Conflict


def _must_agree(earlier: Entry, balance: Balance) -> None:
    if earlier.points != balance.points:
        raise ValueError(f"this reference was imported before with {earlier.points} points")


def _find(shop: Shop, subject: str, balance: Balance) -> Entry | None:
    return book.find_entry(shop.id, subject, date.min, f"opening:{balance.reference}")


def _committed(posting: Posting) -> bool:
    try:
        tables.commit_once(book.parts(posting))
    except (tables.LostRace, tables.Contended):
        return False
    book.log_posted(posting)
    return True
