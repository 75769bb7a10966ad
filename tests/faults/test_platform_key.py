"""A lost platform key is replaced by one that works, whatever call fails on the way."""

from functools import partial

from services.admin.app import bootstrap
from shared.settings import settings
from tests.faults.harness.injector import Crash, every_fault
from tests.faults.scene import Scene


def test_a_platform_key_that_is_replaced_leaves_one_under_every_fault(scene: Scene) -> None:
    rotate = partial(bootstrap, {"rotate": True}, None)
    calls = scene.injector.calls_of(rotate)

    for fault in every_fault(len(calls)):
        scene.fresh()
        with scene.injector.armed(fault):
            try:
                rotate()
            except Crash:
                scene.restart()
        assert scene.injector.fired
        key = rotate()["platform_key"]
        assert platform_keys(scene) == 1, fault
        assert scene.http("GET", "/admin/v1/shops", key or "").status == 200, fault


def platform_keys(scene: Scene) -> int:
    rows = scene.rows()[settings.table("shops")].values()
    return sum(row["pk"]["S"] == "platform" and row["sk"]["S"].startswith("operator#") for row in rows)
