"""Entries and the account they make: the balance is their sum, each names the one before, a repeat is recognised."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ledger import movements
from shared.ledger.account import MONTHS_MAX, Account
from shared.ledger.lots import NEVER, month_bucket
from shared.ledger.policy import POINTS_MAX
from shared.ledger.posting import Entry, Posting, Source, applied
from tests.support.ledger import AT, DAY, a_beginning, a_mark, an_account, an_earning

buckets = st.one_of(st.just(NEVER), st.builds("{:04d}-{:02d}".format, st.integers(2026, 2036), st.integers(11, 12)))
amounts = st.one_of(st.integers(1, 50), st.integers(1, POINTS_MAX))
earnings = st.lists(st.tuples(amounts, buckets), max_size=60)


def play(account: Account, given_points: list[tuple[int, str]]) -> list[Posting]:
    """Every earning in its turn."""
    postings = []
    for n, (points, bucket) in enumerate(given_points, start=1):
        source = Source("signin", "daily", "daily", facts={"streak": n})
        postings.append(an_earning(account, points, key=f"signin:daily:{n}", bucket=bucket, source=source))
        account = postings[-1].after
    return postings


class TestBalance:
    @given(earnings, st.integers(0, 10_000))
    def test_it_is_the_sum_of_entries_and_of_lots_less_debt(self, moved: list[tuple[int, str]], debt: int) -> None:
        entered = -debt

        for posting in play(an_account(debt=debt, balance=-debt), moved):
            entered += posting.entry.points
            after = posting.after
            assert after.balance == entered == posting.entry.balance_after
            assert after.balance == sum(after.lots.values()) + after.pending + after.held - after.debt
            assert min(after.available, after.debt, *after.lots.values(), 0) == 0

    @given(earnings, st.integers(1, 10_000))
    def test_a_debt_is_repaid_before_anything_can_be_spent(self, moved: list[tuple[int, str]], debt: int) -> None:
        for posting in play(an_account(debt=debt, balance=-debt), moved):
            after = posting.after
            assert not (after.debt and after.available)
            assert sum(posting.entry.lots.values()) == after.available - posting.before.available

    def test_an_earning_that_only_repays_makes_no_lot(self) -> None:
        posting = an_earning(an_account(debt=8, balance=-8), 5)

        assert (posting.after.debt, posting.after.lots, posting.entry.lots) == (3, {}, {})
        assert posting.entry.balance_after == -3

    @pytest.mark.parametrize("points", [0, -1, POINTS_MAX + 1])
    def test_an_amount_out_of_range_is_no_earning(self, points: int) -> None:
        with pytest.raises(ValueError, match="cannot move"):
            an_earning(an_account(), points)


class TestFold:
    @given(earnings)
    def test_the_account_is_the_fold_of_its_entries(self, moved: list[tuple[int, str]]) -> None:
        folded = an_account()

        for posting in play(an_account(), moved):
            folded = applied(folded, posting.entry)
            assert folded == posting.after

    def test_several_movements_are_one_posting_with_an_entry_each(self) -> None:
        posting = movements.earn(a_beginning(), 5, a_mark("k1"))
        posting = movements.spend(posting, 2, a_mark("k2"))

        assert [(entry.kind, entry.points, entry.seq) for entry in posting.entries] == [
            ("earn", 5, 1),
            ("spend", -2, 2),
        ]
        assert posting.entries[1].prev == posting.entries[0].hash
        assert (posting.before.balance, posting.after.balance) == (0, 3)

    def test_months_count_what_was_earned_and_taken_back_and_nothing_else(self) -> None:
        posting = movements.adjust(movements.earn(a_beginning(), 5, a_mark("k1")), 100, a_mark("k2"))
        posting = movements.spend(posting, 50, a_mark("k3"))

        assert posting.after.months == {"2026-11": 5}

    def test_no_more_months_are_kept_than_tiers_can_look_back_on(self) -> None:
        account = an_account()
        for n in range(MONTHS_MAX + 6):
            account = an_earning(account, 5, day=date.fromisoformat(month_bucket(DAY, n) + "-01")).after

        assert len(account.months) == MONTHS_MAX
        assert min(account.months) == month_bucket(DAY, 6)


def broken_at(entries: list[Entry], head: str) -> list[int]:
    """Where a chain of entries does not hold."""
    previous, wrong = "", []
    for n, entry in enumerate(entries, start=1):
        if entry.prev != previous or entry.seq != n:
            wrong.append(n)
        previous = entry.hash
    return [*wrong, 0] if previous != head else wrong


CHANGES: list[dict[str, Any]] = [
    {"shop": "coffee"},
    {"subject": "s2"},
    {"day": date(2026, 11, 3)},
    {"key": "signin:daily:9"},
    {"kind": "adjust"},
    {"points": 6},
    {"lots": {"2027-12": 5}},
    {"lots": {"2027-11": 6}},
    {"pending": 1},
    {"held": 1},
    {"debt": 1},
    {"hold": "r1"},
    {"until": "2027-01"},
    {"source": Source("signin", "daily", "daily", facts={"streak": 3})},
    {"source": Source("signin", "daily", "daily", version=2, facts={"streak": 2})},
    {"source": Source("signin", "other", "daily", facts={"streak": 2})},
    {"source": Source("signin", "daily", "milestone", facts={"streak": 2})},
    {"source": Source("task", "daily", "daily", facts={"streak": 2})},
    {"at": AT + timedelta(microseconds=1)},
    {"seq": 3},
    {"prev": ""},
    {"balance_after": 11},
    {"available_after": 11},
]


class TestChain:
    @given(st.lists(st.tuples(amounts, buckets), min_size=1, max_size=12))
    def test_an_untouched_chain_holds(self, moved: list[tuple[int, str]]) -> None:
        postings = play(an_account(), moved)

        assert broken_at([posting.entry for posting in postings], postings[-1].after.head) == []

    @pytest.mark.parametrize("change", CHANGES, ids=str)
    def test_any_changed_field_breaks_it(self, change: dict[str, Any]) -> None:
        postings = play(an_account(), [(5, "2027-11")] * 3)
        entries, head = [posting.entry for posting in postings], postings[-1].after.head

        changed = [entries[0], replace(entries[1], **change), entries[2]]

        assert broken_at(changed, head)

    def test_every_field_was_changed(self) -> None:
        assert {name for change in CHANGES for name in change} == set(Entry.__dataclass_fields__)

    @given(st.lists(st.tuples(amounts, buckets), min_size=2, max_size=8), st.data())
    def test_a_dropped_or_moved_line_breaks_it(self, moved: list[tuple[int, str]], data: st.DataObject) -> None:
        postings = play(an_account(), moved)
        entries, head = [posting.entry for posting in postings], postings[-1].after.head
        n = data.draw(st.integers(0, len(entries) - 2))

        dropped = entries[:n] + entries[n + 1 :]
        swapped = [*entries[:n], entries[n + 1], entries[n], *entries[n + 2 :]]

        assert broken_at(dropped, head)
        assert broken_at(entries[:-1], head)
        assert broken_at(swapped, head)
        assert broken_at([*entries, entries[-1]], head)

    def test_a_repeat_asks_for_the_same_whenever_it_comes(self) -> None:
        first = an_earning(an_account()).entry
        late = replace(first, at=AT + timedelta(days=3), seq=9, prev="x", balance_after=500)

        assert late.fingerprint == first.fingerprint
        assert replace(first, points=6).fingerprint != first.fingerprint
