"""One customer's messages of a day, each with what the reply rate made of it. Pure."""

from datetime import date
from typing import NamedTuple

from services.compliance import window
from services.compliance.chatlog import Message, canonical
from services.compliance.day import Source
from services.compliance.reply import Asked, Role, Roles, Thread
from services.compliance.ruleset import Ruleset


class Shown(NamedTuple):
    """A message; whether it counts as consulting; and how long its answer took, if it needed one."""

    message: Message
    counted: bool
    asked: Asked | None


def of_customer(rules: Ruleset, day: date, source: Source, customer_id: str) -> list[Shown]:
    """The customer's messages of the day in order of time."""
    hours = window.of(rules)
    roles, thread = Roles(rules.reply_rate, hours), Thread(hours, rules.reply_rate)
    played = [(message, roles.of(message)) for message in _messages(hours, day, source, customer_id)]
    for message, role in played:
        thread.add(message.at_ns, role)
    asked = {each.at_ns: each for each in thread.asked()}
    return [
        Shown(
            message,
            role in (Role.QUESTION, Role.CLOSING),
            asked.get(message.at_ns) if role is Role.QUESTION else None,
        )
        for message, role in played
    ]


def _messages(hours: window.Window, day: date, source: Source, customer_id: str) -> list[Message]:
    """Each id once: of several contents the smallest canonical bytes win, and may turn out to be another customer's."""
    theirs = {each.message_id for each in source() if each.customer_id == customer_id}
    best: dict[str, Message] = {}
    for message in source():
        if message.message_id in theirs and day in hours.days_of(message):
            found = best.setdefault(message.message_id, message)
            best[message.message_id] = min(found, message, key=canonical)
    kept = [message for message in best.values() if message.customer_id == customer_id]
    return sorted(kept, key=lambda message: (message.at_ns, canonical(message)))
