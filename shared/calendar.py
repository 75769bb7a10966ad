"""Shop days. A shop has a time zone, and a day is the shop's day.

A zone change starts with the shop's next midnight. A move east can leave out a date altogether
(as Samoa left out 2011-12-30): such a date never was a shop day, so nobody missed it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class ZoneChange:
    """From the instant ``at`` (aware, UTC) the shop's zone is ``zone`` (an IANA name)."""

    at: datetime
    zone: str


@dataclass(frozen=True)
class ShopCalendar:
    """Which day it is in a shop: its first zone, the changes since, and the dates they left out."""

    zone: str
    changes: tuple[ZoneChange, ...] = ()
    skipped: frozenset[date] = frozenset()

    def zone_at(self, at: datetime) -> ZoneInfo:
        name = self.zone
        for change in self.changes:
            if change.at <= at:
                name = change.zone
        return ZoneInfo(name)

    def day_of(self, at: datetime) -> date:
        """The shop's date at the instant ``at``."""
        return at.astimezone(self.zone_at(at)).date()

    def local(self, at: datetime) -> datetime:
        """``at`` on the shop's own clock, with its offset."""
        return at.astimezone(self.zone_at(at))

    def next_midnight(self, at: datetime) -> datetime:
        """The first instant of the shop's next day, on the shop's clock.

        Clocks that go forward at midnight have no 00:00: the day then starts at the first
        time that exists. A zone change at that very midnight is what the new day's clock shows.
        """
        zone = self.zone_at(at)
        tomorrow = at.astimezone(zone).date() + ONE_DAY
        # Going through UTC resolves a midnight that the clocks jump over.
        start = datetime.combine(tomorrow, time(), zone).astimezone(UTC)
        return self.local(start)

    def exists(self, day: date) -> bool:
        """Whether the shop ever had this date: not when it moved over it, nor when its zone did."""
        if day in self.skipped:
            return False
        noon = datetime.combine(day, time(12), self.zone_at(datetime.combine(day, time(12), UTC)))
        return noon.astimezone(UTC).astimezone(noon.tzinfo).date() == day

    def previous(self, day: date) -> date:
        """The shop day before ``day``."""
        before = day - ONE_DAY
        while not self.exists(before):
            before -= ONE_DAY
        return before

    def count_days(self, first: date, last: date) -> int:
        """How many shop days there are from ``first`` to ``last``, both among them."""
        return sum(self.exists(first + ONE_DAY * n) for n in range((last - first).days + 1))

    def moved_to(self, zone: str, *, now: datetime) -> "ShopCalendar":
        """The calendar after the shop asks at ``now`` to live in ``zone`` from its next midnight."""
        at = self.next_midnight(now).astimezone(UTC)
        kept = tuple(change for change in self.changes if change.at <= now)
        last_old = self.day_of(at - timedelta(microseconds=1))
        first_new = at.astimezone(ZoneInfo(zone)).date()
        gap = {last_old + ONE_DAY * n for n in range(1, (first_new - last_old).days)}
        past = frozenset(day for day in self.skipped if day <= self.day_of(now))
        return ShopCalendar(self.zone, (*kept, ZoneChange(at, zone)), past | gap)
