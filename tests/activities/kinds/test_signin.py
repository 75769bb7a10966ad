"""The daily check-in's rules, by example and against a plain reading of them over random histories."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from pydantic import ValidationError

from services.activities.kind import Moment
from services.activities.kinds import signin
from services.activities.kinds.signin import CARDS_MAX, Config
from shared.calendar import ShopCalendar
from shared.errors import Invalid, Refused
from tests.activities.kinds.histories import (
    SHANGHAI,
    Step,
    a_config,
    a_moment,
    after,
    cards,
    check_in,
    configs,
    make_up,
    play,
    points,
    steps,
)

ONE_DAY = timedelta(days=1)
WITH_CARDS = {"make_up": {"within_days": 7, "cards_at_start": 3}}
AT_3 = [{"days": 3, "points": 20}]


def refused(config: Config, state: signin.State, day: str, today: str) -> str:
    """The reason why a day cannot be made up."""
    with pytest.raises(Refused) as caught:
        make_up(config, state, day, a_moment(today))
    return caught.value.text


class TestDailyReward:
    def test_it_grows_each_day_of_a_run_up_to_the_cap(self) -> None:
        config, state, given_points = a_config(reward={"first": 5, "step": 2, "cap": 8}), signin.empty(), []

        for day in range(2, 7):
            outcome = check_in(config, state, a_moment(f"2026-11-0{day}"))
            state = outcome.state
            given_points.append(outcome.points)

        assert given_points == [5, 7, 8, 8, 8]

    def test_a_missed_day_starts_the_run_over(self) -> None:
        config = a_config()
        state = after(config, "2026-11-02", "2026-11-03")

        outcome = check_in(config, state, a_moment("2026-11-05"))

        assert outcome.points == 5
        assert outcome.rule_facts == {"streak": 1}

    def test_it_starts_over_with_each_cycle_while_the_streak_goes_on(self) -> None:
        config = a_config(cycle_days=2)
        state = after(config, "2026-11-02", "2026-11-03")

        outcome = check_in(config, state, a_moment("2026-11-04"))

        assert (outcome.points, outcome.rule_facts["streak"]) == (5, 3)

    def test_the_second_check_in_of_a_day_is_refused_until_midnight(self) -> None:
        config = a_config()

        with pytest.raises(Refused) as caught:
            check_in(config, after(config, "2026-11-02"), a_moment("2026-11-02", hour=23))

        assert caught.value.code == "already_participated"
        assert caught.value.facts == {"retry_at": "2026-11-03T00:00:00+08:00"}

    def test_a_day_that_comes_again_after_a_move_to_the_west_was_attended(self) -> None:
        config, now = a_config(), a_moment("2026-11-02")
        moved = SHANGHAI.moved_to("Europe/London", now=now.now)
        in_london = Moment(datetime(2026, 11, 2, 17, tzinfo=UTC), moved)  # 01:00 of 3 November in Shanghai

        with pytest.raises(Refused) as caught:
            check_in(config, after(config, "2026-11-02"), in_london)

        assert in_london.today == date(2026, 11, 2)
        assert caught.value.facts == {"retry_at": "2026-11-03T00:00:00Z"}


class TestMilestones:
    def test_one_pays_on_the_day_the_run_reaches_it_and_not_again(self) -> None:
        config = a_config(milestones=AT_3)
        state, paid = signin.empty(), []

        for day in range(2, 9):
            outcome = check_in(config, state, a_moment(f"2026-11-0{day}"))
            state = outcome.state
            paid.append(points(outcome, "milestone"))

        assert paid == [0, 0, 20, 0, 0, 0, 0]

    def test_one_pays_once_in_every_cycle(self) -> None:
        config = a_config(milestones=AT_3, cycle_days=3)
        state, paid = signin.empty(), []

        for day in range(2, 9):
            outcome = check_in(config, state, a_moment(f"2026-11-0{day}"))
            state = outcome.state
            paid.append(points(outcome, "milestone"))

        assert paid == [0, 0, 20, 0, 0, 20, 0]

    def test_one_may_give_cards_alone(self) -> None:
        config = a_config(milestones=[{"days": 2, "make_up_cards": 2}], make_up={"within_days": 7})

        outcome = check_in(config, after(config, "2026-11-02"), a_moment("2026-11-03"))

        assert (cards(outcome), points(outcome, "milestone"), outcome.rule) == (2, 0, "daily")
        assert outcome.state.cards == 2

    def test_cards_stop_at_their_maximum(self) -> None:
        config = a_config(
            cycle_days=2, milestones=[{"days": 2, "make_up_cards": 10}], make_up={"within_days": 7, "cards_at_start": 5}
        )
        first = date(2026, 1, 1)

        state = after(config, *((first + ONE_DAY * n).isoformat() for n in range(40)))

        assert state.cards == CARDS_MAX


class TestMakeUp:
    def test_it_mends_the_streak_for_a_card_and_gives_no_daily_points(self) -> None:
        config = a_config(**WITH_CARDS)
        state = after(config, "2026-11-02", "2026-11-04")

        outcome = make_up(config, state, "2026-11-03", a_moment("2026-11-04"))

        assert (outcome.points, outcome.rule_facts["streak"], outcome.state.cards) == (0, 3, 2)
        assert outcome.period == date(2026, 11, 3)

    def test_it_pays_the_milestone_that_the_mended_run_reaches(self) -> None:
        config = a_config(milestones=AT_3, **WITH_CARDS)
        state = after(config, "2026-11-02", "2026-11-04")

        outcome = make_up(config, state, "2026-11-03", a_moment("2026-11-04"))

        assert (outcome.points, outcome.rule) == (20, "make_up")

    def test_it_never_pays_again_what_a_part_of_the_run_was_paid(self) -> None:
        config = a_config(milestones=AT_3, **WITH_CARDS)
        state = after(config, *(f"2026-11-0{day}" for day in (2, 3, 4, 6, 7, 8)))

        outcome = make_up(config, state, "2026-11-05", a_moment("2026-11-08"))

        assert (outcome.points, outcome.rule_facts["streak"]) == (0, 7)

    def test_a_run_that_was_paid_too_often_waits_until_it_has_earned_more(self) -> None:
        config = a_config(milestones=AT_3, cycle_days=7, **WITH_CARDS)
        state = after(config, *(f"2026-11-{day:02d}" for day in (2, 3, 4, 6, 7, 8)))
        state = make_up(config, state, "2026-11-05", a_moment("2026-11-08")).state
        paid = {}

        for day in range(9, 26):
            outcome = check_in(config, state, a_moment(f"2026-11-{day:02d}"))
            state = outcome.state
            paid[day] = points(outcome, "milestone")

        # Two were paid for days 3 and 10 of the run; the next is day 17, which is 18 November.
        assert [day for day, given_points in paid.items() if given_points] == [18, 25]

    @pytest.mark.parametrize(
        ("day", "reason"),
        [
            ("2026-11-04", "make_up.attended"),
            ("2026-11-01", "make_up.before_first"),
            ("2026-11-02", "make_up.attended"),
            ("2026-11-03", "make_up.too_old"),
        ],
    )
    def test_what_cannot_be_made_up_says_why(self, day: str, reason: str) -> None:
        config = a_config(make_up={"within_days": 7, "cards_at_start": 3})
        state = after(config, "2026-11-02", "2026-11-04", "2026-11-11")

        assert refused(config, state, day, "2026-11-11") == reason

    def test_the_last_of_the_days_within_reach_can_still_be_made_up(self) -> None:
        config = a_config(make_up={"within_days": 7, "cards_at_start": 3})
        state = after(config, "2026-11-02", "2026-11-11")

        outcome = make_up(config, state, "2026-11-04", a_moment("2026-11-11"))

        assert outcome.period == date(2026, 11, 4)

    def test_it_needs_a_card(self) -> None:
        config = a_config(make_up={"within_days": 7, "cards_at_start": 1})
        state = after(config, "2026-11-02", "2026-11-06")
        state = make_up(config, state, "2026-11-03", a_moment("2026-11-06")).state

        assert refused(config, state, "2026-11-04", "2026-11-06") == "make_up.no_card"

    def test_it_is_refused_where_it_is_not_offered(self) -> None:
        config = a_config()

        assert refused(config, after(config, "2026-11-02"), "2026-11-03", "2026-11-04") == "make_up.none_offered"

    def test_nobody_makes_up_before_their_first_check_in(self) -> None:
        assert refused(a_config(**WITH_CARDS), signin.empty(), "2026-11-01", "2026-11-02") == "make_up.before_first"

    @pytest.mark.parametrize("day", ["2026-11-05", "2026-11-06", "9999-12-31"])
    def test_today_and_later_days_are_invalid(self, day: str) -> None:
        config = a_config(**WITH_CARDS)

        with pytest.raises(Invalid) as caught:
            make_up(config, after(config, "2026-11-02"), day, a_moment("2026-11-05"))

        assert [(fault.pointer, fault.text) for fault in caught.value.faults] == [("/input/make_up", "make_up.future")]

    def test_a_date_that_the_shop_never_had_cannot_be_made_up_and_was_not_missed(self) -> None:
        config, niue = a_config(**WITH_CARDS), ShopCalendar("Pacific/Niue")
        before = a_moment("2026-11-02", niue)
        moved = niue.moved_to("Pacific/Kiritimati", now=before.now)
        state = after(config, "2026-11-02", calendar=niue)
        outcome = check_in(config, state, a_moment("2026-11-03", moved, hour=12))

        with pytest.raises(Refused) as caught:
            make_up(config, outcome.state, "2026-11-03", a_moment("2026-11-03", moved, hour=12))

        assert (outcome.period, outcome.rule_facts["streak"]) == (date(2026, 11, 4), 2)
        assert caught.value.text == "make_up.no_such_day"

    def test_a_run_is_still_joined_when_a_left_out_date_lies_in_between(self) -> None:
        config, niue = a_config(make_up={"within_days": 1, "cards_at_start": 3}), ShopCalendar("Pacific/Niue")
        moved = niue.moved_to("Pacific/Kiritimati", now=a_moment("2026-11-02", niue).now)
        state = after(config, "2026-11-02", calendar=niue)
        today = a_moment("2026-11-04", moved)  # 5 November in Kiritimati; the 3rd never was, the 4th was missed
        state = check_in(config, state, today).state

        outcome = make_up(config, state, "2026-11-04", today)

        assert outcome.rule_facts["streak"] == 3

    def test_a_run_is_still_joined_when_the_operator_lengthens_the_reach(self) -> None:
        before = a_config(make_up={"within_days": 1, "cards_at_start": 3})
        state = after(before, "2026-11-02", "2026-11-03", "2026-11-05", "2026-11-06", "2026-11-07")
        now = a_config(make_up={"within_days": 7, "cards_at_start": 3})

        outcome = make_up(now, state, "2026-11-04", a_moment("2026-11-07"))

        assert outcome.rule_facts["streak"] == 6


class TestView:
    def test_the_answer_to_a_make_up_says_of_today_what_the_view_says(self) -> None:
        # For one hour after a move from the earliest zone to the latest the date is the one before yesterday's.
        config, east = a_config(**WITH_CARDS), ShopCalendar("Pacific/Kiritimati")
        state = after(config, "2026-10-30", "2026-11-02", calendar=east)
        moved = east.moved_to("Pacific/Niue", now=a_moment("2026-11-02", east).now)
        moment = Moment(datetime(2026, 11, 2, 10, 30, tzinfo=UTC), moved)

        outcome = make_up(config, state, "2026-10-31", moment)

        _, told, _ = signin.told(outcome.facts)
        assert moment.today == date(2026, 11, 1)
        assert told.checked_in_today == signin.view(config, outcome.state, moment, None).checked_in_today

    def test_somebody_who_never_took_part_sees_what_the_first_day_gives(self) -> None:
        config = a_config(milestones=[{"days": 2, "points": 20}], **WITH_CARDS)

        seen = signin.view(config, signin.empty(), a_moment(), None)

        assert (seen.streak, seen.cards, seen.next_reward_points, seen.next_at, seen.make_up_days) == (
            0,
            3,
            5,
            None,
            [],
        )
        assert seen.next_milestone is not None
        assert seen.next_milestone.remaining_days == 2

    def test_days_that_can_be_made_up_are_those_since_the_first_within_reach(self) -> None:
        config = a_config(**WITH_CARDS)
        state = after(config, "2026-11-02", "2026-11-05")

        seen = signin.view(config, state, a_moment("2026-11-06"), None)

        assert seen.make_up_days == [date(2026, 11, 4), date(2026, 11, 3)]

    @pytest.mark.parametrize(
        ("month", "days"), [(None, [1]), ((2026, 11), [1]), ((2026, 10), [30, 31]), ((2026, 2), [])]
    )
    def test_the_calendar_shows_the_month_asked_for(self, month: tuple[int, int] | None, days: list[int]) -> None:
        config = a_config()
        state = after(config, "2026-10-30", "2026-10-31", "2026-11-01")

        assert signin.view(config, state, a_moment("2026-11-02"), month).month.days == days

    def test_no_milestone_is_announced_once_the_last_one_is_behind(self) -> None:
        config = a_config(milestones=[{"days": 2, "points": 20}])
        state = after(config, "2026-11-02", "2026-11-03")

        assert signin.view(config, state, a_moment("2026-11-03"), None).next_milestone is None

    def test_with_cycles_the_milestone_comes_again(self) -> None:
        config = a_config(milestones=[{"days": 2, "points": 20}], cycle_days=3)
        state = after(config, "2026-11-02", "2026-11-03")

        coming = signin.view(config, state, a_moment("2026-11-03"), None).next_milestone

        assert coming is not None
        assert coming.remaining_days == 3


class TestConfig:
    @pytest.mark.parametrize(
        ("changes", "fault"),
        [
            ({"reward": {"first": 5, "cap": 4}}, "cap_below_first"),
            ({"milestones": [{"days": 3}]}, "milestone_empty"),
            ({"milestones": [*AT_3, *AT_3]}, "milestone_repeated"),
            ({"milestones": AT_3, "cycle_days": 2}, "milestone_beyond_cycle"),
            ({"make_up": {"within_days": 3}}, "no_cards_to_use"),
            ({"make_up": {"within_days": 3}, "milestones": AT_3}, "no_cards_to_use"),
        ],
    )
    def test_rules_that_do_not_fit_together_are_refused_by_name(self, changes: dict, fault: str) -> None:
        with pytest.raises(ValidationError) as caught:
            a_config(**changes)

        assert [each["type"] for each in caught.value.errors()] == [fault]


class TestAgainstThePlainReading:
    @given(configs(), steps())
    @settings(max_examples=200)
    def test_every_action_comes_to_what_the_days_so_far_say(self, config: Config, history: list[Step]) -> None:
        for step in play(config, history):
            if step.outcome is None or step.told is None:
                continue
            assert step.outcome.rule_facts["streak"] == step.told.streak
            assert points(step.outcome, "daily") == step.told.daily
            assert Counter(step.outcome.facts[3]) == Counter(step.told.milestones.keys())
            assert points(step.outcome, "milestone") == 10 * step.told.milestones.total()

    @given(configs(), steps())
    @settings(max_examples=75)
    def test_the_state_counts_days_cards_and_streaks(self, config: Config, history: list[Step]) -> None:
        played = play(config, history)
        longest = max((step.told.streak for step in played if step.told), default=0)
        end, book = played[-1], played[-1].book

        seen = signin.view(config, end.state, end.moment, None)

        assert end.state.total == len(book.days)
        assert end.state.longest == longest
        assert end.state.cards == min(book.cards, CARDS_MAX)
        if max(book.days, default=date.min) <= end.moment.today:
            assert seen.streak == book.streak(end.moment.today, end.moment.calendar)
        assert seen.checked_in_today == any(day >= end.moment.today for day in book.days)

    @given(configs(with_make_up=False), steps(with_make_up=False))
    def test_without_make_up_the_days_alone_say_what_was_paid(self, config: Config, history: list[Step]) -> None:
        played = play(config, history)
        book, calendar = played[-1].book, played[-1].moment.calendar
        ends = [day for day in book.days if book.following(day, calendar) not in book.days]

        for milestone in config.milestones:
            earned = sum(
                (len(book.run_of(end, calendar)) - milestone.days) // (config.cycle_days or 10**6) + 1
                for end in ends
                if len(book.run_of(end, calendar)) >= milestone.days
            )
            paid = sum(milestone.days in step.outcome.facts[3] for step in played if step.outcome)
            assert paid == earned

    @given(configs(), steps())
    @settings(max_examples=75)
    def test_making_up_never_pays_a_run_more_than_it_earns_nor_a_day_twice(
        self, config: Config, history: list[Step]
    ) -> None:
        played = play(config, history)
        book, calendar = played[-1].book, played[-1].moment.calendar
        periods = [step.outcome.period for step in played if step.outcome]

        assert len(set(periods)) == len(periods)
        for step in played:
            if step.outcome is None or not step.outcome.facts[2]:
                continue
            run = book.run_of(step.outcome.period, calendar)
            for milestone in step.outcome.facts[3]:
                days_at_it = sum(config.position(n) == milestone for n in range(1, len(run) + 1))
                assert book.times_paid(run, milestone) <= max(days_at_it, self.paid_by_visits(played, run, milestone))

    @staticmethod
    def paid_by_visits(played: list, run: list[date], milestone: int) -> int:
        """How often plain check-ins of a run, each in its turn, were paid a milestone."""
        visits = [step.outcome for step in played if step.outcome and not step.outcome.facts[2]]
        return sum(outcome.period in run and milestone in outcome.facts[3] for outcome in visits)

    @given(configs(), steps())
    def test_days_to_make_up_are_exactly_those_that_would_be_accepted(
        self, config: Config, history: list[Step]
    ) -> None:
        end = play(config, history)[-1]
        state = signin.State(end.state.attended, end.state.joined, 1, end.state.longest, end.state.total)
        candidates = [end.moment.today - ONE_DAY * n for n in range(1, 12)]

        offered = signin.view(config, state, end.moment, None).make_up_days

        assert offered == [day for day in candidates if self.accepted(config, state, day, end.moment)]

    @staticmethod
    def accepted(config: Config, state: signin.State, day: date, moment: Moment) -> bool:
        try:
            make_up(config, state, day, moment)
        except Refused:
            return False
        return True

    @given(configs(), steps())
    def test_the_answer_and_the_view_after_it_agree(self, config: Config, history: list[Step]) -> None:
        for step in play(config, history):
            if step.outcome is None:
                continue
            told, state, grants = signin.told(json.loads(json.dumps(step.outcome.facts)))
            seen = signin.view(config, step.state, step.moment, None)

            assert (told.day, told.streak) == (step.outcome.period, step.outcome.rule_facts["streak"])
            assert grants == step.outcome.grants
            assert (state.streak, state.cards, state.next_reward_points) == (
                seen.streak,
                seen.cards,
                seen.next_reward_points,
            )
            assert state.checked_in_today == seen.checked_in_today

    @given(configs(), steps())
    def test_the_kept_state_is_read_back_as_it_was(self, config: Config, history: list[Step]) -> None:
        for step in play(config, history):
            assert signin.unpack(json.loads(json.dumps(signin.pack(step.state)))) == step.state

    @given(steps(with_make_up=False))
    def test_a_day_is_attended_once_and_at_its_first_knock(self, history: list[Step]) -> None:
        config = a_config()
        knocked: set[date] = set()

        for step in play(config, history):
            fresh = not any(day >= step.moment.today for day in knocked)
            assert (step.outcome is not None) == fresh
            if step.outcome:
                assert step.outcome.period == step.moment.today
            knocked.add(step.moment.today)

    def test_a_visit_after_years_is_a_first_day_again(self) -> None:
        config = a_config(**WITH_CARDS)
        state = after(config, "2020-02-29", "2026-11-02")

        outcome = make_up(config, state, "2026-11-01", a_moment("2026-11-02"))

        assert (outcome.rule_facts["streak"], outcome.state.total) == (2, 3)

    def test_days_in_a_row_stay_a_streak_for_longer_than_the_calendar_is_kept(self) -> None:
        config = a_config()
        days = [date(2026, 1, 1) + ONE_DAY * n for n in range(500)]

        state = after(config, *(day.isoformat() for day in days))

        assert state.attended.streak(days[-1], SHANGHAI) == 500
        assert all(later - earlier == ONE_DAY for earlier, later in pairwise(days))
