"""What a run draws for itself does not count; everything else does."""

from datetime import UTC, datetime

import pytest

from shared import ids
from tests.faults.harness.sameness import difference, masked, state
from tests.faults.harness.snapshot import Rows


def rows(**row: dict) -> Rows:
    return {"t": {"key": row}}


@pytest.mark.parametrize("draw", [ids.random_id, ids.secret, lambda: ids.digest(ids.random_id())])
def test_what_is_drawn_is_masked_wherever_it_stands(draw: object) -> None:
    assert callable(draw)
    for _ in range(200):
        one, other = draw(), draw()

        assert masked(f"tea#{one}") == masked(f"tea#{other}")
        assert masked(f'{{"id": "{one}"}}') == masked(f'{{"id": "{other}"}}')


@pytest.mark.parametrize("text", ["tea#daily", "2026-11-07#signin:daily:1", "2026-11-07T04:00:00Z", "amei", "5"])
def test_what_is_not_drawn_stays(text: str) -> None:
    assert masked(text) == text


def test_the_machines_time_is_now_and_the_shops_is_not() -> None:
    now = datetime.now(UTC)

    assert masked(now.isoformat()) == "now"
    assert state(rows(at={"N": str(int(now.timestamp()))})) == state(rows(at={"N": str(int(now.timestamp()) + 9)}))
    assert state(rows(at={"N": "1700000000"})) != state(rows(at={"N": "1700000001"}))


def test_a_difference_names_what_is_missing_and_what_is_too_much() -> None:
    wanted, found = state(rows(points={"N": "5"})), state(rows(points={"N": "10"}))

    assert difference(wanted, found) == 'missing  t {"points": "5"}\ntoo much t {"points": "10"}'
    assert state(rows(points={"N": "5"}), but=["points"]) == state(rows(points={"N": "10"}), but=["points"])
