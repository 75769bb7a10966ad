"""`make bench`: cold start and warm check-in against floor and peers, in one run, written to docs/bench.md."""

import argparse
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.bench import measure, subjects
from tests.bench.measure import ROOT, Subject
from tests.bench.profile import where_the_time_goes
from tests.bench.report import Bench, Target, text, write
from tests.bench.subjects import DEFAULT, FLOOR, OURS, PEER

SCRATCH = ROOT / "build" / "bench"
COLD = (Target(OURS, FLOOR, 1.35), Target(OURS, PEER, 0.60), Target(OURS, DEFAULT, 0.38))
WARM = (Target(OURS, FLOOR, 1.20), Target(OURS, PEER, 0.65))


def main() -> None:
    """Record, unpack, measure in turn, print and write."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--calls", type=int, default=200, help="check-ins in each warm round")
    asked = parser.parse_args()
    conversation = SCRATCH / "conversation.json"
    # A process of its own: the product reads its environment once, when it is imported.
    subprocess.run([sys.executable, "-m", "tests.bench.record", str(conversation)], cwd=ROOT, check=True)
    subjects.compile_peers()
    told = _measured(conversation, asked.rounds, asked.calls)
    write(told)
    print(told)


def _measured(conversation: Path, rounds: int, calls: int) -> str:
    each: Mapping[str, Subject] = {subject.name: subject for subject in subjects.unpacked(SCRATCH)}
    print("B1, cold starts ...", flush=True)
    cold = measure.cold(list(each.values()), conversation, rounds)
    print("B2, warm check-ins ...", flush=True)
    warm = measure.warm([each[FLOOR], each[OURS], each[PEER]], conversation, rounds, calls)
    benches = (
        Bench("B1: cold start", cold, COLD, "ms of CPU", 1_000),
        Bench("B2: warm check-in", warm, WARM, "µs of CPU", 1_000_000),
    )
    return text(benches, where_the_time_goes(each[OURS], conversation))


if __name__ == "__main__":
    main()
