"""The routes: what ingest takes and refuses, and what an operator is shown."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from services.compliance.app import app
from services.compliance.chunks import read_part
from shared import minting, tables
from tests.compliance.chat import DAY, a_line, an_answer, at, drain, messages, signed, tick, waiting
from tests.support.asking import Reply, ask
from tests.support.shop import MovableClock, TestShop, open_shop
from tests.support.tables import Platform

DUE = datetime(2026, 11, 2, 16, 30, tzinfo=UTC)
AWKWARD = "客人/１ ?&#%2F..+é"
"""A customer's id may be any text."""


def ingest(shop: TestShop, lines: Sequence[Any], /, **changes: Any) -> Reply:
    body = json.dumps({"type": "chat.messages", "messages": list(lines)} | changes).encode()
    return ask(app, "POST", f"/v1/shops/{shop.id}/messages", body=body, headers=signed(shop, body))


def get(shop: TestShop, path: str, **query: Any) -> Reply:
    return ask(app, "GET", path, bearer=shop.owner_key, query=query)


class TestIngest:
    def test_messages_are_taken_and_queued_for_the_packer(self, platform: Platform, tea: TestShop) -> None:
        lines = [a_line("10:00"), an_answer("10:01")]

        found = ingest(tea, lines)

        assert (found.status, found.json) == (202, {"accepted": 2})
        (body,) = waiting(platform, "chat")
        shop, kept = read_part(json.loads(body))
        assert (shop, set(kept)) == ("tea", set(messages(lines)))

    def test_the_same_call_again_is_taken_again_and_changes_nothing(
        self, platform: Platform, tea: TestShop, time: MovableClock
    ) -> None:
        lines = [a_line("10:00")]

        assert [ingest(tea, lines).status for _ in range(2)] == [202, 202]

        time.at = DUE
        drain(platform)
        tick()
        drain(platform)
        assert get(tea, "/v1/admin/scores/2026-11-02").json["messages"] == 1

    def test_one_bad_message_is_named_and_nothing_is_queued(self, platform: Platform, tea: TestShop) -> None:
        lines = [
            a_line("10:00"),
            a_line("10:00") | {"at": "yesterday", "mood": 1},
            a_line("10:00") | {"from": "robot"},
            7,
        ]

        found = ingest(tea, lines)

        assert (found.status, found.code) == (422, "invalid")
        assert sorted(found.pointers) == ["/messages/1/at", "/messages/1/mood", "/messages/2/from", "/messages/3"]
        assert waiting(platform, "chat") == []

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"type": "order.paid"}, "/type"),
            ({"messages": []}, "/messages"),
            ({"messages": {}}, "/messages"),
            ({"shop": "tea"}, "/shop"),
        ],
    )
    def test_the_envelope_is_held_to_its_form(
        self, platform: Platform, tea: TestShop, changes: dict[str, Any], pointer: str
    ) -> None:
        found = ingest(tea, [a_line("10:00")], **changes)

        assert (found.status, found.pointers) == (422, [pointer])
        assert waiting(platform, "chat") == []

    def test_a_thousand_messages_are_taken_and_one_more_is_not(self, platform: Platform, tea: TestShop) -> None:
        lines = [a_line("10:00", message_id=f"m{n}") for n in range(1001)]

        assert ingest(tea, lines[:1000]).json == {"accepted": 1000}
        waiting(platform, "chat")
        assert ingest(tea, lines).pointers == ["/messages"]
        assert waiting(platform, "chat") == []

    def test_a_megabyte_is_taken_and_more_is_not(self, platform: Platform, tea: TestShop) -> None:
        lines = [a_line("10:00", text="x" * 9_000) for _ in range(112)]

        assert ingest(tea, lines).status == 202
        assert ingest(tea, [*lines, *lines[:10]]).code == "too_large"

    def test_only_the_shops_own_signature_over_this_body_opens_it(self, platform: Platform, tea: TestShop) -> None:
        other = open_shop("coffee")
        body = json.dumps({"type": "chat.messages", "messages": [a_line("10:00")]}).encode()
        tries = [
            ("tea", body, signed(other, body)),
            ("coffee", body, signed(tea, body)),
            ("tea", body + b" ", signed(tea, body)),
            ("tea", body, {"Content-Type": "application/json", "Authorization": f"Bearer {tea.owner_key}"}),
        ]

        found = [ask(app, "POST", f"/v1/shops/{shop}/messages", body=sent, headers=head) for shop, sent, head in tries]

        assert [each.code for each in found] == ["unauthenticated"] * 4
        assert waiting(platform, "chat") == []


@pytest.fixture
def night(platform: Platform, tea: TestShop, time: MovableClock) -> TestShop:
    """The shop `tea` after the night of a day with four customers."""
    lines = [
        a_line("10:00", message_id="m1", customer_id=AWKWARD, text="有货吗"),
        an_answer("10:30", message_id="m2", customer_id=AWKWARD, text="有的"),
        a_line("22:59", message_id="m3", customer_id=AWKWARD),
        an_answer("23:59:00.000001", message_id="m4", customer_id=AWKWARD),
        a_line("11:00", customer_id="b"),
        an_answer("11:00:02.5", customer_id="b"),
        a_line("12:00", customer_id="c"),
        a_line("12:05", customer_id="c"),
        a_line("07:00", customer_id="d", message_id="m9"),
    ]
    assert ingest(tea, lines).status == 202
    drain(platform)
    time.at = DUE
    tick()
    drain(platform)
    return tea


class TestScores:
    def test_a_day_is_shown_whole(self, night: TestShop) -> None:
        found = get(night, "/v1/admin/scores/2026-11-02").json

        assert found["reply"]["rate"] == "1/3"
        assert (found["ruleset"], found["messages"], found["scored_at"]) == (
            "pinduoduo-2022",
            9,
            "2026-11-02T16:30:00Z",
        )
        assert found["score"]["value"] == 33

    def test_days_are_listed_the_latest_first_a_page_at_a_time(
        self, platform: Platform, night: TestShop, time: MovableClock
    ) -> None:
        time.forward(days=2)
        tick()
        drain(platform)
        dates: list[str] = []
        more: dict[str, str] = {}
        while True:
            page = get(night, "/v1/admin/scores", limit=2, **more).json
            dates += [line["date"] for line in page["items"]]
            if page["next_cursor"] is None:
                break
            more = {"cursor": page["next_cursor"]}

        assert dates == ["2026-11-04", "2026-11-03", "2026-11-02"]
        assert get(night, "/v1/admin/scores").json["items"][2]["reply"]["consulting_users"] == 3

    @pytest.mark.parametrize("day", ["2026-11-03", "2026-02-30", "20261102", "today", "2026-W45-1"])
    @pytest.mark.parametrize("more", ["", "/users", "/messages"])
    def test_a_day_without_a_score_is_not_found(self, night: TestShop, day: str, more: str) -> None:
        query = {"customer_id": "b"} if more == "/messages" else {}

        assert get(night, f"/v1/admin/scores/{day}{more}", **query).code == "not_found"

    def test_another_shop_sees_nothing_of_it(self, night: TestShop) -> None:
        other = open_shop("coffee")

        assert get(other, "/v1/admin/scores").json["items"] == []
        assert get(other, "/v1/admin/scores/2026-11-02").code == "not_found"

    def test_a_viewer_may_look_and_nobody_without_a_key(self, night: TestShop) -> None:
        viewer = minting.new_operator_key("tea", "viewer", "v")
        tables.commit([viewer.part])

        for path in ("", "/2026-11-02", "/2026-11-02/users", "/2026-11-02/messages"):
            query = {"customer_id": "b"} if path.endswith("messages") else {}
            asked = [
                ask(app, "GET", f"/v1/admin/scores{path}", bearer=bearer, query=query).status
                for bearer in (viewer.secret, None, night.token())
            ]
            assert asked == [200, 401, 401]


class TestUsers:
    def test_every_consulting_customer_is_shown_as_they_were_served(self, night: TestShop) -> None:
        found = get(night, "/v1/admin/scores/2026-11-02/users").json

        assert {each["customer_id"]: each for each in found["items"]} == {
            AWKWARD: {
                "customer_id": AWKWARD,
                "effective": False,
                "messages": 2,
                "unanswered": 1,
                "first_at": "2026-11-02T10:00:00+08:00",
                "worst_wait_s": 3600.000001,
            },
            "b": {
                "customer_id": "b",
                "effective": True,
                "messages": 1,
                "unanswered": 0,
                "first_at": "2026-11-02T11:00:00+08:00",
                "worst_wait_s": 2.5,
            },
            "c": {
                "customer_id": "c",
                "effective": False,
                "messages": 2,
                "unanswered": 2,
                "first_at": "2026-11-02T12:00:00+08:00",
                "worst_wait_s": None,
            },
        }

    @pytest.mark.parametrize(("effective", "expected"), [("true", {"b"}), ("false", {AWKWARD, "c"})])
    def test_they_can_be_chosen_by_how_they_were_served(
        self, night: TestShop, effective: str, expected: set[str]
    ) -> None:
        found = get(night, "/v1/admin/scores/2026-11-02/users", effective=effective).json["items"]

        assert {each["customer_id"] for each in found} == expected

    def test_pages_leave_nobody_out_and_show_nobody_twice(self, night: TestShop) -> None:
        first = get(night, "/v1/admin/scores/2026-11-02/users", limit=2).json
        second = get(night, "/v1/admin/scores/2026-11-02/users", limit=2, cursor=first["next_cursor"]).json

        assert [each["customer_id"] for each in first["items"] + second["items"]] == ["b", "c", AWKWARD]
        assert second["next_cursor"] is None

    def test_a_cursor_is_good_for_one_day_only(self, night: TestShop) -> None:
        first = get(night, "/v1/admin/scores/2026-11-02/users", limit=1).json

        found = get(night, "/v1/admin/scores", cursor=first["next_cursor"])

        assert found.pointers == ["?cursor"]

    def test_what_is_neither_true_nor_false_is_refused(self, night: TestShop) -> None:
        assert get(night, "/v1/admin/scores/2026-11-02/users", effective="maybe").pointers == ["?effective"]


class TestMessages:
    def test_a_customers_day_is_shown_in_order_with_every_wait(self, night: TestShop) -> None:
        found = get(night, "/v1/admin/scores/2026-11-02/messages", customer_id=AWKWARD).json

        assert [
            (each["message_id"], each["from"], each["counted"], each["answered_after_s"], each["late"])
            for each in found["items"]
        ] == [
            ("m1", "customer", True, 1800, False),
            ("m2", "agent", False, None, False),
            ("m3", "customer", True, 3600.000001, True),
            ("m4", "agent", False, None, False),
        ]
        assert found["items"][0] == {
            "message_id": "m1",
            "at": "2026-11-02T10:00:00+08:00",
            "from": "customer",
            "agent_id": None,
            "text": "有货吗",
            "counted": True,
            "answered_after_s": 1800,
            "late": False,
        }
        assert found["items"][3]["at"] == "2026-11-02T23:59:00.000001+08:00"

    def test_what_is_outside_the_window_is_shown_and_not_counted(self, night: TestShop) -> None:
        (only,) = get(night, "/v1/admin/scores/2026-11-02/messages", customer_id="d").json["items"]

        assert (only["message_id"], only["counted"]) == ("m9", False)

    def test_pages_go_on_where_they_stopped(self, night: TestShop) -> None:
        path = "/v1/admin/scores/2026-11-02/messages"
        first = get(night, path, customer_id=AWKWARD, limit=3).json
        second = get(night, path, customer_id=AWKWARD, limit=3, cursor=first["next_cursor"]).json

        assert [each["message_id"] for each in first["items"] + second["items"]] == ["m1", "m2", "m3", "m4"]

    def test_a_customer_who_said_nothing_has_an_empty_day(self, night: TestShop) -> None:
        assert get(night, "/v1/admin/scores/2026-11-02/messages", customer_id="nobody").json["items"] == []

    def test_the_customer_must_be_named(self, night: TestShop) -> None:
        assert get(night, "/v1/admin/scores/2026-11-02/messages").pointers == ["?customer_id"]

    def test_of_one_id_with_several_contents_the_counted_one_is_shown(
        self, platform: Platform, night: TestShop
    ) -> None:
        ingest(
            night, [a_line("12:00", message_id="m7", customer_id=name, text=text) for name, text in ("eb", "fa", "ea")]
        )
        drain(platform)

        shown = [
            [
                each["text"]
                for each in get(night, "/v1/admin/scores/2026-11-02/messages", customer_id=name).json["items"]
            ]
            for name in "ef"
        ]

        assert shown == [["a"], []]


def test_a_message_that_came_late_is_in_the_score_without_a_tick(platform: Platform, night: TestShop) -> None:
    ingest(night, [an_answer("12:06", customer_id="c")])
    drain(platform)

    assert get(night, "/v1/admin/scores/2026-11-02").json["reply"]["rate"] == "2/3"


def test_a_day_long_past_is_scored_as_soon_as_its_messages_are_packed(platform: Platform, tea: TestShop) -> None:
    ingest(tea, [a_line(at("10:00", date(2026, 3, 18)))])
    drain(platform)

    assert get(tea, "/v1/admin/scores/2026-03-18").json["reply"]["rate"] == "0/1"
    assert DAY - timedelta(days=1) > date(2026, 3, 18)
