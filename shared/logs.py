"""Logs: one JSON object a line on standard output. Facts only: never a name, a token or a message's text."""

import logging
import sys
from typing import Any

from pydantic_core import to_json

from shared.settings import settings

log = logging.getLogger("regulars")


class JsonLines(logging.Formatter):
    """A record as one line of JSON: level, message, the facts given to :func:`event`, and a trace if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {"level": record.levelname, "logger": record.name}
        facts = getattr(record, "facts", None)
        line |= facts if facts is not None else {"message": record.getMessage()}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return to_json(line, fallback=str).decode()


def install() -> None:
    """Write the product's log lines as JSON. Calling it again changes nothing."""
    if not log.handlers:
        handler = logging.StreamHandler(sys.stdout)
        handler.setFormatter(JsonLines())
        log.addHandler(handler)
        log.setLevel(settings.log_level)
        log.propagate = False


def event(name: str, *, level: int = logging.INFO, exc_info: bool = False, **facts: Any) -> None:
    """Write one line: what happened (``name``) and its facts."""
    if log.isEnabledFor(level):
        trace = sys.exc_info() if exc_info else None
        # Made by hand, because the library would look through the stack for a line number that nobody reads.
        record = log.makeRecord(log.name, level, "", 0, name, (), trace, extra={"facts": {"event": name, **facts}})
        log.handle(record)
