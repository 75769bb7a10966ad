"""The handlers of compliance in the fault matrix; two scorings at once and late messages are in tests/compliance."""

import json
from collections.abc import Sequence

from services.compliance import night, store
from shared import clock
from tests.compliance.chat import a_day_of_chat, a_line, a_part, an_answer, at
from tests.faults.matrix.rows import Asked, OnlyReads, Queued, Row, Scheduled
from tests.faults.scene import Scene
from tests.shared.http.routes import SCORED

SCORES = "/compliance/v1/admin/scores"
LINES = [
    *a_day_of_chat(1, size=12, customers=1, day=SCORED),
    a_line(at("10:00", SCORED)),
    an_answer(at("10:10", SCORED)),
]
ASK = json.dumps({"shop": "tea", "date": SCORED.isoformat()})


def two_parts(scene: Scene) -> Sequence[str]:
    """Two parts that share messages."""
    return [a_part(scene.shop.id, LINES), a_part(scene.shop.id, LINES[:3])]


def packed(scene: Scene) -> None:
    """Messages that no score has counted yet."""
    night.pack(json.loads(a_part(scene.shop.id, LINES)))


def two_due(scene: Scene) -> None:
    """Two shops whose day fell due."""
    for shop in ("shop-0", "shop-1"):
        store.ensure_job(shop, SCORED, clock.now())


ROWS: list[Row] = [
    Asked(handler="POST /compliance/v1/shops/{shop}/messages"),
    Queued(handler="compliance.pack", bodies=two_parts, poison=['{"shop": "tea", "gzip": "AAAA"}']),
    Scheduled(handler="compliance.tick", prepare=two_due, whole=False),
    Queued(handler="compliance.score", bodies=lambda _: [ASK], prepare=packed, poison=['{"shop": "tea", "date": "x"}']),
    OnlyReads(handler=f"GET {SCORES}", query={"limit": 1}),
    OnlyReads(handler=f"GET {SCORES}/{{day}}"),
    OnlyReads(handler=f"GET {SCORES}/{{day}}/users", query={"limit": 1}),
    OnlyReads(handler=f"GET {SCORES}/{{day}}/messages", query={"limit": 1}),
]
