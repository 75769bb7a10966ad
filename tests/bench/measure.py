"""Fresh interpreters, the alternatives in turn, CPU time by the operating system's own account."""

import os
import random
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUN = ROOT / "tests" / "bench" / "child" / "run.py"
PYTHON = Path(sys.executable).resolve()
"""The interpreter itself: what a subject imports is what its paths say, and no environment's."""


@dataclass(frozen=True)
class Subject:
    """One alternative: the module that serves, and the folders it imports from, in their order."""

    name: str
    module: str
    paths: Sequence[Path]


@dataclass(frozen=True)
class Spread:
    """Some figures by their middle, and the middle half of them."""

    low: float
    median: float
    high: float

    @classmethod
    def of(cls, figures: Sequence[float]) -> "Spread":
        low, median, high = statistics.quantiles(figures, n=4)
        return cls(low, median, high)


Rounds = Mapping[str, Sequence[float]]
"""Each subject's CPU seconds, round by round: figures at the same place were measured side by side."""


def cold(subjects: Sequence[Subject], conversation: Path, rounds: int) -> Rounds:
    """CPU seconds of a whole process: start, imports, one check-in."""
    return _in_turn(subjects, rounds, lambda subject: process(subject, conversation, "cold")[1])


def warm(subjects: Sequence[Subject], conversation: Path, rounds: int, calls: int) -> Rounds:
    """CPU seconds of one check-in in a process that has served some."""
    return _in_turn(subjects, rounds, lambda subject: float(process(subject, conversation, "warm", str(calls))[0]))


def ratio(rounds: Rounds, of: str, to: str) -> Spread:
    """How many times ``to``'s time ``of`` takes, pair by pair."""
    return Spread.of([mine / other for mine, other in zip(rounds[of], rounds[to], strict=True)])


def _in_turn(subjects: Sequence[Subject], rounds: int, measured: Callable[[Subject], float]) -> Rounds:
    for subject in subjects:
        measured(subject)  # files into the page cache
    found: dict[str, list[float]] = {subject.name: [] for subject in subjects}
    for _ in range(rounds):
        for subject in random.sample(subjects, len(subjects)):
            found[subject.name].append(measured(subject))
    return found


def process(subject: Subject, conversation: Path, *how: str) -> tuple[str, float]:
    """What the process printed, and its CPU seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [str(PYTHON), "-sS", str(RUN), subject.module, *how]
    done = subprocess.run(command, env=_environment(subject, conversation), capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(f"{subject.name} failed:\n{done.stderr}")
    return done.stdout, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _environment(subject: Subject, conversation: Path) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join(map(str, (*subject.paths, ROOT))),
        "PYTHONDONTWRITEBYTECODE": "1",
        "BENCH_CONVERSATION": str(conversation),
        "REGULARS_PREFIX": "bench",
        "REGULARS_RATE_LIMIT": "1000000000",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "t" * 300,
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
