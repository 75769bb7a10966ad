"""What travels over HTTP."""

import json
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import ConfigDict, Field

from services.compliance.chatlog import NS, Line, rfc3339
from services.compliance.conversation import Shown
from services.compliance.reply import Served
from services.compliance.store import Score
from shared.forms import In, Out
from shared.http import Paging


class MessagesIn(In):
    """Service chat and other messages between the shop and its customers, in any order. Repeats count once."""

    type: Literal["chat.messages"]
    messages: list[Line] = Field(min_length=1, max_length=1000)


class AcceptedOut(Out):
    """How many messages were taken."""

    accepted: int


class ReplyOut(Out):
    """The effective reply rate of a day: `rate` is effective/consulting, unreduced; null when nobody asked."""

    consulting_users: int
    effective_users: int
    rate: str | None
    fails: bool
    penalty_cny: int = Field(description="What the named rules would impose. Regulars itself imposes nothing.")
    min_users: int
    min_rate: str


class ScoreLine(Out):
    date: date
    ruleset: str
    reply: ReplyOut
    scored_at: datetime


class ScoreList(Out):
    items: list[ScoreLine]
    next_cursor: str | None


class ComponentOut(Out):
    """One part of the score; `counted` is its share after the weights of unmeasured parts went to the others."""

    name: str
    weight: int
    measured: bool
    counted: str | None
    value: int | None
    evidence: str = Field(description="The member of the result that lost points come from.")


class CardOut(Out):
    value: int | None
    components: list[ComponentOut]


class WarningOut(Out):
    """`message_id_reused`: one id came with several contents, of which the first in canonical order was counted."""

    kind: str
    count: int
    message_ids: list[str]


class ScoreOut(Out):
    """The latest score of a day."""

    date: date
    ruleset: str
    ruleset_version: str
    input_digest: str
    scored_at: datetime
    messages: int
    bad_lines: int
    reply: ReplyOut
    findings: list[dict[str, Any]]
    sanctions: list[dict[str, Any]]
    score: CardOut
    warnings: list[WarningOut]


class UserPaging(Paging):
    """Which customers, how many, and from where."""

    effective: bool | None = Field(None, strict=False, description="Only those served so, or not.")


class UserOut(Out):
    """A consulting customer: of `messages` in the window, `unanswered` got no answer in time."""

    customer_id: str
    effective: bool
    messages: int
    unanswered: int
    first_at: str
    worst_wait_s: int | float | None = Field(description="Null when a message got no answer at all.")


class UserList(Out):
    items: list[UserOut]
    next_cursor: str | None


class CustomerPaging(Paging):
    """Whose messages, how many, and from where. A query parameter, because a customer's id may be any text."""

    customer_id: str = Field(min_length=1, max_length=128, description="The shop's id of the customer.")


class MessageOut(Out):
    """A message of a customer's day. `counted`: it is one the reply rate counts."""

    model_config = ConfigDict(serialize_by_alias=True)

    message_id: str
    at: str
    sender: str = Field(serialization_alias="from")
    agent_id: str | None
    text: str
    counted: bool
    answered_after_s: int | float | None
    late: bool


class MessageList(Out):
    items: list[MessageOut]
    next_cursor: str | None


def line(score: Score) -> ScoreLine:
    told = json.loads(score.body)
    return ScoreLine(date=score.day, ruleset=score.ruleset, reply=told["reply"], scored_at=score.scored_at)


def full(score: Score) -> ScoreOut:
    return ScoreOut.model_validate({**json.loads(score.body), "scored_at": score.scored_at})


def user(customer_id: str, served: Served, zone: ZoneInfo) -> UserOut:
    return UserOut(
        customer_id=customer_id,
        effective=served.effective,
        messages=served.messages,
        unanswered=served.unanswered,
        first_at=rfc3339(served.first_at_ns, zone),
        worst_wait_s=_seconds(served.worst_wait_ns),
    )


def message(shown: Shown, zone: ZoneInfo) -> MessageOut:
    said, asked = shown.message, shown.asked
    return MessageOut(
        message_id=said.message_id,
        at=rfc3339(said.at_ns, zone),
        sender=said.sender,
        agent_id=said.agent_id or None,
        text=said.text,
        counted=shown.counted,
        answered_after_s=_seconds(asked.wait_ns) if asked else None,
        late=bool(asked and asked.wait_ns is not None and not asked.answered),
    )


def _seconds(wait_ns: int | None) -> int | float | None:
    if wait_ns is None:
        return None
    return wait_ns // NS if wait_ns % NS == 0 else wait_ns / NS
