"""Random histories of one customer at a check-in, and what they should have come to by the plainest reading
of the rules: no state is carried along, everything is counted again from the days attended so far.
"""

import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from services.activities.kind import Moment, Outcome
from services.activities.kinds import signin
from services.activities.kinds.signin import Config, Input, State
from shared.calendar import ShopCalendar
from shared.errors import Refused

ONE_DAY = timedelta(days=1)
NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)
RNG = random.Random(1)
SHANGHAI = ShopCalendar("Asia/Shanghai")


def a_config(**changes: Any) -> Config:
    """A check-in of 5 to 10 points without milestones, cycles or make-up."""
    return Config.model_validate_json(signin_json({"reward": {"first": 5, "step": 1, "cap": 10}} | changes))


def signin_json(value: Any) -> bytes:
    from shared import ids

    return ids.canonical(value)


def a_moment(day: str = "2026-11-02", calendar: ShopCalendar = SHANGHAI, hour: int = 12) -> Moment:
    """Noon of a day in the shop."""
    local = datetime.fromisoformat(f"{day}T{hour:02d}:00:00")
    return Moment(local.replace(tzinfo=calendar.zone_at(NOON)).astimezone(UTC), calendar)


def check_in(config: Config, state: State, moment: Moment) -> Outcome:
    return signin.decide(config, state, Input(make_up=None), moment, RNG)


def make_up(config: Config, state: State, day: str | date, moment: Moment) -> Outcome:
    wanted = date.fromisoformat(day) if isinstance(day, str) else day
    return signin.decide(config, state, Input(make_up=wanted), moment, RNG)


def after(config: Config, *days: str, state: State | None = None, calendar: ShopCalendar = SHANGHAI) -> State:
    """The state after check-ins on these days."""
    for day in days:
        state = check_in(config, state or signin.empty(), a_moment(day, calendar)).state
    return state or signin.empty()


def points(outcome: Outcome, reason: str) -> int:
    return sum(grant.amount for grant in outcome.grants if grant.type == "points" and grant.reason == reason)


def cards(outcome: Outcome) -> int:
    return sum(grant.amount for grant in outcome.grants if grant.type == "make_up_card")


@dataclass
class Told:
    """What an action should have come to: its day, the streak, daily points, milestones with how often."""

    day: date
    streak: int
    daily: int
    milestones: Counter[int]


@dataclass
class Book:
    """The plain reading: days attended, and every milestone payment with the day it was paid for."""

    config: Config
    days: set[date] = field(default_factory=set)
    paid: list[tuple[date, int]] = field(default_factory=list)
    cards: int = 0

    def run_of(self, day: date, calendar: ShopCalendar) -> list[date]:
        """The attended shop days in a row around ``day``, the first first."""
        run = [day]
        while calendar.previous(run[0]) in self.days:
            run.insert(0, calendar.previous(run[0]))
        while (following := self.following(run[-1], calendar)) in self.days:
            run.append(following)
        return run

    def following(self, day: date, calendar: ShopCalendar) -> date:
        following = day + ONE_DAY
        while following in calendar.skipped:
            following += ONE_DAY
        return following

    def attend(self, day: date, calendar: ShopCalendar, *, made_up: bool) -> Told:
        if not self.days and self.config.make_up:
            self.cards = self.config.make_up.cards_at_start
        run = self.run_of(day, calendar)
        self.days.add(day)
        due = Counter(
            {m.days: reached(self.config, m.days, len(run)) - self.times_paid(run, m.days) for m in self.rules}
        )
        due = +due
        self.paid += [(day, milestone) for milestone in due.elements()]
        self.cards += sum(due[m.days] * m.make_up_cards for m in self.rules) - made_up
        return Told(day, len(run), 0 if made_up else daily(self.config, len(run)), due)

    @property
    def rules(self) -> tuple[signin.Milestone, ...]:
        return self.config.milestones

    def times_paid(self, run: list[date], milestone: int) -> int:
        return sum(day in run and paid == milestone for day, paid in self.paid)

    def streak(self, today: date, calendar: ShopCalendar) -> int:
        """Attended days in a row up to today, or up to the shop day before when today is still to come."""
        last = today if today in self.days else calendar.previous(today)
        return len(self.run_of(last, calendar)) if last in self.days else 0


def place(config: Config, n: int) -> int:
    """The place of a run's n-th day in its cycle."""
    while config.cycle_days and n > config.cycle_days:
        n -= config.cycle_days
    return n


def daily(config: Config, n: int) -> int:
    """The reward of a run's n-th day, step by step."""
    given = config.reward.first
    for _ in range(place(config, n) - 1):
        given = min(given + config.reward.step, config.reward.cap)
    return given


def reached(config: Config, milestone: int, length: int) -> int:
    """How many days of a run are at a milestone."""
    return sum(place(config, n) == milestone for n in range(1, length + 1))


# ── random ones ──────────────────────────────────────────────────────────────────────────────────


@st.composite
def configs(draw: st.DrawFn, *, with_make_up: bool = True) -> Config:
    cycle = draw(st.none() | st.integers(2, 9))
    first = draw(st.integers(1, 20))
    days = draw(st.lists(st.integers(2, cycle or 12), unique=True, max_size=min(4, (cycle or 12) - 1)))
    milestones = [{"days": n, "points": 10, "make_up_cards": draw(st.integers(0, 3))} for n in days]
    return a_config(
        reward={"first": first, "step": draw(st.integers(0, 5)), "cap": first + draw(st.integers(0, 20))},
        cycle_days=cycle,
        milestones=milestones,
        make_up={"within_days": draw(st.integers(1, 9)), "cards_at_start": 10} if with_make_up else None,
    )


@dataclass(frozen=True)
class Step:
    """Let time pass, perhaps move the shop, then check in (0) or make up the day ``back`` days ago."""

    hours: int
    zone: str | None
    back: int


ZONES = ("Asia/Shanghai", "America/New_York", "Europe/London", "Pacific/Kiritimati", "Pacific/Niue", "Asia/Tokyo")
hours = st.one_of(st.just(24), st.integers(0, 30), st.integers(0, 120))
moves = st.one_of(st.none(), st.none(), st.none(), st.none(), st.none(), st.sampled_from(ZONES))


def steps(*, with_make_up: bool = True, with_moves: bool = True) -> st.SearchStrategy[list[Step]]:
    back = st.one_of(st.just(0), st.integers(0, 10)) if with_make_up else st.just(0)
    step = st.builds(Step, hours, moves if with_moves else st.none(), back)
    return st.lists(step, min_size=1, max_size=40)


@dataclass
class Played:
    """One step as it went: when, what came of it (None: refused), and what the plain reading says."""

    moment: Moment
    outcome: Outcome | None
    told: Told | None
    state: State
    book: Book


def play(config: Config, history: list[Step]) -> list[Played]:
    """Walk through a history; the plain reading follows whatever was accepted."""
    state, book, calendar, now = signin.empty(), Book(config), SHANGHAI, NOON
    played = []
    for step in history:
        now += timedelta(hours=step.hours)
        if step.zone:
            calendar = calendar.moved_to(step.zone, now=now)
        moment = Moment(now, calendar)
        outcome = told = None
        try:
            if step.back:
                outcome = make_up(config, state, moment.today - ONE_DAY * step.back, moment)
            else:
                outcome = check_in(config, state, moment)
        except Refused:
            pass
        else:
            state = outcome.state
            told = book.attend(outcome.period, calendar, made_up=bool(step.back))
        played.append(Played(moment, outcome, told, state, book))
    return played
