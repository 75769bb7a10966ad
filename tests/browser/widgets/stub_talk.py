"""What is asked and answered: requests, answers, refusals."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass
class Asked:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: Json | None

    @property
    def chinese(self) -> bool:
        return self.headers.get("accept-language") == "zh-CN"


@dataclass
class Answer:
    status: int
    body: Json
    headers: dict[str, str] = field(default_factory=dict)


def problem(status: int, code: str, detail: dict[str, str], asked: Asked, **more: Any) -> Answer:
    """A refusal with its reason in the caller's language."""
    body = {"type": f"https://regulars.example/{code}", "title": code, "status": status, "code": code}
    return Answer(status, {**body, "detail": detail["zh-CN" if asked.chinese else "en"], **more})


def paged(items: list[Json], asked: Asked, size: int = 10) -> Json:
    """The page of a list that the request's cursor names."""
    start = int(asked.path.partition("cursor=")[2].partition("&")[0] or 0)
    more = str(start + size) if len(items) > start + size else None
    return {"items": [dict(item) for item in items[start : start + size]], "next_cursor": more}
