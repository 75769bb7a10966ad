"""What functions call of AWS, read from their policies: a call that no policy allows fails anyway."""

import json
from collections.abc import Iterator, Mapping

from infra.package.functions import ROOT

ALLOWED_BY: Mapping[str, frozenset[str]] = {
    "dynamodb:ConditionCheckItem": frozenset({"TransactWriteItems"}),
    "dynamodb:DeleteItem": frozenset({"DeleteItem", "TransactWriteItems"}),
    "dynamodb:PutItem": frozenset({"PutItem", "TransactWriteItems"}),
    "dynamodb:UpdateItem": frozenset({"UpdateItem", "TransactWriteItems"}),
    "s3:ListBucket": frozenset(),  # without it what is not there is forbidden, too
    "sqs:SendMessage": frozenset({"SendMessage", "SendMessageBatch"}),
}
"""Where IAM's action is not the operation of the same name alone."""


def called_operations() -> Mapping[str, frozenset[str]]:
    """Service → the operations that some function may call."""
    found: dict[str, frozenset[str]] = {}
    for action in sorted(set(_actions())):
        service, _, name = action.partition(":")
        found[service] = found.get(service, frozenset()) | ALLOWED_BY.get(action, frozenset({name}))
    return found


def _actions() -> Iterator[str]:
    for path in ROOT.glob("services/*/.chalice/policy-*.json"):
        for statement in json.loads(path.read_text("utf-8"))["Statement"]:
            yield from statement["Action"]
