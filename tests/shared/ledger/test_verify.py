"""Promise 7: whatever is done to one of ten thousand entries, or to their account, the verifier names the place."""

from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.ledger import movements
from shared.ledger.account import Account
from shared.ledger.posting import Entry, applied
from shared.ledger.verify import Anchor, Fault, Line, faults
from tests.shared.ledger.machine import LedgerMachine
from tests.support.ledger import a_beginning, a_mark, an_account

MANY = 10_000
Books = tuple[Account, list[Line]]


@cache
def ten_thousand() -> Books:
    """An account that earned and spent ten thousand times."""
    account, lines = an_account(), []
    for n in range(1, MANY + 1):
        begun, mark = a_beginning(account), a_mark(f"k{n:05d}")
        posting = movements.spend(begun, 3, mark) if n % 3 == 0 else movements.earn(begun, 2 + n % 7, mark)
        account = posting.after
        lines.append(Line(posting.entry, posting.entry.hash))
    return account, lines


def books() -> Books:
    account, lines = ten_thousand()
    return account, list(lines)


def rehashed(entry: Entry) -> Line:
    """What somebody would write who knows how hashes are made."""
    return Line(entry, entry.hash)


def seen(account: Account, lines: list[Line], anchor: Anchor | None = None) -> list[tuple[str, int]]:
    return [(fault.kind, fault.seq) for fault in faults(account, lines, anchor)]


places = st.integers(2, MANY - 1)
few = settings(max_examples=3, deadline=None)


def test_whole_books_have_no_faults() -> None:
    account, lines = books()

    assert faults(account, lines, Anchor(4_000, lines[3_999].hash)) == []
    assert faults(account, lines[::-1]) == []


def test_a_customer_without_entries_has_none_either() -> None:
    assert faults(an_account(), []) == []


class TestOneLine:
    @few
    @given(places)
    def test_that_was_changed_is_named(self, seq: int) -> None:
        account, lines = books()
        line = lines[seq - 1]

        lines[seq - 1] = Line(replace(line.entry, points=line.entry.points + 1), line.hash)

        assert faults(account, lines) == [Fault("changed", seq, line.entry.id)]

    @few
    @given(st.integers(1, MANY))
    def test_that_got_a_new_hash_too_is_named_by_the_one_that_follows(self, seq: int) -> None:
        account, lines = books()

        lines[seq - 1] = rehashed(replace(lines[seq - 1].entry, points=1_000))

        assert seen(account, lines) == [("changed", seq)]

    @few
    @given(st.integers(1, MANY))
    def test_that_is_missing_is_named(self, seq: int) -> None:
        account, lines = books()

        del lines[seq - 1]

        assert seen(account, lines) == [("dropped", seq)]

    @few
    @given(places)
    def test_that_was_put_in_between_is_named(self, seq: int) -> None:
        account, lines = books()
        stranger = replace(lines[seq - 1].entry, key="mine", points=1_000)

        for place in (seq - 1, seq):
            grown = [*lines[:place], rehashed(stranger), *lines[place:]]
            assert faults(account, grown) == [Fault("inserted", seq, stranger.id)]

    @few
    @given(places)
    def test_that_was_added_at_the_end_is_named(self, seq: int) -> None:
        account, lines = books()
        stranger = replace(lines[seq - 1].entry, key="mine", seq=MANY + 1)

        assert faults(account, [*lines, rehashed(stranger)]) == [Fault("inserted", MANY + 1, stranger.id)]

    @few
    @given(places)
    def test_that_changed_places_with_the_next_is_named(self, seq: int) -> None:
        account, lines = books()
        one, other = lines[seq - 1], lines[seq]

        lines[seq - 1] = Line(replace(other.entry, seq=seq), other.hash)
        lines[seq] = Line(replace(one.entry, seq=seq + 1), one.hash)

        named = seen(account, lines)
        assert {("reordered", seq), ("reordered", seq + 1)} <= set(named)
        assert all(seq <= at <= seq + 2 for _, at in named)


class TestTheAccount:
    @few
    @given(places)
    def test_that_is_older_than_its_entries_is_rolled_back(self, seq: int) -> None:
        _, lines = books()

        assert seen(account_after(seq), lines) == [("rolled_back", seq + 1)]

    @few
    @given(places)
    def test_that_was_rolled_back_with_its_entries_shows_by_an_anchor(self, seq: int) -> None:
        _, lines = books()
        anchor = Anchor(seq + 1, lines[seq].hash)

        assert seen(account_after(seq), lines[:seq]) == []
        assert seen(account_after(seq), lines[:seq], anchor) == [("rolled_back", seq + 1)]

    def test_that_was_written_anew_with_all_its_entries_shows_by_an_anchor(self) -> None:
        _, lines = books()
        account, anew = an_account(), []
        for line in lines[:50]:
            posting = movements.earn(a_beginning(account), 9, a_mark(line.entry.key))
            account = posting.after
            anew.append(rehashed(posting.entry))

        assert seen(account, anew) == []
        assert seen(account, anew, Anchor(30, lines[29].hash)) == [("rewritten", 30)]

    @pytest.mark.parametrize(
        ("change", "kind"),
        [
            ({"balance": 1}, "wrong_sum"),
            ({"debt": 5}, "wrong_sum"),
            ({"lots": {"never": 1}}, "wrong_sum"),
            ({"until": "2027-01"}, "wrong_lots"),
            ({"months": {}}, "wrong_lots"),
        ],
        ids=str,
    )
    def test_that_says_something_else_than_its_entries_is_wrong(self, change: dict[str, Any], kind: str) -> None:
        account, lines = books()

        assert seen(replace(account, **change), lines) == [(kind, MANY)]

    def test_that_moved_points_between_lots_is_wrong(self) -> None:
        account, lines = books()
        moved = {"never": account.available}

        assert seen(replace(account, lots=moved), lines) == [("wrong_lots", MANY)]


def test_an_entry_that_the_product_added_up_wrong_is_named() -> None:
    account, lines = an_account(), []
    for n in range(4):
        entry = movements.earn(a_beginning(account), 5, a_mark(f"k{n}")).entry
        entry = replace(entry, balance_after=entry.balance_after + (n == 2))
        account = applied(account, entry)
        lines.append(rehashed(entry))

    assert seen(account, lines) == [("wrong_sum", 3)]


def test_the_machines_books_are_whole() -> None:
    """Any movements at all, by hand: the same that Hypothesis plays in test_machine."""
    shop = LedgerMachine()
    earning = shop.earn("s1", 50, None)
    purchase: Any = shop.spend("s1", 20)
    hold: Any = shop.hold("s1", 10, 1)
    shop.wait_for_days(1)
    shop.reverse(earning, 1.0, of_promised=False)
    shop.give_back(purchase)
    shop.capture(hold)
    shop.transfer()

    for who, account in shop.accounts.items():
        assert faults(account, [Line(entry, entry.hash) for entry in shop.entries[who]]) == []


@cache
def _accounts() -> list[Account]:
    accounts = [an_account()]
    for line in ten_thousand()[1]:
        accounts.append(applied(accounts[-1], line.entry))
    return accounts


def account_after(seq: int) -> Account:
    """The account as it was after so many entries."""
    return _accounts()[seq]
