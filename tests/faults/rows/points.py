"""The handlers of points in the fault matrix."""

from tests.faults.matrix.rows import Invoked, OnlyReads, Row, Streamed
from tests.faults.pipe import stream_records, unreadable
from tests.faults.scene import Scene

FOUR = 4


def latest(scene: Scene) -> list[dict]:
    """The last records of the stream: entries of two activities."""
    del scene
    return stream_records()[-FOUR:]


ROWS: list[Row] = [
    OnlyReads(handler="GET /points/v1/me/account"),
    OnlyReads(handler="GET /points/v1/me/entries", query={"limit": 1}),
    Streamed(handler="points.relay", records=latest, unreadable=unreadable),
    Invoked(handler="points.republish", event={"since": "2026-01-01T00:00:00Z"}, whole=False),
]
