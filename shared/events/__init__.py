"""What services tell each other: versioned public events, and one table that says who is told.

An event's id is the key of the row that committed it, so a repeat is recognised. Nothing in an event
is personal: it names subjects, and whoever may know more looks it up.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict


class EventSource(BaseModel):
    """Why points moved; see shared.ledger.posting.Source."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    what: str
    id: str
    rule: str
    version: int
    facts: dict[str, int]


class PointsMoved(BaseModel):
    """A ledger entry: ``points`` changed in all, ``available`` of them can be spent, ``pending`` wait. ``seq`` orders a
    customer's entries; a later one supersedes an earlier message.
    """

    # A newer publisher may add fields while an older consumer still runs.
    model_config = ConfigDict(extra="ignore", frozen=True)
    type: Literal["points.moved"] = "points.moved"
    version: Literal[1] = 1
    id: str
    shop: str
    subject: str
    at: AwareDatetime
    kind: str
    points: int
    available: int
    pending: int
    available_after: int
    seq: int
    source: EventSource


PublicEvent = PointsMoved

ROUTES: Mapping[str, tuple[str, ...]] = {"points.moved": ("notifications",)}
"""Which queues hear of which event. Queue names are those of infra/platform.yaml without the prefix."""
