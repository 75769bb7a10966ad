"""A tier is reached at once and lost only at a review."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ledger.lots import month_bucket
from shared.ledger.policy import Level, Tiers
from shared.ledger.tiers import Standing, standing

LEVELS = (Level("silver", {"en": "Silver"}, 100), Level("gold", {"en": "Gold"}, 500))
ROLLING = Tiers(months=3, levels=LEVELS)
CALENDAR = Tiers(window="calendar", levels=LEVELS)


def level(found: Standing) -> str | None:
    return found.level.id if found.level else None


def test_without_levels_nobody_has_one() -> None:
    assert standing(Tiers(), {"2026-11": 10**6}, date(2026, 11, 2)).level is None


def test_a_level_is_reached_on_the_day_it_is_earned() -> None:
    assert level(standing(ROLLING, {"2026-11": 99}, date(2026, 11, 2))) is None
    assert level(standing(ROLLING, {"2026-11": 100}, date(2026, 11, 2))) == "silver"
    assert level(standing(ROLLING, {"2026-09": 200, "2026-11": 300}, date(2026, 11, 2))) == "gold"


def test_what_is_missing_to_the_next_is_told() -> None:
    found = standing(ROLLING, {"2026-11": 120}, date(2026, 11, 2))

    assert found.next is not None
    assert (found.next.id, found.missing) == ("gold", 380)
    assert standing(ROLLING, {"2026-11": 500}, date(2026, 11, 2)).next is None


class TestRolling:
    @pytest.mark.parametrize(
        ("today", "held"),
        [
            (date(2026, 8, 31), "gold"),
            (date(2026, 9, 1), "gold"),  # the review reads June to August
            (date(2026, 9, 30), "gold"),
            (date(2026, 10, 1), None),  # and this one July to September
        ],
    )
    def test_it_lasts_until_the_first_review_without_it(self, today: date, held: str | None) -> None:
        assert level(standing(ROLLING, {"2026-06": 500}, today)) == held

    def test_it_falls_no_further_than_what_the_review_finds(self) -> None:
        assert level(standing(ROLLING, {"2026-06": 500, "2026-08": 150}, date(2026, 10, 1))) == "silver"

    def test_the_coming_review_is_told_before_it_comes(self) -> None:
        found = standing(ROLLING, {"2026-06": 500}, date(2026, 9, 30))

        assert (found.until, found.at_review) == (date(2026, 9, 30), None)


class TestCalendar:
    def test_this_years_points_count(self) -> None:
        assert level(standing(CALENDAR, {"2026-01": 400, "2026-12": 100}, date(2026, 12, 31))) == "gold"

    def test_last_years_level_lasts_this_year(self) -> None:
        months = {"2026-03": 500}

        assert level(standing(CALENDAR, months, date(2027, 12, 31))) == "gold"
        assert level(standing(CALENDAR, months, date(2028, 1, 1))) is None
        assert standing(CALENDAR, months, date(2027, 5, 1)).until == date(2027, 12, 31)


@given(st.dictionaries(st.integers(0, 14), st.integers(1, 600), max_size=8), st.integers(1, 100), st.booleans())
def test_earning_more_never_costs_a_level(earned: dict[int, int], more: int, calendar: bool) -> None:  # noqa: FBT001
    tiers, today = CALENDAR if calendar else ROLLING, date(2026, 11, 2)
    months = {month_bucket(today, -n): points for n, points in earned.items()}
    richer = months | {"2026-11": months.get("2026-11", 0) + more}

    before, after = standing(tiers, months, today), standing(tiers, richer, today)

    assert (after.level.threshold if after.level else -1) >= (before.level.threshold if before.level else -1)
    assert after.amount == before.amount + more
