"""The fault matrix has a row for every entrance to the product: nobody can add a handler that no fault test breaks.

Handlers are found in the running apps, tests by their ``@breaks``. What is listed here instead only reads, and
that is tried too: each is asked, and every row must be as it was.
"""

from collections.abc import Mapping

import pytest

from shared import vault
from tests.faults.harness.handlers import broken_handlers, registered_handlers
from tests.faults.scene import AMEI, Scene

ONLY_READS: Mapping[str, tuple[str, str]] = {
    # handler: (who asks for what, why it cannot fail half-way)
    "GET /activities/v1/activities": ("shopper /activities/v1/activities", "a page of definitions"),
    "GET /activities/v1/activities/{activity_id}": ("shopper /activities/v1/activities/daily", "definition and state"),
    "GET /activities/v1/admin/activities/{activity_id}": ("owner /activities/v1/admin/activities/daily", "one row"),
    "GET /activities/v1/admin/activities/{activity_id}/versions": (
        "owner /activities/v1/admin/activities/daily/versions",
        "a page of versions",
    ),
    "GET /points/v1/me/account": ("shopper /points/v1/me/account", "one row, by half a read unit"),
    "GET /notifications/v1/me/inbox": ("shopper /notifications/v1/me/inbox", "reading a message is another route"),
    "GET /profiles/v1/shop": ("shopper /profiles/v1/shop", "the shop's settings"),
    "GET /profiles/v1/me": ("shopper /profiles/v1/me", "an absent file is told as empty, not made"),
    "GET /compliance/v1/admin/scores": ("owner /compliance/v1/admin/scores", "a page of scores"),
    "GET /compliance/v1/admin/scores/{day}": ("owner /compliance/v1/admin/scores/2026-11-01", "one row"),
    "GET /compliance/v1/admin/scores/{day}/users": (
        "owner /compliance/v1/admin/scores/2026-11-01/users",
        "a day's chunks",
    ),
    "GET /compliance/v1/admin/scores/{day}/messages": (
        "owner /compliance/v1/admin/scores/2026-11-01/messages?customer_id=amei",
        "a day's chunks",
    ),
    "GET /admin/v1/shops": ("platform /admin/v1/shops", "a page of shops"),
    "GET /admin/v1/platform/audit": ("platform /admin/v1/platform/audit", "a page of entries, opened by KMS"),
    "GET /admin/v1/shops/{shop}": ("owner /admin/v1/shops/tea", "one row"),
    "GET /admin/v1/keys": ("owner /admin/v1/keys", "facts of keys, no secrets"),
    "GET /admin/v1/operators": ("owner /admin/v1/operators", "facts of operators, no hashes"),
    "GET /admin/v1/operators/me": ("owner /admin/v1/operators/me", "one row"),
}


def missing_from_the_matrix(handlers: set[str]) -> set[str]:
    return handlers - broken_handlers().keys() - ONLY_READS.keys()


def test_every_handler_is_broken_by_a_test_or_only_reads() -> None:
    assert missing_from_the_matrix(registered_handlers()) == set()


def test_a_handler_that_nobody_lists_is_noticed() -> None:
    new = {"POST /points/v1/redemptions", "points.expire"}

    found = registered_handlers()

    assert missing_from_the_matrix(found | new) - missing_from_the_matrix(found) == new


def test_no_test_and_no_entry_names_a_handler_that_is_gone() -> None:
    assert broken_handlers().keys() | ONLY_READS.keys() <= registered_handlers()
    assert broken_handlers().keys() & ONLY_READS.keys() == set()


def test_all_sorts_of_handlers_are_found() -> None:
    assert registered_handlers() >= {
        "POST /activities/v1/activities/{activity_id}/participations",
        "points.relay",
        "points.republish",
        "notifications.on_event",
        "admin.bootstrap",
    }


@pytest.mark.parametrize("handler", ONLY_READS)
def test_what_only_reads_writes_nothing(scene: Scene, handler: str) -> None:
    who, path = ONLY_READS[handler][0].split(" ")
    bearer = {
        "shopper": scene.shop.token(AMEI),
        "owner": scene.shop.owner_key,
        "platform": scene.shop.platform_key,
    }[who]
    # A list that goes on makes the secret of all cursors, once in an installation's life.
    vault.installation_secret("cursor")
    before = scene.rows()

    calls = scene.injector.calls_of(lambda: scene.http("GET", path, bearer))

    assert calls
    assert all(not call.writes for call in calls)
    assert scene.rows() == before
