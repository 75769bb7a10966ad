"""The harness catches bugs planted on purpose and lets the right way pass: one that cannot fail proves nothing."""

import json
from functools import partial

import pytest

from tests.faults.harness.deliver import deliver_from_queue, queue_messages
from tests.faults.harness.injector import (
    CONFLICT,
    Fault,
    How,
    Injector,
    every_fault,
    until_answered,
)
from tests.faults.harness.interleave import explore
from tests.faults.harness.linearize import History, linearizable
from tests.faults.harness.planted import POINTS, Bank, CheckIn
from tests.faults.harness.replies import THROTTLED, cancelled
from tests.faults.harness.stage import Outcome
from tests.support.moto_state import empty_moto


def balances_after_each_fault(injector: Injector, bank: Bank, check_in: CheckIn) -> dict[str, int]:
    """The balance once the customer has their answer, for every fault at every call."""
    calls = injector.calls_of(check_in)
    found = {}
    for fault in every_fault(len(calls)):
        empty_moto()
        injector.tokens.forget()
        with injector.armed(fault):
            until_answered(check_in)
        assert injector.fired
        found[str(fault)] = bank.balance()
    return found


def balances_after_each_order(bank: Bank, check_in: CheckIn, actors: int = 2) -> list[int]:
    found: list[int] = []
    explore(empty_moto, [check_in] * actors, lambda _: found.append(bank.balance()))
    return found


class TestPlantedBugs:
    def test_a_read_before_a_write_lets_two_actors_in(self, bank: Bank) -> None:
        found = balances_after_each_order(bank, bank.read_then_write)

        assert set(found) == {POINTS, 2 * POINTS}

    def test_a_read_before_a_write_loses_points_in_a_crash(self, injector: Injector, bank: Bank) -> None:
        found = balances_after_each_fault(injector, bank, bank.read_then_write)

        assert found["crash after call 1"] == 0

    def test_a_bare_add_counts_twice_when_the_reply_is_lost(self, injector: Injector, bank: Bank) -> None:
        found = balances_after_each_fault(injector, bank, bank.bare_add)

        assert found == {
            "crash before call 0": POINTS,
            "crash after call 0": 2 * POINTS,
            "time-out before call 0": POINTS,
            "time-out after call 0": 2 * POINTS,
        }

    def test_an_update_is_lost_between_read_and_write(self, bank: Bank) -> None:
        found = balances_after_each_order(bank, bank.lost_update)

        assert set(found) == {POINTS, 2 * POINTS}

    def test_a_lost_update_is_not_linearizable(self, bank: Bank) -> None:
        verdicts: set[bool] = set()
        history: History[str, str] = History()

        def fresh() -> None:
            empty_moto()
            history.operations.clear()

        def check(_: list[Outcome]) -> None:
            verdicts.add(linearizable(history, 0, lambda points, _: (points + POINTS, f"balance {points + POINTS}")))

        explore(fresh, [lambda: history.call("add", bank.lost_update)] * 2, check)

        assert verdicts == {True, False}

    @pytest.mark.parametrize("position", [0, 1, 2])
    def test_a_swallowed_failure_loses_the_message(self, injector: Injector, bank: Bank, position: int) -> None:
        with injector.armed(Fault(position, "before", cancelled("None", CONFLICT))):
            dead = deliver_from_queue(bank.swallowing_consumer, three_messages())

        assert (bank.balance(), dead) == (2 * POINTS, [])


class TestTheRightWay:
    def test_a_keyed_transaction_counts_once_under_every_fault(self, injector: Injector, bank: Bank) -> None:
        found = balances_after_each_fault(injector, bank, bank.keyed)

        assert set(found.values()) == {POINTS}

    @pytest.mark.parametrize("actors", [2, 3])
    def test_a_keyed_transaction_counts_once_in_every_order(self, bank: Bank, actors: int) -> None:
        found = balances_after_each_order(bank, bank.keyed, actors)

        assert set(found) == {POINTS}

    def test_a_keyed_transaction_counts_once_in_every_order_with_every_fault(
        self, injector: Injector, bank: Bank
    ) -> None:
        def check(_: list[Outcome]) -> None:
            assert bank.balance() == POINTS

        acts = [partial(until_answered, bank.keyed)] * 2
        for fault in every_fault(1, actor=0):
            explore(empty_moto, acts, check, during=partial(injector.armed, fault))
            assert injector.fired

    @pytest.mark.parametrize("how", ["crash", "time-out", cancelled("None", CONFLICT), THROTTLED], ids=str)
    def test_a_reporting_consumer_takes_every_message_once(self, injector: Injector, bank: Bank, how: How) -> None:
        for fault in every_fault(3, hows=[how]):
            empty_moto()
            injector.tokens.forget()
            with injector.armed(fault):
                dead = deliver_from_queue(bank.reporting_consumer, three_messages())

            assert (bank.balance(), dead) == (3 * POINTS, [])


def three_messages() -> list[dict]:
    return queue_messages([json.dumps({"pk": {"S": f"message {number}"}}) for number in range(3)])
