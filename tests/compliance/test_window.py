"""Days by a ruleset's clock, and when they are due."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compliance import ruleset, window
from services.compliance.window import Window
from tests.compliance.chat import DAY, a_line, an_answer, at, messages

ONE_DAY = timedelta(days=1)


def hours(tz: str = "Asia/Shanghai", **reply: Any) -> Window:
    return window.of(ruleset.customised({"tz": tz, "reply_rate": reply}))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("tz", "day", "due"),
    [
        ("Asia/Shanghai", "2026-11-02", "2026-11-02 16:30"),
        ("America/New_York", "2026-10-31", "2026-11-01 04:30"),
        ("America/New_York", "2026-11-01", "2026-11-02 05:30"),  # 25 hours
        ("America/Havana", "2026-10-31", "2026-11-01 04:30"),  # midnight comes twice: from 01:00 back to 00:00
        ("America/Havana", "2026-03-07", "2026-03-08 05:30"),  # midnight never comes: from 00:00 on to 01:00
        ("Pacific/Kiritimati", "2026-11-02", "2026-11-02 10:30"),
    ],
)
def test_a_day_is_due_half_an_hour_after_its_midnight_by_the_rulesets_clock(tz: str, day: str, due: str) -> None:
    assert hours(tz).due_at(date.fromisoformat(day)) == utc(due)


@given(
    st.sampled_from(["Asia/Shanghai", "America/New_York", "America/Havana", "Australia/Lord_Howe", "Pacific/Apia"]),
    st.datetimes(datetime(2011, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001 - UTC below
)
def test_the_next_day_is_the_first_that_is_not_due(tz: str, moment: datetime) -> None:
    now = moment.replace(tzinfo=UTC)
    clock = hours(tz)

    found = clock.next_day(now)

    assert clock.due_at(found) > now >= clock.due_at(found - ONE_DAY)
    assert list(clock.days_due(found, now)) == []
    # One more day may share the instant: Apia had no 30 December 2011.
    assert next(clock.days_due(found, clock.due_at(found))) == found


def test_just_after_midnight_the_day_before_is_still_to_come() -> None:
    midnight = hours().due_at(DAY) - window.GRACE

    assert hours().next_day(midnight) == DAY
    assert hours().next_day(midnight + window.GRACE - timedelta(seconds=1)) == DAY
    assert hours().next_day(midnight + window.GRACE) == DAY + ONE_DAY


def test_by_the_default_every_message_touches_its_own_day_only() -> None:
    lines = [a_line(at(clock)) for clock in ("00:00", "10:00", "23:59:59.999999999")]
    lines += [an_answer(at("00:00")), an_answer(at("23:59:59"))]

    assert {hours().days_of(message) for message in messages(lines)} == {(DAY,)}
    assert hours().utc_days(DAY) == [DAY - ONE_DAY, DAY]


def test_an_answer_after_midnight_touches_the_day_before_when_the_window_is_open_till_then() -> None:
    late = hours(window_end="24:00:00")
    asked, answered, too_late = messages([a_line(at("00:30")), an_answer(at("00:59:59")), an_answer(at("01:00"))])

    assert late.days_of(asked) == late.days_of(too_late) == (DAY,)
    assert late.days_of(answered) == (DAY, DAY - ONE_DAY)
    assert late.utc_days(DAY) == [DAY - ONE_DAY, DAY]
    assert hours("UTC", window_end="24:00:00").utc_days(DAY) == [DAY, DAY + ONE_DAY]


def test_with_both_ends_inclusive_midnight_itself_is_in_time() -> None:
    both = hours(window_end_inclusive=True)
    midnight, after = messages([an_answer(at("00:00")), an_answer(at("00:00:00.000000001"))])

    assert both.days_of(midnight) == (DAY, DAY - ONE_DAY)
    assert both.days_of(after) == (DAY,)
