"""The handlers of activities in the fault matrix; what a check-in must stand beyond it is in test_checkin_*.py."""

from http import HTTPStatus

from tests.faults.matrix.rows import Asked, OnlyReads, Row
from tests.faults.scene import XIN, Reply, Scene, Wish

ADMIN = "/activities/v1/admin/activities"
PARTICIPATE = "POST /activities/v1/activities/{activity_id}/participations"


def seen(scene: Scene) -> object:
    """What a check-in changes, as its customer sees it."""
    return scene.look(), scene.account()


def elsewhere(scene: Scene) -> Reply:
    """Another activity that pays into the same account."""
    return scene.persist(lambda: scene.ask(Wish(activity="weekly"), "k1"))


ROWS: list[Row] = [
    OnlyReads(handler="GET /activities/v1/activities", query={"limit": 1}),
    OnlyReads(handler="GET /activities/v1/activities/{activity_id}"),
    Asked(handler=PARTICIPATE, look=seen, rivals=[elsewhere]),
    Asked(handler=PARTICIPATE, case="the first ever", by=XIN, whole=False),
    OnlyReads(handler=f"GET {ADMIN}", query={"limit": 1}),
    OnlyReads(handler=f"GET {ADMIN}/{{activity_id}}"),
    OnlyReads(handler=f"GET {ADMIN}/{{activity_id}}/versions", query={"limit": 1}),
    Asked(handler=f"POST {ADMIN}", again=HTTPStatus.CONFLICT),
    Asked(handler=f"PUT {ADMIN}/{{activity_id}}", again=HTTPStatus.CONFLICT),
    Asked(handler=f"POST {ADMIN}/{{activity_id}}/status"),
]
