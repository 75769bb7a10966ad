"""Bringing tables back to what they were: from copies that DynamoDB restored beside them, row by row.

The tables themselves stay, and with them their names, streams and settings. Nothing may write meanwhile
(docs/operations.md says how to see to that).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from infra.deploy.stage import CannotDeploy, Session, Stage
from infra.local.console import say

RESTORED = "-restored"
"""A copy is called as its table, with this after it."""
NEVER = "keys"
"""Keys that were thrown away must not come back: what they sealed would be readable again."""
BATCH_READ = 100
BATCH_WRITE = 25

Row = dict[str, Any]


@dataclass(frozen=True)
class Differences:
    """What makes a table as its copy: rows to put (changed or gone since), keys of rows to take away (new since)."""

    table: str
    puts: Sequence[Row]
    removals: Sequence[Row]

    def __bool__(self) -> bool:
        return bool(self.puts or self.removals)

    def __str__(self) -> str:
        return f"{self.table}: {len(self.puts):,} rows to put back, {len(self.removals):,} to take away"


def restore(session: Session, stage: Stage, ask: Callable[[str], bool]) -> bool:
    """Make every table of the stage that has a restored copy as that copy is; whether anything differed.

    Raises CannotDeploy when there is no copy, or one that must not be used.
    """
    dynamodb = session.client("dynamodb")
    found = [differences(dynamodb, table) for table in _tables_with_copy(dynamodb, stage)]
    for each in found:
        print(each)
    if any(found):
        if not ask("Write these differences?"):
            raise CannotDeploy("Left as it was.")
        for each in found:
            _apply(dynamodb, each)
            say("restore", f"{each.table} is as {each.table}{RESTORED}")
    return any(found)


def _tables_with_copy(dynamodb: Any, stage: Stage) -> list[str]:
    names = [name for page in dynamodb.get_paginator("list_tables").paginate() for name in page["TableNames"]]
    tables = [name for name in names if name.startswith(f"{stage.prefix}-") and f"{name}{RESTORED}" in names]
    if f"{stage.prefix}-{NEVER}" in tables:
        raise CannotDeploy(f"{stage.prefix}-{NEVER} is never brought back to an earlier time: erased keys stay erased.")
    if not tables:
        raise CannotDeploy(f"No table {stage.prefix}-… has a copy called …{RESTORED}.")
    return tables


def differences(dynamodb: Any, table: str) -> Differences:
    """Compare a table with its restored copy."""
    names = [key["AttributeName"] for key in dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]]
    puts = [row for row, other in _beside(dynamodb, f"{table}{RESTORED}", table, names) if row != other]
    news = [row for row, other in _beside(dynamodb, table, f"{table}{RESTORED}", names) if other is None]
    return Differences(table, puts, [_key(row, names) for row in news])


def _beside(dynamodb: Any, table: str, other: str, names: Sequence[str]) -> Iterator[tuple[Row, Row | None]]:
    """Every row of a table with the one of the same key in another."""
    for page in dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True, Limit=BATCH_READ):
        found = list(_read(dynamodb, other, [_key(row, names) for row in page["Items"]]))
        for row in page["Items"]:
            yield row, next((each for each in found if _key(each, names) == _key(row, names)), None)


def _key(row: Row, names: Sequence[str]) -> Row:
    return {name: row[name] for name in names}


def _read(dynamodb: Any, table: str, keys: Sequence[Row]) -> Iterator[Row]:
    asked = {table: {"Keys": list(keys), "ConsistentRead": True}} if keys else {}
    while asked:
        answer = dynamodb.batch_get_item(RequestItems=asked)
        yield from answer["Responses"].get(table, [])
        asked = answer.get("UnprocessedKeys") or {}


def _apply(dynamodb: Any, wanted: Differences) -> None:
    writes = [{"PutRequest": {"Item": row}} for row in wanted.puts]
    writes += [{"DeleteRequest": {"Key": key}} for key in wanted.removals]
    for start in range(0, len(writes), BATCH_WRITE):
        asked = {wanted.table: writes[start : start + BATCH_WRITE]}
        while asked:
            asked = dynamodb.batch_write_item(RequestItems=asked).get("UnprocessedItems") or {}
