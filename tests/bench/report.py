"""The figures as a table for a terminal and as docs/bench.md."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.bench.measure import ROOT, Rounds, Spread, ratio

DOCUMENT = ROOT / "docs" / "bench.md"


@dataclass(frozen=True)
class Target:
    """``of`` is to take at most ``most`` times what ``to`` takes."""

    of: str
    to: str
    most: float


@dataclass(frozen=True)
class Bench:
    """One benchmark's rounds and what they are to show. ``unit`` is how many of its units are a second."""

    title: str
    rounds: Rounds
    targets: Sequence[Target]
    unit: str
    per_second: int

    def figures(self) -> str:
        """Each subject's CPU time."""
        rows = [(name, Spread.of([each * self.per_second for each in found])) for name, found in self.rounds.items()]
        told = [f"| {name} | {each.median:.1f} | {each.low:.1f} to {each.high:.1f} |" for name, each in rows]
        return "\n".join([f"| subject | {self.unit}, median | middle half |", "|---|---|---|", *told])

    def ratios(self) -> str:
        """What was to be reached, and what was."""
        return "\n".join(
            ["| ratio | median | middle half | reach | |", "|---|---|---|---|---|", *map(self._row, self.targets)]
        )

    def _row(self, target: Target) -> str:
        found = ratio(self.rounds, target.of, target.to)
        verdict = "reached" if found.median <= target.most else "missed"
        between = f"{found.low:.2f} to {found.high:.2f}"
        return f"| {target.of} ÷ {target.to} | {found.median:.2f} | {between} | ≤ {target.most:.2f} | {verdict} |"


def text(benches: Sequence[Bench], reasons: str) -> str:
    """docs/bench.md. ``reasons`` says why what was missed was missed."""
    rounds = min(len(found) for bench in benches for found in bench.rounds.values())
    parts = [
        "# Benchmarks",
        f"Written by `make bench` on {_today()}: {_machine()}, {rounds} rounds of each.",
        METHOD,
        *(f"## {bench.title}\n\n{bench.figures()}\n\n{bench.ratios()}" for bench in benches),
        COLD_REASONS,
        reasons,
        LEFT_OUT,
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def write(told: str, target: Path = DOCUMENT) -> None:
    target.write_text(told, "utf-8")


def _today() -> str:
    return datetime.now().astimezone().date().isoformat()


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}, Python {platform.python_version()}"


METHOD = """
**What is measured.** One check-in through the Lambda handler: token verified, body checked, rule decided, one read of
state and account, one transaction of three rows. Every AWS answer is canned where botocore would send the request, so
the figures are the function's own CPU time (user and system, as the operating system counts it) and hold no network.
Only the ratios travel to another machine: the alternatives run in turn, in one order or another, and each ratio is the
median over rounds of two figures measured side by side.

- **floor**: the same requests, byte for byte, by bare botocore. No framework, no token, no rule: what cannot be saved.
- **ours**: `layer-*.zip` and the `activities` service's `code.zip`, as `make build` makes them, unpacked.
- **FastAPI**: FastAPI, Mangum, boto3, PynamoDB, PyJWT and pydantic at the same versions, from an installed environment
  with its bytecode. It verifies the same token, checks its body, asks AWS the same and writes the same rows, but its
  rule is one line.
- **default package**: ours as `chalice package` would ship it: source without bytecode, botocore whole.
"""

COLD_REASONS = """
## What a cold start has above its floor

The floor imports botocore and nothing else. Ours imports pydantic, which checks what comes in, PynamoDB, Chalice and
its own modules as well, and builds the schemas of the one route that is asked. Some of that is won back from botocore:
the layer describes only the operations that our functions call, a session of ours asks only the handlers that concern
our services, modules are bytecode, our own in one file, and nobody looks for garbage while they are imported.
"""

LEFT_OUT = """
## What is not measured

Lambda's own start (fetching code, the sandbox), which is the same for all; memory; the network and DynamoDB. Nothing
here ran on AWS. Figures in seconds differ from machine to machine; a busy one widens the middle half, not the median.
"""
