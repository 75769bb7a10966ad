"""Logs: one JSON object a line on standard output. Facts only: never a name, a token or a message's text."""

import json
import logging
import sys
from typing import Any

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
        return json.dumps(line, ensure_ascii=False, default=str)


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
    log.log(level, name, extra={"facts": {"event": name, **facts}}, exc_info=exc_info)
