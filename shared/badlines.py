"""Lines of a file that an import cannot take: named on the terminal, and all of them in a file beside the given one.

For the commands that read files; no function imports it.
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

SHOWN = 10


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be taken: its number in the file (the heading is line 1), why, and the line."""

    line: int
    reason: str
    text: str


def tell(bad: Sequence[BadLine], file: Path, console: Console) -> None:
    """Name the lines of ``file`` that are not in; nothing where all are."""
    if not bad:
        return
    named = file.with_name(f"{file.name}.errors.csv")
    with named.open("w", encoding="utf-8", newline="") as text:
        csv.writer(text).writerows([("line", "reason", "content"), *((b.line, b.reason, b.text) for b in bad)])
    for each in bad[:SHOWN]:
        console.print(f"  line {each.line}: {each.reason}", markup=False)
    console.print(f"[yellow]{len(bad):,} lines are not in. All of them, with their reasons: {named}[/]")
