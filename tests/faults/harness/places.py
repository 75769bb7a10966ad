"""Which places of the data a request touches: a whole table, one partition of it, or one item.

Values that are random, as new ids are, are masked: the same request is the same every time it is explored.
Two places that look alike once masked count as one, which is safe: at worst an order is tried that need not be.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from tests.faults.harness.sameness import masked

Place = tuple[str, ...]
"""``(table,)``, ``(table, pk)`` or ``(table, pk, sk)``; a queue or a key is a place of one name."""

ANYWHERE: Place = ()
"""Where a request does not say what it touches."""

_NAMED = ("QueueUrl", "QueueName", "KeyId")
_EQUALS = re.compile(r"([#\w]+)\s*=\s*(:\w+)")


def meet(some: Collection[Place], others: Collection[Place]) -> bool:
    """Whether any two of them overlap: a partition holds its items, a table its partitions."""
    return any(one[: len(other)] == other[: len(one)] for one in some for other in others)


def places_of(operation: str, body: Mapping[str, Any]) -> Iterator[Place]:
    """The places in the data that a request of this operation touches; none when it does not say."""
    yield from ((str(body[name]),) for name in _NAMED if name in body)
    if "TableName" in body:
        yield _place(body["TableName"], body, whole=operation == "Scan")
    for table, requests in body.get("RequestItems", {}).items():
        yield from _of_batch(table, requests)
    for part in body.get("TransactItems", ()):
        yield from (_place(action["TableName"], action) for action in part.values())


def _of_batch(table: str, requests: Any) -> Iterator[Place]:
    if isinstance(requests, Mapping):
        yield from (_keyed(table, key) for key in requests["Keys"])
        return
    for request in requests:
        yield from (_place(table, action) for action in request.values())


def _place(table: str, action: Mapping[str, Any], *, whole: bool = False) -> Place:
    if whole or "IndexName" in action:
        return (table,)
    if "KeyConditionExpression" in action:
        return _keyed(table, _partition(action))
    return _keyed(table, action.get("Key") or action.get("Item") or {})


def _keyed(table: str, key: Mapping[str, Any]) -> Place:
    """Every table of ours keys on ``pk``, most on ``sk`` too."""
    names = [name for name in ("pk", "sk") if name in key]
    return (table, *(masked(key[name]["S"]) for name in names)) if "pk" in names else (table,)


def _partition(action: Mapping[str, Any]) -> Mapping[str, Any]:
    names, values = action.get("ExpressionAttributeNames", {}), action["ExpressionAttributeValues"]
    for name, value in _EQUALS.findall(action["KeyConditionExpression"]):
        if names.get(name, name) == "pk":
            return {"pk": values[value]}
    return {}
