"""The demo shop's past sales: sixty orders, each of which went its way as orders do."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from infra.local import demo_shop
from infra.local.demo_shop import TEAS

ORDERS = 60
COMPLETED_AFTER = timedelta(days=3)
REGULARS = {"laozhou": (58, 51, 47, 45), "amei": (55, 41, 33, 26, 19, 12, 6, 1)}
"""How many days ago the two whom everybody meets bought; the other orders are spread over the other customers."""

Told = tuple[datetime, dict[str, Any]]
"""When the shop told something of an order, and what."""


def sales(customers: list[str], now: datetime) -> dict[str, list[Told]]:
    """What was told of each customer's orders, in order of time."""
    draw = random.Random(demo_shop.SHOP_ID)  # noqa: S311 - the same demo every time
    found: dict[str, list[Told]] = {}
    for number, (customer_id, days) in enumerate(_bought(customers, draw), start=1):
        at = now - timedelta(days=days, minutes=draw.randint(10, 300))
        told = list(_life(f"GF-{number:04d}", at, draw, number))
        found.setdefault(customer_id, []).extend((moment, event) for moment, event in told if moment <= now)
    return {customer_id: sorted(told, key=lambda each: each[0]) for customer_id, told in found.items()}


def _bought(customers: list[str], draw: random.Random) -> Iterator[tuple[str, int]]:
    """Who bought, how many days ago."""
    for customer_id, days in REGULARS.items():
        yield from ((customer_id, each) for each in days)
    others = [each for each in customers if each not in REGULARS]
    for number in range(ORDERS - sum(map(len, REGULARS.values()))):
        yield others[number % len(others)], draw.randint(0, 55)


def _life(order_id: str, at: datetime, draw: random.Random, number: int) -> Iterator[Told]:
    """Paid, shipped and completed; of every ninth a part is refunded, one in thirty is cancelled."""
    teas = draw.sample(TEAS, draw.choice((1, 1, 2)))
    lines = [line(tea, draw.choice((1, 1, 1, 2))) for tea in teas]
    yield at, _event("paid", order_id, at, lines=lines, currency=demo_shop.CURRENCY)
    if number % 30 == 0:
        yield _later("cancelled", order_id, at + timedelta(hours=2))
        return
    yield _later("shipped", order_id, at + timedelta(hours=20))
    yield _later("completed", order_id, at + COMPLETED_AFTER)
    if number % 9 == 0:
        part = {"line_id": lines[0]["line_id"], "refunded_minor": lines[0]["paid_minor"] // 2}
        back = at + COMPLETED_AFTER + timedelta(hours=6)
        yield back, _event("refunded", order_id, back, refund_id=f"R-{number:04d}", lines=[part])


def line(tea: demo_shop.Tea, quantity: int) -> dict[str, Any]:
    """A line of an order."""
    return {
        "line_id": tea.id,
        "sku": tea.id,
        "title": tea.name["zh-CN"],
        "category": tea.category,
        "quantity": quantity,
        "paid_minor": quantity * tea.price_minor,
    }


def _later(step: str, order_id: str, at: datetime) -> Told:
    return at, _event(step, order_id, at)


def _event(step: str, order_id: str, at: datetime, **more: Any) -> dict[str, Any]:
    return {"type": f"order.{step}", "order_id": order_id, "at": at.isoformat(timespec="seconds"), **more}
