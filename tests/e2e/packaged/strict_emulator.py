"""Starts ministack with IAM enforced, and writes down what it was asked to allow.

Run by the emulator's own interpreter, never imported. ministack has no public hook for either, so this wraps one
function of the pinned version; that policies are enforced at all is shown by the tests that take a permission away.

AWS knows no permission for a batch: SendMessageBatch is allowed by sqs:SendMessage. The emulator asks for the other.
"""

import json
import os
from typing import Any

from ministack import app as ministack
from ministack.core import iam_evaluator
from ministack.core.responses import get_account_id

ASKED = os.environ["REGULARS_ASKED"]
"""The file that gets one JSON object a line: who (role session), action, resource, allowed."""

_enforce = iam_evaluator.enforce


def enforce(access_key: str, action: str, service: str, region: str, **more: Any) -> Any:
    """Decide as ministack does, on the action as AWS names it."""
    if service == "sqs":
        action = action.removesuffix("Batch")
    denied = _enforce(access_key, action, service, region, **more)
    who = iam_evaluator.resolve_principal(access_key or "", get_account_id())
    told = {
        "who": getattr(who, "arn", ""),
        "action": action,
        "resource": more.get("resource_arn", "*"),
        "allowed": denied is None,
    }
    with open(ASKED, "a", encoding="utf-8") as file:  # noqa: PTH123 - a short line: whole or not at all
        file.write(json.dumps(told) + "\n")
    return denied


if __name__ == "__main__":
    iam_evaluator.enforce = enforce
    ministack.main()
