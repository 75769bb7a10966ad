"""The handlers of admin in the fault matrix."""

import json
from http import HTTPStatus

from shared.schema import ShopRow
from tests.faults.matrix.rows import Asked, Invoked, OnlyReads, Row
from tests.faults.scene import Scene

BEA = "b" * 26


def another_owner(scene: Scene) -> None:
    """A second owner, whom the first may withdraw."""
    body = json.dumps({"role": "owner", "name": "Bea", "hash": "-", "created_at": "2026-11-01T00:00:00Z"})
    ShopRow(scene.shop.id, f"operator#{BEA}", body=body).save()


def no_platform(scene: Scene) -> None:
    """An installation whose platform has no key yet."""
    del scene
    for row in list(ShopRow.query("platform")):
        if row.sk.startswith(("operator#", "bootstrap", "secret#")):
            row.delete()


ROWS: list[Row] = [
    Invoked(handler="admin.bootstrap", prepare=no_platform, whole=False),
    Asked(handler="POST /admin/v1/shops", again=HTTPStatus.CONFLICT),
    OnlyReads(handler="GET /admin/v1/shops", query={"limit": 1}),
    OnlyReads(handler="GET /admin/v1/shops/{shop}"),
    Asked(handler="POST /admin/v1/shops/{shop}/owners", again="more"),
    OnlyReads(handler="GET /admin/v1/platform/audit", query={"limit": 1}),
    Asked(handler="PUT /admin/v1/shops/{shop}", again=HTTPStatus.CONFLICT),
    OnlyReads(handler="GET /admin/v1/keys"),
    Asked(handler="POST /admin/v1/keys", again="more"),
    Asked(handler="DELETE /admin/v1/keys/{key_id}", again=HTTPStatus.NOT_FOUND),
    OnlyReads(handler="GET /admin/v1/operators"),
    OnlyReads(handler="GET /admin/v1/operators/me"),
    Asked(handler="POST /admin/v1/operators", again="more"),
    Asked(handler="DELETE /admin/v1/operators/{operator_id}", again=HTTPStatus.NOT_FOUND),
    Asked(
        handler="DELETE /admin/v1/operators/{operator_id}",
        case="another owner",
        prepare=another_owner,
        names={"operator": BEA},
        again=HTTPStatus.NOT_FOUND,
    ),
    OnlyReads(handler="GET /admin/v1/audit", query={"limit": 1}),
]
