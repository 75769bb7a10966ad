"""Runs one subject in a fresh interpreter: `run.py SUBJECT cold`, `… warm CALLS` or `… profile CALLS`.

Cold, the process's own CPU time is the figure and its parent reads it. Warm, it prints the CPU seconds of one call;
profiled, the seconds that each library's own code took.
"""

import cProfile
import importlib
import json
import os
import pstats
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

WARM_UP = 40


def main() -> None:
    from tests.bench.child import canned, visit

    subject, how, *calls = sys.argv[1:]
    printed = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what functions log is not what we print
    handler = importlib.import_module(f"tests.bench.child.{subject}").handler
    event = visit.event(visit.token(canned.CONVERSATION["shop"]), "key-0000000000000001")
    answer = handler(event, visit.CONTEXT)
    if int(answer["statusCode"]) != 201:
        sys.exit(f"{subject} answered {answer}")
    expected = [call["operation"] for call in canned.CONVERSATION["calls"]]
    if sorted(canned.asked) != sorted(expected):
        sys.exit(f"{subject} asked {canned.asked}, not {expected}")
    ask = lambda: handler(event, visit.CONTEXT)  # noqa: E731 - one name for what is repeated
    if how == "warm":
        os.write(printed, f"{_seconds(ask, int(calls[0]))}\n".encode())
    if how == "profile":
        os.write(printed, json.dumps(_shares(ask, int(calls[0]))).encode())
    sys.stdout.flush()
    os._exit(0)  # Lambda freezes a function; it does not wait for its goodbyes


def _seconds(ask: Callable[[], Any], calls: int) -> float:
    for _ in range(WARM_UP):
        ask()
    began = time.process_time()
    for _ in range(calls):
        ask()
    return (time.process_time() - began) / calls


def _shares(ask: Callable[[], Any], calls: int) -> dict[str, float]:
    for _ in range(WARM_UP):
        ask()
    profile = cProfile.Profile(time.process_time)
    profile.enable()
    for _ in range(calls):
        ask()
    profile.disable()
    shares: Counter[str] = Counter()
    for (file, _line, _name), (_calls, _all, own, *_rest) in pstats.Stats(profile).stats.items():  # type: ignore[attr-defined]
        shares[_whose(file)] += own
    return dict(shares)


def _whose(file: str) -> str:
    parts = PurePath(file).parts
    for name in ("botocore", "pynamodb", "chalice", "pydantic", "urllib3", "services", "shared"):
        if name in parts:
            return "regulars" if name in ("services", "shared") else name
    return "built into Python (much of it json, hmac and hashlib for botocore)" if file == "~" else "Python's library"


main()
