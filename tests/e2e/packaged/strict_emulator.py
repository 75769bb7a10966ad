"""Starts ministack with IAM enforced, and writes down what it was asked to allow.

Run by the emulator's own interpreter, never imported. ministack has no public hook for either, so this wraps one
function of the pinned version; that policies are enforced at all is shown by the tests that take a permission away.

AWS knows no permission for a batch: SendMessageBatch is allowed by sqs:SendMessage. The emulator asks for the other.
Nor does it unpack a layer for every start of every function: a thousand files each time are most of a test's time.
"""

import hashlib
import json
import os
import tempfile
import threading
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from ministack import app as ministack
from ministack.core import iam_evaluator, lambda_runtime
from ministack.core.responses import get_account_id

ASKED = os.environ["REGULARS_ASKED"]
"""The file that gets one JSON object a line: who (role session), action, resource, allowed."""

_enforce = iam_evaluator.enforce


def enforce(access_key: str, action: str, service: str, region: str, **more: Any) -> Any:
    """Decide as ministack does, on the action as AWS names it."""
    if service == "sqs":
        action = action.removesuffix("Batch")
    # Here nobody speaks TLS, and in AWS everybody does: what a policy says of that is not what is tried.
    address, _ = iam_evaluator._request_origin.get()
    iam_evaluator._request_origin.set((address, True))
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


class SharedZip(zipfile.ZipFile):
    """A zip that is unpacked once and linked to from then on, if it is a layer."""

    def extractall(self, path: Any = None, members: Any = None, pwd: bytes | None = None) -> None:
        if not Path(path).name.startswith("layer_") or self.filename is None:
            super().extractall(path, members, pwd)
            return
        for entry in unpacked(hashlib.sha256(Path(self.filename).read_bytes()).hexdigest(), self).iterdir():
            (Path(path) / entry.name).symlink_to(entry)


_folders: dict[str, Path] = {}
_one_at_a_time = threading.Lock()


def unpacked(digest: str, archive: SharedZip) -> Path:
    """Where a layer with this content lies unpacked."""
    with _one_at_a_time:
        if digest not in _folders:
            folder = Path(tempfile.mkdtemp(prefix="unpacked-"))
            zipfile.ZipFile.extractall(archive, folder)
            _folders[digest] = folder
        return _folders[digest]


if __name__ == "__main__":
    iam_evaluator.enforce = enforce
    lambda_runtime.zipfile = SimpleNamespace(
        ZipFile=SharedZip, BadZipFile=zipfile.BadZipFile, LargeFileError=zipfile.LargeZipFile
    )
    ministack.main()
