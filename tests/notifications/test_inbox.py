"""The inbox: written by events in any order and number, read by one customer."""

import json
from datetime import timedelta
from typing import Any

import pytest
from chalice.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.notifications import inbox, store
from services.notifications.app import app
from services.notifications.inbox import Item
from shared import identity
from shared.events import EventSource, PointsMoved
from shared.schema import InboxRow
from tests.support.asking import Reply, ask
from tests.support.batches import failed, queue_batch
from tests.support.shop import NOON, MovableClock, TestShop
from tests.support.tables import Platform


def an_event(seq: int = 1, what: str = "signin", activity: str = "daily", **changes: Any) -> PointsMoved:
    """Points earned on the `seq`-th day of a streak."""
    given = {
        "id": f"tea#s1#{seq}#{what}:{activity}",
        "shop": "tea",
        "subject": "s1",
        "at": NOON + timedelta(days=seq - 1),
        "kind": "earn",
        "points": 4 + seq,
        "available": 4 + seq,
        "pending": 0,
        "available_after": 10 * seq,
        "seq": seq,
        "source": EventSource(what=what, id=activity, rule="daily", version=1, facts={"streak": seq}),
    }
    return PointsMoved.model_validate(given | changes)


def hear(*bodies: PointsMoved | str) -> list[str]:
    """Hand messages to the queue's handler; the ids of those handed back."""
    told = [body if isinstance(body, str) else body.model_dump_json() for body in bodies]
    with Client(app) as client:
        return failed(client.lambda_.invoke("on_event", queue_batch(told)).payload)


def rows() -> list[tuple[str, int, bool]]:
    return sorted((row.sk, row.seq, row.read) for row in InboxRow.scan())


@pytest.fixture
def reader(tea: TestShop) -> TestShop:
    """The shop `tea`, in which the customer `u1` is the subject `s1`."""
    from shared.schema import CustomerRow

    CustomerRow("tea#id#u1", "subject", subject="s1", at="2026-01-01T00:00:00Z").save()
    identity.clear_cache()
    return tea


def read(shop: TestShop, **changes: Any) -> Any:
    return ask(app, "GET", "/v1/me/inbox", bearer=shop.token(), **changes).json


def mark(shop: TestShop, item: str) -> Reply:
    return ask(app, "POST", f"/v1/me/inbox/{item}/read", bearer=shop.token())


class TestDailyCheckIn:
    def test_one_item_is_brought_up_to_date_day_by_day(self, reader: TestShop) -> None:
        for seq in range(1, 4):
            hear(an_event(seq))

        told = read(reader)

        assert told["unread"] == 1
        (item,) = told["items"]
        assert item["title"] == "Checked in: +7 points"
        assert item["body"] == "3 days in a row. You have 30 points. See you tomorrow!"
        assert item["at"] == "2026-11-04T04:00:00Z"

    def test_two_check_ins_have_an_item_each(self, reader: TestShop) -> None:
        hear(an_event(1), an_event(2, activity="evening"))

        assert len(read(reader)["items"]) == 2

    def test_anything_else_has_an_item_for_each_event(self, reader: TestShop) -> None:
        hear(an_event(1, what="order", activity="o1"), an_event(2, what="order", activity="o2"))

        assert [item["kind"] for item in read(reader)["items"]] == ["points", "points"]

    @pytest.mark.parametrize(
        ("language", "title", "body"),
        [
            ("en", "Checked in: +1 point", "Your streak starts today. You have 10 points. See you tomorrow!"),
            ("zh-CN", "签到成功：+1 积分", "连续签到从今天开始，当前积分 10。明天见！"),
        ],
    )
    def test_it_reads_well_in_both_languages_on_the_first_day(
        self, reader: TestShop, language: str, title: str, body: str
    ) -> None:
        hear(an_event(1, points=1))

        (item,) = read(reader, language=language)["items"]

        assert (item["title"], item["body"]) == (title, body)

    def test_a_news_after_it_was_read_is_unread_again(self, reader: TestShop) -> None:
        hear(an_event(1))
        (item,) = read(reader)["items"]
        mark(reader, item["id"])

        hear(an_event(2))

        assert read(reader)["unread"] == 1


class TestOrder:
    @given(st.lists(st.lists(st.integers(1, 6), min_size=1, max_size=4), min_size=1, max_size=6))
    @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_late_repeated_and_reordered_events_leave_the_latest(
        self, platform: Platform, batches: list[list[int]]
    ) -> None:
        platform.fresh()

        for batch in batches:
            assert hear(*(an_event(seq) for seq in batch)) == []

        (kept,) = store.list_items("tea", "s1")
        latest = max(seq for batch in batches for seq in batch)
        assert kept == inbox.item_for(an_event(latest))

    def test_an_event_that_comes_again_does_not_make_it_unread(self, reader: TestShop) -> None:
        hear(an_event(1), an_event(2))
        (item,) = read(reader)["items"]
        mark(reader, item["id"])

        hear(an_event(1), an_event(2))

        assert read(reader)["unread"] == 0

    def test_customers_and_shops_do_not_share_an_inbox(self, platform: Platform, time: MovableClock) -> None:
        hear(an_event(1), an_event(1, subject="s2"), an_event(1, shop="coffee"))

        assert [len(store.list_items(shop, who)) for shop, who in (("tea", "s1"), ("tea", "s2"), ("coffee", "s1"))] == [
            1,
            1,
            1,
        ]


POISON = {
    "no JSON": "{",
    "nothing": "",
    "another type": json.dumps({"type": "points.lost"}),
    "a later version": json.dumps(an_event().model_dump(mode="json") | {"version": 2}),
    "a missing field": json.dumps({"type": "points.moved", "version": 1}),
    "no object": "[]",
    "a fact that is no number": json.dumps(an_event().model_dump(mode="json") | {"points": "many"}),
}


class TestPoison:
    @pytest.mark.parametrize("position", range(4))
    @pytest.mark.parametrize("poison", POISON.values(), ids=POISON.keys())
    def test_one_bad_message_stops_only_itself(self, platform: Platform, poison: str, position: int) -> None:
        messages: list[PointsMoved | str] = [an_event(seq, what="order", activity=f"o{seq}") for seq in range(1, 4)]
        messages.insert(position, poison)

        handed_back = hear(*messages)

        assert handed_back == [f"m{position}"]
        assert len(rows()) == 3

    def test_a_newer_publisher_may_add_fields(self, platform: Platform) -> None:
        assert hear(json.dumps(an_event().model_dump(mode="json") | {"mood": "good"})) == []
        assert len(rows()) == 1


class TestReading:
    def test_the_latest_comes_first_and_unread_counts_all_pages(self, reader: TestShop) -> None:
        hear(*(an_event(seq, what="order", activity=f"o{seq}") for seq in range(1, 6)))

        first = read(reader, query={"limit": 2})
        second = read(reader, query={"limit": 2, "cursor": first["next_cursor"]})
        third = read(reader, query={"limit": 2, "cursor": second["next_cursor"]})

        days = [item["at"][:10] for page in (first, second, third) for item in page["items"]]
        assert days == [f"2026-11-0{day}" for day in (6, 5, 4, 3, 2)]
        assert [page["unread"] for page in (first, second, third)] == [5, 5, 5]
        assert third["next_cursor"] is None

    def test_marking_twice_changes_nothing(self, reader: TestShop) -> None:
        hear(an_event(1))
        (item,) = read(reader)["items"]

        once, twice = mark(reader, item["id"]), mark(reader, item["id"])

        assert once.status == 200
        assert once.json == {**item, "read": True}
        assert twice.body == once.body
        assert read(reader)["unread"] == 0

    def test_what_is_not_there_cannot_be_marked(self, reader: TestShop) -> None:
        assert mark(reader, "none").status == 404
        assert rows() == []

    def test_items_past_their_time_are_hidden_though_still_stored(self, reader: TestShop, time: MovableClock) -> None:
        hear(an_event(1))
        (item,) = read(reader)["items"]
        time.at = NOON + store.KEPT - timedelta(seconds=1)
        before = len(read(reader)["items"])

        time.at = NOON + store.KEPT

        assert (before, read(reader)) == (1, {"items": [], "unread": 0, "next_cursor": None})
        assert mark(reader, item["id"]).status == 404
        assert len(rows()) == 1

    def test_a_customer_nobody_knows_has_an_empty_inbox(self, tea: TestShop) -> None:
        assert read(tea) == {"items": [], "unread": 0, "next_cursor": None}
        assert mark(tea, "none").status == 404


class TestPages:
    items = st.lists(
        st.builds(
            Item,
            st.text("abc", min_size=1, max_size=6),
            st.just("points"),
            st.just({"points": 1, "balance": 1}),
            st.datetimes(NOON.replace(tzinfo=None), (NOON + timedelta(seconds=3)).replace(tzinfo=None)).map(
                lambda at: at.replace(tzinfo=NOON.tzinfo)
            ),
            st.integers(1, 9),
        ),
        max_size=30,
        unique_by=lambda item: item.id,
    )

    @given(items, st.integers(1, 7))
    def test_pages_hold_every_item_once_the_latest_first(self, items: list[Item], limit: int) -> None:
        found: list[Item] = []
        after = None

        while True:
            page, after = inbox.page(items, limit=limit, after=after)
            found += page
            if after is None:
                break

        assert found == sorted(items, key=lambda item: (item.at, item.id), reverse=True)
