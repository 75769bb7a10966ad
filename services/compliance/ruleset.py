"""Rulesets are data: who must be answered when, and what follows if not. Pure.

A ruleset has an id and a version, and every score names both. A file of one's own has the same schema and is laid
over the default, so it need only say what differs.
"""

import json
from collections.abc import Mapping
from fractions import Fraction
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared import beside, ids
from shared.forms import In, Int, Zone

DEFAULT_ID = "pinduoduo-2022"

Basis = str | dict[str, str]
"""Where a number comes from: the platform's text (`seed …`) or a choice of this project (`default`)."""

TimeOfDay = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d:[0-5]\d|24:00:00)$")]
Rate = Annotated[str, Field(pattern=r"^\d{1,6}/[1-9]\d{0,5}$")]
Count = Annotated[Int, Field(ge=0)]


def seconds_of(time: str) -> int:
    """``HH:MM:SS`` as seconds since midnight."""
    hours, minutes, seconds = map(int, time.split(":"))
    return hours * 3600 + minutes * 60 + seconds


class ReplyRate(In):
    """Which messages must be answered, by whom, how soon, and what share of customers must be served so."""

    unit: Literal["user"] = "user"
    window_start: TimeOfDay
    window_end: TimeOfDay
    window_end_inclusive: bool
    sla_seconds: Annotated[Int, Field(ge=1, le=86_400)]
    sla_inclusive: bool
    require_every_message: bool
    reply_actors: tuple[Literal["human", "bot"], ...] = Field(min_length=1)
    surfaces: tuple[Literal["chat", "review_reply", "sms", "email", "call", "push"], ...] = Field(min_length=1)
    first_message_only: bool = Field(description="Only a customer's first message of the day must be answered.")
    closing_words: tuple[str, ...] = Field(description="Messages that say only one of these need no answer.")
    min_users: Count
    min_rate: Rate
    penalty_cny: Count
    basis: Basis = ""

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "ReplyRate":
        if seconds_of(self.window_start) >= seconds_of(self.window_end):
            raise PydanticCustomError("window_empty", "the window must open before it closes, within one day")
        return self

    def fails(self, effective: int, consulting: int) -> bool:
        """Whether a day's rate breaks the rule: enough customers, and too few of them served. Exact."""
        return consulting >= self.min_users and effective < Fraction(self.min_rate) * consulting


class Frequency(In):
    window_hours: Count
    general_min: Count
    severe_min: Count


class LateNight(In):
    start: TimeOfDay
    end: TimeOfDay
    window_days: Count
    multiple_min: Count
    below_multiple: Literal["review", "general"]
    timezone: Literal["recipient"]


class Harassment(In):
    """Rule 2.4, by counters."""

    conversation_ttl_hours: Count
    exempt_kinds: tuple[str, ...]
    frequency: Frequency
    late_night: LateNight
    after_refusal: Literal["general", "severe"]
    basis: Basis = ""


class Sanction(In):
    delist_days: Count
    may_terminate: bool = False


class Sanctions(In):
    """What the platform would impose for each finding."""

    general: Sanction
    severe: Sanction
    extreme: Sanction
    basis: Basis = ""


class ThirdParty(In):
    """Rule 2.2: what counts as leading a customer elsewhere."""

    platform_domains: tuple[str, ...]
    known_identifiers_never_flag: bool
    join_window: str
    joined_basis: Basis = ""
    phone_and_im_accounts_are_third_party: bool
    phone_basis: Basis = ""


class Ruleset(In):
    """One platform's rules for service chat. Days are days of ``tz``."""

    id: str = Field(pattern=ids.SLUG)
    version: str = Field(pattern=r"^[A-Za-z0-9.+-]{1,40}$")
    note: str = ""
    tz: Zone
    reply_rate: ReplyRate
    harassment: Harassment
    sanctions: Sanctions
    abuse_tiering: dict[str, str]
    third_party: ThirdParty

    def fingerprint(self) -> str:
        """A digest of what the rules say. Notes on where they come from change nothing."""
        return ids.digest(ids.canonical(_without_notes(self.model_dump(mode="json"))))


def default() -> Ruleset:
    """The ruleset of the product."""
    return load(DEFAULT_ID)


@cache
def load(ruleset_id: str) -> Ruleset:
    """One of the product's own rulesets."""
    return Ruleset.model_validate_json(_text(ruleset_id))


def customised(given: Mapping[str, Any]) -> Ruleset:
    """A ruleset of one's own, laid over the default. Raises pydantic's ValidationError.

    Rules that differ from the default but keep its version get a version that says so: two scores that name the
    same version were made by the same rules.
    """
    base = json.loads(_text(DEFAULT_ID))
    found = Ruleset.model_validate_json(ids.canonical(_laid_over(base, given)))
    if "version" in given or found.fingerprint() == default().fingerprint():
        return found
    return found.model_copy(update={"version": f"{found.version}+{found.fingerprint()[:8]}"})


def _text(ruleset_id: str) -> str:
    return beside.read(__spec__, f"rulesets/{ruleset_id}.json").decode()


def _laid_over(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for name, value in given.items():
        below = merged.get(name)
        if isinstance(below, dict) and isinstance(value, dict):
            merged[name] = _laid_over(below, value)
        else:
            merged[name] = value
    return merged


def _without_notes(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_notes(each) for name, each in value.items() if not name.endswith(("basis", "note"))}
    return value
