"""One botocore session for the whole process, and the clients made from it.

Building a session and reading service models is most of a cold start, so PynamoDB, SQS and KMS
share one. Time-outs leave room for three attempts within API Gateway's 29 seconds.
"""

import threading
from functools import cache
from typing import Any

import boto3
from botocore.config import Config
from pynamodb.connection import Connection

from shared.settings import settings

CONNECT_TIMEOUT_S = 1.0
READ_TIMEOUT_S = 3.0
ATTEMPTS = 3
POOL = 16

_lock = threading.RLock()


@cache
def connection() -> Connection:
    """The DynamoDB connection that every table shares."""
    with _lock:
        return Connection(
            region=settings.region,
            connect_timeout_seconds=CONNECT_TIMEOUT_S,
            read_timeout_seconds=READ_TIMEOUT_S,
            retry_configuration={"mode": "standard", "total_max_attempts": ATTEMPTS},
            max_pool_connections=POOL,
        )


@cache
def _session() -> boto3.Session:
    # PynamoDB keeps a session for each thread: the first one is captured and shared.
    return boto3.Session(botocore_session=connection().session, region_name=settings.region)


@cache
def client(service: str) -> Any:
    """The client of one AWS service (``sqs``, ``kms``); clients are safe to share between threads."""
    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        max_pool_connections=POOL,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
    )
    # Making a client is not safe between threads.
    with _lock:
        return _session().client(service, config=config)


@cache
def queue_url(name: str) -> str:
    """The URL of the queue ``{prefix}-{name}``."""
    return str(client("sqs").get_queue_url(QueueName=settings.queue(name))["QueueUrl"])


def warm() -> None:
    """Make the session and the usual clients now, before a request waits for them."""
    with _lock:
        # Reading the property makes the client.
        _ = connection().client
    for service in ("kms", "sqs"):
        client(service)


def disconnect() -> None:
    """Forget every session and client: the next call connects anew. For tests and after a fork."""
    for made in (connection, _session, client, queue_url):
        made.cache_clear()
