"""The daily check-in: once a shop day; a streak that grows the reward, milestones, cycles, make-up cards.

The rules, in full:
- A streak is a run of shop days in a row. A missed day ends it; a made-up day mends it.
- The reward of a day depends on its position in the run (in the cycle, where there is one):
  first + step x (position - 1), at most cap.
- A milestone pays when a day's position reaches it: once a cycle, or once a run where there are no cycles.
- A card makes up one missed day of the last ``within_days`` days, after the first check-in. It pays no daily
  reward, only milestones: those the mended run has earned, less those its parts were paid already.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Any

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from services.activities import attendance
from services.activities.attendance import NOBODY, Attendance, Run
from services.activities.kind import Grant, GrantType, Moment, Outcome
from shared.clock import rfc3339
from shared.errors import Fault, Invalid, Refused
from shared.forms import In, Int, Out

NAME = "signin"
CARDS_MAX = 99
WITHIN_DAYS_MAX = 31
CYCLE_MAX = 31
ONE_DAY = timedelta(days=1)


# ── what the operator sets ───────────────────────────────────────────────────────────────────────


class Reward(In):
    """Points for a day: `first` on the first day of a run, `step` more each following day, never above `cap`."""

    first: Int = Field(ge=1, le=100_000, description="Points on the first day.")
    step: Int = Field(0, ge=0, le=10_000, description="Points more for each following day; 0 for a fixed reward.")
    cap: Int = Field(ge=1, le=100_000, description="The most a day can give.")

    @model_validator(mode="after")
    def _cap_is_reachable(self) -> "Reward":
        if self.cap < self.first:
            raise PydanticCustomError("cap_below_first", "cap below first")
        return self


class Milestone(In):
    """A bonus on the day a run (or its cycle) reaches `days`."""

    days: Int = Field(ge=2, le=365)
    points: Int = Field(0, ge=0, le=100_000)
    make_up_cards: Int = Field(0, ge=0, le=10)

    @model_validator(mode="after")
    def _gives_something(self) -> "Milestone":
        if not self.points and not self.make_up_cards:
            raise PydanticCustomError("milestone_empty", "milestone gives nothing")
        return self


class MakeUp(In):
    """How missed days can be made up: by a card, within so many days."""

    within_days: Int = Field(ge=1, le=WITHIN_DAYS_MAX)
    cards_at_start: Int = Field(0, ge=0, le=10, description="Cards that everybody has from the first check-in on.")


class SigninConfig(In):
    """The rules of one check-in."""

    reward: Reward
    cycle_days: Annotated[Int, Field(ge=2, le=CYCLE_MAX)] | None = Field(
        None, description="The run starts over after so many days."
    )
    milestones: tuple[Milestone, ...] = Field((), max_length=10)
    make_up: MakeUp | None = None

    @model_validator(mode="after")
    def _fits_together(self) -> "SigninConfig":
        seen: set[int] = set()
        for milestone in self.milestones:
            if milestone.days in seen:
                raise PydanticCustomError("milestone_repeated", "repeated", {"days": milestone.days})
            if self.cycle_days and milestone.days > self.cycle_days:
                facts = {"days": milestone.days, "cycle": self.cycle_days}
                raise PydanticCustomError("milestone_beyond_cycle", "beyond the cycle", facts)
            seen.add(milestone.days)
        gives_cards = self.make_up and (self.make_up.cards_at_start or any(m.make_up_cards for m in self.milestones))
        if self.make_up and not gives_cards:
            raise PydanticCustomError("no_cards_to_use", "no way to get a card")
        return self

    def position(self, length: int) -> int:
        """The place in its cycle of the day that makes a run ``length`` days long, from 1."""
        return (length - 1) % self.cycle_days + 1 if self.cycle_days else length

    def daily_points(self, length: int) -> int:
        return min(self.reward.first + self.reward.step * (self.position(length) - 1), self.reward.cap)

    def earned(self, days: int, length: int) -> int:
        """How often a run of ``length`` days reaches the milestone at ``days``."""
        if length < days:
            return 0
        return (length - days) // self.cycle_days + 1 if self.cycle_days else 1


Config = SigninConfig
"""What every kind calls its own."""


# ── what is kept of a customer ───────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class State:
    """A customer's check-ins."""

    attended: Attendance = NOBODY
    joined: date | None = None
    cards: int = 0
    longest: int = 0
    total: int = 0


def empty() -> State:
    return State()


def pack(state: State) -> list[Any]:
    joined = state.joined.toordinal() if state.joined else 0
    return [*attendance.pack(state.attended), joined, state.cards, state.longest, state.total]


def unpack(packed: list[Any]) -> State:
    joined, cards, longest, total = packed[3:]
    first = date.fromordinal(joined) if joined else None
    return State(attendance.unpack(packed[:3]), first, cards, longest, total)


# ── what a participation comes to ────────────────────────────────────────────────────────────────


class Input(In):
    """Nothing to check in today; a missed day to make it up."""

    make_up: date | None = Field(None, description="The missed day to make up with a card.")


def decide(config: Config, state: State, given: Input, moment: Moment, rng: random.Random) -> Outcome:
    """Check in, or make up a day. See the module for the rules."""
    del rng
    if given.make_up is not None:
        _check_make_up(config, state, given.make_up, moment)
        return _attend(config, state, given.make_up, moment, made_up=True)
    latest = state.attended.days.latest
    if latest is not None and _is_done(state, moment):
        raise Refused("already_participated", retry_at=rfc3339(_next_open(latest, moment)))
    return _attend(config, _joined(config, state, moment), moment.today, moment, made_up=False)


def _check_make_up(config: Config, state: State, day: date, moment: Moment) -> None:
    if config.make_up is None:
        raise Refused("not_eligible", "make_up.none_offered")
    if day >= moment.today:
        raise Invalid(Fault("/input/make_up", "make_up.future"))
    if state.joined is None or day < state.joined:
        raise Refused("not_eligible", "make_up.before_first")
    if day in state.attended.days:
        raise Refused("already_participated", "make_up.attended", day=day.isoformat())
    if day < moment.today - ONE_DAY * config.make_up.within_days:
        raise Refused("not_eligible", "make_up.too_old", limit=config.make_up.within_days)
    if not moment.calendar.exists(day):
        raise Refused("not_eligible", "make_up.no_such_day", day=day.isoformat())
    if state.cards < 1:
        raise Refused("not_eligible", "make_up.no_card")


def _joined(config: Config, state: State, moment: Moment) -> State:
    """The state with what everybody starts with, at the first check-in."""
    if state.joined:
        return state
    return replace(state, joined=moment.today, cards=config.make_up.cards_at_start if config.make_up else 0)


def _attend(config: Config, state: State, day: date, moment: Moment, *, made_up: bool) -> Outcome:
    # As far back as any rule may reach: the operator can lengthen the reach at any time.
    keep_from = moment.calendar.previous(moment.today - ONE_DAY * WITHIN_DAYS_MAX)
    attended, run = state.attended.attend(day, moment.calendar, keep_from=keep_from)
    due = _due(config, run, run.length - moment.calendar.count_days(day, run.end))
    if due:
        paid = {days: run.paid.get(days, 0) + due.get(days, 0) for days in {*run.paid, *due}}
        attended = attended.with_paid(run, paid)
    grants = _grants(config, due, 0 if made_up else config.daily_points(run.length))
    cards = sum(grant.amount for grant in grants if grant.type == "make_up_card")
    after = State(
        attended,
        state.joined,
        min(state.cards - made_up + cards, CARDS_MAX),
        max(state.longest, run.length),
        state.total + 1,
    )
    facts = _facts(config, day=day, run=run, due=due, grants=grants, after=after, moment=moment, made_up=made_up)
    bonus = any(grant.reason == "milestone" and grant.type == "points" for grant in grants)
    rule = "make_up" if made_up else "milestone" if bonus else "daily"
    return Outcome(after, day, grants, facts, rule, {"streak": run.length})


def _due(config: Config, run: Run, before: int) -> dict[int, int]:
    """Milestones to pay now, and how often: those reached on the run's day after its first ``before`` days or
    later, as far as the run as it stands has earned more of them than it was paid.
    """
    due = {}
    for milestone in config.milestones:
        reached = sum(config.position(length) == milestone.days for length in range(before + 1, run.length + 1))
        owed = config.earned(milestone.days, run.length) - run.paid.get(milestone.days, 0)
        if min(reached, owed) > 0:
            due[milestone.days] = min(reached, owed)
    return due


def _grants(config: Config, due: Mapping[int, int], daily: int) -> tuple[Grant, ...]:
    reached = [(milestone, due[milestone.days]) for milestone in config.milestones if milestone.days in due]
    given = [
        Grant("points", daily, "daily"),
        *(Grant("points", milestone.points * times, "milestone") for milestone, times in reached),
        *(Grant("make_up_card", milestone.make_up_cards * times, "milestone") for milestone, times in reached),
    ]
    return tuple(grant for grant in given if grant.amount)


def _is_done(state: State, moment: Moment) -> bool:
    """Whether today was attended. After a zone change to the west a date can come again: it counts as attended."""
    latest = state.attended.days.latest
    return latest is not None and latest >= moment.today


def _next_open(latest: date, moment: Moment) -> datetime:
    """When a day begins that is after ``latest``."""
    at = moment.next_midnight
    while moment.calendar.day_of(at) <= latest:
        at = moment.calendar.next_midnight(at)
    return at


# ── what the customer is told ────────────────────────────────────────────────────────────────────


class OutcomeOut(Out):
    """What was done: the day, the streak it belongs to, and the milestones it reached."""

    day: date
    streak: int
    made_up: bool
    milestones: list[int]


class AfterOut(Out):
    """The state right after."""

    streak: int
    cards: int
    checked_in_today: bool
    next_reward_points: int


class NextMilestoneOut(Out):
    """The milestone that comes next."""

    days: int
    points: int
    make_up_cards: int
    remaining_days: int


class MonthOut(Out):
    """The attended days of a month."""

    month: str
    days: list[int]


class StateOut(Out):
    """A customer's check-ins today."""

    today: date
    checked_in_today: bool
    streak: int
    longest_streak: int
    total_days: int
    cards: int
    next_reward_points: int
    next_at: datetime | None
    next_milestone: NextMilestoneOut | None
    make_up_days: list[date]
    month: MonthOut


TYPES: Mapping[str, GrantType] = {"p": "points", "m": "make_up_card"}
REASONS = {"d": "daily", "m": "milestone"}


def _facts(
    config: Config,
    *,
    day: date,
    run: Run,
    due: Mapping[int, int],
    grants: Sequence[Grant],
    after: State,
    moment: Moment,
    made_up: bool,
) -> list[Any]:
    given = ",".join(f"{grant.type[0]}{grant.amount}{grant.reason[0]}" for grant in grants)
    streak = after.attended.streak(moment.today, moment.calendar)
    done = int(_is_done(after, moment))
    coming = config.daily_points(streak + 1)
    return [day.toordinal(), run.length, int(made_up), sorted(due), given, streak, after.cards, done, coming]


def told(facts: list[Any]) -> tuple[OutcomeOut, AfterOut, tuple[Grant, ...]]:
    """The answer, drawn from an outcome's facts."""
    day, length, made_up, reached, given, streak, cards, done, coming = facts
    grants = tuple(Grant(TYPES[grant[0]], int(grant[1:-1]), REASONS[grant[-1]]) for grant in given.split(",") if grant)
    outcome = OutcomeOut(day=date.fromordinal(day), streak=length, made_up=bool(made_up), milestones=reached)
    after = AfterOut(streak=streak, cards=cards, checked_in_today=bool(done), next_reward_points=coming)
    return outcome, after, grants


def view(config: Config, state: State, moment: Moment, month: tuple[int, int] | None) -> StateOut:
    """The customer's check-ins as they stand today, with one month of the calendar (default: this one)."""
    today, calendar = moment.today, moment.calendar
    latest = state.attended.days.latest
    done = _is_done(state, moment)
    streak = state.attended.streak(today, calendar)
    year, number = month or (today.year, today.month)
    return StateOut(
        today=today,
        checked_in_today=done,
        streak=streak,
        longest_streak=state.longest,
        total_days=state.total,
        cards=_joined(config, state, moment).cards,
        next_reward_points=config.daily_points(streak + 1),
        next_at=_next_open(latest, moment) if done and latest else None,
        next_milestone=_next_milestone(config, streak),
        make_up_days=_make_up_days(config, state, moment),
        month=MonthOut(month=f"{year:04d}-{number:02d}", days=state.attended.days.in_month(year, number)),
    )


def _next_milestone(config: Config, streak: int) -> NextMilestoneOut | None:
    """The milestone that attending day after day reaches first."""
    reach = config.cycle_days or max((milestone.days for milestone in config.milestones), default=0)
    by_days = {milestone.days: milestone for milestone in config.milestones}
    for remaining in range(1, reach + 1):
        milestone = by_days.get(config.position(streak + remaining))
        if milestone:
            return NextMilestoneOut(**milestone.model_dump(), remaining_days=remaining)
    return None


def _make_up_days(config: Config, state: State, moment: Moment) -> list[date]:
    """The days a card could make up today, the latest first."""
    joined = state.joined
    if config.make_up is None or joined is None:
        return []
    candidates = (moment.today - ONE_DAY * n for n in range(1, config.make_up.within_days + 1))
    return [
        day for day in candidates if day > joined and day not in state.attended.days and moment.calendar.exists(day)
    ]
