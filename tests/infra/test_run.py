"""The whole local stack around a throw-away project with one service."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from infra.local.paths import ROOT, StateDir, read_json
from infra.local.run import CannotRun, Supervisor, only_one
from infra.local.stack import client
from tests.support.waiting import PATIENCE_S, eventually

pytestmark = pytest.mark.emulator
PROJECT = Path(__file__).parent / "fixtures" / "echo_shop"


class Shop:
    """A running stack and what a test asks of it."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        shutil.copytree(PROJECT, self.root, ignore=shutil.ignore_patterns("__pycache__"))
        self.state = StateDir(folder / "state")
        self.state.make()
        self.supervisor = Supervisor(0, self.state, self.root)
        self.supervisor.start()
        self.port = int(self.supervisor.url.rpartition(":")[2])
        threading.Thread(target=self.supervisor.watch, daemon=True).start()
        self.tables = client("dynamodb", self.supervisor.emulator.endpoint)

    def ask(self, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            answer = response.read()
            kind = response.getheader("Content-Type") or ""
            return response.status, json.loads(answer) if "json" in kind else answer
        finally:
            connection.close()

    def rows(self, pk: str) -> list[str]:
        found = self.tables.query(
            TableName="regulars-local-outreach",
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
        )["Items"]
        return [item["sk"]["S"] for item in found]

    def saved(self) -> str:
        """The tables as the emulator would find them after a kill."""
        return (self.state.emulator / "dynamodb.json").read_text(encoding="utf-8")

    def seen_of(self, entry: str) -> list[str]:
        """What the counter shows of an entry."""
        _, feed = self.ask("GET", "/_local/feed?after=0")
        return [event["event"] for event in feed["events"] if event.get("id") == entry]

    def post_entry(self, name: str) -> None:
        self.tables.put_item(TableName="regulars-local-entries", Item={"pk": {"S": "a"}, "sk": {"S": name}})

    def edit(self, old: str, new: str) -> None:
        app = self.root / "services" / "echo" / "app.py"
        app.write_text(app.read_text().replace(old, new))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    made = Shop(tmp_path_factory.mktemp("stack"))
    yield made
    made.supervisor.stop()


def test_a_request_reaches_its_service_under_the_services_name(shop: Shop) -> None:
    status, answer = shop.ask("GET", "/echo/v1/hello/%E9%9D%92%2F")

    assert (status, answer["greeting"], answer["name"]) == (200, "hello", "青/")


def test_two_requests_at_once_do_not_mix(shop: Shop) -> None:
    with ThreadPoolExecutor() as both:
        answers = list(both.map(lambda name: shop.ask("GET", f"/echo/v1/meet/{name}"), ["amei", "laozhou"]))

    assert answers == [(200, {"name": "amei"}), (200, {"name": "laozhou"})]


def test_binary_answers_arrive_whole(shop: Shop) -> None:
    assert shop.ask("GET", "/echo/v1/binary", Accept="application/octet-stream") == (200, b"\x00\xff")


def test_an_unknown_route_and_a_wrong_method_are_problems(shop: Shop) -> None:
    assert shop.ask("GET", "/echo/v1/nothing")[1]["code"] == "not_found"
    assert shop.ask("DELETE", "/echo/v1/body")[1]["code"] == "method_not_allowed"
    assert shop.ask("POST", "/echo/_invoke/republish", b'{"since": ""}')[0] == 404


def test_an_entry_travels_by_stream_and_queue_to_the_inbox_and_the_counter(shop: Shop) -> None:
    shop.post_entry("2026-11-20#one")

    assert eventually(lambda: "2026-11-20#one" in shop.rows("told"))
    assert eventually(lambda: shop.seen_of("2026-11-20#one") == ["entry_posted", "inbox_written"])


def test_a_poisoned_message_does_not_hold_up_the_ones_beside_it(shop: Shop) -> None:
    for name in ("b1", "poison", "b2"):
        shop.post_entry(name)

    assert eventually(lambda: {"b1", "b2"} <= set(shop.rows("told")))
    assert "poison" not in shop.rows("told")


def test_a_first_start_has_nothing_to_tell_again(shop: Shop) -> None:
    assert shop.rows("republished") == []


def test_the_next_day_brings_the_schedules_of_the_day(shop: Shop) -> None:
    before = shop.rows("tick")

    shop.ask("POST", "/_local/clock/next-day")

    assert eventually(lambda: len(shop.rows("tick")) == len(before) + 1)
    _, session = shop.ask("GET", "/_local/session")
    _, answer = shop.ask("GET", "/echo/v1/hello/x")
    moments = [datetime.fromisoformat(said["now"]) for said in (session, answer)]
    assert timedelta() <= moments[1] - moments[0] < timedelta(hours=1)


def test_an_edit_is_live_without_a_restart(shop: Shop) -> None:
    shop.edit('GREETING = "hello"', 'GREETING = "你好"')

    assert eventually(lambda: shop.ask("GET", "/echo/v1/hello/x")[1].get("greeting") == "你好")


def test_a_broken_edit_is_said_and_the_next_one_heals(shop: Shop) -> None:
    shop.edit("app = Chalice(", "app = = Chalice(")
    assert eventually(lambda: shop.ask("GET", "/echo/v1/hello/x")[0] == 502)

    shop.edit("app = = Chalice(", "app = Chalice(")
    assert eventually(lambda: shop.ask("GET", "/echo/v1/hello/x")[0] == 200)


def test_a_crashed_service_comes_back_by_itself(shop: Shop) -> None:
    status, problem = shop.ask("POST", "/echo/v1/crash")
    assert (status, problem["code"]) == (502, "service_unavailable")

    assert eventually(lambda: shop.ask("GET", "/echo/v1/hello/x")[0] == 200)
    shop.post_entry("after the crash")
    assert eventually(lambda: "after the crash" in shop.rows("told"))


def test_an_emulator_that_dies_is_started_again_with_its_rows(shop: Shop) -> None:
    shop.post_entry("before the kill")
    assert eventually(lambda: "before the kill" in shop.rows("told"))
    shop.post_entry("after it was told")
    assert eventually(lambda: "after it was told" in shop.saved())
    process = shop.supervisor.emulator.process
    assert process

    process.send_signal(signal.SIGKILL)
    process.wait()

    assert eventually(lambda: shop.supervisor.emulator.process is not process)
    shop.supervisor.emulator.wait_until_healthy()
    assert "before the kill" in shop.rows("told")
    shop.post_entry("after the kill")
    assert eventually(lambda: "after the kill" in shop.rows("told"))


def test_a_port_in_use_is_said_in_one_sentence(shop: Shop, tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=rf"Port {shop.port} is in use .* make run PORT={shop.port + 1}"):
        Supervisor(shop.port, StateDir(tmp_path), shop.root)


def test_one_state_folder_takes_one_stack(tmp_path: Path) -> None:
    state = StateDir(tmp_path / "state")

    with only_one(state), pytest.raises(CannotRun, match="Another stack"), only_one(state):
        pytest.fail("two at once")


def test_ctrl_c_closes_the_shop_with_success_and_the_next_start_finds_it_as_it_was(tmp_path: Path) -> None:
    shutil.copytree(PROJECT, tmp_path / "project", ignore=shutil.ignore_patterns("__pycache__"))
    program = (
        "import sys; from pathlib import Path; from infra.local import run; from infra.local.paths import StateDir\n"
        f"sys.exit(run.run(0, StateDir(Path({str(tmp_path)!r})), Path({str(tmp_path / 'project')!r})))"
    )
    state = StateDir(tmp_path)
    republished = []
    for _ in range(2):
        command = [sys.executable, "-c", program]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True) as process:
            assert process.stdout
            while "logs:" not in (line := process.stdout.readline()):
                assert line or process.poll() is None, "it ended before it was open"
            endpoint = read_json(state.running)["endpoint"]
            found = client("dynamodb", endpoint).scan(TableName="regulars-local-outreach")["Items"]
            republished.append(sorted(item["sk"]["S"] for item in found if item["pk"]["S"] == "republished"))
            os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the whole group
            assert process.wait(PATIENCE_S) == 0
            assert "crashed" not in process.stdout.read()
        assert read_json(state.running) is None

    assert republished[0] == []
    (since,) = republished[1]  # where the first run stopped reading, and a safe while before
    assert datetime.now(UTC) - datetime.fromisoformat(since) < timedelta(hours=1)
