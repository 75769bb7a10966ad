"""The floor: the calls of a check-in by bare botocore. No framework, no rule, no check: nobody can be below it."""

import base64
import json
from typing import Any

import botocore.session

from tests.bench.child.canned import CONVERSATION

_session = botocore.session.get_session()
_dynamodb = _session.create_client("dynamodb")
_kms = _session.create_client("kms")
_METHODS = {
    "GetItem": _dynamodb.get_item,
    "BatchGetItem": _dynamodb.batch_get_item,
    "TransactWriteItems": _dynamodb.transact_write_items,
    "Decrypt": _kms.decrypt,
}
_served: list[bool] = []


def handler(event: Any, _context: Any) -> dict[str, Any]:
    """What our function asks of AWS: at first everything, later only what is not kept."""
    json.loads(event["body"])
    for call in CONVERSATION["calls"]:
        if call["warm"] or not _served:
            _METHODS[call["operation"]](**_parameters(call))
    _served.append(True)
    answer = {"Content-Type": "application/json"}
    return {"statusCode": 201, "headers": answer, "body": json.dumps({"kind": "signin"})}


_parsed: dict[int, dict[str, Any]] = {}


def _parameters(call: dict[str, Any]) -> dict[str, Any]:
    found = _parsed.get(id(call))
    if found is None:
        found = _parsed[id(call)] = json.loads(call["body"])
        if call["operation"] == "Decrypt":
            found["CiphertextBlob"] = base64.b64decode(found["CiphertextBlob"])
    return found
