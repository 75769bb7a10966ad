"""One botocore session for the whole process, and the clients made from it.

Building a session and reading service models is most of a cold start, so PynamoDB, SQS and KMS
share one. Time-outs leave room for three attempts within API Gateway's 29 seconds. What botocore
does for every call and nobody here needs is left out (ADR 18); docs/bench.md says what that saves.
"""

import threading
from functools import cache
from typing import Any

from botocore import handlers
from botocore.config import Config
from botocore.exceptions import UnknownServiceError
from botocore.loaders import Loader
from botocore.session import Session
from pynamodb.connection import Connection

from shared.settings import settings

SERVICES = frozenset({"dynamodb", "kms", "sqs"})
"""The AWS services that requests call. What is of use only to others is left out here and of the layer."""

CONNECT_TIMEOUT_S = 1.0
READ_TIMEOUT_S = 3.0
ATTEMPTS = 3
POOL = 16

_lock = threading.RLock()


class _Models(Loader):  # type: ignore[misc]
    """What the services can do, without the rules of where they are: for DynamoDB, SQS and KMS botocore's table of
    endpoints says the same, and says it once for each client instead of anew for each call.
    """

    def load_service_model(self, service_name: str, type_name: str, api_version: str | None = None) -> Any:
        if type_name == "endpoint-rule-set-1":
            raise UnknownServiceError(service_name=service_name, known_service_names="")
        return super().load_service_model(service_name, type_name, api_version=api_version)


class _Session(Session):  # type: ignore[misc]
    """A session without what botocore does for S3, EC2, its manuals and others: each client copies all of it."""

    def _register_builtin_handlers(self, events: Any) -> None:
        ways = {handlers.REGISTER_FIRST: events.register_first, handlers.REGISTER_LAST: events.register_last}
        for event, handler, *when in handlers.BUILTIN_HANDLERS:
            if concerns_us(event):
                ways.get(when[0] if when else None, events.register)(event, handler)


def concerns_us(event: str) -> bool:
    """Whether what botocore hangs on ``event`` (``before-call``, ``before-call.s3.PutObject``, ``docs.*``) can happen
    to a client of one of our services.
    """
    kind, _, of = event.partition(".")
    return kind != "docs" and (not of or of.partition(".")[0] in {"*", *SERVICES})


class _SharedConnection(Connection):
    """PynamoDB on the client that everybody shares."""

    @property
    def client(self) -> Any:
        return client("dynamodb")

    def dispatch(self, operation_name: str, operation_kwargs: dict[str, Any]) -> dict[str, Any]:
        """As inherited, but without asking for consumed capacity and sending signals, to which nobody listens."""
        return self._make_api_call(operation_name, operation_kwargs)


@cache
def connection() -> Connection:
    """The DynamoDB connection that every table shares."""
    return _SharedConnection(region=settings.region)


@cache
def _session() -> Session:
    session = _Session()
    session.register_component("data_loader", _Models())
    return session


@cache
def client(service: str) -> Any:
    """The client of one AWS service (``dynamodb``, ``sqs``, ``kms``); clients are safe to share between threads.

    Any other, such as ``s3``, is made with all that botocore does for it: for the few functions that run by night.
    """
    config = Config(
        connect_timeout=CONNECT_TIMEOUT_S,
        read_timeout=READ_TIMEOUT_S,
        max_pool_connections=POOL,
        retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
        # Every call here is written out and tested; the service checks it in any case.
        parameter_validation=False,
        # A fixed name: botocore's own is put together anew for each call.
        user_agent="regulars",
    )
    # Making a client is not safe between threads.
    with _lock:
        session = _session() if service in SERVICES else Session()
        return session.create_client(service, region_name=settings.region, config=config)


@cache
def queue_url(name: str) -> str:
    """The URL of the queue ``{prefix}-{name}``."""
    return str(client("sqs").get_queue_url(QueueName=settings.queue(name))["QueueUrl"])


def warm() -> None:
    """Make the session and all clients now, before a request waits for them."""
    for service in sorted(SERVICES):
        client(service)


def disconnect() -> None:
    """Forget every session and client: the next call connects anew. For tests and after a fork."""
    for made in (connection, _session, client, queue_url):
        made.cache_clear()
