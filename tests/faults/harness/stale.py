"""Eventually consistent reads over moto, which answers every read from the newest state.

DynamoDB does not: GetItem, Query and Scan without ConsistentRead, and all reads of an index, may be old.
"""

import collections
import contextlib
import copy
import threading
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from tests.faults.harness.hook import Attempt, Reply, Send, layer_installed
from tests.support.moto_state import moto_tables

_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"})
_READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan"})

Items = dict[str, Any]


@contextlib.contextmanager
def stale_reads(lag: int = 1) -> Iterator[list[str]]:
    """Eventually consistent reads see the tables as they were before the latest ``lag`` writes.

    Yields the tables that were read so, one mention for each read.
    """
    before: collections.deque[Items] = collections.deque(maxlen=lag)
    served: list[str] = []
    # moto is not safe under threads; one call at a time also keeps the swap below unseen.
    one_at_a_time = threading.RLock()

    def layer(attempt: Attempt, send: Send) -> Reply:
        with one_at_a_time:
            if attempt.operation.name in _WRITES:
                items = {name: copy.deepcopy(table.items) for name, table in moto_tables().items()}
                reply = send(attempt)
                # A write that was refused changes nothing, and nothing grows older by it.
                if reply[0] is not None and reply[0][0].status_code == HTTPStatus.OK:
                    before.append(items)
                return reply
            eventual = _eventual_tables(attempt) if before else []
            served.extend(eventual)
            with _as_they_were(before[0] if eventual else {}, eventual):
                return send(attempt)

    with layer_installed(layer):
        yield served


def _eventual_tables(attempt: Attempt) -> list[str]:
    if attempt.operation.name not in _READS:
        return []
    if attempt.operation.name == "BatchGetItem":
        asked = attempt.body["RequestItems"]
        return [table for table, wanted in asked.items() if not wanted.get("ConsistentRead")]
    return [] if attempt.body.get("ConsistentRead") else [attempt.body["TableName"]]


@contextlib.contextmanager
def _as_they_were(old: Items, tables: list[str]) -> Iterator[None]:
    state = moto_tables()
    now = {table: state[table].items for table in tables}
    for table in tables:
        state[table].items = old.get(table, now[table])
    try:
        yield
    finally:
        for table, items in now.items():
            state[table].items = items
