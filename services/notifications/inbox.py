"""What belongs into an inbox, and how it reads. Pure.

An item keeps what happened, not a sentence: the sentence is made in the reader's language.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from shared import ids, texts
from shared.events import PointsMoved
from shared.forms import Out


@dataclass(frozen=True)
class Item:
    """One inbox item. ``seq`` orders the events that may write it: only a later one does."""

    id: str
    kind: str
    facts: Mapping[str, int]
    at: datetime
    seq: int
    read: bool = False


def item_for(event: PointsMoved) -> Item:
    """The item an event asks for.

    A daily check-in has one item that is brought up to date, never one added a day; the points of an order have one
    that says what became of them; anything else has its own.
    """
    facts = {"points": abs(event.points or event.available), "balance": event.available_after}
    if event.source.what == "signin":
        streak = event.source.facts.get("streak", 1)
        return Item(ids.digest("signin", event.source.id), "signin", {**facts, "streak": streak}, event.at, event.seq)
    item_id = ids.digest("order", event.source.id) if event.source.what == "order" else ids.digest(event.id)
    return Item(item_id, _kind(event), facts, event.at, event.seq)


KINDS = frozenset({"points", "pending", "release", "reverse", "taken"})
"""Which sentences tell of points."""


def _kind(event: PointsMoved) -> str:
    """Which sentence says it."""
    if event.kind == "earn":
        return "pending" if event.pending else "points"
    if event.kind == "adjust":
        return "points" if event.points > 0 else "taken"
    return event.kind


class ItemOut(Out):
    """One message to the customer."""

    id: str
    kind: str
    title: str
    body: str
    at: datetime
    read: bool


class InboxOut(Out):
    """The caller's messages, the latest first; `unread` counts all, not only those of this page."""

    items: list[ItemOut]
    unread: int
    next_cursor: str | None


def told(item: Item, language: str) -> ItemOut:
    """The item in the reader's language."""
    return ItemOut(
        id=item.id,
        kind=item.kind,
        title=texts.say(language, f"inbox.{item.kind}.title", {**item.facts, "n": item.facts["points"]}),
        body=texts.say(language, f"inbox.{item.kind}.body", {**item.facts, "n": item.facts.get("streak", 0)}),
        at=item.at,
        read=item.read,
    )


def page(items: list[Item], *, limit: int, after: str | None) -> tuple[list[Item], str | None]:
    """``limit`` items behind the position ``after``, the latest first, and the position they end on."""
    ordered = sorted(items, key=_position, reverse=True)
    rest = [item for item in ordered if after is None or _position(item) < after]
    shown = rest[:limit]
    return shown, _position(shown[-1]) if len(rest) > limit else None


def _position(item: Item) -> str:
    return f"{item.at.timestamp():020.6f}#{item.id}"
