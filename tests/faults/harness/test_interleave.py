"""Every order is run, once, and can be run again."""

import itertools
import json

import pytest

from tests.faults.harness.interleave import NotRepeatableError, TooManyError, explore, replay
from tests.faults.harness.planted import POINTS, Bank
from tests.faults.harness.stage import Outcome
from tests.support.moto_state import empty_moto


def test_every_order_is_run_once(bank: Bank) -> None:
    def three_calls() -> None:
        for _ in range(3):
            bank.bare_add()

    orders = explore(empty_moto, [three_calls, three_calls], lambda _: None)

    assert orders == 20  # 6 choose 3


def test_equivalent_orders_can_be_skipped_and_every_end_is_still_found(bank: Bank) -> None:
    actors = [bank.read_then_write] * 2
    ends: dict[bool, set[int]] = {True: set(), False: set()}

    def orders(*, skip_equivalent: bool) -> int:
        found = ends[skip_equivalent]
        return explore(empty_moto, actors, lambda _: found.add(bank.balance()), skip_equivalent=skip_equivalent)

    few, all_orders = orders(skip_equivalent=True), orders(skip_equivalent=False)

    assert ends[True] == ends[False] == {POINTS, 2 * POINTS}
    assert few < all_orders


def test_a_failed_check_tells_an_order_that_can_be_run_again(bank: Bank) -> None:
    def check(outcomes: list[Outcome]) -> None:
        assert bank.balance() == POINTS

    with pytest.raises(AssertionError) as caught:
        explore(empty_moto, [bank.read_then_write] * 2, check)
    note = caught.value.__notes__[-1]
    order = json.loads(note.splitlines()[0].removeprefix("order = "))
    empty_moto()
    outcomes = replay([bank.read_then_write] * 2, order)

    assert "actor 1: dynamodb.PutItem(marks)" in note
    assert bank.balance() == 2 * POINTS
    assert [outcome.value for outcome in outcomes] == ["checked in"] * 2


def test_state_left_behind_is_noticed(bank: Bank) -> None:
    with pytest.raises(NotRepeatableError):
        explore(lambda: None, [bank.read_then_write] * 2, lambda _: None)


def test_an_actor_that_asks_something_else_each_time_is_noticed(bank: Bank) -> None:
    moods = itertools.cycle([bank.balance, bank.bare_add])

    def fickle() -> None:
        next(moods)()
        bank.balance()

    with pytest.raises(NotRepeatableError, match=r"step 0 was dynamodb\.GetItem"):
        explore(empty_moto, [fickle, bank.read_then_write], lambda _: None)


def test_more_orders_than_the_limit_are_no_proof(bank: Bank) -> None:
    with pytest.raises(TooManyError):
        explore(empty_moto, [bank.read_then_write] * 3, lambda _: None, limit=5)


@pytest.mark.parametrize(("interruptions", "orders"), [(0, 2), (1, 6), (2, 14), (None, 20)])
def test_interruptions_can_be_bounded(bank: Bank, interruptions: int | None, orders: int) -> None:
    def three_calls() -> None:
        for _ in range(3):
            bank.bare_add()

    found = explore(empty_moto, [three_calls] * 2, lambda _: None, interruptions=interruptions)

    assert found == orders
