"""How points come and go: earning, waiting, spending, correcting, opening balances, merging two files."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Refused
from shared.ledger import movements
from shared.ledger.account import Account
from shared.ledger.lots import ACTIVE, NEVER
from shared.ledger.policy import Expiry, Policy
from shared.ledger.posting import Posting
from tests.support.ledger import AT, a_beginning, a_mark, an_account

FLOATING = Policy(expiry=Expiry("inactivity", 3))
LATER = datetime(2027, 1, 5, tzinfo=UTC)


def having(debt: int = 0, pending: int = 0, until: str = "", **lots: int) -> Account:
    """An account with lots (``m2027_11=5``), as if entries had made it."""
    named = {name.removeprefix("m").replace("_", "-"): points for name, points in lots.items()}
    balance = sum(named.values()) + pending - debt
    return an_account(balance=balance, lots=named, debt=debt, pending=pending, until=until)


class TestEarning:
    def test_points_go_into_the_lot_that_the_policy_names(self) -> None:
        assert movements.earn(a_beginning(), 5, a_mark()).after.lots == {"2027-11": 5}

    def test_a_debt_is_repaid_first(self) -> None:
        posting = movements.earn(a_beginning(having(debt=3)), 5, a_mark())

        assert (posting.after.debt, posting.after.available, posting.entry.points) == (0, 2, 5)

    def test_a_message_that_comes_late_shortens_no_floating_lot(self) -> None:
        account = an_account(balance=5, lots={ACTIVE: 5}, until="2027-04")

        after = movements.earn_pending(a_beginning(account, policy=FLOATING), 5, a_mark()).after

        assert after.until == "2027-04"

    def test_points_released_after_a_long_silence_float_anew(self) -> None:
        account = an_account(balance=5, pending=5, until="2026-08")

        after = movements.release(a_beginning(account, policy=FLOATING), 5, a_mark(), ACTIVE).after

        assert (after.lots, after.until) == ({ACTIVE: 5}, "2027-02")

    @pytest.mark.parametrize("theirs", ["2026-08", "2026-12", "2027-01"])
    def test_a_floating_lot_that_moves_lives_no_shorter(self, theirs: str) -> None:
        giver = an_account(balance=5, lots={ACTIVE: 5}, until="2026-12")

        _, taker = movements.transfer(
            a_beginning(giver, policy=FLOATING),
            a_beginning(an_account(until=theirs), policy=FLOATING),
            a_mark("merge"),
        )

        assert (taker.after.lots, taker.after.until) == ({ACTIVE: 5}, max("2026-12", theirs))

    def test_floating_points_all_live_on_with_every_activity(self) -> None:
        account = movements.earn(a_beginning(policy=FLOATING), 5, a_mark("k1")).after
        account = movements.earn(a_beginning(account, policy=FLOATING, at=LATER), 5, a_mark("k2")).after

        assert (account.lots, account.until) == ({ACTIVE: 10}, "2027-04")

    def test_points_are_never_put_where_they_would_be_dead_at_once(self) -> None:
        assert movements.earn(a_beginning(), 5, a_mark(), "2026-10").after.lots == {"2026-11": 5}


class TestWaiting:
    def test_pending_points_cannot_be_spent(self) -> None:
        posting = movements.earn_pending(a_beginning(), 5, a_mark())

        assert (posting.after.balance, posting.after.pending, posting.after.available) == (5, 5, 0)
        with pytest.raises(Refused, match="insufficient_points"):
            movements.spend(posting, 1, a_mark("k2"))

    def test_releasing_moves_them_and_changes_no_balance(self) -> None:
        posting = movements.release(a_beginning(having(pending=5)), 3, a_mark(), "2027-11")

        assert (posting.after.pending, posting.after.lots, posting.entry.points) == (2, {"2027-11": 3}, 0)

    def test_releasing_repays_a_debt_first(self) -> None:
        posting = movements.release(a_beginning(having(debt=2, pending=5)), 5, a_mark())

        assert (posting.after.debt, posting.after.available, posting.after.pending) == (0, 3, 0)

    @pytest.mark.parametrize("points", [0, 6])
    def test_no_more_is_released_than_waits(self, points: int) -> None:
        with pytest.raises(ValueError, match="cannot release"):
            movements.release(a_beginning(having(pending=5)), points, a_mark())


class TestSpending:
    def test_the_points_that_end_first_go_first(self) -> None:
        posting = movements.spend(a_beginning(having(m2027_03=4, m2026_12=3, never=9)), 5, a_mark())

        assert posting.entry.lots == {"2026-12": -3, "2027-03": -2}
        assert posting.after.lots == {"2027-03": 2, NEVER: 9}

    def test_who_has_too_few_is_told_how_many_are_missing(self) -> None:
        with pytest.raises(Refused) as refused:
            movements.spend(a_beginning(having(never=3)), 5, a_mark())

        assert refused.value.facts == {"missing_points": 2, "balance": 3, "needed": 5}

    def test_expired_points_are_settled_with_the_movement_that_meets_them(self) -> None:
        posting = movements.spend(a_beginning(having(m2026_12=3, never=9), at=LATER), 5, a_mark())

        assert [(entry.kind, entry.points, entry.day) for entry in posting.entries] == [
            ("expire", -3, date(2026, 12, 31)),
            ("spend", -5, a_mark().day),
        ]
        assert posting.after.lots == {NEVER: 4}

    def test_spending_is_an_activity(self) -> None:
        account = movements.earn(a_beginning(policy=FLOATING), 5, a_mark("k1")).after

        assert (
            movements.spend(a_beginning(account, policy=FLOATING, at=LATER), 1, a_mark("k2")).after.until == "2027-04"
        )


class TestGivingBack:
    def test_points_return_to_the_lots_they_came_from(self) -> None:
        posting = movements.give_back(a_beginning(having(never=1)), {"2026-12": 3, NEVER: 2}, a_mark())

        assert posting.after.lots == {"2026-12": 3, NEVER: 3}

    @pytest.mark.parametrize(("day", "bucket"), [(22, "2026-11"), (23, "2026-11"), (24, "2026-12"), (30, "2026-12")])
    def test_or_to_the_first_that_lives_another_week(self, day: int, bucket: str) -> None:
        at = datetime(2026, 11, day, 12, tzinfo=UTC)

        assert movements.give_back(a_beginning(at=at), {"2026-11": 3}, a_mark()).after.lots == {bucket: 3}


class TestCorrecting:
    def test_an_operator_gives_and_takes(self) -> None:
        given_points = movements.adjust(a_beginning(), 5, a_mark())

        assert movements.adjust(a_beginning(given_points.after), -2, a_mark("k2")).after.balance == 3

    def test_nothing_is_taken_that_is_not_there(self) -> None:
        with pytest.raises(Refused, match="insufficient_points"):
            movements.adjust(a_beginning(having(never=1)), -2, a_mark())

    @pytest.mark.parametrize("points", [0, 10_000_001, -10_000_001])
    def test_an_amount_out_of_range_is_a_bug_of_the_caller(self, points: int) -> None:
        with pytest.raises(ValueError, match="cannot move"):
            movements.adjust(a_beginning(having(never=1)), points, a_mark())


class TestOpening:
    def test_a_balance_brought_along_keeps_its_expiry(self) -> None:
        posting = movements.opening(a_beginning(), 50, "old-1", "2027-02")

        assert posting.after.lots == {"2027-02": 50}
        assert (posting.entry.key, posting.entry.day, posting.entry.source.id) == ("opening:old-1", date.min, "old-1")

    def test_it_is_the_same_entry_whenever_it_is_imported(self) -> None:
        first = movements.opening(a_beginning(), 50, "old-1", "2027-02").entry
        again = movements.opening(a_beginning(having(never=1), at=LATER), 50, "old-1", "2027-02").entry

        assert (first.id, first.fingerprint) == (again.id, again.fingerprint)


def transferred(giver: Account, taker: Account) -> tuple[Posting, Posting]:
    return movements.transfer(a_beginning(giver), a_beginning(taker), a_mark("merge"))


class TestMergingFiles:
    def test_everything_spendable_moves_with_its_lots(self) -> None:
        giver, taker = transferred(having(m2026_12=3, never=2), having(never=1))

        assert (giver.after.balance, taker.after.lots) == (0, {"2026-12": 3, NEVER: 3})
        assert giver.entry.points + taker.entry.points == 0

    def test_a_debt_moves_too_and_is_paid_from_what_is_there(self) -> None:
        giver, taker = transferred(having(debt=5), having(never=3))

        assert (giver.after.debt, taker.after.debt, taker.after.lots) == (0, 2, {})
        assert giver.entry.points + taker.entry.points == 0

    def test_points_repay_what_the_other_owes(self) -> None:
        _, taker = transferred(having(never=5), having(debt=3))

        assert (taker.after.debt, taker.after.lots) == (0, {NEVER: 2})

    def test_pending_points_stay_where_their_order_looks_for_them(self) -> None:
        giver, _ = transferred(having(pending=4, never=1), having())

        assert (giver.after.pending, giver.after.balance) == (4, 4)

    @given(st.integers(1, 20), st.integers(0, 20))
    def test_undoing_it_returns_what_is_left(self, moved: int, spent: int) -> None:
        spent = min(spent, moved)
        _, taker = transferred(having(never=moved), an_account())
        after = movements.spend(a_beginning(taker.after), spent, a_mark("k2")).after if spent else taker.after

        back_from, back_to = movements.transfer_back(
            a_beginning(after), a_beginning(an_account()), {NEVER: moved}, a_mark("undo")
        )

        assert (back_from.after.balance, back_to.after.balance) == (0, moved - spent)
        assert back_from.entry.points + back_to.entry.points == 0

    def test_undoing_it_takes_back_nothing_that_was_spent(self) -> None:
        spent = movements.spend(a_beginning(transferred(having(never=5), having())[1].after), 3, a_mark("k2")).after

        back_from, back_to = movements.transfer_back(a_beginning(spent), a_beginning(), {NEVER: 5}, a_mark("undo"))

        assert (back_from.after.lots, back_to.after.lots) == ({}, {NEVER: 2})


def test_a_moment_is_told_in_every_entry() -> None:
    assert movements.earn(a_beginning(), 5, a_mark()).entry.at == AT
