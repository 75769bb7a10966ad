"""Each broken rule turns the machine red: a machine that cannot fail proves nothing. README.md is the table."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.faults.harness.injector import fault_injection
from tests.shared.ledger import broken, test_holds, test_lots, test_movements
from tests.shared.ledger.machine import LedgerMachine
from tests.shared.ledger.stored_machine import stored_machine
from tests.support.tables import Platform

Bug = Callable[[], AbstractContextManager[None]]

# The same examples every time, and none is made smaller: that it fails is all that is asked.
SEARCH = settings(
    max_examples=1_500,
    stateful_step_count=50,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    report_multiple_bugs=False,
)

IN_MEMORY: list[Bug] = [
    broken.double_capture,
    broken.lost_void,
    broken.latest_first,
    broken.expiry_only_by_the_sweep,
    broken.expired_spent,
    broken.merged_earlier,
    broken.never_merged,
    broken.given_back_to_die,
    broken.given_back_into_the_past,
    broken.released_twice,
    broken.refund_from_anywhere,
    broken.every_refund_owed,
    broken.copied_by_a_merge,
    broken.inactive_for_ever,
    broken.forked_chain,
]
BY_NAME: list[tuple[Bug, Callable[[], None]]] = [
    (broken.one_hold_more, test_holds.test_no_more_than_four_are_open),
    (
        broken.open_a_moment_longer,
        lambda: test_holds.test_it_runs_out_at_its_very_moment_swept_or_not(0, open_still=False),
    ),
    (broken.debt_forgotten, test_movements.TestEarning().test_a_debt_is_repaid_first),
    (broken.over_on_the_last_day, test_lots.TestExpiry().test_points_can_be_spent_on_their_last_day_and_not_after),
    (broken.undone_in_full, test_movements.TestMergingFiles().test_undoing_it_takes_back_nothing_that_was_spent),
]
IN_TABLES: list[Bug] = [broken.two_transactions, broken.forgotten_in_the_row, broken.new_day_new_event]


@pytest.mark.parametrize("bug", IN_MEMORY, ids=lambda bug: bug.__name__)
def test_the_machine_sees_it(bug: Bug) -> None:
    with bug(), pytest.raises(AssertionError):
        run_state_machine_as_test(LedgerMachine, settings=SEARCH)


@pytest.mark.parametrize(("bug", "test"), BY_NAME, ids=lambda each: getattr(each, "__name__", ""))
def test_a_test_by_name_sees_it(bug: Bug, test: Callable[[], None]) -> None:
    test()
    with bug(), pytest.raises((AssertionError, pytest.fail.Exception)):
        test()


@pytest.mark.parametrize("bug", IN_TABLES, ids=lambda bug: bug.__name__)
def test_the_machine_on_tables_sees_it(platform: Platform, bug: Bug) -> None:
    with fault_injection() as injector, bug(), pytest.raises(AssertionError):
        run_state_machine_as_test(stored_machine(injector), settings=settings(SEARCH, max_examples=100))


def test_the_table_beside_lists_every_bug() -> None:
    listed = Path(__file__).with_name("README.md").read_text("utf-8")

    planted = [*IN_MEMORY, *IN_TABLES, *(bug for bug, _ in BY_NAME)]
    assert [bug.__name__ for bug in planted if f"`{bug.__name__}`" not in listed] == []
