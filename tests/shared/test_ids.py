"""Identifiers repeat where they must and never run into each other."""

import json
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st

from shared import aws, ids
from shared.clock import parse, rfc3339
from shared.settings import settings

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(st.lists(st.text(), min_size=1, max_size=4), st.lists(st.text(), min_size=1, max_size=4))
def test_different_parts_have_different_digests(one: list[str], two: list[str]) -> None:
    assert (ids.digest(*one) == ids.digest(*two)) == (one == two)


def test_a_digest_is_the_same_for_ever() -> None:
    assert ids.digest("tea", "s1") == "xgio6xaalzb7hcwic7w4q75u5u"


@given(json_values)
def test_the_same_value_is_the_same_bytes(value: object) -> None:
    assert ids.canonical(json.loads(ids.canonical(value))) == ids.canonical(value)


@given(st.text(), st.integers(1, 64))
def test_a_slice_is_one_of_those_there_are(subject: str, slices: int) -> None:
    assert 0 <= ids.slice_of(subject, slices) < slices


def test_slices_are_evenly_filled() -> None:
    counts = [0] * 16
    for n in range(16_000):
        counts[ids.slice_of(f"subject-{n}", 16)] += 1

    assert max(counts) - min(counts) < 200


def test_random_ids_are_26_letters_and_digits_and_never_the_same() -> None:
    made = {ids.random_id() for _ in range(1000)}

    assert len(made) == 1000
    assert all(re.fullmatch("[a-z2-7]{26}", each) for each in made)


@given(st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3.5))])))
def test_a_time_is_read_back_as_the_same_instant(at: datetime) -> None:
    assert parse(rfc3339(at)) == at


@pytest.mark.parametrize("text", ["2026-11-02", "2026-11-02T10:00:00", "soon", ""])
def test_a_time_without_its_offset_is_none(text: str) -> None:
    with pytest.raises(ValueError, match=text or "Invalid"):
        parse(text)


def test_a_queue_is_asked_for_by_its_whole_name() -> None:
    aws.disconnect()
    with Stubber(aws.client("sqs")) as sqs:
        sqs.add_response(
            "get_queue_url", {"QueueUrl": "https://q/1"}, {"QueueName": f"{settings.prefix}-notifications"}
        )

        found = [aws.queue_url("notifications") for _ in range(2)]

    aws.disconnect()
    assert found == ["https://q/1"] * 2
