"""Forms drawn from the document: what is sent, what is refused, and what happens between two operators."""

import copy
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.console.conftest import Open
from tests.browser.console.stub_desk import SIGNIN, StubDesk, an_activity
from tests.browser.stub import all_asked

EDIT = "/activities/daily-check-in/edit"
PATH = "/activities/v1/admin/activities/daily-check-in"
DEMO_SCHEMA: dict[str, Any] = {
    "title": "RaffleDefinition",
    "type": "object",
    "required": ["title", "kind", "draw_at", "mode", "prizes", "picture"],
    "properties": {
        "kind": {"const": "raffle", "type": "string"},
        "title": {"type": "object", "additionalProperties": {"type": "string", "minLength": 1, "maxLength": 80}},
        "draw_at": {"type": "string", "format": "date-time"},
        "mode": {"enum": ["fast", "fair"], "type": "string", "title": "Mode"},
        "days": {"type": "array", "items": {"enum": ["sat", "sun"], "type": "string"}, "default": [], "title": "Days"},
        "open_to_all": {"type": "boolean", "default": True, "title": "Open to all"},
        "share": {"anyOf": [{"type": "number", "minimum": 0, "maximum": 1}, {"type": "null"}], "default": None},
        "last_day": {
            "anyOf": [{"type": "string", "format": "date"}, {"type": "null"}],
            "default": None,
            "title": "Last day",
        },
        "words": {"type": "array", "items": {"type": "string"}, "default": [], "title": "Words"},
        "picture": {
            "oneOf": [{"$ref": "#/components/schemas/Photo"}, {"$ref": "#/components/schemas/Drawing"}],
            "discriminator": {"propertyName": "sort"},
            "title": "Picture",
        },
        "prizes": {"type": "array", "items": {"$ref": "#/components/schemas/Prize"}, "minItems": 1, "title": "Prizes"},
    },
}
PARTS: dict[str, Any] = {
    "RaffleDefinition": DEMO_SCHEMA,
    "Prize": {
        "type": "object",
        "required": ["name"],
        "properties": {"name": {"type": "string", "title": "Prize name", "pattern": "^[a-z]+$"}},
    },
    "Photo": {
        "type": "object",
        "required": ["sort", "url"],
        "properties": {"sort": {"const": "photo"}, "url": {"type": "string", "format": "uri", "title": "Address"}},
    },
    "Drawing": {
        "type": "object",
        "required": ["sort"],
        "properties": {"sort": {"const": "drawing"}, "lines": {"type": "integer", "default": 3, "title": "Lines"}},
    },
}


def review_and_save(page: Page) -> None:
    page.get_by_role("button", name="Review the changes").click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()


def test_a_changed_reward_is_shown_before_and_after_and_sent_as_a_new_version(
    desk: StubDesk, open_console: Open
) -> None:
    page = open_console(EDIT, role="editor")

    page.get_by_label("First day").fill("8")
    page.get_by_role("button", name="Review the changes").click()
    dialog = page.get_by_role("dialog", name="Save as version 2?")
    expect(dialog.locator(".changes li")).to_have_count(1)
    expect(dialog.locator(".changes li")).to_contain_text("First day")
    expect(dialog.locator(".from")).to_contain_text("5")
    expect(dialog.locator(".to")).to_contain_text("8")
    dialog.get_by_role("button", name="Save").dblclick()

    expect(page.get_by_role("status").filter(has_text="Saved as version 2.")).to_be_visible()
    all_asked(page)
    changed = copy.deepcopy(SIGNIN)
    changed["config"]["reward"]["first"] = 8
    assert desk.sent("PUT") == [(PATH, {"based_on": 1, "definition": changed})]


def test_nothing_changed_asks_for_nothing(desk: StubDesk, open_console: Open) -> None:
    desk.activities["daily-check-in"] = [an_activity(opens_at="2026-11-01T08:00:30+08:00", rules={"en": ""})]
    page = open_console(EDIT)

    page.get_by_role("button", name="Review the changes").click()

    expect(page.get_by_text("Nothing is changed yet.")).to_be_visible()
    all_asked(page)
    assert desk.sent("PUT") == []


def test_parts_rows_times_and_languages_come_out_as_the_schema_wants_them(desk: StubDesk, open_console: Open) -> None:
    page = open_console(EDIT)

    page.get_by_role("group", name="Title").get_by_label("English").fill("")
    page.get_by_label("Days in a cycle").fill("")
    page.get_by_label("Opens").fill("2026-12-01T20:00")
    page.get_by_role("button", name="Add milestone").click()
    expect(page.get_by_role("group", name="Milestone 2").get_by_label("Days in a row")).to_be_focused()
    page.get_by_role("group", name="Milestone 2").get_by_label("Days in a row").fill("30")
    page.get_by_role("button", name="Remove Milestone 1").click()
    page.get_by_role("checkbox", name="Make-up cards").uncheck()
    review_and_save(page)
    expect(page.get_by_role("heading", name="每日签到")).to_be_visible()

    definition = desk.sent("PUT")[0][1]["definition"]
    assert definition["title"] == {"zh-CN": "每日签到"}
    assert definition["opens_at"] == "2026-12-01T20:00:00+08:00"
    assert definition["config"] == {
        "reward": {"first": 5, "step": 1, "cap": 10},
        "cycle_days": None,
        "milestones": [{"days": 30, "points": 0, "make_up_cards": 0}],
        "make_up": None,
    }


def test_what_the_page_can_tell_is_told_before_anything_is_sent(desk: StubDesk, open_console: Open) -> None:
    page = open_console(EDIT)

    page.get_by_label("First day").fill("")
    page.get_by_label("More each day").fill("many")
    page.get_by_label("Days in a cycle").fill("40")
    page.get_by_label("Edition").fill("Second one")
    page.get_by_role("button", name="Review the changes").click()

    expect(page.get_by_label("First day")).to_be_focused()
    expect(page.get_by_label("First day")).to_have_accessible_description(
        "Points on the first day. 1 to 100,000. This is needed."
    )
    expect(page.get_by_label("More each day")).to_have_accessible_description(
        "Points more for each following day; 0 for the same every day. 0 to 10,000. Write a whole number, such as 5."
    )
    expect(page.locator(".fault:visible")).to_have_text(
        [
            "This is needed.",
            "Write a whole number, such as 5.",
            "This must be 31 or less.",
            "This is not of the right form. See the help below the field.",
        ]
    )
    expect(page.locator(".summary")).to_have_text("4 places need your attention.")
    all_asked(page)
    assert desk.sent("PUT") == []


def test_the_servers_errors_stand_at_their_fields_and_the_first_has_the_focus(
    desk: StubDesk, open_console: Open
) -> None:
    errors = [
        {"pointer": "/definition/config/milestones/0/days", "message": "Too far."},
        {"pointer": "/definition/config/reward", "message": "The highest reward cannot be lower than the first."},
        {"pointer": "/definition/title/en", "message": "Too loud."},
        {"pointer": "/based_on", "message": "Too old."},
    ]
    problem = {"code": "invalid", "status": 422, "detail": "Some of the fields are not right.", "errors": errors}
    desk.order("PUT", PATH, 422, problem)
    page = open_console(EDIT)

    page.get_by_label("First day").fill("9")
    review_and_save(page)

    milestone = page.get_by_role("group", name="Milestone 1").get_by_label("Days in a row")
    expect(milestone).to_be_focused()
    expect(milestone).to_have_accessible_description("2 to 365. Too far.")
    expect(page.get_by_role("group", name="Title").get_by_label("English")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_role("group", name="Daily reward")).to_contain_text("The highest reward cannot be lower")
    expect(page.locator(".summary")).to_contain_text("Too old.")
    expect(page.get_by_label("First day")).to_have_value("9")


def test_a_conflict_loads_the_newer_version_and_keeps_what_was_typed(desk: StubDesk, open_console: Open) -> None:
    page = open_console(EDIT)
    page.get_by_label("First day").fill("8")
    newer = copy.deepcopy(SIGNIN)
    newer["config"]["reward"]["cap"] = 20
    desk.activities["daily-check-in"].insert(0, {**an_activity(), "version": 2, "definition": newer})

    review_and_save(page)
    expect(page.get_by_role("alert").filter(has_text="it is at version 2 now")).to_be_visible()
    page.get_by_role("button", name="Load it again, keep what I typed").click()

    expect(page.locator(".notice")).to_contain_text("Meanwhile somebody else changed")
    expect(page.get_by_label("First day")).to_have_value("8")
    expect(page.get_by_label("Most a day")).to_have_value("20")
    review_and_save(page)
    expect(page.get_by_role("status").filter(has_text="Saved as version 3.")).to_be_visible()
    newer["config"]["reward"]["first"] = 8
    assert desk.sent("PUT")[1] == (PATH, {"based_on": 2, "definition": newer})


def test_typing_survives_a_change_of_language_and_is_not_lost_by_a_click(open_console: Open) -> None:
    page = open_console(EDIT)
    page.get_by_label("First day").fill("8")

    page.get_by_role("radio", name="中文").check(force=True)
    expect(page.get_by_label("首日积分")).to_have_value("8")
    page.get_by_role("link", name="概览").click()
    page.get_by_role("dialog").get_by_role("button", name="留在此页").click()
    expect(page.get_by_label("首日积分")).to_have_value("8")
    expect(page).to_have_url(re.compile(f"#{EDIT}$"))
    page.get_by_role("link", name="概览").click()
    page.get_by_role("dialog").get_by_role("button", name="离开").click()

    expect(page.get_by_role("heading", name="青禾茶铺")).to_be_visible()


def test_a_new_activity_starts_from_the_schemas_defaults(desk: StubDesk, open_console: Open) -> None:
    page = open_console("/activities/new")

    page.get_by_label("Short name").fill("autumn")
    page.get_by_role("group", name="Title").get_by_label("English").fill("Autumn")
    page.get_by_label("First day").fill("3")
    page.get_by_label("Most a day").fill("3")
    page.get_by_role("button", name="Create the draft").click()

    expect(page.get_by_role("button", name="Publish")).to_be_visible()
    [(path, body)] = desk.sent("POST")
    assert path == "/activities/v1/admin/activities"
    assert body["id"] == "autumn"
    assert body["definition"]["config"] == {
        "reward": {"first": 3, "step": 0, "cap": 3},
        "cycle_days": None,
        "milestones": [],
        "make_up": None,
    }
    assert body["definition"]["kind"] == "signin"
    assert body["definition"]["edition"] == "1"


def test_a_kind_nobody_told_the_console_of_has_its_form(desk: StubDesk, open_console: Open) -> None:
    schemas = desk.document["components"]["schemas"]
    schemas.update(PARTS)
    schemas["NewActivity"]["properties"]["definition"] = {
        "oneOf": [{"$ref": "#/components/schemas/SigninDefinition"}, {"$ref": "#/components/schemas/RaffleDefinition"}],
        "discriminator": {"propertyName": "kind"},
    }
    page = open_console("/activities/new")

    page.get_by_label("Short name").fill("draw")
    page.get_by_label("Kind").select_option("raffle")
    page.get_by_role("group", name="title").get_by_label("English").fill("Draw")
    page.get_by_label("draw_at").fill("2026-12-24T18:00")
    page.get_by_label("Mode").select_option("fair")
    page.get_by_role("checkbox", name="sun").check()
    page.get_by_role("checkbox", name="Open to all").uncheck()
    page.get_by_label("share").fill("0.25")
    page.get_by_label("Last day").fill("2026-12-31")
    page.get_by_role("button", name="Add words").click()
    page.get_by_role("group", name="Words 1").get_by_role("textbox").fill("芝麻开门")
    page.get_by_role("group", name="Picture").get_by_label("sort").select_option("drawing")
    page.get_by_role("button", name="Create the draft").click()
    expect(page.locator(".fault:visible")).to_have_text(["At least 1 is needed."])
    page.get_by_role("button", name="Add prizes").click()
    page.get_by_label("Prize name").fill("teapot")
    page.get_by_role("button", name="Create the draft").click()
    expect(page.get_by_role("button", name="Publish")).to_be_visible()

    assert desk.sent("POST")[0][1] == {
        "id": "draw",
        "definition": {
            "kind": "raffle",
            "title": {"en": "Draw"},
            "draw_at": "2026-12-24T18:00:00+08:00",
            "mode": "fair",
            "days": ["sun"],
            "open_to_all": False,
            "share": 0.25,
            "last_day": "2026-12-31",
            "words": ["芝麻开门"],
            "picture": {"sort": "drawing", "lines": 3},
            "prizes": [{"name": "teapot"}],
        },
    }


@pytest.mark.parametrize(
    ("shown", "zone", "moment"),
    [
        ("2026-03-29T01:30", "Europe/Berlin", "2026-03-29T01:30:00+01:00"),
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T03:30:00+02:00"),  # left out: an hour on
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T02:30:00+02:00"),  # twice: the earlier
        ("2026-01-01T00:15", "America/St_Johns", "2026-01-01T00:15:00-03:30"),
        ("2026-01-01T00:00", "Pacific/Kiritimati", "2026-01-01T00:00:00+14:00"),
    ],
)
def test_a_time_on_the_shops_clock_is_one_moment(open_console: Open, shown: str, zone: str, moment: str) -> None:
    page = open_console(role=None)

    made = page.evaluate(
        "async ([shown, zone]) => (await import('/console/forms/zoned.js')).momentOf(shown, zone)", [shown, zone]
    )

    assert made == moment
