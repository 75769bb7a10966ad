"""The handlers of points in the fault matrix."""

from http import HTTPStatus

from tests.faults.matrix.rows import Asked, Invoked, OnlyReads, Row, Streamed
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
    OnlyReads(handler="GET /points/v1/admin/policy"),
    Asked(handler="PUT /points/v1/admin/policy", again=HTTPStatus.CONFLICT),
    OnlyReads(handler="POST /points/v1/admin/policy/preview"),
    OnlyReads(handler="GET /points/v1/admin/customers/{customer_id}/account"),
    OnlyReads(handler="GET /points/v1/admin/customers/{customer_id}/entries", query={"limit": 1}),
    Asked(handler="POST /points/v1/admin/adjustments"),
    Streamed(handler="points.relay", records=latest, unreadable=unreadable),
    Invoked(handler="points.republish", event={"since": "2026-01-01T00:00:00Z"}, whole=False),
]
