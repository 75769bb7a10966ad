"""Replies that AWS might have given, parsed by botocore itself."""

import copy
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from botocore.awsrequest import AWSResponse

from tests.faults.harness.hook import Attempt, Reply, send_to_aws

CANCELLED = "TransactionCanceledException"


@dataclass(frozen=True)
class ServiceError:
    """An error an AWS service answers with; ``reasons`` are a cancelled transaction's, one for each item."""

    code: str
    message: str = "injected"
    status: int = 400
    reasons: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.code} [{', '.join(self.reasons)}]" if self.reasons else self.code

    def body(self) -> str:
        error: dict[str, Any] = {"__type": f"com.amazonaws.dynamodb.v20120810#{self.code}", "message": self.message}
        if self.reasons:
            error["CancellationReasons"] = [{"Code": code} for code in self.reasons]
        return json.dumps(error)


THROTTLED = ServiceError("ThrottlingException", "slow down")
UNAVAILABLE = ServiceError("InternalServerError", "try again", status=500)


def cancelled(*reasons: str) -> ServiceError:
    """A cancelled transaction: ``cancelled("None", "TransactionConflict")``."""
    listed = ", ".join(reasons)
    return ServiceError(CANCELLED, f"Transaction cancelled, specific reasons [{listed}]", reasons=reasons)


def reply_with(attempt: Attempt, error: ServiceError) -> Reply:
    """What botocore makes of ``error``: it parses the canned bytes as if they had come by network."""
    headers = {"content-type": "application/x-amz-json-1.0"}
    canned = AWSResponse(attempt.request.url, error.status, headers, _Bytes(error.body().encode()))
    endpoint = copy.copy(attempt.endpoint)
    endpoint._event_emitter = _Answering(canned)
    return send_to_aws(Attempt(endpoint, attempt.request, attempt.operation, attempt.context))


class _Answering:
    """An event emitter that answers ``before-send``, which is botocore's own way to replace the network."""

    def __init__(self, response: AWSResponse) -> None:
        self._response = response

    def emit(self, event: str, **_: Any) -> list[tuple[None, AWSResponse]]:
        return [(None, self._response)] if event.startswith("before-send.") else []


class _Bytes(io.BytesIO):
    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()
