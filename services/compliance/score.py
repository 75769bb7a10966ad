"""The offline scorer: the night's own code over a file, without AWS.

python -m services.compliance.score LOG.ndjson [--date D] [--rules FILE] [--known-ids FILE] [--skip-bad]
"""

import argparse
import gc
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import BinaryIO

from pydantic import ValidationError

from services.compliance import day as days
from services.compliance import ruleset, window
from services.compliance.chatlog import Message, parse
from services.compliance.day import DayLog
from services.compliance.ruleset import Ruleset
from shared import forms, texts
from shared.errors import Invalid

BAD_INPUT = 2
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Unusable(Exception):
    """A file that was named cannot be used; the message says which and why."""


@dataclass
class LogFile:
    """A chat log on disk, one JSON object a line. Bad lines are noted the first time through."""

    name: str
    file: BinaryIO
    bad: dict[int, str] = field(default_factory=dict)
    _noted: bool = False

    def messages(self) -> Iterator[Message]:
        """The messages of the good lines, from the first on. Empty lines are nothing."""
        self.file.seek(0)
        for number, text in enumerate(self.file, start=1):
            line = text.removeprefix(BYTE_ORDER_MARK) if number == 1 else text
            try:
                yield parse(line)
            except ValidationError as error:
                if line.strip():
                    self._note(number, error)
        self._noted = True

    def _note(self, number: int, error: ValidationError) -> None:
        if not self._noted:
            self.bad[number] = reason(error)
            print(f"{self.name}:{number}: {self.bad[number]}", file=sys.stderr)


def reason(error: ValidationError) -> str:
    """Every fault of a line, with the place of each."""
    wrong: Invalid = forms.invalid(error)
    if not wrong.faults:
        return "This is not one JSON object in UTF-8."
    said = ((fault.pointer, texts.say("en", f"validation.{fault.text}", fault.facts)) for fault in wrong.faults)
    return " ".join(f"{place}: {sentence}" if place else sentence for place, sentence in said)


def score(log: LogFile, rules: Ruleset, only: date | None, known_ids: Sequence[str]) -> Iterator[str]:
    """The results, one text a day in order of days; of one day alone, that one, even if nothing was said on it."""
    logs = _read(log.messages(), rules, only)
    if any(each.disputed for each in logs.values()):
        _settle(log.messages(), logs)
    for day in sorted(logs):
        # Each log goes once it is counted: sorting a day takes memory of its own.
        yield days.spelled(logs.pop(day).result(known_ids=known_ids, bad_lines=len(log.bad)))


def _read(messages: Iterable[Message], rules: Ruleset, only: date | None) -> dict[date, DayLog]:
    logs: dict[date, DayLog] = {} if only is None else {only: DayLog(rules, only)}
    hours = window.of(rules)
    for message in messages:
        for day in hours.days_of(message):
            if only is None and day not in logs:
                logs[day] = DayLog(rules, day)
            if day in logs:
                logs[day].add(message)
    return logs


def _settle(messages: Iterable[Message], logs: dict[date, DayLog]) -> None:
    for message in messages:
        for log in logs.values():
            log.settle(message)


def main(arguments: Sequence[str] | None = None) -> int:
    """Score a log; exit status 2 when lines were bad (unless ``--skip-bad``) or a file cannot be used."""
    asked = _parser().parse_args(arguments)
    try:
        rules = ruleset.customised(_json(asked.rules)) if asked.rules else ruleset.default()
        known_ids = _lines(asked.known_ids) if asked.known_ids else []
        with _opened(asked.log) as file:
            log = LogFile(asked.log, file)
            for text in score(log, rules, asked.date, known_ids):
                print(text)
    except Unusable as error:
        print(error, file=sys.stderr)
        return BAD_INPUT
    except ValidationError as error:
        print(f"{asked.rules}: {reason(error)}", file=sys.stderr)
        return BAD_INPUT
    return _verdict(log, skip_bad=asked.skip_bad)


def _verdict(log: LogFile, *, skip_bad: bool) -> int:
    if not log.bad:
        return 0
    many = f"{len(log.bad)} bad line{'s' if len(log.bad) > 1 else ''}"
    print(f"{log.name}: {many} left out.", file=sys.stderr)
    return 0 if skip_bad else BAD_INPUT


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m services.compliance.score",
        description="Score a chat log as the night would: one JSON object a day.",
        epilog="Exit status 2 when a line is bad, unless --skip-bad; the good lines are scored either way.",
    )
    parser.add_argument("log", metavar="LOG.ndjson", help="one message a line, as docs/api describes it")
    parser.add_argument("--date", type=date.fromisoformat, help="score this day only, such as 2026-03-18")
    parser.add_argument("--rules", metavar="FILE", help="rules of your own, laid over the default")
    parser.add_argument("--known-ids", metavar="FILE", help="identifiers the shop owns, one a line")
    parser.add_argument("--skip-bad", action="store_true", help="leave bad lines out and still exit with 0")
    return parser


def _opened(path: str) -> BinaryIO:
    """The file, able to be read twice: a pipe is copied first. Raises Unusable."""
    try:
        file = Path(path).open("rb")  # noqa: SIM115 - the caller closes it
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from error
    if file.seekable():
        return file
    with file:
        copy = tempfile.TemporaryFile()  # noqa: SIM115 - as above
        shutil.copyfileobj(file, copy)
    return copy


def _text(path: str) -> str:
    try:
        return Path(path).read_text("utf-8-sig")
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from error
    except UnicodeError as error:
        raise Unusable(f"{path}: {error}") from error


def _json(path: str) -> dict[str, object]:
    try:
        found = json.loads(_text(path))
    except ValueError as error:
        raise Unusable(f"{path}: {error}") from error
    if not isinstance(found, dict):
        raise Unusable(f"{path}: rules are a JSON object")
    return found


def _lines(path: str) -> list[str]:
    return [line.strip() for line in _text(path).splitlines() if line.strip()]


if __name__ == "__main__":
    # Millions of small objects and no cycles: the collector would look through them in vain.
    gc.disable()
    sys.exit(main())
