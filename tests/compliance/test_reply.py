"""Reply rate: every edge of the rule, and agreement with a slow and obvious reading of it."""

from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compliance import day, ruleset
from services.compliance.reply import Rate, waits
from services.compliance.ruleset import Ruleset
from tests.compliance.chat import DAY, a_line, an_answer, at, messages

DEFAULT = ruleset.default()


def figures(*lines: dict[str, Any], rules: Ruleset = DEFAULT, on: date = DAY) -> tuple[int, int]:
    """Effective and consulting users."""
    said = messages(lines)
    served = [found for _, found in day.read(rules, on, lambda: said).served()]
    return sum(found.effective for found in served), len(served)


def with_reply(**changes: Any) -> Ruleset:
    return ruleset.customised({"reply_rate": changes})


class TestTheWindow:
    @pytest.mark.parametrize(
        ("said_at", "counts"),
        [
            ("00:00:00", False),
            ("07:59:59.999999", False),
            ("07:59:59.999999999", False),
            ("08:00:00", True),
            ("22:59:59.999999", True),
            ("22:59:59.999999999", True),
            ("23:00:00", False),
            ("23:00:00.000000001", False),
            ("23:59:59.999999", False),
        ],
    )
    def test_it_opens_with_eight_o_clock_and_closes_before_eleven_at_night(self, said_at: str, *, counts: bool) -> None:
        assert figures(a_line(said_at)) == (0, int(counts))

    def test_an_inclusive_end_takes_the_very_moment_and_nothing_after_it(self) -> None:
        rules = with_reply(window_end_inclusive=True)

        assert figures(a_line("23:00:00"), rules=rules) == (0, 1)
        assert figures(a_line("23:00:00.000000001"), rules=rules) == (0, 0)

    def test_the_offset_a_line_was_written_with_does_not_matter(self) -> None:
        assert figures(a_line("2026-11-02T00:00:00Z")) == (0, 1)
        assert figures(a_line("2026-11-01T23:59:59.999999Z")) == (0, 0)
        assert figures(a_line("2026-11-01T14:00:00-10:00")) == (0, 1)

    def test_an_answer_may_come_after_the_window_closed(self) -> None:
        assert figures(a_line("22:59:59"), an_answer("23:59:59")) == (1, 1)

    def test_a_message_of_another_day_is_not_of_this_one(self) -> None:
        assert figures(a_line(at("10:00", DAY + timedelta(days=1)))) == (0, 0)


class TestTheLimit:
    @pytest.mark.parametrize(
        ("answered_at", "effective"),
        [
            ("10:00:00", False),
            ("10:00:00.000000001", True),
            ("10:59:59.999999", True),
            ("11:00:00", True),
            ("11:00:00.000000001", False),
            ("11:00:00.000001", False),
            ("11:00:01", False),
            ("09:59:59", False),
        ],
    )
    def test_an_answer_comes_after_the_message_and_within_an_hour_inclusive(
        self, answered_at: str, *, effective: bool
    ) -> None:
        assert figures(a_line("10:00:00"), an_answer(answered_at)) == (int(effective), 1)

    def test_without_the_inclusive_hour_the_very_hour_is_late(self) -> None:
        lines = a_line("10:00:00"), an_answer("11:00:00")

        assert figures(*lines, rules=with_reply(sla_inclusive=False)) == (0, 1)

    def test_fractions_of_a_second_are_not_cut_off(self) -> None:
        assert figures(a_line("10:00:00.9"), an_answer("11:00:00.9")) == (1, 1)
        assert figures(a_line("10:00:00.1"), an_answer("11:00:00.9")) == (0, 1)


class TestWhoAnswers:
    @pytest.mark.parametrize("sender", ["bot", "system", "customer"])
    def test_only_a_person_does(self, sender: str) -> None:
        assert figures(a_line("10:00"), an_answer("10:01", **{"from": sender, "agent_id": None}))[0] == 0

    def test_a_ruleset_may_let_bots_answer(self) -> None:
        rules = with_reply(reply_actors=["human", "bot"])

        assert figures(a_line("10:00"), a_line("10:01", **{"from": "bot"}), rules=rules) == (1, 1)

    def test_any_sub_account_is_the_shop(self) -> None:
        assert figures(a_line("10:00"), an_answer("10:20", agent_id="sub-account-7")) == (1, 1)

    def test_an_answer_to_one_customer_serves_no_other(self) -> None:
        assert figures(a_line("10:00"), an_answer("10:01", customer_id="u2")) == (0, 1)

    def test_only_chat_is_asked_and_answered(self) -> None:
        assert figures(a_line("10:00"), an_answer("10:01", surface="sms")) == (0, 1)
        assert figures(a_line("10:00", surface="review_reply")) == (0, 0)


class TestSeveralMessages:
    def test_one_answer_serves_all_earlier_messages_it_is_in_time_for(self) -> None:
        assert figures(a_line("10:00"), a_line("10:30"), a_line("10:59"), an_answer("11:00")) == (1, 1)

    def test_one_message_unanswered_spoils_the_customer(self) -> None:
        assert figures(a_line("10:00"), an_answer("10:01"), a_line("10:02")) == (0, 1)
        assert figures(a_line("10:00"), a_line("10:30"), an_answer("11:00:01")) == (0, 1)

    def test_closing_words_are_messages_like_any_other(self) -> None:
        assert figures(a_line("10:00"), an_answer("10:01"), a_line("10:02", text="谢谢")) == (0, 1)

    def test_messages_of_one_instant_are_answered_together_or_not_at_all(self) -> None:
        assert figures(a_line("10:00"), a_line("10:00"), an_answer("10:00")) == (0, 1)
        assert figures(a_line("10:00"), a_line("10:00"), an_answer("10:01")) == (1, 1)

    def test_messages_outside_the_window_need_no_answer(self) -> None:
        assert figures(a_line("07:00"), a_line("08:00"), an_answer("08:30"), a_line("23:30")) == (1, 1)

    def test_customers_are_counted_once_however_much_they_write(self) -> None:
        lines = [a_line("10:00", customer_id=f"u{n % 3}") for n in range(30)]

        assert figures(*lines) == (0, 3)


class TestOptions:
    def test_with_first_message_only_later_ones_need_no_answer(self) -> None:
        lines = a_line("10:00"), an_answer("10:01"), a_line("12:00")

        assert figures(*lines, rules=with_reply(first_message_only=True)) == (1, 1)
        assert figures(a_line("09:00"), *lines, rules=with_reply(first_message_only=True)) == (0, 1)

    def test_closing_words_can_be_exempt_but_still_consult(self) -> None:
        rules = with_reply(closing_words=["谢谢", "Thanks"])

        assert figures(a_line("10:00"), an_answer("10:01"), a_line("10:02", text="谢谢！"), rules=rules) == (1, 1)
        assert figures(a_line("10:02", text="ＴＨＡＮＫＳ。"), rules=rules) == (1, 1)
        assert figures(a_line("10:02", text="谢谢，还有一个问题"), rules=rules) == (0, 1)

    def test_a_picture_without_words_is_no_closing_word(self) -> None:
        assert figures(a_line("10:02", text=""), rules=with_reply(closing_words=["。"])) == (0, 1)

    def test_a_ruleset_may_ask_for_any_one_answer_only(self) -> None:
        rules = with_reply(require_every_message=False)

        assert figures(a_line("10:00"), an_answer("10:01"), a_line("12:00"), rules=rules) == (1, 1)
        assert figures(a_line("12:00"), rules=rules) == (0, 1)


class TestOtherZones:
    @pytest.mark.parametrize(
        ("said_at", "counts"),
        [
            ("2026-11-01T12:59:59.999999Z", False),  # 07:59:59.999999 EST: the clocks went back this morning
            ("2026-11-01T13:00:00Z", True),
            ("2026-11-02T03:59:59.999999Z", True),
            ("2026-11-02T04:00:00Z", False),
        ],
    )
    def test_the_window_follows_the_zones_clock_over_a_change(self, said_at: str, *, counts: bool) -> None:
        rules = ruleset.customised({"tz": "America/New_York"})

        assert figures(a_line(said_at), rules=rules, on=date(2026, 11, 1)) == (0, int(counts))

    def test_an_hour_is_an_hour_also_when_the_clocks_change_in_between(self) -> None:
        rules = ruleset.customised({"tz": "America/New_York", "reply_rate": {"window_start": "00:00:00"}})
        asked = a_line("2026-11-01T01:30:00-04:00")

        assert figures(asked, an_answer("2026-11-01T01:30:00-05:00"), rules=rules, on=date(2026, 11, 1)) == (1, 1)
        assert figures(asked, an_answer("2026-11-01T01:30:01-05:00"), rules=rules, on=date(2026, 11, 1)) == (0, 1)

    def test_a_window_to_midnight_takes_answers_of_the_next_day(self) -> None:
        rules = with_reply(window_end="24:00:00")
        tomorrow = DAY + timedelta(days=1)

        assert figures(a_line("23:59:59"), an_answer(at("00:59:59", tomorrow)), rules=rules) == (1, 1)
        assert figures(a_line("23:59:59"), an_answer(at("01:00:00", tomorrow)), rules=rules) == (0, 1)


class TestTheVerdict:
    @pytest.mark.parametrize(
        ("effective", "consulting", "fails"),
        [
            (49, 100, True),
            (50, 100, False),
            (49, 99, False),
            (0, 99, False),
            (50, 101, True),
            (59, 120, True),
            (60, 120, False),
            (0, 0, False),
            (10**17, 2 * 10**17 + 1, True),
        ],
    )
    def test_it_fails_with_a_hundred_customers_and_less_than_half_of_them_exactly(
        self, effective: int, consulting: int, *, fails: bool
    ) -> None:
        told = Rate(consulting, effective).plain(DEFAULT)

        assert (told["fails"], told["penalty_cny"]) == (fails, 1000 if fails else 0)

    def test_the_rate_is_an_unreduced_fraction(self) -> None:
        assert Rate(120, 60).plain(DEFAULT)["rate"] == "60/120"

    def test_nobody_asking_is_no_rate(self) -> None:
        told = Rate(0, 0).plain(DEFAULT)

        assert (told["rate"], told["consulting_users"], told["fails"]) == (None, 0, False)

    def test_a_ruleset_sets_sample_share_and_penalty(self) -> None:
        rules = with_reply(min_users=2, min_rate="9/10", penalty_cny=7)

        assert Rate(2, 1).plain(rules)["penalty_cny"] == 7
        assert Rate(10, 9).plain(rules)["fails"] is False


# ── against the obvious reading ──────────────────────────────────────────────────────────────────

ZONES = ("Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "America/Havana")
"""Havana's clocks change at midnight, Lord Howe's by half an hour."""
NEAR = st.sampled_from([0, 1, -1, 60, 3599, 3600, 3601, 7200])
EDGES = st.sampled_from([time(8), time(23), time(10), time(0), time(23, 59, 59), time(1, 30)])


@st.composite
def logs(draw: st.DrawFn) -> tuple[str, date, list[dict[str, Any]]]:
    zone = draw(st.sampled_from(ZONES))
    on = draw(st.sampled_from([DAY, date(2026, 11, 1), date(2026, 4, 5), date(2026, 3, 8), date(2026, 10, 4)]))
    lines = []
    for number in range(draw(st.integers(0, 12))):
        edge = datetime.combine(on, draw(EDGES), ZoneInfo(zone)).timestamp() + draw(NEAR)
        moment = datetime.fromtimestamp(edge, ZoneInfo(zone)) + timedelta(microseconds=draw(st.sampled_from([0, 1])))
        lines.append(
            a_line(
                moment.isoformat(),
                **{
                    "message_id": f"m{number}",
                    "customer_id": draw(st.sampled_from(["u1", "u2", "u3"])),
                    "from": draw(st.sampled_from(["customer", "customer", "agent", "bot", "system"])),
                },
            )
        )
    return zone, on, lines


def obviously(zone: str, on: date, lines: list[dict[str, Any]]) -> tuple[int, int]:
    """The rule word by word, with times as they are written and every pair compared."""
    told = [(line["customer_id"], line["from"], datetime.fromisoformat(line["at"])) for line in lines]
    local = [(who, sender, when, when.astimezone(ZoneInfo(zone))) for who, sender, when in told]
    questions = [
        (who, when)
        for who, sender, when, clock in local
        if sender == "customer" and clock.date() == on and time(8) <= clock.time() < time(23)
    ]
    answers = [(who, when) for who, sender, when in told if sender == "agent"]
    hour = timedelta(hours=1)

    def answered(who: str, when: datetime) -> bool:
        return any(whom == who and when < replied <= when + hour for whom, replied in answers)

    consulting = {who for who, _ in questions}
    spoilt = {who for who, when in questions if not answered(who, when)}
    return len(consulting - spoilt), len(consulting)


@given(logs())
def test_it_agrees_with_the_rule_read_word_by_word(log: tuple[str, date, list[dict[str, Any]]]) -> None:
    zone, on, lines = log

    assert figures(*lines, rules=ruleset.customised({"tz": zone}), on=on) == obviously(zone, on, lines)


@given(st.lists(st.integers(0, 50)).map(sorted), st.lists(st.integers(0, 50)).map(sorted))
def test_a_wait_is_the_time_to_the_first_later_answer(questions: list[int], answers: list[int]) -> None:
    expected = [min((answer - at for answer in answers if answer > at), default=None) for at in questions]

    assert list(waits(questions, answers)) == expected


@given(st.integers(0, 300), st.integers(0, 300))
def test_the_verdict_is_the_fractions(effective: int, more: int) -> None:
    consulting = effective + more

    fails = DEFAULT.reply_rate.fails(effective, consulting)

    assert fails == (consulting >= 100 and Fraction(effective, consulting) < Fraction(1, 2))
