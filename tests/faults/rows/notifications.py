"""The handlers of notifications in the fault matrix."""

from tests.faults.matrix.rows import Asked, OnlyReads, Queued, Row
from tests.faults.pipe import Pipe
from tests.faults.scene import Scene


def told(scene: Scene) -> list[str]:
    """The last of Amei's news: an older message of one item, and the latest of both."""
    return Pipe(scene).all_told()[-3:]


ROWS: list[Row] = [
    OnlyReads(handler="GET /notifications/v1/me/inbox"),
    Asked(handler="POST /notifications/v1/me/inbox/{item_id}/read", look=lambda scene: scene.inbox()),
    Queued(
        handler="notifications.on_event",
        bodies=told,
        poison=['{"type": "points.spent"}', '{"type": "points.moved", "version": 2}'],
    ),
]
