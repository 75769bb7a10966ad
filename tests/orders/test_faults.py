"""A whole life of an order in one batch, under every fault of every call, redelivered in any order that leads to."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from services.orders import app as service
from services.orders import store
from shared import identity, shops
from tests.faults.books import verified_books
from tests.faults.harness.deliver import deliver_from_queue, queue_messages
from tests.faults.harness.injector import Injector, every_fault, fault_injection
from tests.orders.buying import a_line, a_refund, an_event, the_account, the_order, told
from tests.support.shop import TestShop
from tests.support.stage import Opened

EVENTS = [
    an_event(lines=[a_line("1", 6_800), a_line("2", 1_001)]),
    a_refund("r1", ("1", 3_333)),
    an_event("completed"),
    a_refund("r1", ("1", 3_333)),
    a_refund("r2", unlined=500),
]


@pytest.fixture
def injector(tea: TestShop) -> Iterator[Injector]:
    with fault_injection() as injector:
        yield injector


def known() -> None:
    """The process knows the shop and the customer: only the handler's own calls are left."""
    shops.load("tea")
    identity.make_subject("tea", "u1")
    identity.find_subject("tea", "u1")


def came_to() -> tuple[Any, ...]:
    account, order = the_account(), the_order()
    sums = store.load_purchases("tea", order.subject)
    verified_books()
    return (
        (account.balance, account.pending, account.debt, account.lots),
        (order.pending, order.available, order.earned, order.refunds, order.status),
        (sums.orders, sums.paid_minor, sums.refunded_minor, sums.months, sums.days),
    )


def test_whatever_fails_on_the_way_the_same_points_are_there_in_the_end(opened_tea: Opened, injector: Injector) -> None:
    known()
    bodies = [told(event) for event in EVENTS]

    def deliver() -> None:
        assert deliver_from_queue(lambda event: service.on_event(event, None), queue_messages(bodies)) == []

    calls = injector.calls_of(deliver)
    wanted = came_to()
    for fault in every_fault(len(calls)):
        opened_tea.rows.put_back()
        injector.tokens.forget()
        known()
        bodies[:] = [told(event) for event in EVENTS]
        with injector.armed(fault):
            deliver()
        assert injector.fired, fault
        assert came_to() == wanted, fault
    assert json.loads(bodies[0])["taken_at"] == "2026-11-02T04:00:00Z"
