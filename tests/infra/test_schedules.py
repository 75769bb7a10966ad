"""Schedule expressions and the timetable that follows business time."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.schedules import BadExpression, Cron, Timetable, parse


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "now", "following"),
    [
        ("rate(15 minutes)", "2026-11-20 10:00", "2026-11-20 10:15"),
        ("rate(1 hour)", "2026-11-20 23:30", "2026-11-21 00:30"),
        ("rate(2 days)", "2026-02-27 00:00", "2026-03-01 00:00"),
        ("cron(0/15 * * * ? *)", "2026-11-20 10:00", "2026-11-20 10:15"),
        ("cron(0/15 * * * ? *)", "2026-11-20 10:59", "2026-11-20 11:00"),
        ("cron(30 16 * * ? *)", "2026-11-20 16:30", "2026-11-21 16:30"),
        ("cron(0 2 ? * MON-FRI *)", "2026-11-20 03:00", "2026-11-23 02:00"),  # a Friday
        ("cron(0 2 ? * 1 *)", "2026-11-20 03:00", "2026-11-22 02:00"),  # 1 is Sunday
        ("cron(0 0 1 JAN,JUL ? *)", "2026-01-01 00:00", "2026-07-01 00:00"),
        ("cron(5 4 31 * ? *)", "2026-04-01 00:00", "2026-05-31 04:05"),
        ("cron(0 0 29 2 ? *)", "2096-03-01 00:00", "2104-02-29 00:00"),
        ("cron(10-20/5 9 * * ? 2027)", "2026-11-20 00:00", "2027-01-01 09:10"),
    ],
)
def test_the_next_time_is_the_one_eventbridge_would_choose(expression: str, now: str, following: str) -> None:
    assert parse(expression).after(at(now)) == at(following)


def test_a_year_that_is_over_has_no_next_time() -> None:
    assert parse("cron(0 0 1 1 ? 2020)").after(at("2026-01-01 00:00")) is None


@pytest.mark.parametrize(
    "expression",
    [
        "every day",
        "rate(1 hours)",
        "rate(5 minute)",
        "rate(0 minutes)",
        "cron(0 2 * * *)",
        "cron(0 2 * * * *)",
        "cron(0 2 ? * ? *)",
        "cron(60 2 * * ? *)",
        "cron(0 2 L * ? *)",
        "cron(0 2 ? * 2#1 *)",
        "cron(20-10 2 * * ? *)",
        "cron(0/0 2 * * ? *)",
    ],
)
def test_an_expression_it_cannot_follow_is_refused(expression: str) -> None:
    with pytest.raises(BadExpression):
        parse(expression)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1)),  # noqa: DTZ001 - the zone is set below
    st.integers(0, 59),
    st.integers(0, 23),
)
def test_a_daily_time_comes_within_a_day_and_matches(now: datetime, minute: int, hour: int) -> None:
    moment = now.replace(tzinfo=UTC)

    following = Cron((minute,), (hour,), *map(frozenset, (range(1, 32), range(1, 13), range(1, 8), range(2000, 2100))))
    found = following.after(moment)

    assert found is not None
    assert timedelta() < found - moment <= timedelta(days=1)
    assert (found.hour, found.minute, found.second) == (hour, minute, 0)


def test_a_jump_of_the_clock_fires_a_missed_schedule_once() -> None:
    timetable = Timetable(parse("rate(15 minutes)"), at("2026-11-20 10:00"))

    fired = [timetable.due(at(moment)) for moment in ("2026-11-20 10:14", "2026-11-21 10:14", "2026-11-21 10:15")]

    assert fired == [None, at("2026-11-20 10:15"), None]


def test_a_clock_set_back_does_not_silence_a_schedule() -> None:
    timetable = Timetable(parse("rate(1 hour)"), at("2026-12-24 10:00"))

    assert timetable.due(at("2026-11-20 10:00")) is None
    assert timetable.due(at("2026-11-20 11:00")) == at("2026-11-20 11:00")
