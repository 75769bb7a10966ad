"""Lots: when they end, which goes first, and how too many become fewer without anybody losing a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.ledger import lots
from shared.ledger.account import Account, Now, expiring
from shared.ledger.lots import ACTIVE, LOTS_MAX, NEVER, last_day, month_bucket
from shared.ledger.policy import POINTS_MAX, Expiry, Policy
from shared.ledger.settling import shown
from tests.shared.ledger.test_posting import amounts, buckets, earnings, play
from tests.support.ledger import AT, an_account, an_earning

days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


class TestMerging:
    @given(st.lists(st.tuples(amounts, buckets), min_size=LOTS_MAX, max_size=60))
    @settings(max_examples=25)
    def test_merging_never_shortens_the_life_of_points(self, moved: list[tuple[int, str]]) -> None:
        lasting = [
            (points, bucket if n % 2 else month_bucket(AT.date(), n)) for n, (points, bucket) in enumerate(moved)
        ]

        before: dict[str, int] = {}
        for points, bucket in lasting:
            after = lots.put(before, {bucket: points})
            promised = lots.plus(before, {bucket: points})
            for name in {*promised, *after}:
                ended = sum(kept for each, kept in after.items() if each <= name)
                assert ended <= sum(kept for each, kept in promised.items() if each <= name)
            assert len(after) <= LOTS_MAX
            assert sum(after.values()) == sum(promised.values())
            before = after

    def test_the_two_that_end_first_become_one(self) -> None:
        dated = {f"{2027 + n // 12}-{n % 12 + 1:02d}": 1 for n in range(LOTS_MAX)}

        merged = lots.put(dated, {NEVER: 1})

        assert len(merged) == LOTS_MAX
        assert merged["2027-02"] == 2
        assert merged[NEVER] == 1


class TestLastDay:
    @given(days, st.integers(0, 60))
    def test_points_live_so_many_months_and_to_the_end_of_the_last(self, day: date, months: int) -> None:
        last = last_day(month_bucket(day, months))

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
        assert last_day(month_bucket(day, months)) == last

    def test_some_points_never_end(self) -> None:
        assert last_day(NEVER) is None

    def test_floating_points_end_when_the_account_says(self) -> None:
        assert last_day(ACTIVE, "2027-02") == date(2027, 2, 28)


class TestOrder:
    @given(st.dictionaries(buckets, st.integers(0, 5), max_size=12))
    def test_points_that_end_first_go_first(self, held: dict[str, int]) -> None:
        ends = [last_day(bucket) or date.max for bucket in lots.in_order(held, "")]

        assert ends == sorted(ends)

    def test_floating_points_stand_where_they_end_now(self) -> None:
        held = {"2027-01": 1, ACTIVE: 1, "2027-03": 1, NEVER: 1}

        assert lots.in_order(held, "2027-02") == ["2027-01", ACTIVE, "2027-03", NEVER]
        assert lots.in_order(held, "2028-02") == ["2027-01", "2027-03", ACTIVE, NEVER]

    @given(st.dictionaries(buckets, st.integers(1, 50), max_size=12), st.integers(1, POINTS_MAX))
    def test_taking_leaves_no_earlier_point_behind(self, held: dict[str, int], points: int) -> None:
        order = lots.in_order(held, "")

        taken = lots.take(held, points, order)

        assert sum(taken.values()) == min(points, sum(held.values()))
        left = [bucket for bucket in order if held[bucket] > taken.get(bucket, 0)]
        assert all(bucket <= left[0] for bucket in taken) if left else taken == held


class TestExpiry:
    @given(earnings, st.dates(date(2026, 11, 2), date(2037, 12, 31)))
    def test_what_is_shown_leaves_out_exactly_what_expired(self, moved: list[tuple[int, str]], today: date) -> None:
        account = ([posting.after for posting in play(an_account(), moved)] or [an_account()])[-1]

        coming = expiring(account, today)

        never = account.lots.get(NEVER, 0)
        assert _shown(account, today) == never + sum(points for _, points in coming)
        assert coming == sorted(coming)
        assert all(day >= today for day, _ in coming)

    def test_points_can_be_spent_on_their_last_day_and_not_after(self) -> None:
        account = an_earning(an_account(), 5, bucket="2027-11").after

        assert _shown(account, date(2027, 11, 30)) == 5
        assert _shown(account, date(2027, 12, 1)) == 0

    @pytest.mark.parametrize(
        ("expiry", "day", "last"),
        [
            (Expiry("never"), date(2026, 11, 2), None),
            (Expiry("months", 12), date(2026, 11, 2), date(2027, 11, 30)),
            (Expiry("quarter_end"), date(2026, 11, 2), date(2026, 12, 31)),
            (Expiry("quarter_end"), date(2026, 12, 31), date(2026, 12, 31)),
            (Expiry("quarter_end"), date(2027, 1, 1), date(2027, 3, 31)),
            (Expiry("year_end"), date(2026, 1, 1), date(2026, 12, 31)),
            (Expiry("inactivity", 3), date(2026, 11, 30), date(2027, 2, 28)),
        ],
        ids=str,
    )
    def test_a_shop_decides_how_long_points_live(self, expiry: Expiry, day: date, last: date | None) -> None:
        policy = Policy(expiry=expiry)

        assert last_day(policy.bucket(day), policy.until(day)) == last


def _shown(account: Account, today: date) -> int:
    return shown(account, Policy(), Now(AT, today))
