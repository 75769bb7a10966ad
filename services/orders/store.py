"""Orders and what they add up to, in their tables."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import from_json, to_json

from services.orders import order as orders
from services.orders.order import Order
from services.orders.purchases import Purchases
from shared import ids, tables
from shared.clock import fixed_width, rfc3339
from shared.errors import Missing
from shared.ledger import book
from shared.ledger.account import Account
from shared.rows import Part, Writes
from shared.schema import CustomerRow, OrderRow

ORDER, PURCHASES = "order", "purchases"
DUE = "orders"
DUE_SLICES = 4


# ── read ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Seen:
    """An order (None: never heard of), its customer's purchases and account, by one read."""

    order: Order | None
    purchases: Purchases
    account: Account


def load(shop: str, order_id: str, subject: str) -> Seen:
    """Everything that an event of an order may change, as it is now."""
    found, sums, account = tables.read_together(
        [
            (OrderRow, _pk(shop, order_id), ORDER),
            (CustomerRow, f"{shop}#{subject}", PURCHASES),
            book.account_key(shop, subject),
        ]
    )
    order = _order(found) if found else None
    return Seen(order, _purchases(sums), book.account_from(shop, subject, account))


@dataclass(frozen=True)
class SeenMany:
    """Several orders of one customer (None: never heard of), with the customer's purchases and account."""

    orders: Sequence[Order | None]
    purchases: Purchases
    account: Account


def load_many(shop: str, order_ids: Sequence[str], subject: str) -> SeenMany:
    """Everything that an import of a customer's orders (at most 98) may change, as it is now."""
    keys = [(OrderRow, _pk(shop, order_id), ORDER) for order_id in order_ids]
    sums_key = (CustomerRow, f"{shop}#{subject}", PURCHASES)
    *rows, sums, account = tables.read_together([*keys, sums_key, book.account_key(shop, subject)])
    orders = [_order(row) if row else None for row in rows]
    return SeenMany(orders, _purchases(sums), book.account_from(shop, subject, account))


def load_order(shop: str, order_id: str) -> Order:
    """One order as it is now. Raises Missing."""
    row = tables.find(OrderRow, _pk(shop, order_id), ORDER)
    if row is None:
        raise Missing
    return _order(row)


def load_purchases(shop: str, subject: str) -> Purchases:
    """What a customer's purchases add up to now."""
    return _purchases(tables.find(CustomerRow, f"{shop}#{subject}", PURCHASES))


def find_orders(shop: str, order_ids: Sequence[str]) -> list[Order | None]:
    """Orders by their ids (at most 100), in the order asked."""
    rows = tables.read_together([(OrderRow, _pk(shop, order_id), ORDER) for order_id in order_ids])
    return [_order(row) if row else None for row in rows]


@dataclass(frozen=True)
class Page:
    """Some orders, and where the next page begins."""

    orders: Sequence[Order]
    after: str | None


def list_orders(shop: str, subject: str, *, limit: int, after: str | None) -> Page:
    """A customer's orders, the latest first; without a customer (an empty subject) everybody's, customer by customer.

    The index has only keys and may be a moment behind; the orders themselves are read as they are now.
    """
    found = OrderRow.by_customer.query(
        shop,
        OrderRow.whose.startswith(f"{subject}#") if subject else None,
        scan_index_forward=False,
        limit=limit,
        page_size=limit,
        last_evaluated_key=_place(shop, after) if after else None,
    )
    order_ids = [_order_id(row.pk) for row in found]
    listed = find_orders(shop, order_ids) if order_ids else []
    more = found.last_evaluated_key
    position = f"{more['whose']['S']}#{_order_id(more['pk']['S'])}" if more else None
    return Page([order for order in listed if order], position)


def _place(shop: str, after: str) -> dict[str, Any]:
    """Where the index goes on: behind ``{subject}#{at}#{order id}``."""
    subject, at, order_id = after.split("#", 2)
    told = {"pk": _pk(shop, order_id), "sk": ORDER, "shop": shop, "whose": f"{subject}#{at}"}
    return {name: {"S": value} for name, value in told.items()}


def due_orders(number: int, now: datetime) -> Iterator[tuple[str, str]]:
    """Shop and id of each order of one slice whose points have waited enough; the index may be a moment behind."""
    for row in OrderRow.by_due.query(f"{DUE}#{number}", OrderRow.due_at <= fixed_width(now)):
        shop, _, order_id = row.pk.partition("#")
        yield shop, order_id


# ── written ──────────────────────────────────────────────────────────────────────────────────────


def save_order(shop: str, order: Order) -> None:
    """Write an order that changes nothing else. Raises LostRace when it is not the one it was decided on."""
    row, condition = _row(shop, order), _unchanged(order)
    tables.save(row, condition)


def order_part(shop: str, order: Order) -> Part:
    """Write an order, which must follow the stored one."""

    def put(write: Writes) -> None:
        write.save(_row(shop, order), condition=_unchanged(order))

    return put


def purchases_part(shop: str, subject: str, purchases: Purchases, at: datetime) -> Part:
    """Write a customer's sums, which must follow the stored ones."""
    told = {name: value for name, value in vars(purchases).items() if value and name != "version"}
    row = CustomerRow(
        f"{shop}#{subject}",
        PURCHASES,
        subject=subject,
        body=to_json(told).decode(),
        version=purchases.version,
        at=rfc3339(at),
    )
    first = purchases.version == 1
    condition = CustomerRow.pk.does_not_exist() if first else CustomerRow.version == purchases.version - 1
    return lambda write: write.save(row, condition=condition)


def _unchanged(order: Order) -> Any:
    return OrderRow.pk.does_not_exist() if order.version == 1 else OrderRow.version == order.version - 1


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────


def _pk(shop: str, order_id: str) -> str:
    return f"{shop}#{order_id}"


def _order_id(pk: str) -> str:
    return pk.partition("#")[2]


def _order(row: OrderRow) -> Order:
    subject, _, at = row.whose.partition("#")
    return orders.unpack(_order_id(row.pk), subject, at, row.version, from_json(row.body))


def _row(shop: str, order: Order) -> OrderRow:
    waits = bool(order.pending and order.due_at)
    return OrderRow(
        _pk(shop, order.order_id),
        ORDER,
        shop=shop,
        whose=f"{order.subject}#{order.at}",
        body=to_json(orders.pack(order)).decode(),
        version=order.version,
        due=f"{DUE}#{ids.slice_of(order.order_id, DUE_SLICES)}" if waits else None,
        due_at=order.due_at if waits else None,
    )


def _purchases(row: CustomerRow | None) -> Purchases:
    return Purchases(**from_json(row.body or "{}"), version=row.version) if row else Purchases()
