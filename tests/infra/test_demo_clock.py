"""Business time moves, machine time does not, and every process sees the same."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.local.demo_clock import DAY_S, DemoClock, advance

CLOSE = timedelta(seconds=5)


def ahead(clock: DemoClock) -> timedelta:
    return clock.now() - datetime.now(UTC)


def test_business_time_is_the_machines_until_somebody_moves_it(tmp_path: Path) -> None:
    assert abs(ahead(DemoClock(tmp_path / "clock.json"))) < CLOSE


def test_a_moved_clock_is_moved_for_every_reader_at_once(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    readers = [DemoClock(path), DemoClock(path)]
    assert all(abs(ahead(reader)) < CLOSE for reader in readers)

    for days in (1, 2, 3):
        advance(path, DAY_S)
        assert all(abs(ahead(reader) - timedelta(days=days)) < CLOSE for reader in readers)


def test_a_moved_clock_stays_moved_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    advance(path, DAY_S)

    assert abs(ahead(DemoClock(path)) - timedelta(days=1)) < CLOSE


def test_machine_time_stays(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    advance(path, 100 * DAY_S)

    assert abs(DemoClock(path).machine_now() - datetime.now(UTC)) < CLOSE


def test_deleting_the_file_brings_the_machines_time_back(tmp_path: Path) -> None:
    path = tmp_path / "clock.json"
    clock = DemoClock(path)
    advance(path, DAY_S)
    assert ahead(clock) > CLOSE

    path.unlink()

    assert abs(ahead(clock)) < CLOSE
