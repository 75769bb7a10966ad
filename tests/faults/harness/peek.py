"""Looks at stored items beside the calls that are being counted, without being counted."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from tests.faults.harness.hook import Attempt, layers_bypassed
from tests.faults.harness.item_size import Item, item_bytes

_PAGE = (
    "TableName",
    "IndexName",
    "KeyConditionExpression",
    "ExclusiveStartKey",
    "Limit",
    "ScanIndexForward",
    "ConsistentRead",
)


@dataclass(frozen=True)
class Read:
    """What one read had to look at: a single item, or all items a query went over."""

    table: str
    bytes: int
    consistent: bool


class Peek:
    """A client of the harness's own, for one block: it belongs to moto or to the emulator, whichever is there."""

    def __init__(self) -> None:
        self._client = boto3.client("dynamodb")
        self._key_names: dict[str, list[str]] = {}
        self._index_key_names: dict[str, list[list[str]]] = {}
        self._keys_only: dict[str, list[bool]] = {}

    def bytes_of(self, table: str, item: Item) -> int:
        """The size of the stored item with the key of ``item``, which may be a key or a whole item."""
        return item_bytes(self.item_of(table, item))

    def item_of(self, table: str, item: Item) -> Item:
        """The stored item with the key of ``item``; empty when there is none."""
        key = {name: item[name] for name in self._keys(table)}
        with layers_bypassed():
            found = self._client.get_item(TableName=table, Key=key, ConsistentRead=True)
        stored: Item = found.get("Item", {})
        return stored

    def indexed(self, table: str, item: Item) -> list[tuple[Item, Item] | None]:
        """The item's key and all that is kept of it in each index of its table; None where it lacks an attribute and
        so is not in it.
        """
        own = self._keys(table)
        found: list[tuple[Item, Item] | None] = []
        for names, keys_only in zip(self._index_key_names[table], self._keys_only[table], strict=True):
            inside = set(names) <= set(item)
            kept = {name: item[name] for name in {*own, *names}} if inside and keys_only else item
            found.append(({name: item[name] for name in names}, kept) if inside else None)
        return found

    def reads(self, attempt: Attempt) -> Iterator[Read]:
        """Each read that ``attempt`` consisted of."""
        body = attempt.body
        match attempt.operation.name:
            case "GetItem":
                yield self._one(body["TableName"], body)
            case "TransactGetItems":
                for part in body["TransactItems"]:
                    yield self._one(part["Get"]["TableName"], part["Get"])
            case "BatchGetItem":
                for table, asked in body["RequestItems"].items():
                    yield from (self._one(table, {**asked, "Key": key}) for key in asked["Keys"])
            case "Query" | "Scan":
                yield Read(body["TableName"], self._page_bytes(attempt), bool(body.get("ConsistentRead")))

    def _one(self, table: str, asked: Mapping[str, Any]) -> Read:
        return Read(table, self.bytes_of(table, asked["Key"]), bool(asked.get("ConsistentRead")))

    def _page_bytes(self, attempt: Attempt) -> int:
        """All that a query or scan went over: the same page again, since filters and projections save no units."""
        body = attempt.body
        self._keys(body["TableName"])
        asked = {name: body[name] for name in _PAGE if name in body}
        used = set(re.findall(r"[#:]\w+", asked.get("KeyConditionExpression", "")))
        for names in ("ExpressionAttributeNames", "ExpressionAttributeValues"):
            if needed := {name: value for name, value in body.get(names, {}).items() if name in used}:
                asked[names] = needed
        read = self._client.query if attempt.operation.name == "Query" else self._client.scan
        with layers_bypassed():
            page = read(**asked)
        return sum(item_bytes(item) for item in page["Items"])

    def _keys(self, table: str) -> list[str]:
        if table not in self._key_names:
            with layers_bypassed():
                found = self._client.describe_table(TableName=table)["Table"]
            indexes = found.get("GlobalSecondaryIndexes", []) + found.get("LocalSecondaryIndexes", [])
            kinds = {index["Projection"]["ProjectionType"] for index in indexes}
            if not kinds <= {"ALL", "KEYS_ONLY"}:
                raise NotImplementedError(f"{table} has an index of some attributes, which is not counted yet")
            self._index_key_names[table] = [[key["AttributeName"] for key in index["KeySchema"]] for index in indexes]
            self._keys_only[table] = [index["Projection"]["ProjectionType"] == "KEYS_ONLY" for index in indexes]
            self._key_names[table] = [key["AttributeName"] for key in found["KeySchema"]]
        return self._key_names[table]
