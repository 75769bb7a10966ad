"""Behind moto's curtain: its tables, queues and buckets, to empty or to swap them without a call each."""

from typing import Any

from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID

REGION = "us-east-1"


def moto_tables() -> dict[str, Any]:
    """The tables by name. Ask again each time: a cancelled transaction puts other objects in their place."""
    tables: dict[str, Any] = get_backend("dynamodb")[DEFAULT_ACCOUNT_ID][REGION].tables
    return tables


def moto_queues() -> dict[str, Any]:
    queues: dict[str, Any] = get_backend("sqs")[DEFAULT_ACCOUNT_ID][REGION].queues
    return queues


def moto_buckets() -> dict[str, Any]:
    buckets: dict[str, Any] = get_backend("s3")[DEFAULT_ACCOUNT_ID]["aws"].buckets
    return buckets


def empty_moto() -> None:
    """No rows, no stream records, no messages, no objects; tables, queues and buckets stay.

    Microseconds, for use between explorations.
    """
    for table in moto_tables().values():
        table.items.clear()
        if table.stream_shard is not None:
            table.stream_shard.items.clear()
    for queue in moto_queues().values():
        queue._messages.clear()
        queue.pending_messages.clear()
        queue.deleted_messages.clear()
    for bucket in moto_buckets().values():
        bucket.keys.clear()
