"""The three ways that rows are touched: read, read together, written together. shared/schema.py declares them.

Reads are consistent unless a caller says why an older answer will do.
"""

import contextlib
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from botocore.exceptions import ClientError
from pynamodb.exceptions import PutError
from pynamodb.expressions.condition import Condition

from shared import aws, clock
from shared.errors import Conflict
from shared.rows import Part, Row, Writes


class LostRace(Conflict):
    """Somebody else wrote first: load again and decide again."""


class Contended(Conflict):
    """Another transaction held an item, or a table had no room for this one: nothing was written, and nothing is
    known of the conditions. Only trying again will tell.
    """


_IN_THE_WAY = frozenset({"TransactionConflictException", "TransactionInProgressException"})
_NOT_NOW = frozenset({"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
"""Reasons of a cancelled transaction that say nothing of its conditions. The SDK retries none of them."""


def save(row: Row, condition: Condition) -> None:
    """Put one row if ``condition`` holds. Raises LostRace when it does not, Contended when nobody could tell."""
    _insist(lambda: _save_once(row, condition))


def commit(parts: Sequence[Part]) -> None:
    """Write all parts or none. Raises LostRace when a condition failed, Contended when nobody could tell."""
    _insist(lambda: commit_once(parts))


def commit_once(parts: Sequence[Part]) -> None:
    """:func:`commit` without patience: for those who load and decide again when somebody is in the way."""
    writes = Writes()
    for part in parts:
        part(writes)
    try:
        aws.client("dynamodb").transact_write_items(TransactItems=writes.items)
    except ClientError as error:
        reasons = {reason["Code"] for reason in error.response.get("CancellationReasons", ())} - {"None"}
        if "ConditionalCheckFailed" in reasons:
            raise LostRace from error
        if error.response["Error"]["Code"] in _IN_THE_WAY or (reasons and reasons <= _NOT_NOW):
            raise Contended from error
        raise


def _save_once(row: Row, condition: Condition) -> None:
    try:
        row.save(condition=condition)
    except PutError as error:
        if error.cause_response_code == "ConditionalCheckFailedException":
            raise LostRace from error
        if error.cause_response_code in _IN_THE_WAY:
            raise Contended from error
        raise


PATIENCE = 8


def _insist(write: Callable[[], None]) -> None:
    """Do the same write again while it is contended: it was not made, so it cannot be made twice."""
    for _ in attempts(PATIENCE):
        with contextlib.suppress(Contended):
            return write()
    return write()


def attempts(limit: int = 24, seconds: float = 8.0) -> Iterator[int]:
    """Tries at a write that may lose a race, with a growing random pause before each but the first.

    Ends after ``limit`` tries or ``seconds`` of machine time, which leaves the gateway's 29 s room.
    """
    deadline = time.monotonic() + seconds
    for attempt in range(limit):
        if attempt:
            clock.pause(random.uniform(0, min(0.25, 0.005 * 2**attempt)))  # noqa: S311 - jitter, not a secret
        if attempt and time.monotonic() > deadline:
            return
        yield attempt


R = TypeVar("R", bound=Row)


def find(model: type[R], pk: str, sk: str | None = None, *, consistent: bool = True) -> R | None:
    """The row under this key, or None."""
    try:
        return model.get(pk, sk, consistent_read=consistent)
    except model.DoesNotExist:
        return None


def read_together(keys: Sequence[tuple[type[Row], str, str | None]]) -> list[Any]:
    """Several rows, of any tables, by one consistent batch read: each row or None, in the order asked."""
    asked: dict[str, Any] = {}
    for model, pk, sk in keys:
        wanted = asked.setdefault(model.Meta.table_name, {"Keys": [], "ConsistentRead": True})
        wanted["Keys"].append(_key(pk, sk))
    found: dict[tuple[str, str, str | None], Mapping[str, Any]] = {}
    for _ in attempts():
        answer = aws.client("dynamodb").batch_get_item(RequestItems=asked)
        for table, items in answer["Responses"].items():
            for item in items:
                found[table, item["pk"]["S"], item["sk"]["S"] if "sk" in item else None] = item
        asked = answer.get("UnprocessedKeys") or {}
        if not asked:
            break
    if asked:
        msg = "DynamoDB left keys of a batch read unprocessed"
        raise TimeoutError(msg)
    raw = [(model, found.get((model.Meta.table_name, pk, sk))) for model, pk, sk in keys]
    return [model.from_raw_data(item) if item else None for model, item in raw]


def _key(pk: str, sk: str | None) -> dict[str, dict[str, str]]:
    return {"pk": {"S": pk}} if sk is None else {"pk": {"S": pk}, "sk": {"S": sk}}
