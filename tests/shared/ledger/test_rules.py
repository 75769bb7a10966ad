"""The arithmetic of points: what holds after every sequence of movements."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.ledger import rules
from shared.ledger.rules import LOTS_MAX, NEVER, POINTS_MAX, Account, Entry, Posting, Source, earn

AT = datetime(2026, 11, 2, 4, tzinfo=UTC)
DAY = date(2026, 11, 2)

buckets = st.one_of(st.just(NEVER), st.builds("{:04d}-{:02d}".format, st.integers(2026, 2036), st.integers(1, 12)))
amounts = st.one_of(st.integers(1, 50), st.integers(1, POINTS_MAX))
earnings = st.lists(st.tuples(amounts, buckets), max_size=60)


def an_account(**changes: Any) -> Account:
    return Account("tea", "s1", **changes)


def an_earning(account: Account, points: int = 5, bucket: str = "2027-11", n: int = 1) -> Posting:
    source = Source("signin", "daily", "daily", facts={"streak": n})
    return earn(account, points, key=f"signin:daily:{n}", day=DAY, bucket=bucket, source=source, at=AT)


def play(account: Account, movements: list[tuple[int, str]]) -> list[Posting]:
    """Every movement in its turn."""
    postings = []
    for n, (points, bucket) in enumerate(movements, start=1):
        postings.append(an_earning(account, points, bucket, n))
        account = postings[-1].after
    return postings


class TestBalance:
    @given(earnings, st.integers(0, 10_000))
    def test_it_is_the_sum_of_entries_and_of_lots_less_debt(self, movements: list[tuple[int, str]], debt: int) -> None:
        start, entered = an_account(debt=debt), -debt

        for posting in play(start, movements):
            entered += posting.entry.points
            after = posting.after
            assert after.balance == entered == posting.entry.balance_after
            assert after.balance == sum(after.lots.values()) + after.pending + after.held - after.debt
            assert min(after.available, after.debt, *after.lots.values(), 0) == 0

    @given(earnings, st.integers(1, 10_000))
    def test_a_debt_is_repaid_before_anything_can_be_spent(self, movements: list[tuple[int, str]], debt: int) -> None:
        for posting in play(an_account(debt=debt), movements):
            after = posting.after
            assert not (after.debt and after.available)
            assert sum(posting.entry.lots.values()) == after.available - posting.before.available

    def test_an_earning_that_only_repays_makes_no_lot(self) -> None:
        posting = an_earning(an_account(debt=8), 5)

        assert (posting.after.debt, posting.after.lots, posting.entry.lots) == (3, {}, {})
        assert posting.entry.balance_after == -3

    @pytest.mark.parametrize("points", [0, -1, POINTS_MAX + 1])
    def test_an_amount_out_of_range_is_no_earning(self, points: int) -> None:
        with pytest.raises(ValueError, match="cannot earn"):
            an_earning(an_account(), points)


class TestLots:
    @given(st.lists(st.tuples(amounts, buckets), min_size=LOTS_MAX, max_size=60))
    @settings(max_examples=25)
    def test_merging_never_shortens_the_life_of_points(self, movements: list[tuple[int, str]]) -> None:
        for posting in play(an_account(), movements):
            before = {**posting.before.lots}
            for bucket, points in posting.entry.lots.items():
                before[bucket] = before.get(bucket, 0) + points
            for bucket in {*before, *posting.after.lots}:
                kept = sum(points for name, points in posting.after.lots.items() if name <= bucket)
                promised = sum(points for name, points in before.items() if name <= bucket)
                assert kept <= promised
            assert len(posting.after.lots) <= LOTS_MAX
            assert sum(posting.after.lots.values()) == sum(before.values())

    def test_a_dated_lot_may_join_the_points_that_never_expire(self) -> None:
        dated = [(1, f"{2027 + n // 12}-{n % 12 + 1:02d}") for n in range(LOTS_MAX)]
        account = play(an_account(), [*dated, (1, NEVER)])[-1].after

        assert len(account.lots) == LOTS_MAX
        assert account.lots["2027-02"] == 2
        assert account.lots[NEVER] == 1


class TestBuckets:
    @given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, 60))
    def test_points_live_so_many_months_and_to_the_end_of_the_last(self, day: date, months: int) -> None:
        last = rules.last_day(rules.bucket_for(day, months))

        assert last is not None
        assert (last.year * 12 + last.month) - (day.year * 12 + day.month) == months
        assert (last + timedelta(days=1)).day == 1

    @pytest.mark.parametrize(
        ("day", "months", "last"),
        [
            (date(2026, 11, 2), 12, date(2027, 11, 30)),
            (date(2026, 12, 31), 1, date(2027, 1, 31)),
            (date(2028, 1, 31), 1, date(2028, 2, 29)),
            (date(2027, 1, 31), 1, date(2027, 2, 28)),
            (date(2026, 11, 30), 1, date(2026, 12, 31)),
        ],
    )
    def test_months_are_calendar_months(self, day: date, months: int, last: date) -> None:
        assert rules.last_day(rules.bucket_for(day, months)) == last

    def test_points_without_a_term_never_expire(self) -> None:
        assert rules.bucket_for(DAY, None) == NEVER
        assert rules.last_day(NEVER) is None

    @given(earnings, st.dates(date(2026, 1, 1), date(2037, 12, 31)))
    def test_what_is_shown_leaves_out_exactly_what_expired(self, movements: list[tuple[int, str]], today: date) -> None:
        account = ([posting.after for posting in play(an_account(), movements)] or [an_account()])[-1]

        coming = rules.expiring(account, today)

        never = account.lots.get(NEVER, 0)
        assert rules.shown(account, today) == never + sum(points for _, points in coming)
        assert coming == sorted(coming)
        assert all(day >= today for day, _ in coming)

    def test_points_can_be_spent_on_their_last_day_and_not_after(self) -> None:
        account = an_earning(an_account(), 5, "2027-11").after

        assert rules.shown(account, date(2027, 11, 30)) == 5
        assert rules.shown(account, date(2027, 12, 1)) == 0


def broken_at(entries: list[Entry], head: str) -> list[int]:
    """Where a chain of entries does not hold: the verifier's reading of it."""
    previous, wrong = "", []
    for n, entry in enumerate(entries, start=1):
        if entry.prev != previous or entry.seq != n:
            wrong.append(n)
        previous = entry.hash
    return [*wrong, 0] if previous != head else wrong


class TestChain:
    @given(st.lists(st.tuples(amounts, buckets), min_size=1, max_size=12))
    def test_an_untouched_chain_holds(self, movements: list[tuple[int, str]]) -> None:
        postings = play(an_account(), movements)

        assert broken_at([posting.entry for posting in postings], postings[-1].after.head) == []

    @pytest.mark.parametrize(
        "change",
        [
            {"shop": "coffee"},
            {"subject": "s2"},
            {"day": date(2026, 11, 3)},
            {"key": "signin:daily:9"},
            {"kind": "adjust"},
            {"points": 6},
            {"lots": {"2027-12": 5}},
            {"lots": {"2027-11": 6}},
            {"source": Source("signin", "daily", "daily", facts={"streak": 3})},
            {"source": Source("signin", "daily", "daily", version=2, facts={"streak": 2})},
            {"source": Source("signin", "other", "daily", facts={"streak": 2})},
            {"source": Source("signin", "daily", "milestone", facts={"streak": 2})},
            {"source": Source("task", "daily", "daily", facts={"streak": 2})},
            {"at": AT + timedelta(microseconds=1)},
            {"seq": 3},
            {"prev": ""},
            {"balance_after": 11},
        ],
        ids=str,
    )
    def test_any_changed_field_breaks_it(self, change: dict[str, Any]) -> None:
        postings = play(an_account(), [(5, "2027-11")] * 3)
        entries, head = [posting.entry for posting in postings], postings[-1].after.head

        changed = [entries[0], replace(entries[1], **change), entries[2]]

        assert broken_at(changed, head)

    @given(st.lists(st.tuples(amounts, buckets), min_size=2, max_size=8), st.data())
    def test_a_dropped_or_moved_line_breaks_it(self, movements: list[tuple[int, str]], data: st.DataObject) -> None:
        postings = play(an_account(), movements)
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
