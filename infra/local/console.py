"""What the developer's terminal shows: one short line for each thing that happened."""

import json
import os
import sys
import threading
from datetime import datetime
from typing import Any

_COLORS = {"dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36", "bold": "1"}
_lock = threading.Lock()


def paint(text: str, *styles: str) -> str:
    """``text`` in color, where somebody looks at a terminal that can show it."""
    if not sys.stdout.isatty() or os.environ.get("NO_COLOR"):
        return text
    return f"\033[{';'.join(_COLORS[style] for style in styles)}m{text}\033[0m"


def say(who: str, text: str, *styles: str) -> None:
    """Print one line: the machine's time, who speaks, what it says."""
    at = paint(datetime.now().astimezone().strftime("%H:%M:%S"), "dim")
    with _lock:
        print(f"{at}  {paint(f'{who:<13}', 'cyan')} {paint(text, *styles)}", flush=True)


def show(service: str, line: dict[str, Any]) -> None:
    """Print what a service logged, in few words."""
    text, *styles = _wording(line)
    say(str(line.get("service", service)), text, *styles)


def parse(raw: str) -> dict[str, Any] | None:
    """A line a process wrote as the JSON object it is, or None for anything else."""
    if not raw.startswith("{"):
        return None
    try:
        line = json.loads(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _wording(line: dict[str, Any]) -> tuple[str, ...]:
    """A log line in few words, and its styles."""
    get = line.get
    match get("event"):
        case "request":
            style = "dim" if get("status", 0) < 400 else "yellow" if get("status", 0) < 500 else "red"  # noqa: PLR2004
            return f"{get('status')} {get('method')} {get('route')}  {get('ms')} ms", style
        case "entry_posted":
            return f"ledger: {get('kind')} {get('points'):+} points, balance {get('balance')}", "green"
        case "order_heard":
            return f"order: {get('status')} ({get('event_type')})", "green"
        case "published":
            return f"published {get('type')} to {get('queue')}", "green"
        case "inbox_written":
            return f"inbox: {get('item')}", "green"
        case _:
            return _other(line)


def _other(line: dict[str, Any]) -> tuple[str, ...]:
    facts = {key: value for key, value in line.items() if key not in {"level", "logger", "message", "event", "trace"}}
    text = " ".join([str(line.get("event") or line.get("message", "")), *(f"{k}={v}" for k, v in facts.items())])
    trace = f"\n{line['trace']}" if line.get("trace") else ""
    style = {"ERROR": "red", "CRITICAL": "red", "WARNING": "yellow"}.get(str(line.get("level")), "dim")
    return text.strip() + trace, style
