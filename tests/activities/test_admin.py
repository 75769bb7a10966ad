"""Definitions: who writes them, what they may become, and what customers see of them meanwhile."""

from datetime import datetime, timedelta
from typing import Any, get_args

import pytest

from services.activities import store
from services.activities.app import app
from services.activities.definition import NEXT, Status, Stored
from services.admin.app import app as admin
from shared.clock import rfc3339
from shared.errors import Conflict, Invalid
from tests.support.asking import Reply, ask
from tests.support.shop import NOON, MovableClock, TestShop, a_signin, an_operator

PATH = "/v1/admin/activities"
STATUSES: tuple[Status, ...] = get_args(Status)
DAY = timedelta(days=1)
WAY: dict[Status, tuple[Status, ...]] = {
    "draft": (),
    "scheduled": ("scheduled",),
    "live": ("live",),
    "paused": ("live", "paused"),
    "ended": ("ended",),
}
"""How to get to a status from a draft."""


def create(shop: TestShop, activity: str = "new", **changes: Any) -> Reply:
    body = {"id": activity, "definition": a_signin(**changes)}
    return ask(app, "POST", PATH, bearer=shop.owner_key, body=body)


def change(shop: TestShop, based_on: int, activity: str = "new", **changes: Any) -> Reply:
    body = {"based_on": based_on, "definition": a_signin(**changes)}
    return ask(app, "PUT", f"{PATH}/{activity}", bearer=shop.owner_key, body=body)


def set_status(shop: TestShop, status: Status, activity: str = "new") -> Reply:
    return ask(app, "POST", f"{PATH}/{activity}/status", bearer=shop.owner_key, body={"status": status})


def becomes(stored: Stored, wanted: Status) -> bool:
    """Whether asking for the status brings it about."""
    try:
        return stored.with_status(wanted, NOON).status_at(NOON) == wanted
    except (Conflict, Invalid):
        return False


def look(activity: str = "new") -> Reply:
    return ask(app, "GET", f"/v1/activities/{activity}", query={"shop": "tea"})


def take_part(shop: TestShop, key: str = "k1") -> Reply:
    path = "/v1/activities/new/participations"
    return ask(app, "POST", path, bearer=shop.token(), body={"input": {}}, key=key)


class TestVersions:
    def test_a_new_activity_is_a_draft(self, tea: TestShop) -> None:
        made = create(tea)

        assert (made.status, made.json["version"], made.json["status"]) == (201, 1, "draft")

    def test_an_id_is_taken_once(self, tea: TestShop) -> None:
        create(tea)

        again = create(tea)

        assert (again.status, again.code, again.json["detail"]) == (
            409,
            "conflict",
            "There already is one with this id.",
        )

    @pytest.mark.parametrize("activity", ["", "-a", "a-", "A", "a b", "a#b", "x" * 41, "签到"])
    def test_an_id_is_a_slug(self, tea: TestShop, activity: str) -> None:
        assert create(tea, activity).pointers == ["/id"]

    def test_a_change_is_a_new_version_and_the_old_one_is_kept(self, tea: TestShop) -> None:
        create(tea)

        changed = change(tea, 1, title={"en": "Hello"})

        versions = ask(app, "GET", f"{PATH}/new/versions", bearer=tea.owner_key).json["items"]
        assert changed.json["version"] == 2
        assert [(each["version"], each["definition"]["title"]["en"]) for each in versions] == [
            (2, "Hello"),
            (1, "Daily check-in"),
        ]

    def test_a_change_of_a_version_that_was_changed_meanwhile_is_refused(self, tea: TestShop) -> None:
        create(tea)
        change(tea, 1)

        late = change(tea, 1, title={"en": "Lost"})

        assert (late.status, late.code, late.json["current"]) == (409, "conflict", 2)
        assert ask(app, "GET", f"{PATH}/new", bearer=tea.owner_key).json["definition"]["title"]["en"] != "Lost"

    def test_a_change_keeps_the_status(self, tea: TestShop) -> None:
        create(tea)
        set_status(tea, "live")

        assert change(tea, 2).json["status"] == "live"

    def test_customers_see_a_change_at_once_where_it_was_made(self, tea: TestShop) -> None:
        create(tea)
        set_status(tea, "live")
        look()

        change(tea, 2, title={"en": "Hello"})

        assert look().json["title"] == "Hello"

    @pytest.mark.parametrize("path", [f"{PATH}/none", f"{PATH}/none/versions", f"{PATH}/new%23versions", f"{PATH}/tea"])
    def test_what_is_not_there_is_not_found(self, tea: TestShop, path: str) -> None:
        create(tea)

        assert ask(app, "GET", path, bearer=tea.owner_key).status == 404


class TestStatus:
    @pytest.mark.parametrize("wanted", STATUSES)
    @pytest.mark.parametrize("current", STATUSES)
    def test_it_changes_as_the_table_says(self, tea: TestShop, current: Status, wanted: Status) -> None:
        to_be_scheduled = current == "scheduled" or (wanted == "scheduled" and wanted in NEXT[current])
        create(tea, **({"opens_at": rfc3339(NOON + DAY)} if to_be_scheduled else {}))
        for step in WAY[current]:
            set_status(tea, step)
        before = ask(app, "GET", f"{PATH}/new", bearer=tea.owner_key).json

        reply = set_status(tea, wanted)

        if wanted == current:
            assert (reply.status, reply.json) == (200, before)
        elif wanted in NEXT[current]:
            assert (reply.json["status"], reply.json["version"]) == (wanted, before["version"] + 1)
        else:
            assert (reply.status, reply.code, reply.json["current"]) == (409, "conflict", current)

    @pytest.mark.parametrize("opens_at", [None, NOON - DAY, NOON + DAY])
    @pytest.mark.parametrize("current", STATUSES)
    def test_an_operator_is_told_what_it_can_become(
        self, tea: TestShop, current: Status, opens_at: datetime | None
    ) -> None:
        create(tea, opens_at=opens_at and rfc3339(opens_at))
        for step in WAY[current]:
            set_status(tea, step)
        stored = store.load_fresh("tea", "new")

        told = ask(app, "GET", f"{PATH}/new", bearer=tea.owner_key).json

        others = set(STATUSES) - {told["status_now"]}
        assert told["status_now"] == stored.status_at(NOON)
        assert set(told["next_statuses"]) == {wanted for wanted in others if becomes(stored, wanted)}

    def test_what_has_no_time_ahead_to_open_at_cannot_be_scheduled(self, tea: TestShop) -> None:
        create(tea, opens_at=rfc3339(NOON - DAY))

        reply = set_status(tea, "scheduled")

        assert (reply.status, reply.pointers) == (422, ["/status"])

    def test_nothing_returns_to_a_draft_and_nothing_leaves_the_end(self) -> None:
        assert not any("draft" in following for following in NEXT.values())
        assert NEXT["ended"] == ()

    def test_an_unknown_status_is_invalid(self, tea: TestShop) -> None:
        create(tea)

        reply = ask(app, "POST", f"{PATH}/new/status", bearer=tea.owner_key, body={"status": "gone"})

        assert (reply.status, reply.pointers) == (422, ["/status"])

    def test_what_its_window_ended_cannot_be_made_live_again(self, tea: TestShop, time: MovableClock) -> None:
        create(tea, closes_at=rfc3339(NOON + DAY))
        set_status(tea, "live")
        set_status(tea, "paused")
        time.forward(days=2)

        reply = set_status(tea, "live")

        assert (reply.status, reply.json["current"]) == (409, "ended")


class TestWhatCustomersSee:
    def test_a_draft_is_not_there(self, tea: TestShop) -> None:
        create(tea)

        assert look().body == look("none").body
        assert ask(app, "GET", "/v1/activities", query={"shop": "tea"}).json["items"] == []
        assert take_part(tea).status == 404

    def test_a_paused_one_can_be_looked_at(self, tea: TestShop) -> None:
        create(tea)
        set_status(tea, "live")
        set_status(tea, "paused")

        refused = take_part(tea)

        assert look().json["status"] == "paused"
        assert (refused.status, refused.code, refused.json["detail"]) == (
            409,
            "not_open",
            "This is paused. Please look in again later.",
        )

    def test_an_ended_one_is_left_out_of_the_list(self, tea: TestShop) -> None:
        create(tea)
        set_status(tea, "ended")

        assert look().json["status"] == "ended"
        assert ask(app, "GET", "/v1/activities", query={"shop": "tea"}).json["items"] == []
        assert take_part(tea).json["detail"] == "This has ended."

    @pytest.mark.parametrize("status", ["scheduled", "live"])
    def test_one_opens_and_closes_by_itself(self, tea: TestShop, time: MovableClock, status: Status) -> None:
        create(tea, opens_at=rfc3339(NOON + DAY), closes_at=rfc3339(NOON + 2 * DAY))
        set_status(tea, status)
        early = take_part(tea)
        seen = [look().json["status"]]

        time.at = NOON + DAY
        seen.append(look().json["status"])
        opened = take_part(tea)
        time.at = NOON + 2 * DAY
        seen.append(look().json["status"])

        assert (early.code, early.json["retry_at"]) == ("not_open", "2026-11-03T04:00:00Z")
        assert opened.status == 201
        assert seen == ["scheduled", "live", "ended"]
        assert take_part(tea, "k2").code == "not_open"

    def test_a_window_must_close_after_it_opens(self, tea: TestShop) -> None:
        reply = create(tea, opens_at=rfc3339(NOON), closes_at=rfc3339(NOON))

        assert (reply.status, reply.pointers) == (422, ["/definition"])

    def test_a_time_without_its_offset_is_invalid(self, tea: TestShop) -> None:
        assert create(tea, opens_at="2026-11-02T10:00:00").pointers == ["/definition/opens_at"]

    def test_other_processes_see_a_change_within_a_minute(self, tea: TestShop, time: MovableClock) -> None:
        create(tea)
        set_status(tea, "live")
        kept = store._definitions.get(("tea", "new"), lambda: store.load_fresh("tea", "new"))
        set_status(tea, "ended")
        store._definitions.get(("tea", "new"), lambda: kept)
        seen = [look().json["status"]]
        time.forward(seconds=61)
        seen.append(look().json["status"])

        assert seen == ["live", "ended"]


class TestAudit:
    def test_every_change_says_who_did_what_to_what(self, tea: TestShop, time: MovableClock) -> None:
        editor = an_operator(tea, "editor")
        time.forward(seconds=1)
        ask(app, "POST", PATH, bearer=editor, body={"id": "new", "definition": a_signin()})
        time.forward(seconds=1)
        body = {"based_on": 1, "definition": a_signin(title={"en": "Hello"})}
        ask(app, "PUT", f"{PATH}/new", bearer=editor, body=body)
        time.forward(seconds=1)
        ask(app, "POST", f"{PATH}/new/status", bearer=editor, body={"status": "live"})

        lines = ask(admin, "GET", "/v1/audit", bearer=tea.owner_key).json["items"][:3]

        who = f"operator:{editor.split('_')[2]}"
        assert [(line["who"], line["action"], line["target"]) for line in lines] == [
            (who, "activity.live", "activity:new"),
            (who, "activity.changed", "activity:new"),
            (who, "activity.created", "activity:new"),
        ]
        assert lines[1]["before"]["definition"]["title"]["en"] == "Daily check-in"
        assert lines[1]["after"]["definition"]["title"]["en"] == "Hello"
        assert lines[2]["before"] is None
        assert (lines[0]["before"]["status"], lines[0]["after"]["status"]) == ("draft", "live")

    def test_a_refused_change_leaves_no_entry(self, tea: TestShop) -> None:
        create(tea)
        lines = ask(admin, "GET", "/v1/audit", bearer=tea.owner_key).json["items"]

        change(tea, 9)
        set_status(tea, "paused")
        set_status(tea, "draft")
        create(tea)

        assert ask(admin, "GET", "/v1/audit", bearer=tea.owner_key).json["items"] == lines
