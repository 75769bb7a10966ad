"""The offline scorer on as many messages as a large shop has in a day: right, and the same bytes in any order."""

import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.faults.harness.effort import effort

MESSAGES = effort(10_000, 1_000_000)
PER_CUSTOMER = 5
"""Two questions with an answer each, and one more question; every third customer's last one is left alone."""


def lines(customers: int) -> Iterable[str]:
    for number in range(customers):
        minute, second = number // 60 % 60, number % 60
        said = [(9, "customer"), (9.5, "agent"), (11, "customer"), (11.25, "agent"), (13, "customer")]
        for at, who in said if number % 3 == 0 else [*said, (13.5, "agent")]:
            clock = f"{int(at):02d}:{min(59, int(at % 1 * 60) + minute // 3):02d}:{second:02d}"
            told = {"message_id": f"{number}-{at}", "customer_id": f"u{number}", "at": f"2026-03-18T{clock}+08:00"}
            yield json.dumps(told | {"from": who, "text": "在吗" if who == "customer" else "在的"}, ensure_ascii=False)


def scored(log: Path) -> dict:
    program = [sys.executable, "-m", "services.compliance.score", str(log), "--date", "2026-03-18"]
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    found: dict = json.loads(done.stdout)
    return found


def test_a_large_day_is_scored_right_and_alike_in_any_order(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    customers = MESSAGES * 3 // 17
    told = list(lines(customers))
    log = tmp_path / "log.ndjson"
    log.write_text("\n".join(told), "utf-8")
    began = time.monotonic()

    found = scored(log)
    record_property("messages", len(told))
    record_property("seconds", round(time.monotonic() - began, 1))
    record_property("peak_mb", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
    random.Random(3).shuffle(told)
    log.write_text("\n".join(told), "utf-8")

    left_alone = (customers + 2) // 3
    assert found["messages"] == len(told)
    assert found["reply"]["consulting_users"] == customers
    assert found["reply"]["effective_users"] == customers - left_alone
    assert scored(log) == found
