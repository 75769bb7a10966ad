"""What an event of an order costs in write units, read units and calls: counted, the same on every machine."""

from collections.abc import Callable

import pytest

from shared import identity, shops
from shared.ledger.policy import Expiry, Policy
from tests.faults.harness.item_size import item_bytes
from tests.faults.harness.units import Units, count_units
from tests.orders.buying import a_line, a_refund, an_event, decide, hear, send, the_order
from tests.support.batches import raw_items
from tests.support.shop import MovableClock, TestShop

EVENT_W = 9
ROW_BYTES = 1_024
LONG = [
    a_line(
        f"line-{n:02d}", 1_234_567, sku=f"article-number-{n:02d}", category="loose-leaf", title="2026 明前龙井 250 克"
    )
    for n in range(5)
]
"""The lines of an order whose row is nearly a kilobyte in the end."""


def cost_of(act: Callable[[], object]) -> Units:
    with count_units() as units:
        act()
    return units


@pytest.fixture
def warm(tea: TestShop) -> TestShop:
    """The process knows the shop and the customer."""
    shops.load(tea.id)
    identity.make_subject(tea.id, "u1")
    assert identity.find_subject(tea.id, "u1")
    return tea


LIFE = [
    ("placed", an_event("placed", lines=LONG), 2),
    ("paid", an_event(lines=LONG), 8),
    ("shipped", an_event("shipped"), 1),
    ("delivered", an_event("delivered"), 1),
    ("completed", an_event("completed"), 6),
    ("refunded in part", a_refund("r1", ("line-00", 1_000_000)), 8),
    ("cancelled", an_event("cancelled"), 8),
]


def test_every_event_of_an_orders_life_has_its_price(warm: TestShop) -> None:
    found = {name: cost_of(lambda event=event: hear(event)).writes for name, event, _ in LIFE}  # type: ignore[misc]

    assert found == {name: writes for name, _, writes in LIFE}
    (row,) = raw_items("orders")
    assert 900 < item_bytes(row) <= ROW_BYTES
    assert (
        max(item_bytes(row) for table in ("accounts", "customers", "entries") for row in raw_items(table)) <= ROW_BYTES
    )


def test_a_purchase_that_is_paid_before_anything_else_is_told_costs_nine(warm: TestShop) -> None:
    cost = cost_of(lambda: hear(an_event(lines=LONG)))

    assert cost.writes == EVENT_W
    assert {name: cost.of(name).writes for name in ("orders", "customers", "entries", "accounts")} == {
        "orders": 3,
        "customers": 2,
        "entries": 2,
        "accounts": 2,
    }
    assert cost.calls == {"dynamodb.BatchGetItem": 1, "dynamodb.TransactWriteItems": 1}
    assert cost.reads == 3


def test_points_that_wait_for_a_day_cost_one_unit_to_be_found_by_and_one_to_be_forgotten(
    warm: TestShop, time: MovableClock
) -> None:
    decide(Policy(pending_days=7))
    hear(an_event("placed"))

    assert cost_of(lambda: hear(an_event())).writes == EVENT_W
    assert cost_of(lambda: hear(an_event("completed"))).writes == 7
    assert cost_of(lambda: hear(an_event(order_id="at-once"))).writes == EVENT_W + 1


def test_a_repeated_event_reads_and_writes_nothing(warm: TestShop) -> None:
    hear(an_event(), a_refund("r1", unlined=1))

    for event in (an_event(), an_event(lines=LONG), a_refund("r1", unlined=1), a_refund("r1", unlined=6_000)):
        cost = cost_of(lambda event=event: hear(event))  # type: ignore[misc]
        assert (cost.writes, cost.calls) == (0, {"dynamodb.BatchGetItem": 1})


def test_a_signed_event_costs_the_writes_of_a_customers_file_at_most(warm: TestShop) -> None:
    known, new = cost_of(lambda: send(warm, an_event())), cost_of(lambda: send(warm, an_event(customer_id="new")))

    assert (known.writes, new.writes) == (0, 1)
    assert known.calls["sqs.SendMessage"] == 1


def test_a_customer_who_buys_for_years_has_sums_of_less_than_a_kilobyte(warm: TestShop) -> None:
    decide(Policy(expiry=Expiry("never")))
    days = [f"20{year}-{month:02d}-28T00:00:00Z" for year in (23, 24, 25, 26) for month in range(1, 11)]

    hear(*(an_event(order_id=f"o{n}", at=at, lines=[a_line(paid_minor=99_999_999)]) for n, at in enumerate(days)))

    (sums,) = [row for row in raw_items("customers") if row["sk"]["S"] == "purchases"]
    assert item_bytes(sums) <= ROW_BYTES
    assert the_order("o0").earned == (999_999,)
