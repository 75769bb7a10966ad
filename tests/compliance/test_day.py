"""A day's result is the same bytes whatever the order, duplication or slicing of what it was made from."""

import json
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compliance import chunks, day, ruleset
from services.compliance.chatlog import Message
from services.compliance.ruleset import Ruleset
from tests.compliance.chat import DAY, a_day_of_chat, a_line, an_answer, messages

DEFAULT = ruleset.default()


def spelled(said: Sequence[Message], rules: Ruleset = DEFAULT, known_ids: Sequence[str] = ()) -> str:
    return day.spelled(day.read(rules, DAY, lambda: said).result(known_ids=known_ids))


def result(*lines: dict[str, Any]) -> dict[str, Any]:
    return json.loads(spelled(messages(lines)))


def test_a_result_names_day_rules_and_input_and_shows_what_was_not_measured() -> None:
    found = result(a_line("10:00"), an_answer("10:05"), a_line("11:00", customer_id="u2"))

    assert list(found) == [
        *("date", "ruleset", "ruleset_version", "input_digest", "messages", "bad_lines"),
        *("reply", "findings", "sanctions", "score", "warnings"),
    ]
    assert (found["date"], found["ruleset"], found["ruleset_version"]) == ("2026-11-02", "pinduoduo-2022", "1")
    assert found["reply"] == {
        "consulting_users": 2,
        "effective_users": 1,
        "rate": "1/2",
        "fails": False,
        "penalty_cny": 0,
        "min_users": 100,
        "min_rate": "1/2",
    }
    assert (found["messages"], found["findings"], found["sanctions"], found["warnings"]) == (3, [], [], [])
    assert found["score"]["value"] == 50
    measured = {part["name"]: (part["measured"], part["counted"]) for part in found["score"]["components"]}
    assert measured == {
        "reply_rate": (True, "40/40"),
        "conduct": (False, None),
        "outreach": (False, None),
        "complaints": (False, None),
    }


def test_a_day_on_which_nobody_asked_has_no_rate_and_no_score() -> None:
    found = result()

    assert (found["reply"]["rate"], found["score"]["value"], found["messages"]) == (None, None, 0)
    assert not any(part["measured"] for part in found["score"]["components"])


class TestRepeatable:
    @given(st.integers(0, 999), st.randoms(use_true_random=False))
    def test_whatever_the_order_and_the_duplicates(self, seed: int, draw: random.Random) -> None:
        said = messages(a_day_of_chat(seed, size=30) + with_disputes(seed))
        again = said + draw.choices(said, k=10)
        draw.shuffle(again)

        assert spelled(again) == spelled(said)

    @given(st.integers(0, 999), st.integers(1, 9))
    def test_whatever_the_slicing_into_chunks(self, seed: int, pieces: int) -> None:
        said = messages(a_day_of_chat(seed, size=30) + with_disputes(seed))
        packed = [chunk.packed for n in range(pieces) for chunk in chunks.cut(said[n::pieces])]

        again = [message for each in packed for message in chunks.unpack(each)]

        assert spelled(again) == spelled(said)

    def test_messages_of_other_days_are_nothing_to_it(self) -> None:
        said = messages(a_day_of_chat(1))
        around = messages(a_day_of_chat(2, day=DAY - timedelta(days=1)) + a_day_of_chat(3, day=DAY + timedelta(days=1)))

        assert spelled([*around, *said]) == spelled(said)


class TestTheDigest:
    def test_it_is_the_same_whatever_the_customers_are_called(self) -> None:
        told = [a_line("10:00", message_id="m1", customer_id="a"), a_line("11:00", message_id="m2", customer_id="b")]
        renamed = [told[0] | {"customer_id": "zoe"}, told[1] | {"customer_id": "amy"}]

        assert spelled(messages(told)) == spelled(messages(renamed))

    def test_it_tells_one_customer_from_two(self) -> None:
        told = [a_line("10:00", message_id="m1", customer_id="a"), a_line("11:00", message_id="m2", customer_id="b")]
        joined = [told[0], told[1] | {"customer_id": "a"}]

        assert result(*told)["input_digest"] != result(*joined)["input_digest"]

    @pytest.mark.parametrize(
        "changes",
        [{"text": "?"}, {"at": "2026-11-02T10:00:00.000000001+08:00"}, {"from": "agent"}, {"kind": "refusal"}],
    )
    def test_it_covers_every_message(self, changes: dict[str, Any]) -> None:
        told = a_line("10:00", message_id="m1")

        assert result(told)["input_digest"] != result(told | changes)["input_digest"]

    def test_it_covers_the_rules_and_the_known_ids(self) -> None:
        said = messages(a_day_of_chat(1))
        versions = {
            json.loads(text)["input_digest"]
            for text in (
                spelled(said),
                spelled(said, ruleset.customised({"reply_rate": {"sla_seconds": 60}})),
                spelled(said, ruleset.customised({"reply_rate": {"sla_seconds": 60}, "version": "1"})),
                spelled(said, known_ids=["SF1234567890"]),
            )
        }

        assert len(versions) == 4
        assert spelled(said, known_ids=["a", "b", "a"]) == spelled(said, known_ids=["b", "a"])


class TestOneIdSeveralContents:
    def test_the_smallest_canonical_bytes_win_and_a_warning_says_so(self) -> None:
        early, late = a_line("09:00", message_id="m1"), a_line("12:00", message_id="m1")

        found = result(late, an_answer("09:30"), early)

        assert (found["reply"]["rate"], found["messages"]) == ("1/1", 2)
        assert found["warnings"] == [{"kind": "message_id_reused", "count": 1, "message_ids": ["m1"]}]

    def test_the_winner_may_be_another_customers(self) -> None:
        told = [a_line("10:00", message_id="m1", customer_id="b"), a_line("10:00", message_id="m1", customer_id="a")]

        found = day.read(DEFAULT, DAY, lambda: messages(told))

        assert [customer for customer, _ in found.served()] == ["a"]

    def test_a_dispute_is_part_of_the_input(self) -> None:
        kept, lost = a_line("10:00", message_id="m1", text="a"), a_line("10:00", message_id="m1", text="b")

        assert result(kept)["input_digest"] != result(kept, lost)["input_digest"]

    def test_a_warning_names_twenty_and_counts_them_all(self) -> None:
        told = [a_line("10:00", message_id=f"m{n:02}", text=text) for n in range(30) for text in "ab"]

        (warning,) = result(*told)["warnings"]

        assert (warning["count"], warning["message_ids"]) == (30, [f"m{n:02}" for n in range(20)])

    def test_the_same_message_twice_is_no_dispute(self) -> None:
        told = a_line("2026-11-02T10:00:00+08:00", message_id="m1")

        found = result(told, told | {"at": "2026-11-02T02:00:00Z"})

        assert (found["messages"], found["warnings"]) == (1, [])


def with_disputes(seed: int) -> list[dict[str, Any]]:
    """Some of that day's messages once more, each with something changed."""
    draw = random.Random(seed)
    changes = [{"text": "改过"}, {"from": "bot"}, {"customer_id": "别人"}, {"at": "2026-11-02T08:00:00+08:00"}]
    return [line | draw.choice(changes) for line in draw.sample(a_day_of_chat(seed, size=30), k=5)]
