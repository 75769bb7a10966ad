"""Taking back: from the lot that was given, then later ones, then earlier ones; what is spent by the shop's policy."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ledger import movements
from shared.ledger.account import Account
from shared.ledger.lots import NEVER
from shared.ledger.policy import Policy, Refund
from shared.ledger.posting import Posting
from shared.ledger.reversals import reverse
from tests.shared.ledger.test_movements import having
from tests.support.ledger import a_beginning, a_mark

POLICIES: Sequence[Refund] = ("debt", "write_off", "report")


def reversing(
    account: Account, points: int, *, bucket: str = "2027-03", refund: Refund = "debt", **how: int
) -> Posting:
    return reverse(a_beginning(account, policy=Policy(refund=refund)), points, a_mark(), bucket, **how)


class TestWhereFrom:
    @pytest.mark.parametrize(
        ("points", "left"),
        [
            (2, {"2026-12": 3, "2027-02": 3, "2027-03": 1, "2027-04": 3, NEVER: 3}),
            (4, {"2026-12": 3, "2027-02": 3, "2027-04": 2, NEVER: 3}),
            (8, {"2026-12": 3, "2027-02": 3, NEVER: 1}),
            (10, {"2026-12": 3, "2027-02": 2}),
            (14, {"2026-12": 1}),
        ],
    )
    def test_the_purchases_own_lot_then_later_ones_then_earlier_from_the_latest(
        self, points: int, left: dict[str, int]
    ) -> None:
        account = having(m2026_12=3, m2027_02=3, m2027_03=3, m2027_04=3, never=3)

        assert reversing(account, points).after.lots == left

    def test_pending_points_first_when_the_order_still_waits(self) -> None:
        posting = reversing(having(pending=5, never=3), 6, pending=5)

        assert (posting.after.pending, posting.after.available, posting.entry.points) == (0, 2, -6)

    @pytest.mark.parametrize("pending", [-1, 6, 7])
    def test_more_pending_than_there_is_is_a_bug_of_the_caller(self, pending: int) -> None:
        with pytest.raises(ValueError, match="pending"):
            reversing(having(pending=5, never=3), 6, pending=pending)


class TestWhatIsSpentAlready:
    def test_it_is_owed(self) -> None:
        posting = reversing(having(never=3), 5, refund="debt")

        assert (posting.after.debt, posting.after.balance, posting.entry.points) == (2, -2, -5)
        assert posting.entry.source.facts["owed"] == 2

    @pytest.mark.parametrize(("refund", "told"), [("write_off", "written_off"), ("report", "reported")])
    def test_or_it_is_not_and_the_entry_says_how_much(self, refund: Refund, told: str) -> None:
        posting = reversing(having(never=3), 5, refund=refund)

        assert (posting.after.debt, posting.after.balance, posting.entry.points) == (0, 0, -3)
        assert posting.entry.source.facts[told] == 2

    def test_later_earnings_repay_what_is_owed(self) -> None:
        owing = reversing(having(never=3), 5).after

        assert movements.earn(a_beginning(owing), 5, a_mark("k2")).after.available == 3


Refunded = Callable[[int, int, int], int]


def whole_so_far(earned: int, paid: int, refunded: int) -> int:
    """⌊earned × min(refunded, paid) ÷ paid⌋."""
    return earned * min(refunded, paid) // paid


def refunded_in_parts(earned: int, spent: int, paid: list[int], refund: Refund, so_far: Refunded) -> Posting:
    """A purchase of Σ ``paid`` that is refunded part by part; each reverses what is missing to the whole so far."""
    posting = a_beginning(having(m2027_03=earned), policy=Policy(refund=refund))
    if spent:
        posting = movements.spend(posting, spent, a_mark("spend"))
    before, refunded = 0, 0
    for n, part in enumerate(paid):
        refunded += part
        due = so_far(earned, sum(paid), refunded)
        if due > before:
            posting = reverse(posting, due - before, a_mark(f"refund{n}"), "2027-03")
        before = due
    return posting


def assert_all_is_taken_back(posting: Posting, earned: int, spent: int, refund: Refund) -> None:
    reversals = [entry for entry in posting.entries if entry.kind == "reverse"]
    told = [sum(entry.source.facts.get(name, 0) for entry in reversals) for name in ("owed", "written_off", "reported")]
    taken = -sum(sum(entry.lots.values()) for entry in reversals)
    assert taken == earned - spent
    assert told == [spent if refund == each else 0 for each in POLICIES]
    assert posting.after.available == 0
    assert posting.after.balance == (-spent if refund == "debt" else 0)


class TestPartialRefunds:
    @pytest.mark.parametrize("refund", POLICIES)
    @given(st.integers(1, 10_000), st.lists(st.integers(1, 100_000), min_size=3, max_size=3), st.data())
    def test_three_parts_take_back_exactly_the_whole(
        self, refund: Refund, earned: int, paid: list[int], data: st.DataObject
    ) -> None:
        spent = data.draw(st.integers(0, earned))

        posting = refunded_in_parts(earned, spent, paid, refund, whole_so_far)

        assert_all_is_taken_back(posting, earned, spent, refund)

    @given(st.integers(1, 10_000), st.lists(st.integers(1, 100_000), min_size=2, max_size=12), st.data())
    def test_neither_the_parts_nor_their_order_matter(self, earned: int, paid: list[int], data: st.DataObject) -> None:
        spent = data.draw(st.integers(0, earned))
        other = data.draw(st.permutations(paid))

        one, another = (refunded_in_parts(earned, spent, each, "debt", whole_so_far) for each in (paid, other))

        assert (one.after.balance, one.after.lots, one.after.debt) == (
            another.after.balance,
            another.after.lots,
            another.after.debt,
        )

    def test_refunding_more_than_was_paid_takes_no_more_than_was_earned(self) -> None:
        assert whole_so_far(10, 300, 900) == 10

    def test_parts_rounded_each_by_itself_would_lose_points(self) -> None:
        """The planted bug ``rounded_each``: it is in how the parts are made, so it stands here."""
        thirds = [1, 1, 1]

        right = refunded_in_parts(10, 0, thirds, "debt", whole_so_far)
        wrong = refunded_in_parts(10, 0, thirds, "debt", lambda earned, paid, refunded: refunded * (earned // paid))

        assert_all_is_taken_back(right, 10, 0, "debt")
        with pytest.raises(AssertionError):
            assert_all_is_taken_back(wrong, 10, 0, "debt")
