"""Batches are handed over as Lambda does it: in order, at least once, and one bad record stops nothing."""

from collections.abc import Callable
from typing import Any

import pytest

from infra.local.delivery import Record, Stopping, StreamDelivery, failed_ids

SIZE = 7


def record(number: int) -> Record:
    return {"dynamodb": {"SequenceNumber": f"{number:04}"}}


def number(of: Record) -> int:
    return int(of["dynamodb"]["SequenceNumber"])


class Consumer:
    """A function that knows what it took and fails on poison: by naming it, or by raising for the whole batch."""

    def __init__(self, poison: set[int], *, reports: bool) -> None:
        self.poison = poison
        self.reports = reports
        self.taken: list[int] = []

    def __call__(self, batch: list[Record]) -> Any:
        numbers = [number(one) for one in batch]
        bad = [one for one in numbers if one in self.poison]
        if bad and not self.reports:
            raise RuntimeError("poison")
        good = numbers[: numbers.index(bad[0])] if bad else numbers
        self.taken += good
        return {"batchItemFailures": [{"itemIdentifier": f"{one:04}"} for one in bad]}


class Desk:
    """Where a delivery reports to."""

    def __init__(self, invoke: Callable[[list[Record]], Any]) -> None:
        self.checkpoints: list[int] = []
        self.parked: list[int] = []
        self.waits_s: list[float] = []
        self.delivery = StreamDelivery(
            invoke,
            lambda done: self.checkpoints.append(number(done)),
            lambda given_up, _why: self.parked.append(number(given_up)),
            self.waits_s.append,
        )


def first_times(taken: list[int]) -> list[int]:
    return list(dict.fromkeys(taken))


@pytest.mark.parametrize("reports", [True, False])
@pytest.mark.parametrize("position", range(SIZE))
def test_poison_at_any_position_is_parked_and_the_rest_arrives_in_order(position: int, *, reports: bool) -> None:
    consumer = Consumer({position}, reports=reports)
    desk = Desk(consumer)

    desk.delivery.deliver([record(n) for n in range(SIZE)])

    assert desk.parked == [position]
    assert first_times(consumer.taken) == [n for n in range(SIZE) if n != position]
    assert desk.checkpoints[-1] == SIZE - 1
    assert desk.checkpoints == sorted(desk.checkpoints)
    assert desk.waits_s


@pytest.mark.parametrize("reports", [True, False])
def test_several_bad_records_are_each_parked(*, reports: bool) -> None:
    consumer = Consumer({0, 3, 4, SIZE - 1}, reports=reports)
    desk = Desk(consumer)

    desk.delivery.deliver([record(n) for n in range(SIZE)])

    assert desk.parked == [0, 3, 4, SIZE - 1]
    assert first_times(consumer.taken) == [1, 2, 5]


def test_a_passing_failure_parks_nothing() -> None:
    consumer = Consumer({2}, reports=True)

    def mended_at_the_third_try(batch: list[Record]) -> Any:
        if len(desk.waits_s) >= 2:
            consumer.poison.clear()
        return consumer(batch)

    desk = Desk(mended_at_the_third_try)
    desk.delivery.deliver([record(n) for n in range(SIZE)])

    assert desk.parked == []
    assert first_times(consumer.taken) == list(range(SIZE))


def test_a_record_is_checkpointed_only_when_it_and_all_before_it_are_done() -> None:
    consumer = Consumer({3}, reports=True)

    def checked(batch: list[Record]) -> Any:
        assert number(batch[0]) > max(desk.checkpoints, default=-1)
        return consumer(batch)

    desk = Desk(checked)
    desk.delivery.deliver([record(n) for n in range(SIZE)])

    assert desk.checkpoints[0] == 2


def test_stopping_leaves_the_rest_for_the_next_start() -> None:
    consumer = Consumer({3}, reports=True)
    done: list[int] = []

    def stop(_seconds: float) -> None:
        raise Stopping

    delivery = StreamDelivery(consumer, lambda one: done.append(number(one)), lambda *_: pytest.fail("parked"), stop)
    with pytest.raises(Stopping):
        delivery.deliver([record(n) for n in range(SIZE)])

    assert done == [2]


@pytest.mark.parametrize(
    ("answer", "failed"),
    [
        (None, set()),
        ({}, set()),
        ({"batchItemFailures": []}, set()),
        ({"batchItemFailures": None}, set()),
        ({"batchItemFailures": [{"itemIdentifier": "b"}]}, {"b"}),
        ({"batchItemFailures": [{"itemIdentifier": "unknown"}]}, {"a", "b", "c"}),
        ({"batchItemFailures": [{"itemIdentifier": ""}]}, {"a", "b", "c"}),
        ({"batchItemFailures": [{"wrong": "b"}]}, {"a", "b", "c"}),
        ({"batchItemFailures": ["b"]}, {"a", "b", "c"}),
        ({"batchItemFailures": "b"}, {"a", "b", "c"}),
        ("fine", {"a", "b", "c"}),
    ],
)
def test_an_answer_that_makes_no_sense_fails_the_batch(answer: Any, failed: set[str]) -> None:
    assert failed_ids(answer, ["a", "b", "c"]) == failed
