"""What operators and profiles write is written whole or not at all, with its audit line, whatever call fails."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, get_args

import pytest

from services.admin.app import bootstrap
from shared import vault
from shared.settings import settings
from shared.tables import ShopRow
from tests.faults.books import verified_books
from tests.faults.harness.effort import PROVING
from tests.faults.harness.handlers import breaks
from tests.faults.harness.injector import Crash, How, every_fault
from tests.faults.scene import AMEI, XIN, Reply, Scene
from tests.support.moto_state import moto_tables
from tests.support.shop import a_signin

BEA = "b" * 26
DRAFT = a_signin(title={"en": "Another"})


@dataclass(frozen=True)
class Deed:
    """Something an operator (or a customer) does, by a request with ``bearer``'s credential.

    ``again`` are the answers that a repetition may get once it has taken effect. ``adds`` is true where each
    repetition makes one more of the thing: a key nobody was told of is withdrawn by its owner.
    """

    ask: Callable[[Scene], Reply]
    again: tuple[int, ...] = (200,)
    adds: bool = False


def as_owner(method: str, path: str, body: Any = None) -> Callable[[Scene], Reply]:
    return lambda scene: scene.http(method, path, scene.shop.owner_key, body)


def change_shop(scene: Scene) -> Reply:
    settings_in = {"name": {"en": "New"}, "timezone": "Pacific/Auckland"}
    return scene.http("PUT", "/admin/v1/shops/tea", scene.shop.owner_key, {"based_on": 1, "settings": settings_in})


def create_shop(scene: Scene) -> Reply:
    return scene.http("POST", "/admin/v1/shops", scene.shop.platform_key, {"id": "second", "name": {"en": "Second"}})


def add_owner(scene: Scene) -> Reply:
    return scene.http("POST", "/admin/v1/shops/tea/owners", scene.shop.platform_key, {"name": "Mei"})


def delete_key(scene: Scene) -> Reply:
    return scene.http("DELETE", f"/admin/v1/keys/{scene.shop.customer_kid}", scene.shop.owner_key)


def delete_operator(scene: Scene) -> Reply:
    return scene.http("DELETE", f"/admin/v1/operators/{BEA}", scene.shop.owner_key)


ACTIVITIES = "/activities/v1/admin/activities"
DEEDS = {
    "POST /activities/v1/admin/activities": Deed(
        as_owner("POST", ACTIVITIES, {"id": "new", "definition": DRAFT}), again=(409,)
    ),
    "PUT /activities/v1/admin/activities/{activity_id}": Deed(
        as_owner("PUT", f"{ACTIVITIES}/daily", {"based_on": 1, "definition": DRAFT}), again=(409,)
    ),
    "POST /activities/v1/admin/activities/{activity_id}/status": Deed(
        as_owner("POST", f"{ACTIVITIES}/daily/status", {"status": "paused"})
    ),
    "POST /admin/v1/shops": Deed(create_shop, again=(409,)),
    "POST /admin/v1/shops/{shop}/owners": Deed(add_owner, again=(201,), adds=True),
    "PUT /admin/v1/shops/{shop}": Deed(change_shop, again=(409,)),
    "POST /admin/v1/keys": Deed(as_owner("POST", "/admin/v1/keys", {"purpose": "webhook"}), again=(201,), adds=True),
    "DELETE /admin/v1/keys/{key_id}": Deed(delete_key, again=(404,)),
    "POST /admin/v1/operators": Deed(
        as_owner("POST", "/admin/v1/operators", {"name": "Lin", "role": "editor"}), again=(201,), adds=True
    ),
    "DELETE /admin/v1/operators/{operator_id}": Deed(delete_operator, again=(404,)),
}
LISTS = {
    "GET /admin/v1/audit": as_owner("GET", "/admin/v1/audit?limit=1"),
    "GET /activities/v1/admin/activities": as_owner("GET", f"{ACTIVITIES}?limit=1"),
    "GET /points/v1/me/entries": lambda scene: scene.http(
        "GET", "/points/v1/me/entries?limit=1", scene.shop.token(AMEI)
    ),
}


@pytest.fixture
def office(scene: Scene) -> Iterator[Scene]:
    """The shop with a second owner, Bea, whom the first may withdraw."""
    body = json.dumps({"role": "owner", "name": "Bea", "hash": "-", "created_at": "2026-11-01T00:00:00Z"})
    ShopRow(scene.shop.id, f"operator#{BEA}", body=body).save()
    with scene.going_on():
        yield scene


@pytest.mark.parametrize("name", DEEDS)
@breaks(*DEEDS)
def test_a_change_is_whole_and_audited_once_under_every_fault(office: Scene, name: str) -> None:
    scene = office
    deed = DEEDS[name]
    start = shape(scene)
    assert deed.ask(scene).status in (200, 201, 204), name
    done = shape(scene)
    scene.fresh()
    calls = scene.injector.calls_of(lambda: deed.ask(scene))

    for fault in every_fault(len(calls)):
        scene.fresh()
        with scene.injector.armed(fault):
            first = once(scene, deed)
        assert scene.injector.fired, fault
        assert shape(scene) in (start, done), f"half a change after {fault}"
        took_effect = shape(scene) == done
        assert took_effect or first is None or first.status >= 500, f"a success that wrote nothing: {fault}"
        scene.restart()
        second = deed.ask(scene)

        if not took_effect:
            assert second.status in (200, 201, 204), (fault, second)
        else:
            assert second.status in deed.again, (fault, second)
        assert shape(scene) == (_twice(start, done) if deed.adds and took_effect else done), fault


@breaks("PUT /profiles/v1/me")
def test_a_profile_is_kept_under_one_subject_and_one_key_whatever_fails(scene: Scene) -> None:
    say = partial(scene.http, "PUT", "/profiles/v1/me", scene.shop.token(XIN), {"name": "Lin"})
    calls = scene.injector.calls_of(say)
    done = scene.rows()

    for fault in every_fault(len(calls)):
        scene.fresh()
        with scene.injector.armed(fault):
            told = scene.persist(say)
        scene.restart()

        assert scene.injector.fired, fault
        assert told.told["name"] == scene.get("/profiles/v1/me", XIN)["name"] == "Lin"
        for table in ("customers", "keys"):
            assert len(scene.rows()[settings.table(table)]) == len(done[settings.table(table)]), fault
        verified_books()


@pytest.mark.parametrize("name", LISTS)
@breaks(*LISTS)
def test_a_list_goes_on_by_the_same_cursor_whatever_fails(scene: Scene, name: str) -> None:
    ask: Callable[[Scene], Reply] = LISTS[name]
    calls = scene.injector.calls_of(lambda: ask(scene))
    hows: Sequence[How] = ["crash", "time-out"] if PROVING else ["crash"]
    before = scene.rows()

    for fault in every_fault(len(calls), hows=hows):
        with scene.injector.armed(fault):
            first = scene.persist(lambda: ask(scene))
        scene.restart()
        again = ask(scene)

        assert first.status == 200
        assert first.told["next_cursor"] == again.told["next_cursor"], fault
        assert scene.rows() == before


@breaks("admin.bootstrap")
def test_the_platform_key_is_made_once_under_every_fault(scene: Scene) -> None:
    _forget_platform()
    calls = scene.injector.calls_of(lambda: bootstrap({}, None))

    for fault in every_fault(len(calls)):
        scene.fresh()
        _forget_platform()
        with scene.injector.armed(fault):
            try:
                bootstrap({}, None)
            except Crash:
                scene.restart()
        assert scene.injector.fired
        bootstrap({}, None)
        found = shape(scene)
        assert (found["shops platform operator"], found["shops platform bootstrap"]) == (1, 1), fault
        assert found["shops platform secret"] == len(get_args(vault.InstallationSecret)), fault


@breaks("admin.bootstrap")
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
        assert shape(scene)["shops platform operator"] == 1, fault
        assert scene.http("GET", "/admin/v1/shops", key or "").status == 200, fault


def once(scene: Scene, deed: Deed) -> Reply | None:
    try:
        return deed.ask(scene)
    except Crash:
        return None


def shape(scene: Scene) -> Counter[str]:
    """How many rows of which sort there are, and in which version: ids and times are random, these are not."""
    found: Counter[str] = Counter()
    for table, rows in scene.rows().items():
        for row in rows.values():
            owner = "platform" if row["pk"]["S"] == "platform" else "shop"
            sort = row.get("sk", {"S": ""})["S"].partition("#")[0]
            version = row.get("version", {"N": ""})["N"]
            kind = sort if table == settings.table("shops") else version
            found[f"{table.removeprefix(settings.prefix + '-')} {owner} {kind}".strip()] += 1
            if table == settings.table("shops") and sort == "settings":
                found[f"settings version {version}"] += 1
    return found


def _twice(start: Counter[str], done: Counter[str]) -> Counter[str]:
    return done + (done - start)


def _forget_platform() -> None:
    rows = moto_tables()[settings.table("shops")].items["platform"]
    for sort in [each for each in rows if each.startswith(("operator#", "bootstrap", "secret#"))]:
        del rows[sort]
