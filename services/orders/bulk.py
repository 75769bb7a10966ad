"""Past sales written in bulk: a customer's orders at a time, with what they add up to, all or nothing."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from services.orders import store
from services.orders.history import Sale
from services.orders.order import Order, Terms
from services.orders.purchases import Purchases, changed
from shared import clock, identity, ids, tables
from shared.badlines import BadLine
from shared.clock import parse
from shared.errors import Conflict
from shared.ledger import book
from shared.ledger.account import Now
from shared.ledger.lots import is_over
from shared.ledger.movements import opening
from shared.ledger.posting import Posting
from shared.ledger.settling import begin
from shared.shops import Shop

TOGETHER = 40
"""Orders in one transaction, which takes 100 items: each order and perhaps its entry, the sums, the account."""


@dataclass(frozen=True)
class Written:
    """What a customer's sales came to: how many orders are new, the points they gave, and the orders that are there
    already and say something else.
    """

    new: int
    points: int
    faults: tuple[BadLine, ...]


def write(shop: Shop, customer_id: str, sales: Sequence[Sale], *, with_points: bool) -> Iterator[Written]:
    """Write a customer's past orders; what is there already stays as it is."""
    subject = identity.make_subject(shop.id, customer_id)
    for first in range(0, len(sales), TOGETHER):
        yield _write(shop, subject, sales[first : first + TOGETHER], with_points=with_points)


def _write(shop: Shop, subject: str, sales: Sequence[Sale], *, with_points: bool) -> Written:
    for _ in tables.attempts():
        seen = store.load_many(shop.id, [sale.order_id for sale in sales], subject)
        faults = tuple(
            BadLine(sale.first_line, f"order {sale.order_id} is there already and says something else", "")
            for sale, order in zip(sales, seen.orders, strict=True)
            if order and not _same(sale, order, subject)
        )
        fresh = [
            imported(shop, subject, sale, with_points=with_points)
            for sale, order in zip(sales, seen.orders, strict=True)
            if order is None
        ]
        if not fresh:
            return Written(0, 0, faults)
        parts = [store.order_part(shop.id, order) for order in fresh]
        sums = _sums(seen.purchases, fresh, subject)
        parts.append(store.purchases_part(shop.id, subject, sums, clock.now()))
        now = Now(clock.now(), shop.today(clock.now()))
        posting = _posted(begin(seen.account, shop.points, now), fresh)
        try:
            tables.commit([*parts, *book.parts(posting)] if with_points else parts)
        except (tables.LostRace, tables.Contended):
            continue
        return Written(len(fresh), sum(order.available for order in fresh), faults)
    raise Conflict


def _same(sale: Sale, order: Order, subject: str) -> bool:
    """Whether an order that is there says what the file says."""
    told = [(line["line_id"], line["sku"], line["quantity"], line["paid_minor"]) for line in sale.lines]
    kept = [(line.line_id, line.sku, line.quantity, line.paid_minor) for line in order.lines]
    return order.subject == subject and kept == told


def imported(shop: Shop, subject: str, sale: Sale, *, with_points: bool) -> Order:
    """A past order as it is kept: paid and completed then; with points, what it would have earned and still has."""
    day = shop.today(parse(sale.at))
    bucket = shop.points.bucket(day)
    counts = with_points and not is_over(bucket, "", shop.today(clock.now()))
    earned = shop.points.order_points([(line["paid_minor"], None) for line in sale.lines]) if counts else ()
    order = Order(ids.random_id(), sale.order_id, subject, shop.currency, sale.at)
    none = [0] * len(sale.lines)
    for step in ("paid", "completed"):
        event = {"type": f"order.{step}", "at": sale.at, "lines": sale.lines}
        order = order.hear(event, day.isoformat(), lambda _: Terms(earned or none, bucket))
    return replace(order.moved()[0], version=1)


def _sums(sums: Purchases, orders: Sequence[Order], subject: str) -> Purchases:
    grown = sums
    for order in orders:
        nothing = Order("", "", subject, "", "")
        grown = changed(grown, nothing, order, order.steps["paid"].day)
    return replace(grown, version=sums.version + 1)


def _posted(posting: Posting, orders: Sequence[Order]) -> Posting:
    """The points as balances brought along: they count, and nobody is told of them as of news."""
    for order in orders:
        if order.available:
            posting = opening(posting, order.available, f"order:{order.id}", order.bucket)
    return posting
