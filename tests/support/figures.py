"""What `make prove` tells at its end, and writes to build/prove.txt: tests, seconds and what they went through.

A test tells a figure by pytest's ``record_property(name, number)``; figures of one name in one file are added up,
those that end in ``_max`` or ``_mb`` are not: the largest counts.
"""

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

PROVE = Path(__file__).parents[2] / "build" / "prove.txt"
PROVING = os.environ.get("REGULARS_PROVE") == "1"
LARGEST = ("_max", "_mb")


class Figures:
    """Collects the reports of all tests, from whatever worker they come."""

    def __init__(self) -> None:
        self._tests: Counter[str] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)
        self._told: defaultdict[str, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        file = report.nodeid.partition("::")[0]
        self._seconds[file] += report.duration
        if report.when != "teardown":
            self._tests[file] += report.when == "call"
            return
        told = self._told[file]
        for name, value in report.user_properties:
            if isinstance(value, int | float):
                told[name] = max(told[name], value) if name.endswith(LARGEST) else told[name] + value

    def lines(self) -> Iterator[str]:
        width = max(map(len, self._tests), default=0)
        for file in sorted(self._tests):
            told = "  ".join(f"{name} {value:,g}" for name, value in sorted(self._told[file].items()))
            yield f"{file:{width}}  {self._tests[file]:5} tests  {self._seconds[file]:8.1f} s  {told}".rstrip()
        yield f"{'all':{width}}  {self._tests.total():5} tests  {sum(self._seconds.values()):8.1f} s"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter, exitstatus: int) -> None:
        text = "\n".join(self.lines())
        terminalreporter.section("proof")
        terminalreporter.write_line(text)
        PROVE.parent.mkdir(exist_ok=True)
        PROVE.write_text(f"{text}\nexit status {int(exitstatus)}\n", "utf-8")


def pytest_configure(config: pytest.Config) -> None:
    if PROVING and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Figures(), "figures")
