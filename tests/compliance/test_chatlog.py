"""One message of a log: what is taken, what is refused, and its one canonical spelling."""

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.compliance.chatlog import NS, anonymous, canonical, instant_ns, parse, rfc3339
from shared import texts
from tests.compliance.chat import SHANGHAI, a_line, messages


def faults(line: dict[str, Any]) -> list[tuple[tuple[int | str, ...], str]]:
    try:
        parse(json.dumps(line))
    except ValidationError as error:
        return [(fault["loc"], fault["type"]) for fault in error.errors()]
    return []


def test_a_line_needs_little_and_may_say_more() -> None:
    plain = a_line(message_id="m1")
    full = plain | {
        "agent_id": "a1",
        "surface": "chat",
        "kind": "service",
        "customer_tz": "Asia/Urumqi",
        "image_qr": "BEGIN:VCARD\nEND:VCARD",
    }

    assert faults(plain) == faults(full) == []
    assert faults(a_line(surface="call", text=None)) == faults(a_line(surface="call", text="")) == []
    assert faults(a_line(text="")) == faults(a_line(agent_id=None) | {"agent_id": None}) == []
    assert faults(a_line(kind="refusal")) == []


@pytest.mark.parametrize(
    ("changes", "place", "kind"),
    [
        ({"message_id": None}, ("message_id",), "missing"),
        ({"message_id": ""}, ("message_id",), "string_pattern_mismatch"),
        ({"message_id": 7}, ("message_id",), "string_type"),
        ({"customer_id": "a\nb"}, ("customer_id",), "string_pattern_mismatch"),
        ({"customer_id": "x" * 129}, ("customer_id",), "string_pattern_mismatch"),
        ({"at": "2026-11-02T10:00:00"}, ("at",), "timezone_aware"),
        ({"at": "2026-11-02T10:00:00.123456"}, ("at",), "timezone_aware"),
        ({"at": "2026-11-02 10:00"}, ("at",), "datetime_parsing"),
        ({"at": "2026-11-02T10:00:60Z"}, ("at",), "datetime_parsing"),
        ({"at": "2026-11-02T24:00:00Z"}, ("at",), "datetime_parsing"),
        ({"at": "2026-02-30T10:00:00Z"}, ("at",), "datetime_parsing"),
        ({"at": "2026-11-02T10:00:00.Z"}, ("at",), "datetime_parsing"),
        ({"at": "2026-11-02T10:00:00.１Z"}, ("at",), "datetime_parsing"),
        ({"at": "2026-11-02T10:00:00,5Z"}, ("at",), "datetime_parsing"),
        ({"at": "２０２６-11-02T10:00:00Z"}, ("at",), "datetime_parsing"),
        ({"at": ""}, ("at",), "datetime_parsing"),
        ({"at": "1793584800"}, ("at",), "datetime_parsing"),
        ({"at": 1793584800}, ("at",), "datetime_parsing"),
        ({"at": "2026-11-02T10:00:00.0000000001Z"}, ("at",), "time_too_fine"),
        ({"at": "1999-11-02T10:00:00Z"}, ("at",), "time_range"),
        ({"from": "robot"}, ("from",), "literal_error"),
        ({"from": None}, ("from",), "missing"),
        ({"sender": "agent"}, ("sender",), "extra_forbidden"),
        ({"text": "x" * 10_001}, ("text",), "string_too_long"),
        ({"text": None}, (), "text_missing"),
        ({"surface": "call"}, (), "call_with_text"),
        ({"surface": "fax"}, ("surface",), "literal_error"),
        ({"kind": "refusal", "from": "agent"}, (), "refusal_not_by_customer"),
        ({"customer_tz": "Mars/Olympus"}, ("customer_tz",), "unknown_zone"),
        ({"image_qr": "a\x1fb"}, ("image_qr",), "string_pattern_mismatch"),
        ({"note": "?"}, ("note",), "extra_forbidden"),
    ],
)
def test_what_is_wrong_is_named_by_its_place_and_has_a_sentence(
    changes: dict[str, Any], place: tuple[str, ...], kind: str
) -> None:
    assert faults(a_line(**changes)) == [(place, kind)]
    assert texts.knows(f"validation.{kind}")


@pytest.mark.parametrize("text", ['{"a":', "[]", "null", "", '{"text":"\\ud800"}'])
def test_what_is_no_object_in_utf_8_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        parse(text)


@given(
    st.datetimes(datetime(2002, 1, 2), datetime(2199, 12, 30)),  # noqa: DTZ001 - the offset is drawn
    st.integers(-23 * 60, 23 * 60),
    st.integers(0, NS - 1),
    st.sampled_from("Tt "),
)
def test_a_time_is_read_to_the_nanosecond_whatever_its_offset(
    local: datetime, offset_min: int, fraction: int, between: str
) -> None:
    whole = local.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=offset_min)))
    text = whole.isoformat().replace("T", between)

    found = instant_ns(f"{text[:19]}.{fraction:09}{text[19:]}")

    assert found == (whole - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1) * NS + fraction
    assert instant_ns(rfc3339(found, SHANGHAI)) == found


def test_zeros_at_the_end_of_a_fraction_change_nothing() -> None:
    assert instant_ns("2026-11-02T10:00:00.500000000000Z") == instant_ns("2026-11-02t10:00:00.5z")


def test_the_same_content_is_the_same_bytes_and_another_is_not() -> None:
    plain = a_line("2026-11-02T10:00:00+08:00", message_id="m1")
    same = [plain, plain | {"at": "2026-11-02T02:00:00.0Z", "surface": "chat", "kind": "service", "agent_id": None}]
    others = [
        plain | {name: value}
        for name, value in {
            "message_id": "m2",
            "customer_id": "u2",
            "at": "2026-11-02T10:00:00.000000001+08:00",
            "from": "bot",
            "agent_id": "a1",
            "surface": "sms",
            "kind": "marketing",
            "customer_tz": "Asia/Urumqi",
            "image_qr": "在吗",
            "text": "在吗\x1f",
        }.items()
    ]

    assert len({canonical(message) for message in messages(same)}) == 1
    assert len({canonical(message) for message in messages([plain, *others])}) == 11


def test_the_bytes_that_digests_are_made_of_name_no_customer() -> None:
    (message,) = messages([a_line(customer_id="canary-77")])

    assert b"canary-77" in canonical(message)
    assert b"canary-77" not in anonymous(message)
