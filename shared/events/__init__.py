"""What services tell each other: versioned public events, and one table that says who is told.

An event's id is the key of the row that committed it, so a repeat is recognised. Nothing in an event
is personal: it names subjects, and whoever may know more looks it up.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter


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


class RedemptionChanged(BaseModel):
    """A redemption as it became by its ``seq``-th state; a later one supersedes an earlier message. ``sealed_code`` is
    what the customer shows, under the customer's own key (base64). ``reason``: the rule by which it failed.
    """

    model_config = ConfigDict(extra="ignore", frozen=True)
    type: Literal["redemption.changed"] = "redemption.changed"
    version: Literal[1] = 1
    id: str
    shop: str
    subject: str
    at: AwareDatetime
    reward: str
    redemption: str
    kind: str
    status: str
    title: dict[str, str]
    points: int
    refund_minor: int
    sealed_code: str | None
    seq: int
    reason: str = ""


class OrderShipped(BaseModel):
    """An order of a customer left the shop: what waits for one goes along. It may be told more than once."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    type: Literal["order.shipped"] = "order.shipped"
    version: Literal[1] = 1
    id: str
    shop: str
    subject: str
    at: AwareDatetime


PublicEvent = PointsMoved | RedemptionChanged | OrderShipped
EVENTS: TypeAdapter[PublicEvent] = TypeAdapter(
    Annotated[PublicEvent, Field(discriminator="type")], config=ConfigDict(defer_build=True)
)
"""Reads whichever event a message says."""

ROUTES: Mapping[str, tuple[str, ...]] = {
    "points.moved": ("notifications",),
    "redemption.changed": ("notifications", "fulfilment"),
    "order.shipped": ("fulfilment",),
}
"""Which queues hear of which event. Queue names are those of infra/platform.yaml without the prefix."""
