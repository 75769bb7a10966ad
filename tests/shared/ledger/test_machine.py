"""Promise 1 over all movements in any order (machine.py): in memory, and in tables where calls fail."""

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.harness.injector import conflicts, fault_injection
from tests.shared.ledger.machine import LedgerMachine
from tests.shared.ledger.stored_machine import stored_machine
from tests.support.tables import Platform

QUICK = settings(max_examples=60, stateful_step_count=40, deadline=None)
STORED = settings(max_examples=8, stateful_step_count=25, deadline=None)


def test_the_books_balance_after_every_step() -> None:
    run_state_machine_as_test(LedgerMachine, settings=QUICK)


def test_they_balance_in_the_tables_when_calls_fail_and_events_come_again(platform: Platform) -> None:
    with conflicts(0.1, seed=1), fault_injection() as injector:
        run_state_machine_as_test(stored_machine(injector), settings=STORED)
