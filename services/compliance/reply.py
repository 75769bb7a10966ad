"""Reply rate: who asked, who was answered in time. Pure, and exact: integers and fractions only.

A customer counts as consulting with at least one message in the window, and as effectively served when every such
message got an answer after it and in time. One answer serves all earlier messages it is in time for.
Source: the platform's rule texts 2.1, 3.2 to 3.6; which choices are ours stands in the ruleset's ``basis``.
"""

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from services.compliance.chatlog import Message
from services.compliance.ruleset import ReplyRate, Ruleset
from services.compliance.window import Window


class Role(IntEnum):
    """What a message is to the reply rate."""

    NOTHING = 0
    QUESTION = 1
    CLOSING = 2
    """A customer's message in the window that needs no answer."""
    ANSWER = 3


class Roles:
    """Which role each message plays under one ruleset."""

    def __init__(self, rules: ReplyRate, window: Window) -> None:
        self._window = window
        self._surfaces = frozenset(rules.surfaces)
        self._closing = frozenset(_plain(word) for word in rules.closing_words) - {""}

    def of(self, message: Message) -> Role:
        if message.surface not in self._surfaces:
            return Role.NOTHING
        if message.sender in self._window.answering:
            return Role.ANSWER
        if message.sender != "customer" or not self._window.holds(message.at_ns):
            return Role.NOTHING
        return Role.CLOSING if self._closing and _plain(message.text) in self._closing else Role.QUESTION


def _plain(text: str) -> str:
    """The words alone: no case, no widths, no spaces and punctuation around them."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return folded.strip("".join({letter for letter in folded if not letter.isalnum()}))


class Asked(NamedTuple):
    """One message that must be answered, and how long until the first answer after it (None: there was none)."""

    at_ns: int
    wait_ns: int | None
    answered: bool


class Served(NamedTuple):
    """How one consulting customer was served: of ``messages`` in the window, ``unanswered`` got no answer in time."""

    effective: bool
    messages: int
    unanswered: int
    first_at_ns: int
    worst_wait_ns: int | None
    """The longest wait for an answer, late ones too; None when some message never got one."""


class Thread:
    """One customer's messages of a day, added in order of time."""

    def __init__(self, window: Window, rules: ReplyRate) -> None:
        self._window = window
        self._rules = rules
        self._consulting: list[int] = []
        self._questions: list[int] = []
        self._answers: list[int] = []

    def add(self, at_ns: int, role: Role) -> None:
        if role is Role.ANSWER:
            self._answers.append(at_ns)
        elif role is not Role.NOTHING:
            self._consulting.append(at_ns)
            if role is Role.QUESTION:
                self._questions.append(at_ns)

    def asked(self) -> list[Asked]:
        """The messages that must be answered, in order of time."""
        questions = self._questions[:1] if self._rules.first_message_only else self._questions
        in_time = self._window.in_time
        return [
            Asked(at, wait, wait is not None and in_time(wait))
            for at, wait in zip(questions, waits(questions, self._answers), strict=True)
        ]

    def served(self) -> Served | None:
        """How the customer was served; None for one who sent nothing in the window."""
        if not self._consulting:
            return None
        needed = self.asked()
        unanswered = sum(not each.answered for each in needed)
        enough = unanswered == 0 or (not self._rules.require_every_message and unanswered < len(needed))
        known = [each.wait_ns for each in needed if each.wait_ns is not None]
        worst = max(known) if known and len(known) == len(needed) else None
        return Served(enough, len(self._consulting), unanswered, self._consulting[0], worst)


def waits(questions: Sequence[int], answers: Sequence[int]) -> Iterator[int | None]:
    """For each question the time to the first answer strictly after it. Both ascend."""
    upcoming = iter(answers)
    answer = next(upcoming, None)
    for at in questions:
        while answer is not None and answer <= at:
            answer = next(upcoming, None)
        yield None if answer is None else answer - at


@dataclass(frozen=True)
class Rate:
    """A day's figures."""

    consulting: int
    effective: int

    def plain(self, rules: Ruleset) -> dict[str, object]:
        """The figures as they are published: the rate unreduced, so that both counts can be read from it."""
        reply = rules.reply_rate
        fails = reply.fails(self.effective, self.consulting)
        return {
            "consulting_users": self.consulting,
            "effective_users": self.effective,
            "rate": f"{self.effective}/{self.consulting}" if self.consulting else None,
            "fails": fails,
            "penalty_cny": reply.penalty_cny if fails else 0,
            "min_users": reply.min_users,
            "min_rate": reply.min_rate,
        }
