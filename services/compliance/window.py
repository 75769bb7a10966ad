"""Days and hours by a ruleset's clock: which day a moment belongs to, and when a day is due to be scored. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from services.compliance.chatlog import NS, Message
from services.compliance.ruleset import Ruleset, seconds_of

ONE_DAY = timedelta(days=1)
DAY_S = 86_400
_MINUTE_NS = 60 * NS
GRACE = timedelta(minutes=30)
"""How long after its ruleset's midnight a day is scored: what was sent before midnight needs time to arrive."""

SENDERS = {"human": "agent", "bot": "bot"}


@dataclass(frozen=True)
class Window:
    """The hours of each day in which a customer's message must be answered, and how long the answers may come in."""

    zone: ZoneInfo
    opens_s: int
    closes_s: int
    closes_inclusive: bool
    sla_ns: int
    sla_inclusive: bool
    answering: frozenset[str]

    @cached_property
    def tail_ns(self) -> int:
        """How far into the next day an answer may still count; 0 when a day's answers all fall into it."""
        tail = (self.closes_s - DAY_S) * NS + self.sla_ns
        if self.closes_inclusive and self.sla_inclusive:
            tail += 1
        return max(0, tail)

    def holds(self, at_ns: int) -> bool:
        """Whether a moment is within the hours, judged to the nanosecond."""
        second = _local(self.zone, at_ns // _MINUTE_NS)[1] + at_ns // NS % 60
        if self.opens_s <= second < self.closes_s:
            return True
        return self.closes_inclusive and second == self.closes_s and at_ns % NS == 0

    def in_time(self, wait_ns: int) -> bool:
        return wait_ns < self.sla_ns or (self.sla_inclusive and wait_ns == self.sla_ns)

    def days_of(self, message: Message) -> tuple[date, ...]:
        """The days whose score this message can change: its own, and by a late answer the one before."""
        day = _local(self.zone, message.at_ns // _MINUTE_NS)[0]
        if self.tail_ns and message.sender in self.answering:
            before = day - ONE_DAY
            if message.at_ns < _ns(self.midnight_after(before)) + self.tail_ns:
                return (day, before)
        return (day,)

    def midnight_after(self, day: date) -> datetime:
        """The first instant after ``day``, in UTC. Clocks that jump over midnight begin the day where they land."""
        return datetime.combine(day + ONE_DAY, time(), self.zone).astimezone(UTC)

    def utc_days(self, day: date) -> list[date]:
        """The UTC days that hold the messages of ``day``."""
        first = self.midnight_after(day - ONE_DAY).date()
        last = datetime.fromtimestamp((_ns(self.midnight_after(day)) + self.tail_ns - 1) // NS, UTC).date()
        return [first + ONE_DAY * n for n in range((last - first).days + 1)]

    def due_at(self, day: date) -> datetime:
        """When ``day`` is to be scored, in UTC: once for each date, also when an hour comes twice."""
        return self.midnight_after(day) + GRACE

    def days_due(self, first: date, now: datetime) -> Iterator[date]:
        """The days from ``first`` on that are due at ``now``."""
        while self.due_at(first) <= now:
            yield first
            first += ONE_DAY

    def next_day(self, now: datetime) -> date:
        """The first day that is not due yet at ``now``."""
        day = now.astimezone(self.zone).date() - 2 * ONE_DAY
        return day + ONE_DAY * sum(1 for _ in self.days_due(day, now))


@lru_cache(maxsize=100_000)
def _local(zone: ZoneInfo, minute: int) -> tuple[date, int]:
    """The date and the second of the day at which a minute begins. Since 2002 clocks change at whole minutes only."""
    local = datetime.fromtimestamp(minute * 60, zone)
    return local.date(), local.hour * 3600 + local.minute * 60


def of(rules: Ruleset) -> Window:
    """The window of a ruleset."""
    reply = rules.reply_rate
    return Window(
        ZoneInfo(rules.tz),
        seconds_of(reply.window_start),
        seconds_of(reply.window_end),
        reply.window_end_inclusive,
        reply.sla_seconds * NS,
        reply.sla_inclusive,
        frozenset(SENDERS[actor] for actor in reply.reply_actors),
    )


def _ns(at: datetime) -> int:
    return int(at.timestamp()) * NS
