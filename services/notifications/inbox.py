"""What belongs into an inbox, and how it reads. Pure.

An item keeps what happened, not a sentence: the sentence is made in the reader's language.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from shared import ids, texts
from shared.events import PointsMoved, RedemptionChanged
from shared.forms import Out


@dataclass(frozen=True)
class Item:
    """One inbox item. ``seq`` orders the events that may write it: only a later one does. ``sealed`` is what only the
    customer may read, under their own key.
    """

    id: str
    kind: str
    facts: Mapping[str, Any]
    at: datetime
    seq: int
    read: bool = False
    sealed: bytes | None = None


def item_for(event: PointsMoved | RedemptionChanged) -> Item:
    """The item an event asks for."""
    return _redemption(event) if isinstance(event, RedemptionChanged) else _points(event)


def _redemption(event: RedemptionChanged) -> Item:
    """A redemption has one item, which says how it stands."""
    sealed = base64.b64decode(event.sealed_code) if event.sealed_code else None
    kind = f"redemption_{'code' if sealed else FAILED.get(event.reason, event.status)}"
    item_id = ids.digest("redemption", event.reward, event.redemption)
    return Item(item_id, kind, {"title": event.title, "points": event.points}, event.at, event.seq, sealed=sealed)


def _points(event: PointsMoved) -> Item:
    """What is told of points.

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
FAILED = {"insufficient_points": "failed_points", "limit_reached": "failed_limit"}
"""Why a late payment came to nothing, where it is not that nothing was left."""
REDEMPTIONS = frozenset(
    {"reserved", "pending", "fulfilled", "cancelled", "returned", "failed", "code", *FAILED.values()}
)
"""Which tell of redemptions: how they stand, or with which code."""


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


def told(item: Item, language: str, code: str | None = None) -> ItemOut:
    """The item in the reader's language; ``code`` is what was sealed in it."""
    title, body = _words(item, language, code)
    return ItemOut(id=item.id, kind=item.kind, title=title, body=body, at=item.at, read=item.read)


def _words(item: Item, language: str, code: str | None) -> tuple[str, str]:
    if "title" in item.facts:
        # The code of a customer whose key is gone can no longer be read.
        kind = "redemption_fulfilled" if item.sealed and not code else item.kind
        title = texts.pick(item.facts["title"], language)
        facts = {**item.facts, "title": title, "n": item.facts["points"], "code": code}
        return texts.say(language, f"inbox.{kind}.title", facts), texts.say(language, f"inbox.{kind}.body", facts)
    title = texts.say(language, f"inbox.{item.kind}.title", {**item.facts, "n": item.facts["points"]})
    return title, texts.say(language, f"inbox.{item.kind}.body", {**item.facts, "n": item.facts.get("streak", 0)})


def page(items: list[Item], *, limit: int, after: str | None) -> tuple[list[Item], str | None]:
    """``limit`` items behind the position ``after``, the latest first, and the position they end on."""
    ordered = sorted(items, key=_position, reverse=True)
    rest = [item for item in ordered if after is None or _position(item) < after]
    shown = rest[:limit]
    return shown, _position(shown[-1]) if len(rest) > limit else None


def _position(item: Item) -> str:
    return f"{item.at.timestamp():020.6f}#{item.id}"
