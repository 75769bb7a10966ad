"""What every kind of activity is: a pure function from a definition, a state and an input to an outcome."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from shared.calendar import ShopCalendar
from shared.forms import Out


@dataclass(frozen=True)
class Moment:
    """When something happens, in the shop's own time."""

    now: datetime
    calendar: ShopCalendar

    @cached_property
    def today(self) -> date:
        return self.calendar.day_of(self.now)

    @property
    def next_midnight(self) -> datetime:
        return self.calendar.next_midnight(self.now)


GrantType = Literal["points", "make_up_card"]


@dataclass(frozen=True)
class Grant:
    """What a participation gives. ``reason`` names the rule that gave it."""

    type: GrantType
    amount: int
    reason: str


@dataclass(frozen=True)
class Outcome:
    """What a participation comes to.

    ``period`` is the day it counts for, which with the activity, edition and customer is its identity.
    ``facts`` are what the answer is drawn from, now and at every replay: short JSON values.
    ``rule`` and ``rule_facts`` explain the points in the statement.
    """

    state: Any
    period: date
    grants: tuple[Grant, ...]
    facts: list[Any]
    rule: str
    rule_facts: Mapping[str, int] = field(default_factory=dict)

    @property
    def points(self) -> int:
        return sum(grant.amount for grant in self.grants if grant.type == "points")


class GrantOut(Out):
    """Something given."""

    type: GrantType
    amount: int
    reason: str


class Kind(Protocol):
    """A module in kinds/. A new kind is one such module, registered in kinds/__init__.py."""

    Config: type[BaseModel]
    Input: type[BaseModel]
    OutcomeOut: type[BaseModel]
    AfterOut: type[BaseModel]
    StateOut: type[BaseModel]
    NAME: str

    def empty(self) -> Any:
        """The state of somebody who never took part."""

    def pack(self, state: Any) -> Any:
        """The state as short JSON values."""

    def unpack(self, packed: Any) -> Any: ...

    def decide(self, config: Any, state: Any, given: Any, moment: Moment, rng: random.Random) -> Outcome:
        """What the input comes to. Raises Refused or Invalid; must not change anything."""

    def told(self, facts: list[Any]) -> tuple[BaseModel, BaseModel, tuple[Grant, ...]]:
        """The answer drawn from an outcome's facts: the outcome, the state after it, and the grants."""

    def view(self, config: Any, state: Any, moment: Moment, month: tuple[int, int] | None) -> BaseModel:
        """The state as the customer sees it."""
