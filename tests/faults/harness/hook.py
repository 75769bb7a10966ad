"""The one place where the harness touches botocore: every attempt of every AWS call passes here.

boto3 clients, boto3 resources and PynamoDB each end in ``Endpoint._do_get_response``, above sockets and
above moto, and below botocore's own retries. So a layer installed here sees what a network would see.
"""

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from types import SimpleNamespace
from typing import Any

import botocore.endpoint
from botocore.endpoint import Endpoint
from botocore.retries.quota import RetryQuota

from tests.faults.harness.places import ANYWHERE, Place, meet, places_of

Reply = tuple[tuple[Any, dict[str, Any]] | None, Exception | None]
"""What botocore expects of an attempt: (response, parsed), or the exception that stood in its way."""

Send = Callable[["Attempt"], Reply]
Layer = Callable[["Attempt", Send], Reply]

ACTOR: ContextVar[int | None] = ContextVar("actor", default=None)
"""The number of the actor that is running, where several are interleaved."""

_bypassed: ContextVar[bool] = ContextVar("bypassed", default=False)

READS = frozenset({"GetItem", "BatchGetItem", "TransactGetItems", "Query", "Scan"})
SENDS = "sqs.SendMessage"
_HARMLESS = READS | {"DescribeTable", "GetQueueUrl", "GetQueueAttributes", "Decrypt", "Encrypt", "GenerateDataKey"}


@dataclass(frozen=True)
class Call:
    """One attempt, as a test wants to see it: ``dynamodb.PutItem`` of actor 1, and the places it touches."""

    name: str
    reads: frozenset[Place] = frozenset()
    writes: frozenset[Place] = frozenset()
    actor: int | None = None
    items: int = 1
    """How many items a transaction holds, or messages a batch."""

    def __str__(self) -> str:
        return f"{self.name}({', '.join(sorted({place[0] for place in self.reads | self.writes if place}))})"

    def commutes_with(self, other: "Call") -> bool:
        """Whether the order of the two cannot matter: neither writes what the other touches. A queue keeps no order."""
        if self.name.startswith(SENDS) and other.name.startswith(SENDS):
            return True
        return not (meet(self.writes, other.reads | other.writes) or meet(other.writes, self.reads))


@dataclass(frozen=True)
class Attempt:
    """One attempt of one AWS call; botocore's retry makes another."""

    endpoint: Any
    request: Any
    operation: Any
    context: Any

    @property
    def name(self) -> str:
        return f"{self.operation.service_model.service_id.hyphenize()}.{self.operation.name}"

    @cached_property
    def body(self) -> dict[str, Any]:
        """The JSON of the request; empty for services that do not speak JSON."""
        try:
            body = json.loads(self.request.body or b"{}")
        except (TypeError, ValueError):
            # Not JSON, or a file for S3.
            return {}
        return body if isinstance(body, dict) else {}

    def call(self) -> Call:
        touched = frozenset(places_of(self.operation.name, self.body)) or frozenset({ANYWHERE})
        if self.operation.name in _HARMLESS:
            return Call(self.name, reads=touched, actor=ACTOR.get())
        items = len(self.body.get("TransactItems") or self.body.get("Entries") or "1")
        return Call(self.name, writes=touched, actor=ACTOR.get(), items=items)


def send_to_aws(attempt: Attempt) -> Reply:
    """Let botocore do what it would have done."""
    reply: Reply = _botocore(attempt.endpoint, attempt.request, attempt.operation, attempt.context)
    return reply


_botocore = Endpoint._do_get_response


@contextlib.contextmanager
def layer_installed(layer: Layer) -> Iterator[None]:
    """Send every attempt through ``layer``; the layer installed last is asked first."""
    inner = Endpoint._do_get_response

    def through(endpoint: Any, request: Any, operation: Any, context: Any) -> Reply:
        attempt = Attempt(endpoint, request, operation, context)

        def send(attempt: Attempt) -> Reply:
            reply: Reply = inner(attempt.endpoint, attempt.request, attempt.operation, attempt.context)
            return reply

        return send(attempt) if _bypassed.get() else layer(attempt, send)

    Endpoint._do_get_response = through
    try:
        yield
    finally:
        Endpoint._do_get_response = inner


@contextlib.contextmanager
def layers_bypassed() -> Iterator[None]:
    """Calls of the harness itself: no layer counts, delays or breaks them."""
    token = _bypassed.set(True)
    try:
        yield
    finally:
        _bypassed.reset(token)


@contextlib.contextmanager
def retries_at_once() -> Iterator[None]:
    """Retries of botocore as ever, without sleeping, and without running out of its retry quota.

    A client may retry 50 time-outs before its quota is spent; an exploration injects thousands.
    """
    slept, acquire = botocore.endpoint.time, RetryQuota.acquire
    botocore.endpoint.time = SimpleNamespace(sleep=lambda _seconds: None, time=time.time)
    RetryQuota.acquire = lambda _quota, _amount: True
    try:
        yield
    finally:
        botocore.endpoint.time, RetryQuota.acquire = slept, acquire
