"""Rows stay within one write unit. "Rich" is: a shop id of 32 letters, 38 lots and 25 months of up to 9,999 points,
and two open holds of two lots. With four open holds such an account is 1.2 KB, and its writes cost a unit more; so
does the entry of a merged file that hands over more than about 20 lots.
"""

from datetime import timedelta

from shared.ledger import book, movements
from shared.ledger.account import MONTHS_MAX, Account, Hold
from shared.ledger.lots import LOTS_MAX, NEVER, month_bucket
from shared.ledger.posting import Entry, Mark, Source
from tests.faults.harness.item_size import item_bytes
from tests.support.ledger import AT, DAY, a_beginning

ITEM_BYTES = 1_024
MOST = 9_999
LONG_ID = "f" * 32


def rich(*, lots: int = LOTS_MAX, holds: int = 2) -> Account:
    dated = {month_bucket(DAY, n): MOST for n in range(lots - 1)} | {NEVER: MOST}
    held = Hold(2 * MOST, {"2026-12": MOST, "2027-01": MOST}, AT + timedelta(microseconds=1), DAY)
    return Account(
        "s" * 32,
        LONG_ID,
        balance=MOST * (lots + 2 * holds + 1),
        pending=MOST,
        lots=dated,
        holds={LONG_ID[:-1] + str(n): held for n in range(holds)},
        until="2027-12",
        months={month_bucket(DAY, -n): MOST for n in range(MONTHS_MAX)},
        seq=10**6,
        head="f" * 64,
    )


def entry_bytes(entry: Entry) -> int:
    return item_bytes(book._entry_row(entry).serialize())


def a_long_mark() -> Mark:
    facts = {"written_off": MOST, "streak": MOST, "quantity": MOST}
    return Mark(f"redeem:{LONG_ID}{LONG_ID}", DAY, Source("activity", LONG_ID, "milestone", 10**4, facts))


def test_a_rich_account_is_one_write_unit() -> None:
    assert item_bytes(book._account_row(rich()).serialize()) <= ITEM_BYTES


def test_four_open_holds_are_a_second_one() -> None:
    assert ITEM_BYTES < item_bytes(book._account_row(rich(holds=4)).serialize()) <= 2 * ITEM_BYTES


def test_entries_of_rich_accounts_are_one_write_unit() -> None:
    earned = movements.earn(a_beginning(rich()), MOST, a_long_mark()).entry
    spent = movements.spend(a_beginning(rich()), 8 * MOST, a_long_mark()).entry

    assert max(entry_bytes(earned), entry_bytes(spent)) <= ITEM_BYTES


def test_so_are_those_of_a_merged_file_of_twenty_lots() -> None:
    _, taker = movements.transfer(a_beginning(rich(lots=20)), a_beginning(), a_long_mark())

    assert len(taker.entry.lots) == 20
    assert entry_bytes(taker.entry) <= ITEM_BYTES
