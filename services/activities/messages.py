"""What travels over HTTP."""

from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from pydantic import Field

from services.activities import engine
from services.activities.definition import AnyDefinition, Status, Stored
from services.activities.kind import GrantOut
from services.activities.kinds import KINDS
from shared import texts
from shared.forms import In, Out
from shared.shops import Shop

_CONFIG: Any = reduce(or_, (kind.Config for kind in KINDS.values()))
_STATE: Any = reduce(or_, (kind.StateOut for kind in KINDS.values()))
_OUTCOME: Any = reduce(or_, (kind.OutcomeOut for kind in KINDS.values()))
_AFTER: Any = reduce(or_, (kind.AfterOut for kind in KINDS.values()))


class ActivityLine(Out):
    """An activity in a list."""

    id: str
    kind: str
    title: str
    status: Status
    version: int


class ActivityList(Out):
    items: list[ActivityLine]
    next_cursor: str | None


class ActivityOut(Out):
    """An activity as customers see it; `state` is the caller's own, null without a token."""

    id: str
    kind: str
    edition: str
    title: str
    description: str
    rules: str
    status: Status
    version: int
    opens_at: datetime | None
    closes_at: datetime | None
    timezone: str
    today: date
    config: _CONFIG
    state: _STATE | None


class Look(In):
    """Which month of the calendar to show (default: this one)."""

    shop: str | None = Field(None, description="The shop; needed without a token.")
    month: str | None = Field(None, pattern=r"^20\d\d-(0[1-9]|1[0-2])$", description="Such as 2026-11.")

    @property
    def year_month(self) -> tuple[int, int] | None:
        return (int(self.month[:4]), int(self.month[5:])) if self.month else None


class ParticipationIn(In):
    """`input` depends on the kind. `signin`: `{}` checks in, `{"make_up": "2026-11-20"}` makes up a missed day."""

    input: dict[str, Any] = Field(default_factory=dict, max_length=50)


class ParticipationOut(Out):
    """What a participation came to."""

    participation_id: str
    kind: str
    outcome: _OUTCOME
    grants: list[GrantOut]
    balance: int
    state: _AFTER


class VersionOut(Out):
    """An activity as one of its versions had it; `status` is the one it was given."""

    id: str
    version: int
    status: Status
    definition: AnyDefinition


class DefinitionOut(VersionOut):
    """An activity as its operator sees it. `status_now` is the status with the opening times applied, and
    `next_statuses` what it can become.
    """

    status_now: Status
    next_statuses: list[Status]


class DefinitionList(Out):
    items: list[DefinitionOut]
    next_cursor: str | None


class VersionList(Out):
    items: list[VersionOut]
    next_cursor: str | None


class StatusIn(In):
    """The status an activity should have now."""

    status: Status


def line(stored: Stored, language: str, now: datetime) -> ActivityLine:
    return ActivityLine(
        id=stored.id,
        kind=stored.kind,
        title=texts.pick(stored.definition.title, language),
        status=stored.status_at(now),
        version=stored.version,
    )


def activity(stored: Stored, shop: Shop, language: str, now: datetime, state: Any) -> ActivityOut:
    given = stored.definition
    return ActivityOut(
        **line(stored, language, now).model_dump(),
        edition=given.edition,
        description=texts.pick(given.description, language),
        rules=texts.pick(given.rules, language),
        opens_at=given.opens_at,
        closes_at=given.closes_at,
        timezone=shop.calendar.zone_at(now).key,
        today=shop.today(now),
        config=given.config,
        state=state,
    )


def participation(done: engine.Participated) -> ParticipationOut:
    return ParticipationOut(
        participation_id=done.participation_id,
        kind=done.kind,
        outcome=done.outcome,
        grants=[GrantOut(type=grant.type, amount=grant.amount, reason=grant.reason) for grant in done.grants],
        balance=done.balance,
        state=done.after,
    )


def version(stored: Stored) -> VersionOut:
    return VersionOut(id=stored.id, version=stored.version, status=stored.status, definition=stored.definition)


def definition(stored: Stored, now: datetime) -> DefinitionOut:
    return DefinitionOut(
        **dict(version(stored)),
        status_now=stored.status_at(now),
        next_statuses=list(stored.next_statuses(now)),
    )
