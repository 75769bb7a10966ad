"""When are two ends the same? Ids, keys and seals are drawn anew by every run: they are masked, all else counts."""

import json
import re
from collections import Counter
from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.faults.harness.snapshot import Rows
from tests.support.moto_state import moto_queues

_DRAWN = re.compile(
    r"[\w+/=-]{40,}"  # secrets, hashes, signatures
    r"|(?<![a-z0-9])(?:[a-z2-7]{26}|[a-z2-7]{13})(?![a-z0-9])"  # ids.random_id, ids.digest, and the half of one
    r"|[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){3}"  # a code of a coupon
    r"|(?<=#)\d{1,2}$"  # the slice that a random id falls into
)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00)")
_AROUND_NOW = timedelta(days=1)

State = Counter[str]
"""Every row and every queued message, masked, and how often it is there."""


def masked(text: str) -> str:
    """``text`` without what a run draws for itself, and without the machine's time."""
    return _MOMENT.sub(_unless_now, _DRAWN.sub("*", text))


def _unless_now(found: re.Match[str]) -> str:
    return "now" if _is_now(datetime.fromisoformat(found[0])) else found[0]


def _is_now(at: datetime) -> bool:
    return abs(at - datetime.now(UTC)) < _AROUND_NOW


def state(rows: Rows, *, but: Collection[str] = ()) -> State:
    """All that is stored and queued. ``but`` names attributes, and fields of messages, that may differ. Queues deliver
    at least once: a message counts once, however often it is there.
    """
    found = Counter(f"{table} {_row(row, but)}" for table, held in rows.items() for row in held.values())
    return found + Counter(dict.fromkeys(_queued(but), 1))


def difference(wanted: State, found: State) -> str:
    """What is missing and what is too much, a line each."""
    lines = [f"missing  {line}" for line in (wanted - found).elements()]
    return "\n".join(lines + [f"too much {line}" for line in (found - wanted).elements()])


def _queued(but: Collection[str]) -> list[str]:
    queues = moto_queues().items()
    return [f"queue {name} {masked(_but(message.body, but))}" for name, queue in queues for message in queue._messages]


def _but(body: str, but: Collection[str]) -> str:
    if not but:
        return body
    return json.dumps({name: value for name, value in json.loads(body).items() if name not in but})


def _row(row: Mapping[str, Any], but: Collection[str]) -> str:
    return json.dumps({name: _value(value) for name, value in sorted(row.items()) if name not in but})


def _value(value: Mapping[str, Any]) -> Any:
    ((kind, content),) = value.items()
    match kind:
        case "B":
            return "*"
        case "S":
            return masked(content)
        case "N":
            return _number(content)
        case "M":
            return {masked(name): _value(each) for name, each in sorted(content.items())}
        case "L":
            return [_value(each) for each in content]
    return content


def _number(text: str) -> str:
    """A count, or seconds since 1970 that lie around now."""
    if text.isdigit() and len(text) == len("1700000000") and _is_now(datetime.fromtimestamp(int(text), UTC)):
        return "now"
    return text
