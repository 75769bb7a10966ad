"""What services tell each other: versioned public events, and one table that says who is told.

An event's id is the key of the row that committed it, so a repeat is recognised. Nothing in an event
is personal: it names subjects, and whoever may know more looks it up.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict


class EventSource(BaseModel):
    """Why points moved; see shared.ledger.rules.Source."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    what: str
    id: str
    rule: str
    version: int
    facts: dict[str, int]


class PointsEarned(BaseModel):
    """Points were given. ``seq`` orders a customer's entries; a later one supersedes an earlier message."""

    # A newer publisher may add fields while an older consumer still runs.
    model_config = ConfigDict(extra="ignore", frozen=True)
    type: Literal["points.earned"] = "points.earned"
    version: Literal[1] = 1
    id: str
    shop: str
    subject: str
    at: AwareDatetime
    points: int
    balance_after: int
    seq: int
    source: EventSource


PublicEvent = PointsEarned

ROUTES: Mapping[str, tuple[str, ...]] = {"points.earned": ("notifications",)}
"""Which queues hear of which event. Queue names are those of infra/platform.yaml without the prefix."""
