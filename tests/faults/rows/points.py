"""The handlers of points in the fault matrix."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from http import HTTPStatus

from services.points.outbox import TOLD
from services.points.rewards import fulfilment, outbox
from shared import ids, tables
from shared.ledger import book
from tests.faults.harness.hook import layers_bypassed
from tests.faults.matrix.rows import Asked, Invoked, OnlyReads, Queued, Row, Scheduled, Streamed
from tests.faults.pipe import stream_records, unreadable
from tests.faults.scene import AMEI, Reply, Scene
from tests.support.ledger import an_earning

FOUR = 4
POISON = ['{"shop": "tea", "date": "x", "slice": 0}']


def latest(scene: Scene) -> list[dict]:
    """The last records of the stream that somebody is told of: points earned by two activities and orders."""
    del scene
    told = [each for each in stream_records() if each["dynamodb"]["NewImage"]["kind"]["S"] in TOLD]
    return told[-FOUR:]


REWARDS = "/points/v1/admin/rewards"


def another(scene: Scene) -> Reply:
    """Another reward, paid from the same account."""
    body = {"reward_id": "counted"}
    token = scene.shop.token(AMEI)
    return scene.persist(lambda: scene.http("POST", "/points/v1/redemptions", token, body, Idempotency_Key="other"))


def codes(scene: Scene) -> None:
    """Codes in the pool."""
    from services.points.rewards import codes as pool

    pool.add(scene.shop.id, "pool", ["A-1", "A-2", "A-3"], who="test")


def states(scene: Scene) -> list[dict]:
    """The last states of redemptions."""
    del scene
    return states_of("counted", "cash")[-FOUR:]


def factless(record: dict) -> dict:
    """A redemption whose facts nobody can read."""
    image = record["dynamodb"]["NewImage"] | {"facts": {"S": "-"}}
    return record | {"dynamodb": record["dynamodb"] | {"NewImage": image}}


def pending(scene: Scene) -> list[str]:
    """What the fulfilment hears of two redemptions that nobody delivers by itself, and of one to be paid."""
    del scene
    with layers_bypassed():
        told = [outbox.event_from_image(record["dynamodb"]["NewImage"]) for record in states_of("counted", "cash")]
    return [event.model_dump_json() for event in told if event][-3:]


def states_of(*rewards: str) -> list[dict]:
    found = [record for record in stream_records("rewards") if "facts" in record["dynamodb"]["NewImage"]]
    return [each for each in found if each["dynamodb"]["Keys"]["sk"]["S"].partition("#")[0] in rewards]


def unpaid(scene: Scene) -> None:
    """A redemption whose time to pay is over, and its line in the list."""
    scene.clock.forward(minutes=-31)
    body, token = {"reward_id": "cash"}, scene.shop.token(AMEI)
    assert scene.http("POST", "/points/v1/redemptions", token, body, Idempotency_Key="late").status == 201
    for told in pending(scene):
        fulfilment.hear(json.loads(told))
    scene.clock.forward(minutes=31)


def somebody(scene: Scene) -> str:
    return scene.names["subject"]


def points_expired(scene: Scene) -> None:
    """A customer's points that expired and were not swept."""
    account = book.load_account(scene.shop.id, somebody(scene), consistent=True)
    tables.commit(book.parts(an_earning(account, 5, key="old", day=date(2026, 10, 5), bucket="2026-10")))


def a_slice(scene: Scene) -> Sequence[str]:
    """The slice in which that customer is."""
    told = {"shop": scene.shop.id, "date": "2026-11-01", "slice": ids.slice_of(somebody(scene), book.SLICES)}
    return [json.dumps(told)]


def a_sweep(scene: Scene) -> Sequence[str]:
    told = {"shop": scene.shop.id, "date": "2026-11-01", "at": "2026-11-02T04:00:00Z", "sweep": [somebody(scene)]}
    return [json.dumps(told)] * 2


def night_falls(scene: Scene) -> None:
    """The shop's day is over."""
    scene.clock.at += timedelta(days=1)


ROWS: list[Row] = [
    OnlyReads(handler="GET /points/v1/me/account"),
    OnlyReads(handler="GET /points/v1/me/entries", query={"limit": 1}),
    OnlyReads(handler="GET /points/v1/admin/policy"),
    Asked(handler="PUT /points/v1/admin/policy", again=HTTPStatus.CONFLICT),
    OnlyReads(handler="POST /points/v1/admin/policy/preview"),
    OnlyReads(handler="GET /points/v1/admin/customers/{customer_id}/account"),
    OnlyReads(handler="GET /points/v1/admin/customers/{customer_id}/entries", query={"limit": 1}),
    Asked(handler="POST /points/v1/admin/adjustments"),
    OnlyReads(handler="GET /points/v1/rewards", query={"limit": 1}),
    Asked(handler="POST /points/v1/redemptions", rivals=[another]),
    Asked(handler="POST /points/v1/redemptions", case="a code of a pool", body={"reward_id": "pool"}, prepare=codes),
    Asked(handler="POST /points/v1/redemptions", case="counted", body={"reward_id": "counted"}),
    OnlyReads(handler="GET /points/v1/me/redemptions", query={"limit": 1}),
    Asked(handler="POST /points/v1/redemptions/{redemption_id}/cancel"),
    OnlyReads(handler=f"GET {REWARDS}", query={"limit": 1}),
    Asked(handler=f"POST {REWARDS}", again=HTTPStatus.CONFLICT),
    OnlyReads(handler=f"GET {REWARDS}/{{reward_id}}"),
    Asked(handler=f"PUT {REWARDS}/{{reward_id}}", again=HTTPStatus.CONFLICT),
    OnlyReads(handler=f"GET {REWARDS}/{{reward_id}}/versions", query={"limit": 1}),
    Asked(handler=f"POST {REWARDS}/{{reward_id}}/status"),
    Asked(handler=f"POST {REWARDS}/{{reward_id}}/codes"),
    OnlyReads(handler=f"GET {REWARDS}/{{reward_id}}/stock"),
    OnlyReads(handler="GET /points/v1/admin/redemptions", query={"limit": 1}),
    OnlyReads(handler="GET /points/v1/admin/delivery"),
    Asked(handler="PUT /points/v1/admin/delivery", again=HTTPStatus.CONFLICT),
    Asked(handler="POST /points/v1/admin/redemptions/{redemption_id}/fulfil"),
    Asked(handler="POST /points/v1/admin/redemptions/{redemption_id}/fail"),
    Asked(handler="POST /points/v1/shops/{shop}/redemptions/{redemption_id}/payments"),
    Asked(handler="POST /points/v1/shops/{shop}/redemptions/{redemption_id}/fulfilments"),
    OnlyReads(handler="POST /points/v1/shops/{shop}/quotes"),
    Streamed(handler="points.relay_rewards", records=states, unreadable=factless),
    Queued(handler="points.fulfil", bodies=pending, poison=['{"type": "redemption.changed"}'], whole=False),
    Scheduled(handler="points.expire", prepare=unpaid, whole=False),
    OnlyReads(handler="GET /points/v1/admin/reports"),
    Scheduled(handler="points.tick", prepare=night_falls, whole=False),
    Queued(handler="points.check", bodies=a_slice, prepare=points_expired, poison=POISON, whole=False),
    Queued(handler="points.check", case="sweep", bodies=a_sweep, prepare=points_expired),
    Streamed(handler="points.relay", records=latest, unreadable=unreadable),
    Invoked(handler="points.republish", event={"since": "2026-01-01T00:00:00Z"}, whole=False),
]
