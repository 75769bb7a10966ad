"""One exploration is many cases. What a failure says: which case, at which call, and how to run that one alone."""

import os
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from tests.faults.harness.hook import Call
from tests.faults.harness.injector import Fault
from tests.faults.harness.tally import TALLY

C = TypeVar("C")

ONLY = "REGULARS_ONLY"
"""The environment variable that names the one case to run."""


def for_each(cases: Iterable[C], attempt: Callable[[C], object], calls: Sequence[Call] = ()) -> int:
    """Do ``attempt`` with each case, or with the one that REGULARS_ONLY names; returns how many there were.

    A failure is told its case, where in ``calls`` it struck, and the command that runs it alone.
    """
    wanted = os.environ.get(ONLY)
    chosen = [case for case in cases if wanted in (None, str(case))]
    for case in chosen:
        TALLY["cases"] += 1
        try:
            attempt(case)
        except Exception as error:
            error.add_note(told(case, calls))
            raise
    return len(chosen)


def told(case: object, calls: Sequence[Call] = ()) -> str:
    """The note on a failure."""
    lines = [f"case   {case}", *_marked(case, calls), f"again  {again(case)}"]
    return "\n".join(lines)


def again(case: object) -> str:
    """The command that runs this case of the test of now, and no other."""
    test = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]
    return f'{ONLY}="{case}" .venv/bin/python -m pytest "{test}"'


def _marked(case: object, calls: Sequence[Call]) -> list[str]:
    """Every call that goes well, and the struck one marked."""
    fault = case if isinstance(case, Fault) else None
    width = max((len(f"{number} {call}") for number, call in enumerate(calls)), default=0)
    lines = []
    for number, call in enumerate(calls):
        struck = fault is not None and fault.only is None and fault.at <= number < fault.at + fault.times
        mark = f"  ← {fault.how} {fault.when}" if struck and fault else ""
        lines.append(f"call   {f'{number} {call}':{width if mark else 0}}{mark}")
    return lines
