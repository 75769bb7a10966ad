"""What an event of an order costs in write units, read units and calls: counted, the same on every machine."""

from collections.abc import Callable

import pytest

from infra.cost import trade
from infra.cost.operations import MEMBER_BYTES, Operation
from shared import identity, shops
from shared.ledger.policy import Expiry, Policy
from tests.faults.harness.item_size import item_bytes
from tests.faults.harness.units import Units, count_units
from tests.orders.buying import a_line, a_refund, an_event, decide, deliver, hear, send, the_order, tick, told
from tests.support.batches import raw_items
from tests.support.catalogue import give
from tests.support.shop import MovableClock, TestShop, forget_everything

EVENT_W = 9
ROW_BYTES = 1_024
OVERHEAD_BYTES = 100
"""What DynamoDB adds to an item, and to an entry of an index, when it bills for keeping it."""
INBOX_BYTES = 400
"""The message that tells of an order's points, as tests/faults/test_costs.py measures one."""
WITHOUT_PURCHASES = 1_500
"""What a member who buys nothing leaves behind."""
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
    """The process knows the shop and the customer, who has points."""
    shops.load(tea.id)
    give(1)
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

IN_THE_BILL = [
    (trade.PLACED, an_event("placed", lines=LONG)),
    (trade.PAID, an_event(lines=LONG)),
    (trade.PAID_FIRST, an_event(order_id="first")),
    (trade.SHIPPED, an_event("shipped")),
    (trade.ARRIVED, an_event("delivered")),
    (trade.COMPLETED, an_event("completed")),
    (trade.REPEATED, an_event("completed")),
    (trade.TAKEN_BACK, a_refund("r1", ("line-00", 1_000_000))),
    (trade.TAKEN_BACK, an_event("cancelled")),
]
"""Events in the order in which they come, by what the bill calls them."""


def figures(units: Units) -> tuple[float, float, dict[str, int]]:
    return units.writes, units.reads, dict(units.calls)


def in_the_table(each: Operation) -> tuple[float, float, dict[str, int]]:
    return each.writes, each.reads, dict(each.calls)


def test_every_event_costs_what_the_bill_says_in_a_process_that_remembers_nothing(warm: TestShop) -> None:
    hear(an_event("shipped", order_id="before"))  # a process asks where its queue is once in its life
    for expected, event in IN_THE_BILL:
        body = told(event)
        forget_everything()
        assert figures(cost_of(lambda body=body: deliver([body]))) == in_the_table(expected)  # type: ignore[misc]
        assert expected.taken == 1


def test_an_event_is_taken_in_and_the_tick_looks_for_what_waited_at_the_bills_price(tea: TestShop) -> None:
    send(tea, an_event())
    forget_everything()

    assert figures(cost_of(lambda: send(tea, an_event()))) == in_the_table(trade.TELL_ORDER)
    assert figures(cost_of(tick)) == in_the_table(trade.ORDERS_TICK)


def test_what_an_order_leaves_behind_is_no_larger_than_the_bill_says(warm: TestShop) -> None:
    event = an_event(lines=[a_line(title="2026 明前龙井 250 克", category="loose-leaf")])
    hear(event, *(event for _, event in IN_THE_BILL[3:]))

    kept = {table: max(map(item_bytes, raw_items(table))) + OVERHEAD_BYTES for table in ("orders", "entries")}
    (sums,) = [row for row in raw_items("customers") if row["sk"]["S"] == "purchases"]
    index = {name: value for name, value in raw_items("orders")[0].items() if name in ("pk", "sk", "shop", "whose")}

    order = kept["orders"] + OVERHEAD_BYTES + item_bytes(index)
    assert order <= trade.PLACED.kept_bytes
    assert kept["entries"] + INBOX_BYTES <= trade.PAID.kept_bytes
    assert kept["entries"] <= min(trade.COMPLETED.kept_bytes, trade.TAKEN_BACK.kept_bytes)
    assert trade.PAID_FIRST.kept_bytes == trade.PLACED.kept_bytes + trade.PAID.kept_bytes
    assert item_bytes(sums) + OVERHEAD_BYTES <= MEMBER_BYTES - WITHOUT_PURCHASES


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


def test_a_customers_first_points_cost_one_unit_more_for_their_place_in_the_night(tea: TestShop) -> None:
    identity.make_subject(tea.id, "u1")

    cost = cost_of(lambda: hear(an_event()))

    assert cost.writes == EVENT_W + 1
    assert cost.of("accounts").writes == 3


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
