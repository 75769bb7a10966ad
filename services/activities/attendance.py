"""Which days a customer attended, and the runs they make: small enough to be read and written with every visit."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from shared.calendar import ShopCalendar

KEPT_DAYS = 400
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Days:
    """Attended days of the last year or so: bit n of ``bits`` is the day ``first`` + n."""

    first: date = date.min
    bits: int = 0

    def __contains__(self, day: date) -> bool:
        return bool(self.bits) and day >= self.first and self.bits >> (day - self.first).days & 1 == 1

    @property
    def latest(self) -> date | None:
        return self.first + ONE_DAY * (self.bits.bit_length() - 1) if self.bits else None

    def with_day(self, day: date) -> "Days":
        """These days and ``day``, which may not lie before the first; the oldest are forgotten in time."""
        if not self.bits:
            return Days(day, 1)
        bits = self.bits | 1 << (day - self.first).days
        drop = max(0, bits.bit_length() - KEPT_DAYS)
        return Days(self.first + ONE_DAY * drop, bits >> drop)

    def in_month(self, year: int, month: int) -> list[int]:
        """The attended days of a month, as day numbers."""
        start = date(year, month, 1)
        return [n + 1 for n in range(31) if (start + ONE_DAY * n).month == month and start + ONE_DAY * n in self]


@dataclass(frozen=True)
class Run:
    """Shop days in a row. ``length`` counts them (dates the shop never had are not among them);
    ``paid`` says how often each milestone was paid within the run.
    """

    start: date
    end: date
    length: int
    paid: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Attendance:
    """The days, and the runs that a visit or a made-up day could still join, the oldest first."""

    days: Days = Days()
    runs: tuple[Run, ...] = ()

    def run_ending(self, day: date) -> Run | None:
        return next((run for run in self.runs if run.end == day), None)

    def streak(self, today: date, calendar: ShopCalendar) -> int:
        """The length of the run that stands today: it ended today, or yesterday and can go on."""
        latest = self.runs[-1] if self.runs else None
        return latest.length if latest and latest.end >= calendar.previous(today) else 0

    def attend(self, day: date, calendar: ShopCalendar, *, keep_from: date) -> tuple["Attendance", Run]:
        """Attendance with ``day``, and the run it is now part of. Runs that ended before ``keep_from`` are let go."""
        before = next((run for run in self.runs if run.end == calendar.previous(day)), None)
        after = next((run for run in self.runs if calendar.previous(run.start) == day), None)
        joined = _join(_join(before, Run(day, day, 1)), after)
        others = [run for run in self.runs if run not in (before, after) and run.end >= keep_from]
        runs = tuple(sorted([*others, joined], key=lambda run: run.start))
        return Attendance(self.days.with_day(day), runs), joined

    def with_paid(self, run: Run, paid: Mapping[int, int]) -> "Attendance":
        """The same with ``paid`` noted on ``run``."""
        noted = replace(run, paid=paid)
        return replace(self, runs=tuple(noted if held == run else held for held in self.runs))


NOBODY = Attendance()


def _join(before: Run | None, after: Run | None) -> Run:
    if before is None or after is None:
        run = before or after
        assert run is not None  # noqa: S101 - one of the two is always the day itself
        return run
    paid = {n: before.paid.get(n, 0) + after.paid.get(n, 0) for n in {*before.paid, *after.paid}}
    return Run(before.start, after.end, before.length + after.length, paid)


def pack(attendance: Attendance) -> list[str | int]:
    """As short JSON values; dates are offsets from the first day."""
    days = attendance.days
    runs = [
        ".".join(
            map(
                str,
                [
                    (run.start - days.first).days,
                    (run.end - days.first).days,
                    run.length,
                    *(f"{n}x{times}" for n, times in sorted(run.paid.items())),
                ],
            )
        )
        for run in attendance.runs
    ]
    return [days.first.toordinal(), f"{days.bits:x}", ",".join(runs)]


def unpack(packed: list[str | int]) -> Attendance:
    """The attendance that :func:`pack` wrote."""
    first, bits, runs = date.fromordinal(int(packed[0])), int(str(packed[1]), 16), str(packed[2])
    return Attendance(Days(first, bits), tuple(_unpack_run(first, run) for run in runs.split(",") if run))


def _unpack_run(first: date, packed: str) -> Run:
    start, end, length, *paid = packed.split(".")
    times = (pair.split("x") for pair in paid)
    return Run(
        first + ONE_DAY * int(start),
        first + ONE_DAY * int(end),
        int(length),
        {int(n): int(count) for n, count in times},
    )
