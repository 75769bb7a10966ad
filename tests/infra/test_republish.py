"""`make republish STAGE=local`, on a stack that is up."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from infra.local.paths import ROOT, StateDir, write_json
from infra.local.stack import bring_up, client

pytestmark = pytest.mark.emulator


def republish(state: StateDir, since: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "infra.local.running", "infra.local.republish"]
    arguments = ["--state-dir", str(state.path), "--since", since]
    return subprocess.run([*command, *arguments], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)


def an_entry(at: str) -> dict[str, Any]:
    texts = {
        "pk": "tea#s1",
        "sk": f"2026-11-25#{at}",
        "kind": "earn",
        "at": at,
        "source": '{"what": "signin", "id": "daily", "rule": "daily", "version": 1, "facts": {}}',
        "prev": "",
        "hash": "h",
        "fingerprint": "f",
    }
    numbers = {"points": "5", "seq": "1", "balance_after": "5", "available_after": "5"}
    return {
        **{name: {"S": text} for name, text in texts.items()},
        **{name: {"N": number} for name, number in numbers.items()},
        "lots": {"M": {}},
    }


def test_what_was_committed_since_a_moment_is_in_the_queue_again(emulator: str, tmp_path: Path) -> None:
    state = StateDir(tmp_path)
    bring_up(emulator)
    write_json(state.running, {"endpoint": emulator})
    entries = client("dynamodb", emulator)
    for at in ("2026-11-25T08:00:00+00:00", "2026-11-25T10:00:00+00:00"):
        entries.put_item(TableName="regulars-local-entries", Item=an_entry(at))

    ended = republish(state, datetime(2026, 11, 25, 9, tzinfo=UTC).isoformat())

    assert ended.stdout.splitlines()[-1].startswith("1 events told again since 2026-11-25T09:00:00"), ended.stderr
    queue = client("sqs", emulator)
    url = queue.get_queue_url(QueueName="regulars-local-notifications")["QueueUrl"]
    (message,) = queue.receive_message(QueueUrl=url, MaxNumberOfMessages=10)["Messages"]
    assert '"at":"2026-11-25T10:00:00Z"' in message["Body"]


def test_without_a_stack_it_says_how_to_start_one(tmp_path: Path) -> None:
    ended = republish(StateDir(tmp_path), "2026-11-25T09:00:00Z")

    assert (ended.returncode, "make run" in ended.stderr) == (1, True)
