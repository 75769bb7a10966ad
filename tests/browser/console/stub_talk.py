"""What is asked of the stub desk and what it answers."""

from dataclasses import dataclass
from typing import Any

Json = Any


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    body: Json
    language: str
    idempotency_key: str = ""


@dataclass(frozen=True)
class Answer:
    """What goes back."""

    status: int
    body: Json = None


def problem(status: int, code: str, detail: str, **facts: Json) -> Answer:
    return Answer(
        status, {"type": f"urn:{code}", "title": code, "status": status, "code": code} | {"detail": detail, **facts}
    )


MISSING = problem(404, "not_found", "There is no such thing here.")


def version_conflict(current: int) -> Answer:
    detail = f"This was changed meanwhile: it is at version {current} now."
    return problem(409, "conflict", detail, current=current)


def paged(items: list[Json], query: dict[str, str]) -> Answer:
    start, limit = int(query.get("cursor", "0")), int(query.get("limit", "20"))
    more = start + limit
    return Answer(200, {"items": items[start:more], "next_cursor": str(more) if more < len(items) else None})
