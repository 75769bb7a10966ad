"""What a shop decides about its points, and what an order earns by it."""

import json
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ledger import policy
from shared.ledger.policy import Earning, Expiry, ExpiryKind, Level, Policy, Refund, Rounding, Tiers

LINES = st.lists(st.tuples(st.integers(0, 10**7), st.sampled_from((None, "tea", "cups"))), max_size=8)


def earning(lines: list[tuple[int, str | None]], multiplier: int = 100, today: int = 0, **how: Any) -> list[int]:
    return Policy(earning=Earning(**how)).order_points(lines, multiplier_percent=multiplier, earned_today=today)


class TestOrderPoints:
    def test_every_so_many_minor_units_earn_points(self) -> None:
        assert earning([(6_800, None)]) == [68]
        assert earning([(6_800, None)], points=3, per_minor=1_000) == [20]

    @pytest.mark.parametrize(("rounding", "points"), [("down", [1, 1, 0]), ("nearest", [1, 2, 0]), ("up", [2, 2, 1])])
    def test_each_line_is_rounded_once_as_the_shop_says(self, rounding: Rounding, points: list[int]) -> None:
        assert earning([(149, None), (150, None), (1, None)], rounding=rounding) == points

    def test_a_category_earns_more_or_nothing(self) -> None:
        how: dict[str, Any] = {"categories": {"tea": 200, "gift cards": 0}}

        assert earning([(1_000, "tea"), (1_000, "gift cards"), (1_000, "cups"), (1_000, None)], **how) == [
            20,
            0,
            10,
            10,
        ]

    def test_a_tier_multiplies(self) -> None:
        assert earning([(1_000, None)], multiplier=150) == [15]

    def test_category_and_tier_are_rounded_together(self) -> None:
        assert earning([(333, "tea")], multiplier=150, categories={"tea": 110}) == [333 * 110 * 150 // 1_000_000]

    def test_what_is_over_the_orders_cap_is_cut_from_the_last_lines(self) -> None:
        assert earning([(1_000, None)] * 3, order_cap=15) == [10, 5, 0]

    def test_the_days_cap_counts_the_orders_before(self) -> None:
        assert earning([(1_000, None)] * 3, daily_cap=25, today=10) == [10, 5, 0]
        assert earning([(1_000, None)], daily_cap=25, today=30) == [0]

    @given(LINES, st.integers(0, 300), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
    def test_no_cap_is_ever_passed(
        self, lines: list[tuple[int, str | None]], percent: int, order_cap: int, daily_cap: int, today: int
    ) -> None:
        how: dict[str, Any] = {"categories": {"tea": percent}, "rounding": "up"}
        free = earning(lines, **how)

        capped = earning(lines, today=today, order_cap=order_cap, daily_cap=daily_cap, **how)

        assert sum(capped) == min(sum(free), order_cap, max(0, daily_cap - today))
        assert all(0 <= one <= other for one, other in zip(capped, free, strict=True))


class TestWorth:
    def test_points_have_a_money_value_where_the_shop_gives_them_one(self) -> None:
        assert Policy(value=(100, 99)).worth_minor(320) == 316
        assert Policy().worth_minor(320) is None


policies = st.builds(
    Policy,
    expiry=st.builds(Expiry, st.sampled_from(get_args(ExpiryKind)), st.integers(1, 36)),
    earning=st.builds(
        Earning,
        points=st.integers(0, 9),
        rounding=st.sampled_from(get_args(Rounding)),
        categories=st.dictionaries(st.text(max_size=4), st.integers(0, 500), max_size=3),
        order_cap=st.none() | st.integers(0, 100),
    ),
    pending_days=st.none() | st.integers(0, 60),
    refund=st.sampled_from(get_args(Refund)),
    value=st.none() | st.tuples(st.integers(1, 100), st.integers(0, 100)),
    tiers=st.builds(
        Tiers,
        months=st.integers(1, 24),
        levels=st.lists(
            st.builds(Level, st.text(max_size=3), st.just({"en": "Gold"}), st.integers(0, 99)), max_size=3
        ).map(tuple),
    ),
)


@given(policies)
def test_a_policy_is_stored_and_read_back_whole(decided: Policy) -> None:
    assert policy.from_plain(json.loads(json.dumps(policy.plain(decided)))) == decided


def test_a_shop_that_decided_nothing_has_the_defaults() -> None:
    assert policy.from_plain({}) == Policy()
