"""Events become points: exactly, once, and alike in any order."""

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from services.orders import engine, store
from services.orders.purchases import Purchases
from shared import clock, identity
from shared.errors import Conflict, Missing
from shared.ledger import book, movements
from shared.ledger.account import Account, Now
from shared.ledger.policy import Earning, Expiry, Level, Policy, Tiers
from shared.ledger.posting import Mark, Source
from shared.ledger.settling import begin
from shared.tables import commit
from tests.faults.books import verified_books
from tests.faults.harness.effort import effort
from tests.orders.buying import (
    a_line,
    a_refund,
    an_event,
    decide,
    deliver,
    hear,
    send,
    the_account,
    the_order,
    tick,
    waiting,
)
from tests.orders.test_order import History, histories
from tests.support.moto_state import moto_queues
from tests.support.shop import MovableClock, TestShop
from tests.support.stage import Opened


def worth(account: Account) -> tuple[int, int, int, dict[str, int]]:
    return account.balance, account.pending, account.debt, dict(account.lots)


def sums(customer: str = "u1") -> Purchases:
    return store.load_purchases("tea", identity.make_subject("tea", customer))


COUNTS_WRITES = ("id", "at", "subject", "moves", "version")
"""What differs between two histories of the same order, besides what it comes to."""


def state() -> tuple[Any, ...]:
    order, purchases = vars(the_order()), vars(sums())
    return (
        worth(the_account()),
        the_account().months,
        {name: value for name, value in order.items() if name not in COUNTS_WRITES},
        {name: value for name, value in purchases.items() if name not in COUNTS_WRITES},
    )


def test_payment_earns_pending_points_and_completion_lets_them_go(tea: TestShop) -> None:
    hear(an_event())
    assert worth(the_account()) == (68, 68, 0, {})

    hear(an_event("completed"))

    assert worth(the_account()) == (68, 0, 0, {"2027-11": 68})
    assert (the_order().status, the_order().available) == ("completed", 68)
    verified_books()


def test_a_part_refunded_takes_its_part_from_the_lot_it_came_into(tea: TestShop, time: MovableClock) -> None:
    decide(Policy(expiry=Expiry("months", 12)))
    hear(an_event(), an_event("completed"))
    time.forward(days=40)

    hear(a_refund("r1", ("1", 3_399)))

    assert worth(the_account()) == (35, 0, 0, {"2027-11": 35})
    verified_books()


def test_the_lot_is_that_of_the_day_of_payment_however_late_it_is_told(tea: TestShop) -> None:
    decide(Policy(expiry=Expiry("months", 12)))

    hear(an_event("completed"), an_event(at="2026-09-30T16:00:00Z"))

    assert the_account().lots == {"2027-10": 68}


@settings(max_examples=effort(30, 1_000))
@given(history=histories())
def test_any_order_and_any_repetition_ends_in_the_same_balance_lots_order_and_sums(
    opened_tea: Opened, history: History
) -> None:
    found = []
    for events in history:
        with clock.using(MovableClock()):
            opened_tea.rows.put_back()
            hear(*events)
            verified_books()
            found.append(state())

    assert found[0] == found[1]


def test_spent_points_that_are_taken_back_become_a_debt(tea: TestShop) -> None:
    hear(an_event(), an_event("completed"))
    spend(60)

    hear(an_event("cancelled"))

    assert worth(the_account()) == (-60, 0, 60, {})
    verified_books()


@pytest.mark.parametrize("refund", ["write_off", "report"])
def test_or_the_shop_lets_them_go(tea: TestShop, refund: Any) -> None:
    decide(Policy(refund=refund))
    hear(an_event(), an_event("completed"))
    spend(60)

    hear(an_event("cancelled"))

    assert worth(the_account()) == (0, 0, 0, {})
    assert the_order().target() == (0, 0)
    verified_books()


def spend(points: int) -> None:
    today = date(2026, 11, 2)
    posting = begin(the_account(), Policy(), Now(clock.now(), today))
    commit(book.parts(movements.spend(posting, points, Mark("spent", today, Source("reward", "r", "coupon")))))


def test_what_an_order_earns_follows_category_tier_rounding_and_caps(tea: TestShop) -> None:
    decide(
        Policy(
            earning=Earning(points=1, per_minor=100, rounding="nearest", categories={"cups": 300}, daily_cap=400),
            tiers=Tiers(by="spent", levels=(Level("gold", {"en": "Gold"}, 10_000, multiplier_percent=150),)),
        )
    )
    lines = [a_line("1", 5_050), a_line("2", 5_000, category="cups")]

    hear(*(an_event(order_id=name, lines=lines) for name in ("o1", "o2", "o3")))

    assert [the_order(name).earned for name in ("o1", "o2", "o3")] == [(51, 150), (76, 123), (0, 0)]
    assert the_account().pending == 400


def test_the_cap_of_another_day_is_its_own(tea: TestShop) -> None:
    decide(Policy(earning=Earning(daily_cap=100)))

    hear(an_event(), an_event(order_id="o2"), an_event(order_id="o3", at="2026-11-01T11:00:00+08:00"))

    assert [sum(the_order(name).earned) for name in ("o1", "o2", "o3")] == [68, 32, 68]


@pytest.mark.parametrize("first", ["paid", "cancelled"])
def test_a_cancelled_order_gives_its_share_of_the_cap_back(tea: TestShop, first: str) -> None:
    decide(Policy(earning=Earning(daily_cap=100)))
    events = sorted((an_event(), an_event("cancelled")), key=lambda event: not event["type"].endswith(first))

    hear(*events, an_event(order_id="o2"))

    assert sum(the_order("o2").earned) == the_account().pending == 68


def test_points_become_available_when_the_shop_never_completes(tea: TestShop, time: MovableClock) -> None:
    decide(Policy(pending_days=7))
    hear(an_event())
    time.at = time.at.replace(hour=2, day=9)  # six days and 23 hours after payment
    assert tick() == 0

    time.forward(hours=1)
    assert tick() == 1
    (body,) = waiting()
    assert deliver([body, body]) == []

    assert worth(the_account()) == (68, 0, 0, {"2027-11": 68})
    assert the_order().steps["waited"].day == "2026-11-09"
    assert tick() == 0
    verified_books()


def test_nothing_falls_due_of_an_order_that_was_cancelled_or_completed(tea: TestShop, time: MovableClock) -> None:
    decide(Policy(pending_days=7))
    hear(an_event(), an_event("cancelled"), an_event(order_id="o2"), an_event("completed", "o2"))

    time.forward(days=8)

    assert tick() == 0


def test_a_refund_after_the_wait_takes_back_what_became_available(tea: TestShop, time: MovableClock) -> None:
    decide(Policy(pending_days=7))
    hear(an_event())
    time.forward(days=8)
    tick()
    deliver(waiting())

    hear(a_refund("r1", unlined=6_800), an_event("completed"))

    assert worth(the_account()) == (0, 0, 0, {})


def test_purchases_add_up_whatever_becomes_of_the_orders(tea: TestShop) -> None:
    hear(
        an_event(at="2026-10-31T15:59:00Z"),
        an_event(order_id="o2"),
        an_event(order_id="o3", at="2026-10-05T00:00:00Z"),
        a_refund("r1", ("1", 800)),
        an_event("cancelled", "o3"),
        an_event("placed", "o4"),
    )

    found = sums()
    assert (found.orders, found.paid_minor, found.refunded_minor) == (2, 13_600, 800)
    assert (found.first, found.last) == ("2026-10-05", "2026-11-02")
    assert found.months == {"2026-10": 6_000, "2026-11": 6_800}


def test_an_order_stays_the_customers_who_began_it(tea: TestShop) -> None:
    hear(an_event("placed"))

    with pytest.raises(Conflict):
        hear(an_event(customer_id="u2"))

    assert the_order().status == "placed"


def test_one_bad_message_does_not_stop_its_neighbours(tea: TestShop) -> None:
    assert send(tea, an_event()).status == 202
    (good,) = waiting()
    bad = json.dumps({"shop": "tea", "order_id": "o9", "subject": "s", "event": {"type": "order.paid"}})

    assert deliver([bad, good]) == [bad]
    assert the_order().status == "paid"


def test_of_an_order_nobody_knows_nothing_can_have_waited(tea: TestShop) -> None:
    with pytest.raises(Missing):
        engine.hear({"shop": "tea", "order_id": "nowhere"})


def test_a_repeated_shipment_is_told_as_of_the_moment_the_parcel_left(tea: TestShop, time: MovableClock) -> None:
    hear(an_event("shipped"))
    time.forward(days=1)
    hear(an_event("shipped", at="2026-11-03T11:00:00+08:00"))

    queue = next(queue for name, queue in moto_queues().items() if name.endswith("-fulfilment"))
    assert [json.loads(message.body)["at"] for message in queue._messages] == ["2026-11-02T03:00:00Z"] * 2
