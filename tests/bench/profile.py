"""Where a warm check-in spends its time, by whose code it is: the reason behind B2's ratio."""

import json
from pathlib import Path

from tests.bench.measure import Subject, process

CALLS = 400


def where_the_time_goes(subject: Subject, conversation: Path) -> str:
    """A section with each library's share. A profiler slows small functions most, so shares are no times."""
    printed, _ = process(subject, conversation, "profile", str(CALLS))
    shares: dict[str, float] = json.loads(printed)
    whole = sum(shares.values())
    ordered = sorted(shares.items(), key=lambda share: -share[1])
    rows = [f"| {name} | {taken / whole:.0%} |" for name, taken in ordered if taken / whole >= 0.01]
    return "\n".join(["## Where a warm check-in spends its time", "", "| whose code | share |", "|---|---|", *rows])
