"""What DynamoDB would bill, computed from the requests themselves: the same on every machine and every run.

Put it next to AWS, outside a fault injector's block, and it counts what AWS was asked; retries and failed
conditions are billed like the rest. An index of whole items or of keys is counted with its table; others are refused.
Rules: DynamoDB developer guide, "Read and write operations" and "Item sizes and formats".
"""

import contextlib
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.faults.harness.hook import Attempt, Reply, Send, layer_installed
from tests.faults.harness.item_size import Item, item_bytes
from tests.faults.harness.peek import Peek

WRITE_UNIT_BYTES = 1_024
READ_UNIT_BYTES = 4_096
TRANSACTION = 2
_BILLED_ERRORS = frozenset({"ConditionalCheckFailedException", "TransactionCanceledException"})


@dataclass
class TableUnits:
    """The units of one table."""

    writes: float = 0
    reads: float = 0


@dataclass
class Units:
    """The units and calls of a block, in all and for each table."""

    tables: defaultdict[str, TableUnits] = field(default_factory=lambda: defaultdict(TableUnits))
    calls: Counter[str] = field(default_factory=Counter)

    @property
    def writes(self) -> float:
        return sum(table.writes for table in self.tables.values())

    @property
    def reads(self) -> float:
        return sum(table.reads for table in self.tables.values())

    def of(self, name: str) -> TableUnits:
        """The units of the table ``{prefix}-{name}``."""
        matching = [units for table, units in self.tables.items() if table == name or table.endswith(f"-{name}")]
        return matching[0] if matching else TableUnits()

    def __str__(self) -> str:
        tables = "; ".join(f"{name} {each.writes:g} W {each.reads:g} R" for name, each in sorted(self.tables.items()))
        return f"{self.writes:g} W, {self.reads:g} R ({tables}); calls: {dict(self.calls)}"


@contextlib.contextmanager
def count_units() -> Iterator[Units]:
    """Count the write and read units and the calls that reach AWS inside the block."""
    units, peek = Units(), Peek()

    def layer(attempt: Attempt, send: Send) -> Reply:
        units.calls[attempt.name] += 1
        if not attempt.name.startswith("dynamodb."):
            return send(attempt)
        if attempt.operation.name == "ExecuteStatement":
            raise NotImplementedError("PartiQL is not counted")
        return _billed(units, peek, attempt, send)

    with layer_installed(layer):
        yield units


@dataclass(frozen=True)
class _Write:
    """One item's part of a request. The larger of the item before and after it is what is billed."""

    table: str
    key: Item
    factor: int
    put: Item


def _billed(units: Units, peek: Peek, attempt: Attempt, send: Send) -> Reply:
    writes = list(_writes(attempt))
    before = [peek.item_of(write.table, write.key) for write in writes]
    reply = send(attempt)
    if not _is_billed(reply):
        return reply
    for write, old in zip(writes, before, strict=True):
        new = peek.item_of(write.table, write.key)
        size = max(item_bytes(old), item_bytes(write.put), item_bytes(new))
        units.tables[write.table].writes += write.factor * _write_units(size)
        units.tables[write.table].writes += _index_units(peek, write.table, old, new)
    for read in peek.reads(attempt):
        factor = TRANSACTION if attempt.operation.name == "TransactGetItems" else 1 if read.consistent else 0.5
        units.tables[read.table].reads += factor * max(1, math.ceil(read.bytes / READ_UNIT_BYTES))
    return reply


def _write_units(size: int) -> int:
    return max(1, math.ceil(size / WRITE_UNIT_BYTES))


def _index_units(peek: Peek, table: str, old: Item, new: Item) -> int:
    """An entry put or removed is one write; one whose key changed is removed and put; one that stays is none."""
    units = 0
    for was, now in zip(peek.indexed(table, old), peek.indexed(table, new), strict=True):
        if was and now and was[0] == now[0]:
            units += _write_units(max(item_bytes(was[1]), item_bytes(now[1]))) if was[1] != now[1] else 0
        else:
            units += sum(_write_units(item_bytes(entry[1])) for entry in (was, now) if entry)
    return units


def _is_billed(reply: Reply) -> bool:
    if reply[0] is None:
        return False
    code = reply[0][1].get("Error", {}).get("Code")
    return code is None or code in _BILLED_ERRORS


def _writes(attempt: Attempt) -> Iterator[_Write]:
    body = attempt.body
    match attempt.operation.name:
        case "PutItem" | "UpdateItem" | "DeleteItem":
            yield _write(body, factor=1)
        case "TransactWriteItems":
            for part in body["TransactItems"]:
                yield from (_write(action, factor=TRANSACTION) for action in part.values())
        case "BatchWriteItem":
            for table, requests in body["RequestItems"].items():
                for request in requests:
                    yield from (_write({"TableName": table, **action}, factor=1) for action in request.values())


def _write(action: Mapping[str, Any], *, factor: int) -> _Write:
    """A Put has an Item; Update, Delete and ConditionCheck have a Key."""
    item = action.get("Item", {})
    return _Write(action["TableName"], action.get("Key") or item, factor, item)
