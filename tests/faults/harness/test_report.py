"""A failure names its case and the command that runs it alone."""

import pytest

from tests.faults.harness.hook import Call
from tests.faults.harness.injector import Fault
from tests.faults.harness.report import ONLY, for_each

CALLS = [Call("dynamodb.GetItem", reads=frozenset({("t", "a")})), Call("dynamodb.PutItem", writes=frozenset({("t",)}))]
FAULTS = [Fault(number, "after", "crash") for number in range(2)]


def failing(fault: Fault) -> None:
    assert fault.at == 0, "half of it was done"


def test_a_failure_is_told_where_it_struck_and_how_to_run_it_again() -> None:
    with pytest.raises(AssertionError) as caught:
        for_each(FAULTS, failing, CALLS)

    case, first, second, again = caught.value.__notes__[-1].splitlines()
    assert case == "case   crash after call 1"
    assert first == "call   0 dynamodb.GetItem(t)"
    assert second == "call   1 dynamodb.PutItem(t)  ← crash after"
    assert again.startswith(f'again  {ONLY}="crash after call 1" .venv/bin/python -m pytest "tests/faults/harness/')
    assert again.endswith('test_a_failure_is_told_where_it_struck_and_how_to_run_it_again"')


def test_one_case_can_be_run_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(ONLY, "crash after call 0")

    assert for_each(FAULTS, failing) == 1
