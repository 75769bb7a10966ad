"""The routes: what is taken and refused, and what customers and operators are shown."""

from typing import Any

import pytest

from services.orders.app import app
from tests.orders.buying import a_line, a_refund, an_event, deliver, hear, send, waiting
from tests.support.asking import Reply, ask
from tests.support.shop import MovableClock, TestShop, an_operator, open_shop

LINE_FIELDS = ["/lines/0/paid_minor", "/lines/0/quantity", "/lines/0/sku"]


def mine(shop: TestShop, customer: str = "u1", **query: Any) -> Reply:
    return ask(app, "GET", "/v1/me/orders", bearer=shop.token(customer), query=query)


def admin(shop: TestShop, path: str = "", bearer: str | None = None, **query: Any) -> Reply:
    return ask(app, "GET", f"/v1/admin/orders{path}", bearer=bearer or shop.owner_key, query=query)


def test_an_event_is_queued_without_the_shops_id_of_the_customer(tea: TestShop) -> None:
    found = send(tea, an_event(customer_id="mei@example.com"))

    assert (found.status, found.json) == (202, {"accepted": 1})
    (body,) = waiting()
    assert "mei@example.com" not in body
    assert deliver([body]) == []
    assert mine(tea, "mei@example.com").json["items"][0]["points_pending"] == 68


@pytest.mark.parametrize(
    ("changes", "pointers"),
    [
        ({"type": "order.bought"}, ["/type"]),
        ({"at": "yesterday"}, ["/at"]),
        ({"at": "2026-11-02T11:00:00"}, ["/at"]),
        ({"at": "2026-11-04T12:00:00+08:00"}, ["/at"]),
        ({"at": "0001-01-01T00:00:00+08:00"}, ["/at"]),
        ({"currency": None}, ["/currency"]),
        ({"currency": "USD"}, ["/currency"]),
        ({"lines": None}, ["/lines"]),
        ({"lines": []}, ["/lines"]),
        ({"lines": [a_line(), a_line()]}, ["/lines"]),
        ({"lines": [{"line_id": "1"}]}, LINE_FIELDS),
        ({"lines": [a_line(paid_minor=-1)]}, ["/lines/0/paid_minor"]),
        ({"lines": [a_line() | {"paid_minor": 68.5}]}, ["/lines/0/paid_minor"]),
        ({"lines": [a_line(mood="good")]}, ["/lines/0/mood"]),
        ({"lines": [{"line_id": "1", "refunded_minor": 1}]}, ["/lines"]),
        ({"refund_id": "r1"}, ["/refund_id"]),
        ({"refunded_minor": 1}, ["/refunded_minor"]),
        ({"order_id": "a#b"}, ["/order_id"]),
        ({"order_id": "x" * 65}, ["/order_id"]),
        ({"customer_id": ""}, ["/customer_id"]),
        ({"color": "green"}, ["/color"]),
    ],
)
def test_what_is_wrong_with_an_event_is_named_and_nothing_is_queued(
    tea: TestShop, changes: dict[str, Any], pointers: list[str]
) -> None:
    found = send(tea, an_event(**changes) if None not in changes.values() else without(*changes))

    assert (found.status, sorted(set(found.pointers))) == (422, pointers)
    assert waiting() == []


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in an_event().items() if key != name}


@pytest.mark.parametrize(
    ("event", "pointers"),
    [
        (a_refund("r1"), ["/lines"]),
        (a_refund("r1", ("1", 1), unlined=1), ["/lines"]),
        (a_refund("r1", ("1", 1)) | {"lines": [a_line()]}, ["/lines"]),
        (a_refund("r1", ("1", 1)) | {"lines": [a_line(refunded_minor=1)]}, LINE_FIELDS),
        (a_refund("r1", unlined=1) | {"currency": "USD"}, ["/currency"]),
        (an_event("refunded", refunded_minor=1), ["/refund_id"]),
        (an_event("shipped", lines=[a_line()]), ["/lines"]),
    ],
)
def test_refunds_and_other_events_are_held_to_their_own_form(
    tea: TestShop, event: dict[str, Any], pointers: list[str]
) -> None:
    found = send(tea, event)

    assert (found.status, sorted(set(found.pointers))) == (422, pointers)


@pytest.mark.parametrize("kind", ["placed", "shipped", "delivered", "completed", "cancelled"])
def test_the_other_events_need_no_more_than_whose_and_when(tea: TestShop, kind: str) -> None:
    assert send(tea, an_event(kind)).status == 202


def test_an_operators_key_is_no_signature(tea: TestShop) -> None:
    found = ask(app, "POST", "/v1/shops/tea/events", body=an_event(), bearer=tea.owner_key)

    assert found.code == "unauthenticated"
    assert waiting() == []


def test_a_customer_sees_every_order_with_its_points(tea: TestShop) -> None:
    lines = [a_line("1", 6_800, title="龙井", category="green"), a_line("2", 3_200, quantity=2)]
    hear(an_event(lines=lines), a_refund("r1", ("2", 1_600)), an_event("completed"))

    (found,) = mine(tea).json["items"]

    assert found["lines"] == [
        {
            "line_id": "1",
            "sku": "tea-1",
            "title": "龙井",
            "category": "green",
            "quantity": 1,
            "paid_minor": 6_800,
            "refunded_minor": 0,
            "points": 68,
            "points_reversed": 0,
        },
        {
            "line_id": "2",
            "sku": "tea-2",
            "title": None,
            "category": None,
            "quantity": 2,
            "paid_minor": 3_200,
            "refunded_minor": 1_600,
            "points": 32,
            "points_reversed": 16,
        },
    ]
    assert {name: value for name, value in found.items() if name != "lines"} == {
        "order_id": "o1",
        "status": "completed",
        "at": "2026-11-02T03:00:00Z",
        "currency": "CNY",
        "paid_minor": 10_000,
        "refunded_minor": 1_600,
        "points_pending": 0,
        "points_available": 84,
        "points_reversed": 16,
        "available_at": None,
    }


def test_orders_come_in_pages_the_latest_first(tea: TestShop) -> None:
    hear(*(an_event(order_id=f"o{n}", at=f"2026-10-0{n}T00:00:00Z") for n in (2, 1, 4, 3)))
    hear(an_event(order_id="other", customer_id="u2"))

    first = mine(tea, limit=3).json
    second = mine(tea, limit=3, cursor=first["next_cursor"]).json

    assert [each["order_id"] for each in first["items"] + second["items"]] == ["o4", "o3", "o2", "o1"]
    assert second["next_cursor"] is None
    assert mine(tea, "u2", cursor=first["next_cursor"]).pointers == ["?cursor"]


def test_somebody_who_never_bought_has_no_orders(tea: TestShop) -> None:
    assert mine(tea, "nobody").json == {"items": [], "next_cursor": None}
    assert admin(tea, customer_id="nobody").json == {"items": [], "next_cursor": None}


def test_an_operator_finds_orders_by_customer_and_all_of_them(tea: TestShop) -> None:
    hear(*(an_event(order_id=f"o{n}", customer_id=f"u{n}") for n in range(3)))
    viewer = an_operator(tea)

    assert [each["order_id"] for each in admin(tea, bearer=viewer, customer_id="u1").json["items"]] == ["o1"]
    assert {each["order_id"] for each in admin(tea).json["items"]} == {"o0", "o1", "o2"}


def test_one_order_is_shown_with_all_that_was_told_of_it(tea: TestShop, time: MovableClock) -> None:
    hear(an_event("placed"), an_event())
    time.forward(days=1)
    hear(a_refund("r1", unlined=800, at="2026-11-03T09:00:00+08:00"))

    found = admin(tea, "/o1").json

    assert found["refunds"] == [{"refund_id": "r1", "at": "2026-11-03T01:00:00Z", "refunded_minor": 800, "lines": None}]
    assert [(each["type"], each["day"]) for each in found["events"]] == [
        ("order.placed", "2026-11-02"),
        ("order.paid", "2026-11-02"),
        ("order.refunded", "2026-11-03"),
    ]
    assert (found["points_pending"], found["points_reversed"]) == (60, 8)


def test_another_shop_sees_nothing_of_it(tea: TestShop) -> None:
    hear(an_event())
    other = open_shop("coffee")

    assert admin(other).json["items"] == []
    assert admin(other, "/o1").code == admin(tea, "/o2").code == "not_found"
    assert mine(other).json["items"] == []
