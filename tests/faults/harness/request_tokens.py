"""DynamoDB's ClientRequestToken over moto, which ignores it.

DynamoDB answers a repeated token from memory for ten minutes. Without this, a lost reply would look
worse under moto than it is: the SDK's own retry carries the same token.
"""

import json
from typing import Any

from tests.faults.harness.hook import Attempt, Reply, Send
from tests.faults.harness.replies import ServiceError, reply_with

OK = 200


class RequestTokens:
    """A layer that remembers successful transactions by their tokens."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[dict[str, Any], Reply]] = {}

    def forget(self) -> None:
        """More than ten minutes pass."""
        self._known.clear()

    def layer(self, attempt: Attempt, send: Send) -> Reply:
        token = attempt.body.get("ClientRequestToken")
        if attempt.name != "dynamodb.TransactWriteItems" or token is None:
            return send(attempt)
        asked = {name: value for name, value in attempt.body.items() if name != "ClientRequestToken"}
        if token in self._known:
            return self._again(attempt, asked, *self._known[token])
        reply = send(attempt)
        if reply[0] is not None and reply[0][0].status_code == OK:
            self._known[token] = (json.loads(json.dumps(asked)), reply)
        return reply

    def _again(self, attempt: Attempt, asked: dict[str, Any], before: dict[str, Any], reply: Reply) -> Reply:
        if asked == before:
            return reply
        return reply_with(attempt, ServiceError("IdempotentParameterMismatchException", "token was used before"))
