"""The offline scorer as people run it: files in, a line a day out, bad lines named."""

import json
import os
import random
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from services.compliance import score
from tests.compliance.chat import DAY, a_day_of_chat, a_line, an_answer, at

ROOT = Path(__file__).parents[2]
TOMORROW = DAY + timedelta(days=1)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(lines: Sequence[dict[str, Any] | str], name: str = "log.ndjson") -> str:
    texts = (line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines)
    Path(name).write_text("".join(f"{text}\n" for text in texts), "utf-8")
    return name


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    """Exit status, results, and what was said on standard error."""
    status = score.main(list(arguments))
    said = capsys.readouterr()
    return status, [json.loads(line) for line in said.out.splitlines()], said.err


Capsys = pytest.CaptureFixture[str]


def test_every_day_is_a_line_in_order_of_days(folder: Path, capsys: Capsys) -> None:
    log = write([a_line(at("09:00", TOMORROW)), a_line("10:00"), an_answer("10:30")])

    status, results, said = run(capsys, log)

    assert [(result["date"], result["reply"]["rate"]) for result in results] == [
        ("2026-11-02", "1/1"),
        ("2026-11-03", "0/1"),
    ]
    assert (status, said) == (0, "")


def test_one_day_alone_is_the_same_line_it_is_among_all(folder: Path, capsys: Capsys) -> None:
    log = write(a_day_of_chat(1) + a_day_of_chat(2, day=TOMORROW))

    _, every, _ = run(capsys, log)
    _, alone, _ = run(capsys, log, "--date", TOMORROW.isoformat())

    assert alone == every[1:]


def test_a_day_that_nobody_wrote_on_is_scored_when_it_is_asked_for(folder: Path, capsys: Capsys) -> None:
    _, (result,), _ = run(capsys, write([a_line("10:00")]), "--date", "2026-12-24")

    assert (result["date"], result["reply"]["consulting_users"], result["messages"]) == ("2026-12-24", 0, 0)


def test_an_empty_log_has_no_days(folder: Path, capsys: Capsys) -> None:
    assert run(capsys, write(["", "  "])) == (0, [], "")


def test_the_bytes_do_not_depend_on_order_or_duplicates(folder: Path, capsys: Capsys) -> None:
    lines = a_day_of_chat(1) + a_day_of_chat(2, day=TOMORROW) + [a_line("10:00", message_id="m", text=t) for t in "ab"]
    shuffled = random.Random(5).sample(lines + lines[::3], k=len(lines) + len(lines[::3]))

    score.main([write(lines)])
    first = capsys.readouterr().out
    score.main([write(shuffled)])

    assert capsys.readouterr().out == first


class TestBadLines:
    def test_each_is_named_by_number_and_reason_and_counted(self, folder: Path, capsys: Capsys) -> None:
        log = write(
            [
                a_line("10:00"),
                "{broken",
                "",
                a_line("10:00") | {"at": "2026-11-02T10:00:00"},
                a_line("10:00") | {"mood": "angry", "from": "robot"},
                '["a list"]',
                a_line("11:00"),
            ]
        )

        status, (result,), said = run(capsys, log)

        one_of = "This must be one of 'customer', 'agent', 'bot' or 'system'."
        assert status == 2
        assert (result["bad_lines"], result["messages"]) == (4, 2)
        assert said.splitlines() == [
            "log.ndjson:2: This is not one JSON object in UTF-8.",
            "log.ndjson:4: /at: This time needs its offset, such as +08:00.",
            f"log.ndjson:5: /from: {one_of} /mood: There is no such field here.",
            "log.ndjson:6: This must be an object.",
            "log.ndjson: 4 bad lines left out.",
        ]

    def test_they_can_be_left_out_on_purpose(self, folder: Path, capsys: Capsys) -> None:
        status, (result,), said = run(capsys, write([a_line("10:00"), "{"]), "--skip-bad")

        assert (status, result["bad_lines"]) == (0, 1)
        assert "log.ndjson:2:" in said

    def test_they_change_nothing_about_the_good_ones(self, folder: Path, capsys: Capsys) -> None:
        lines = a_day_of_chat(1)
        _, (clean,), _ = run(capsys, write(lines))
        _, (mixed,), _ = run(capsys, write([*lines[:9], "?", *lines[9:]]), "--skip-bad")

        assert mixed | {"bad_lines": 0} == clean

    def test_they_are_said_once_though_the_file_is_read_twice(self, folder: Path, capsys: Capsys) -> None:
        log = write([a_line("10:00", message_id="m", text="a"), "{", a_line("10:00", message_id="m", text="b")])

        _, (result,), said = run(capsys, log)

        assert result["warnings"][0]["message_ids"] == ["m"]
        assert said.count("log.ndjson:2:") == 1

    def test_bytes_that_are_not_utf_8_are_a_bad_line(self, folder: Path, capsys: Capsys) -> None:
        Path("log.ndjson").write_bytes(json.dumps(a_line("10:00"), ensure_ascii=False).encode("gb18030") + b"\n")

        status, results, said = run(capsys, "log.ndjson")

        assert (status, results) == (2, [])
        assert said.startswith("log.ndjson:1: This is not one JSON object in UTF-8.")

    def test_a_byte_order_mark_is_none(self, folder: Path, capsys: Capsys) -> None:
        Path("log.ndjson").write_bytes(b"\xef\xbb\xbf" + json.dumps(a_line("10:00")).encode())

        assert run(capsys, "log.ndjson")[0] == 0


class TestFilesBesideTheLog:
    def test_rules_are_laid_over_the_default(self, folder: Path, capsys: Capsys) -> None:
        log = write([a_line("10:00"), an_answer("10:30")])
        Path("rules.json").write_text('{"reply_rate": {"sla_seconds": 60, "min_users": 1}}')

        _, (result,), _ = run(capsys, log, "--rules", "rules.json")

        assert (result["reply"]["fails"], result["reply"]["penalty_cny"]) == (True, 1000)
        assert result["ruleset_version"].startswith("1+")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ('{"reply_rate": {"min_user": 1}}', "rules.json: /reply_rate/min_user: There is no such field here."),
            ('{"reply_rate":', "rules.json: Expecting value"),
            ("[]", "rules.json: rules are a JSON object"),
        ],
    )
    def test_rules_that_do_not_fit_are_said_by_place(self, folder: Path, capsys: Capsys, text: str, said: str) -> None:
        Path("rules.json").write_text(text)

        status, results, found = run(capsys, write([a_line("10:00")]), "--rules", "rules.json")

        assert (status, results) == (2, [])
        assert found.startswith(said)

    def test_known_ids_are_part_of_the_input_in_any_order(self, folder: Path, capsys: Capsys) -> None:
        log = write([a_line("10:00")])
        digests = []
        for ids in ("SF1\nSF2\n", "SF2\n\nSF1\nSF1", "SF3"):
            Path("ids.txt").write_text(ids)
            digests.append(run(capsys, log, "--known-ids", "ids.txt")[1][0]["input_digest"])

        assert digests[0] == digests[1] != digests[2]

    @pytest.mark.parametrize("option", ["--rules", "--known-ids"])
    def test_a_file_that_is_not_there_is_said(self, folder: Path, capsys: Capsys, option: str) -> None:
        assert run(capsys, write([a_line("10:00")]), option, "none") == (2, [], "none: No such file or directory\n")
        assert run(capsys, "none") == (2, [], "none: No such file or directory\n")


def test_a_pipe_can_be_read_twice_too(folder: Path, capsys: Capsys) -> None:
    os.mkfifo("pipe")
    lines = [a_line("10:00", message_id="m", text=text) for text in "ab"]
    writer = threading.Thread(target=write, args=(lines, "pipe"))
    writer.start()

    status, (result,), _ = run(capsys, "pipe")

    writer.join()
    assert (status, result["messages"], result["warnings"][0]["count"]) == (0, 1, 1)


def test_it_runs_as_a_module_without_any_aws(folder: Path) -> None:
    write(["{", a_line("10:00"), an_answer("10:01")])
    program = (
        "import sys; from services.compliance.score import main; status = main(sys.argv[1:])\n"
        "assert not {'boto3', 'botocore', 'pynamodb', 'chalice', 'shared.settings'} & set(sys.modules)\n"
        "sys.exit(status)"
    )

    tools = [["-m", "services.compliance.score"], ["-c", program]]
    done = [
        subprocess.run(
            [sys.executable, *tool, "log.ndjson"], env={"PYTHONPATH": str(ROOT)}, capture_output=True, check=False
        )
        for tool in tools
    ]

    assert [each.returncode for each in done] == [2, 2]
    assert done[0].stdout == done[1].stdout
    assert json.loads(done[0].stdout)["reply"]["rate"] == "1/1"


def test_a_date_that_is_none_is_a_usage_error(capsys: Capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        score.main(["log.ndjson", "--date", "2026-02-30"])

    assert ended.value.code == 2
