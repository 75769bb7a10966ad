"""What the rewards table tells: each state of a redemption that somebody has to hear of."""

import base64
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from services.points.rewards import store
from services.points.rewards.redemption import Redemption
from shared import vault
from shared.events import RedemptionChanged
from shared.schema import RedemptionRow


def event_from_image(image: Mapping[str, Any]) -> RedemptionChanged | None:
    """The public event that a new or changed row of the table means; None for rows of another sort."""
    if "facts" not in image:
        return None
    # Who it is for is nobody's business here, and bytes travel in another form through each kind of stream.
    told = {name: value for name, value in image.items() if name != "sealed"}
    return event_of(store.redemption_from(RedemptionRow.from_raw_data(told)))


def event_of(found: Redemption) -> RedemptionChanged | None:
    """The public event of a redemption's state; None for one that nobody else needs to hear of."""
    if found.handed and found.status == "pending":
        return None
    stored = store.load_version(found.shop, found.reward, found.reward_version)
    return RedemptionChanged(
        id=f"{found.shop}#{found.subject}#{found.reward}#{found.digest}#{found.version}",
        shop=found.shop,
        subject=found.subject,
        at=found.at,
        reward=found.reward,
        redemption=found.digest,
        kind=found.kind,
        status=found.status,
        title=dict(stored.definition.title),
        points=found.points,
        refund_minor=found.refund_minor,
        sealed_code=_sealed(found),
        seq=found.version,
        # Of other states it may be what somebody wrote.
        reason=found.reason if found.status == "failed" else "",
    )


def _sealed(found: Redemption) -> str | None:
    """The code as it may travel: under the customer's own key."""
    if not found.code or found.version > 1:
        return None
    return base64.b64encode(vault.seal_for(found.shop, found.subject, found.code.encode())).decode()


def events_since(since: datetime) -> Iterator[RedemptionChanged]:
    """The events of the redemptions made at or after ``since``, from the rows, each in its last state."""
    for row in RedemptionRow.scan(RedemptionRow.facts.exists(), consistent_read=True, page_size=100):
        found = store.redemption_from(row)
        event = event_of(found) if found.at >= since else None
        if event:
            yield event
