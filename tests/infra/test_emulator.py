"""The emulator keeps what it was told, however it ends. These tests start it, and kill it."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.local.emulator import Emulator
from infra.local.stack import bring_up, client
from tests.support.waiting import PATIENCE_S, eventually

SAVE_EVERY_S = 1.0
TABLE = "regulars-local-outreach"

pytestmark = pytest.mark.emulator


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Emulator]]:
    started: list[Emulator] = []

    def begin() -> Emulator:
        emulator = Emulator(tmp_path / "state")
        emulator.launch()
        started.append(emulator)
        emulator.wait_until_healthy()
        return emulator

    yield begin
    for emulator in started:
        emulator.stop()


def put(emulator: Emulator, name: str) -> None:
    client("dynamodb", emulator.endpoint).put_item(TableName=TABLE, Item={"pk": {"S": "p"}, "sk": {"S": name}})


def tables_of(emulator: Emulator) -> Path:
    return emulator.state_dir / "dynamodb.json"


def saved(emulator: Emulator) -> str:
    """The tables as they would be found after a kill."""
    return tables_of(emulator).read_text(encoding="utf-8") if tables_of(emulator).exists() else ""


def poll_for_a_round(emulator: Emulator) -> None:
    """Ask for as long as a round of its timer takes. An answer after that says that the timer has rung."""
    over = time.monotonic() + 1.2 * SAVE_EVERY_S
    while time.monotonic() < over:
        names(emulator)
    names(emulator)


def names(emulator: Emulator) -> list[str]:
    items: list[dict[str, Any]] = client("dynamodb", emulator.endpoint).scan(TableName=TABLE)["Items"]
    return sorted(item["sk"]["S"] for item in items)


def test_a_kill_costs_seconds_of_work_and_no_more(start: Callable[[], Emulator]) -> None:
    emulator = start()
    bring_up(emulator.endpoint)
    put(emulator, "saved")
    assert eventually(lambda: '"saved"' in saved(emulator))
    assert emulator.process
    os.kill(emulator.process.pid, signal.SIGKILL)
    emulator.process.wait()

    (emulator.state_dir / "half-written.json.tmp").touch()  # as one that dies while it saves may leave

    again = start()

    assert names(again) == ["saved"]
    assert not list(emulator.state_dir.glob("*.tmp"))


def test_a_clean_stop_keeps_everything_and_the_same_template_changes_nothing(start: Callable[[], Emulator]) -> None:
    emulator = start()
    bring_up(emulator.endpoint)
    put(emulator, "just written")
    emulator.stop()

    again = start()
    bring_up(again.endpoint)

    assert names(again) == ["just written"]


def test_it_goes_when_its_supervisor_is_gone(start: Callable[[], Emulator]) -> None:
    emulator = start()
    assert emulator.process
    assert emulator.process.stdin

    emulator.process.stdin.close()  # as the death of the supervisor would

    emulator.process.wait(PATIENCE_S)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One emulator with the stack, for tests that leave it alive."""
    emulator = Emulator(tmp_path_factory.mktemp("running") / "state")
    emulator.launch()
    emulator.wait_until_healthy()
    bring_up(emulator.endpoint)
    yield emulator
    emulator.stop()


def test_the_stack_has_its_queues_key_stream_and_expiry(running: Emulator) -> None:
    endpoint = running.endpoint

    tables, queues = client("dynamodb", endpoint), client("sqs", endpoint)
    expiry = {
        name: tables.describe_time_to_live(TableName=f"regulars-local-{name}")["TimeToLiveDescription"]
        for name in ("shops", "outreach", "entries")
    }
    url = queues.get_queue_url(QueueName="regulars-local-notifications")["QueueUrl"]
    queue = queues.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    sealed = client("kms", endpoint).generate_data_key(KeyId="alias/regulars-local", KeySpec="AES_256")

    assert {name: expiry[name]["TimeToLiveStatus"] for name in expiry} == {
        "shops": "ENABLED",
        "outreach": "ENABLED",
        "entries": "DISABLED",
    }
    assert queue["VisibilityTimeout"] == "60"
    assert '"maxReceiveCount": 5' in queue["RedrivePolicy"].replace('":5', '": 5')
    assert tables.describe_table(TableName="regulars-local-entries")["Table"]["StreamSpecification"] == {
        "StreamEnabled": True,
        "StreamViewType": "NEW_IMAGE",
    }
    assert len(sealed["Plaintext"]) == 32


def test_it_listens_on_this_machine_only(running: Emulator) -> None:
    port = running.port

    listening = [
        line.split()[1] for line in Path("/proc/net/tcp").read_text().splitlines()[1:] if line.split()[3] == "0A"
    ]

    assert [address for address in listening if address.endswith(f":{port:04X}")] == [f"0100007F:{port:04X}"]


def test_polling_does_not_make_it_save(running: Emulator) -> None:
    emulator = running
    put(emulator, "row")
    assert eventually(lambda: '"row"' in saved(emulator))
    poll_for_a_round(emulator)  # what a save has only just missed is in the next
    before = tables_of(emulator).stat().st_mtime_ns
    with pytest.raises(ClientError):
        client("sqs", emulator.endpoint).receive_message(QueueUrl=f"{emulator.endpoint}/000000000000/nothing")
    poll_for_a_round(emulator)

    assert tables_of(emulator).stat().st_mtime_ns == before
