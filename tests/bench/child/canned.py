"""Every AWS answer of a check-in, given at once at the place where botocore would send the request.

What is measured is then the function and nothing of a network or a table.
"""

import json
import os
import zlib
from pathlib import Path
from typing import Any

import botocore.awsrequest
import botocore.httpsession

CONVERSATION: dict[str, Any] = json.loads(Path(os.environ["BENCH_CONVERSATION"]).read_text("utf-8"))


def _key(operation: str, body: str) -> str:
    if operation != "GetItem":
        return operation
    asked = json.loads(body)
    return f"{operation} {asked['TableName']} {json.dumps(asked['Key'], sort_keys=True)}"


_answers = {_key(call["operation"], call["body"]): call["answer"].encode() for call in CONVERSATION["calls"]}
_checked = {key: (answer, str(zlib.crc32(answer))) for key, answer in _answers.items()}
asked: list[str] = []
"""The operations that were called, in their order."""


class _Raw:
    def __init__(self, content: bytes) -> None:
        self._content = content

    def stream(self, *_: Any, **__: Any) -> Any:
        yield self._content


def _send(_session: Any, request: Any) -> Any:
    target = request.headers["X-Amz-Target"]
    operation = (target.decode() if isinstance(target, bytes) else target).rpartition(".")[2]
    body = request.body.decode() if isinstance(request.body, bytes) else request.body
    answer, checksum = _checked[_key(operation, body if operation == "GetItem" else "")]
    asked.append(operation)
    headers = {
        "x-amzn-RequestId": "request",
        "Content-Type": "application/x-amz-json-1.0",
        "x-amz-crc32": checksum,
    }
    return botocore.awsrequest.AWSResponse(request.url, 200, headers, _Raw(answer))


botocore.httpsession.URLLib3Session.send = _send
