"""One day's messages, and the score they make. Pure.

A log keeps a few numbers a message and no text, so that a million messages fit. Whatever the order the messages come
in, however often and in however many pieces, the result is the same bytes.
"""

import hashlib
import json
from array import array
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from fractions import Fraction

from services.compliance import window
from services.compliance.chatlog import Message, anonymous, canonical
from services.compliance.reply import Rate, Role, Roles, Served, Thread
from services.compliance.ruleset import Ruleset
from services.compliance.scorecard import Card
from shared import ids

Source = Callable[[], Iterable[Message]]
"""Messages that can be gone through again: a file, or chunks in memory."""

Result = dict[str, object]

MARK_BYTES = 16
NAMED_MAX = 20
"""So many repeated ids a warning names; it counts them all."""

_ROLES = tuple(Role)


class DayLog:
    """The messages of one day under one ruleset.

    Add every message; while :attr:`disputed` names ids, go through the messages once more with :meth:`settle`.
    Messages of other days are not taken.
    """

    def __init__(self, rules: Ruleset, day: date) -> None:
        self.rules = rules
        self.day = day
        self.window = window.of(rules)
        self.disputed: set[str] = set()
        self._roles = Roles(rules.reply_rate, self.window)
        self._places: dict[str, int] = {}
        self._customers: dict[str, int] = {}
        self._names: list[str] = []
        self._threads: list[array[int]] = []
        self._at = array("q")
        self._who = array("L")
        self._role = bytearray()
        self._marks = bytearray()
        self._winners: dict[str, bytes] = {}

    def __len__(self) -> int:
        return len(self._at)

    def take(self, message: Message) -> bool:
        """Add a message if it is of this day; returns whether it was."""
        ours = self.day in self.window.days_of(message)
        if ours:
            self.add(message)
        return ours

    def add(self, message: Message) -> None:
        """Add a message that is known to be of this day. The same message again changes nothing."""
        mark = _mark(message)
        place = self._places.setdefault(message.message_id, len(self._at))
        if place == len(self._at):
            self._append(message, mark)
        elif not self._is(place, message, mark):
            self.disputed.add(message.message_id)

    def _append(self, message: Message, mark: bytes) -> None:
        who = self._customers.get(message.customer_id)
        if who is None:
            who = self._customer(message.customer_id)
        self._threads[who].append(len(self._at))
        self._at.append(message.at_ns)
        self._who.append(who)
        self._role.append(self._roles.of(message))
        self._marks += mark

    def _customer(self, customer_id: str) -> int:
        number = self._customers.setdefault(customer_id, len(self._names))
        if number == len(self._names):
            self._names.append(customer_id)
            self._threads.append(array("L"))
        return number

    def _is(self, place: int, message: Message, mark: bytes) -> bool:
        return self._mark_at(place) == mark and self._names[self._who[place]] == message.customer_id

    def _mark_at(self, place: int) -> bytes:
        return bytes(self._marks[place * MARK_BYTES : (place + 1) * MARK_BYTES])

    def settle(self, message: Message) -> None:
        """Second time through: of one id with several contents the smallest canonical bytes win."""
        if message.message_id not in self.disputed or self.day not in self.window.days_of(message):
            return
        spelled = canonical(message)
        best = self._winners.get(message.message_id)
        if best is None or spelled < best:
            self._winners[message.message_id] = spelled
            self._replace(self._places[message.message_id], message)

    def _replace(self, place: int, message: Message) -> None:
        self._threads[self._who[place]].remove(place)
        who = self._customer(message.customer_id)
        self._threads[who].append(place)
        self._at[place] = message.at_ns
        self._who[place] = who
        self._role[place] = self._roles.of(message)
        self._marks[place * MARK_BYTES : (place + 1) * MARK_BYTES] = _mark(message)

    def served(self) -> Iterator[tuple[str, Served]]:
        """Every consulting customer and how they were served, in no order."""
        for name, places in zip(self._names, self._threads, strict=True):
            found = self._served(places)
            if found is not None:
                yield name, found

    def _served(self, places: Iterable[int]) -> Served | None:
        events = [(self._at[place], self._role[place]) for place in places if self._role[place]]
        if all(role == Role.ANSWER for _, role in events):
            return None
        thread = Thread(self.window, self.rules.reply_rate)
        for at, role in sorted(events):
            thread.add(at, _ROLES[role])
        return thread.served()

    def _tally(self) -> tuple[Rate, list[bytes]]:
        """The day's figures, and a digest of each customer's messages."""
        consulting = effective = 0
        digests = []
        for places in self._threads:
            found = self._served(places)
            if found is not None:
                consulting += 1
                effective += found.effective
            if places:
                marks = sorted(map(self._mark_at, places))
                digests.append(hashlib.sha256(b"".join(marks)).digest())
        return Rate(consulting, effective), sorted(digests)

    def result(self, *, known_ids: Iterable[str] = (), bad_lines: int = 0) -> Result:
        """The score, as it is published and stored. The same input gives the same result, in the same order."""
        rate, digests = self._tally()
        measured = {"reply_rate": Fraction(rate.effective, rate.consulting)} if rate.consulting else {}
        return {
            "date": self.day.isoformat(),
            "ruleset": self.rules.id,
            "ruleset_version": self.rules.version,
            "input_digest": self._digest(digests, known_ids),
            "messages": len(self),
            "bad_lines": bad_lines,
            "reply": rate.plain(self.rules),
            "findings": [],
            "sanctions": [],
            "score": Card(measured).plain(),
            "warnings": self._warnings(),
        }

    def _digest(self, customers: list[bytes], known_ids: Iterable[str]) -> str:
        """All that the result depends on. Messages are grouped by customer, but no customer's id is in it: stores and
        files may name the same customers differently.
        """
        return ids.digest(
            self.day.isoformat(),
            self.rules.id,
            self.rules.version,
            self.rules.fingerprint(),
            b"".join(customers),
            ids.canonical(sorted(set(known_ids))),
            ids.canonical(sorted(self.disputed)),
        )

    def _warnings(self) -> list[Result]:
        if not self.disputed:
            return []
        named = sorted(self.disputed)
        return [{"kind": "message_id_reused", "count": len(named), "message_ids": named[:NAMED_MAX]}]


def read(rules: Ruleset, day: date, source: Source) -> DayLog:
    """The log of one day from messages of any days."""
    log = DayLog(rules, day)
    for message in source():
        log.take(message)
    if log.disputed:
        for message in source():
            log.settle(message)
    return log


def spelled(result: Result) -> str:
    """The one text of a result."""
    return json.dumps(result, ensure_ascii=False, separators=(",", ":"))


def _mark(message: Message) -> bytes:
    return hashlib.sha256(anonymous(message)).digest()[:MARK_BYTES]
