"""Shop days around midnights, clock changes and zone changes."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.calendar import ShopCalendar, ZoneChange

A_MICROSECOND = timedelta(microseconds=1)
JUMPY = ("America/Sao_Paulo", "Africa/Cairo", "Asia/Beirut", "Asia/Amman", "America/Havana", "America/Asuncion")
"""Zones whose clocks have jumped at midnight."""

zones = st.one_of(st.sampled_from(JUMPY), st.sampled_from(sorted(available_timezones())))
instants = st.datetimes(datetime(2012, 1, 1), datetime(2037, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - st adds it


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


class TestMidnight:
    @given(zones, instants)
    def test_the_next_day_starts_at_its_first_instant(self, zone: str, now: datetime) -> None:
        calendar = ShopCalendar(zone)

        midnight = calendar.next_midnight(now)

        assert midnight > now
        assert calendar.day_of(midnight) > calendar.day_of(now)
        assert calendar.day_of(midnight.astimezone(UTC) - A_MICROSECOND) == calendar.day_of(now)

    @given(zones, instants, st.timedeltas(timedelta(0), timedelta(days=3)))
    def test_days_never_run_backwards(self, zone: str, now: datetime, later: timedelta) -> None:
        calendar = ShopCalendar(zone)

        assert calendar.day_of(now) <= calendar.day_of(now + later)

    @pytest.mark.parametrize(
        ("zone", "before", "starts"),
        [
            ("America/Sao_Paulo", "2018-11-03T12:00:00-03:00", "2018-11-04T01:00:00-02:00"),
            ("Africa/Cairo", "2024-04-25T12:00:00+02:00", "2024-04-26T01:00:00+03:00"),
            ("Asia/Beirut", "2024-03-30T12:00:00+02:00", "2024-03-31T01:00:00+03:00"),
            ("Asia/Shanghai", "2026-11-02T12:00:00+08:00", "2026-11-03T00:00:00+08:00"),
            # The clocks go back at midnight: 23:00 comes twice, and the new day waits for the second midnight.
            ("America/Sao_Paulo", "2018-02-17T12:00:00-02:00", "2018-02-18T00:00:00-03:00"),
            ("Asia/Beirut", "2024-10-26T12:00:00+03:00", "2024-10-27T00:00:00+02:00"),
            # 00:00 comes twice: the day starts at the first.
            ("America/Havana", "2024-11-02T12:00:00-04:00", "2024-11-03T00:00:00-04:00"),
            # Samoa left out 30 December 2011.
            ("Pacific/Apia", "2011-12-29T12:00:00-10:00", "2011-12-31T00:00:00+14:00"),
        ],
    )
    def test_a_day_starts_at_the_first_time_that_exists(self, zone: str, before: str, starts: str) -> None:
        midnight = ShopCalendar(zone).next_midnight(at(before))

        assert midnight.isoformat() == starts

    def test_the_evening_that_comes_twice_is_one_day(self) -> None:
        calendar = ShopCalendar("America/Sao_Paulo")

        days = {calendar.day_of(at(f"2018-02-17T23:30:00{offset}")) for offset in ("-02:00", "-03:00")}

        assert days == {date(2018, 2, 17)}


class TestDatesThatNeverWere:
    def test_a_date_that_the_zone_itself_left_out_was_no_shop_day(self) -> None:
        calendar = ShopCalendar("Pacific/Apia")

        assert not calendar.exists(date(2011, 12, 30))
        assert calendar.previous(date(2011, 12, 31)) == date(2011, 12, 29)
        assert calendar.count_days(date(2011, 12, 29), date(2011, 12, 31)) == 2

    def test_a_move_to_the_east_across_the_date_line_leaves_a_date_out(self) -> None:
        moved = ShopCalendar("Pacific/Niue").moved_to("Pacific/Kiritimati", now=at("2026-11-02T12:00:00-11:00"))

        assert moved.skipped == {date(2026, 11, 3)}
        assert moved.previous(date(2026, 11, 4)) == date(2026, 11, 2)
        assert moved.count_days(date(2026, 11, 1), date(2026, 11, 4)) == 3

    def test_taking_a_move_back_before_its_midnight_gives_the_date_back(self) -> None:
        now = at("2026-11-02T12:00:00-11:00")
        moved = ShopCalendar("Pacific/Niue").moved_to("Pacific/Kiritimati", now=now)

        back = moved.moved_to("Pacific/Niue", now=now + timedelta(hours=1))

        assert back.exists(date(2026, 11, 3))
        assert back.zone_at(now + timedelta(days=2)).key == "Pacific/Niue"


class TestZoneChange:
    @given(zones, zones, instants)
    def test_a_move_begins_with_the_next_midnight_and_not_before(self, old: str, new: str, now: datetime) -> None:
        calendar = ShopCalendar(old)

        moved = calendar.moved_to(new, now=now)

        begins = calendar.next_midnight(now)
        assert moved.zone_at(begins.astimezone(UTC) - A_MICROSECOND).key == old
        assert moved.zone_at(begins).key == new
        assert moved.next_midnight(now) == begins

    @given(st.lists(st.tuples(zones, st.integers(1, 60)), min_size=1, max_size=5), instants)
    @settings(max_examples=40)
    def test_every_date_that_no_instant_falls_on_is_left_out_and_no_other(
        self, moves: list[tuple[str, int]], start: datetime
    ) -> None:
        calendar, now = ShopCalendar("Asia/Shanghai"), start
        for zone, hours in moves:
            calendar = calendar.moved_to(zone, now=now)
            now += timedelta(hours=hours)
        seen = {calendar.day_of(start + timedelta(minutes=15 * n)) for n in range(4 * 24 * 16)}
        span = [min(seen) + timedelta(days=n) for n in range((max(seen) - min(seen)).days + 1)]

        assert [day for day in span if day not in seen] == [day for day in span if not calendar.exists(day)]

    @given(zones, zones, instants)
    def test_the_days_of_a_move_follow_each_other(self, old: str, new: str, now: datetime) -> None:
        calendar = ShopCalendar(old).moved_to(new, now=now)
        days = sorted({calendar.day_of(now + timedelta(minutes=30 * n)) for n in range(2 * 24 * 6)})

        for before, after in pairwise(days):
            assert calendar.previous(after) == before
            assert calendar.count_days(before, after) == 2

    def test_a_move_to_the_west_lets_a_date_come_again(self) -> None:
        calendar = ShopCalendar("Asia/Shanghai").moved_to("Europe/London", now=at("2026-11-02T12:00:00+08:00"))

        assert calendar.day_of(at("2026-11-02T23:59:00+08:00")) == date(2026, 11, 2)
        assert calendar.day_of(at("2026-11-03T00:00:00+08:00")) == date(2026, 11, 2)
        assert calendar.day_of(at("2026-11-03T08:00:00+08:00")) == date(2026, 11, 3)

    def test_a_change_at_the_very_midnight_shows_on_the_new_clock(self) -> None:
        now = at("2026-11-02T12:00:00+08:00")
        calendar = ShopCalendar("Asia/Shanghai", (ZoneChange(at("2026-11-02T16:00:00+00:00"), "Asia/Tokyo"),))

        assert calendar.next_midnight(now).isoformat() == "2026-11-03T01:00:00+09:00"
