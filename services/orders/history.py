"""A shop's past sales in a file: lines of CSV become orders, and what is wrong with a line is said. Pure."""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared.badlines import BadLine
from shared.clock import fixed_width, parse

COLUMNS = ("order_id", "customer_id", "at", "sku", "quantity", "paid", "currency")
_NAME = re.compile(r"[^\x00-\x1f\x7f#]{1,64}")
_CUSTOMER = re.compile(r"[^\x00-\x1f\x7f]{1,128}")
_QUANTITY = re.compile(r"[1-9][0-9]{0,5}")
_PAID = re.compile(r"([0-9]{1,10})(?:\.([0-9]{1,3}))?")
AHEAD = timedelta(days=1)
LINES_MAX = 100


@dataclass(frozen=True)
class Sale:
    """An order of the past: ``lines`` as events have them; ``first_line`` is where it begins in the file."""

    order_id: str
    customer_id: str
    at: str
    first_line: int
    lines: tuple[Mapping[str, Any], ...]

    @property
    def paid_minor(self) -> int:
        return sum(line["paid_minor"] for line in self.lines)


@dataclass
class History:
    """What a file holds: whole orders, and the lines that are wrong. An order with a wrong line is left out."""

    sales: dict[str, Sale] = field(default_factory=dict)
    faults: list[BadLine] = field(default_factory=list)
    spoilt: set[str] = field(default_factory=set)
    lines: int = 0

    @property
    def by_customer(self) -> dict[str, list[Sale]]:
        found: dict[str, list[Sale]] = {}
        for sale in sorted(self.sales.values(), key=lambda sale: (sale.at, sale.order_id)):
            found.setdefault(sale.customer_id, []).append(sale)
        return found

    @property
    def paid_minor(self) -> int:
        return sum(sale.paid_minor for sale in self.sales.values())


class NoHistory(Exception):
    """The file has not the columns asked for."""


@dataclass(frozen=True)
class Bounds:
    """What a line is held to: the shop's currency with its digits after the point, and now."""

    currency: str
    digits: int
    now: datetime


def read(text: Iterable[str], bounds: Bounds) -> History:
    """The history in a CSV file with a heading. Raises NoHistory."""
    rows = csv.DictReader(text, restkey="more")
    if missing := set(COLUMNS) - set(rows.fieldnames or ()):
        raise NoHistory(f"the heading lacks: {', '.join(sorted(missing))}")
    found = History()
    for row in rows:
        found.lines += 1
        reason = _take(found, row, rows.line_num, bounds)
        if reason:
            found.spoilt.add(row.get("order_id") or "")
            found.faults.append(BadLine(rows.line_num, reason, ",".join(str(row.get(name)) for name in COLUMNS)))
    for order_id in found.spoilt:
        found.sales.pop(order_id, None)
    return found


def _take(found: History, row: Mapping[str, Any], number: int, bounds: Bounds) -> str:
    """Add a line to its order; what is wrong with it, or nothing."""
    wrong = next(_wrong(row, bounds), "")
    if wrong:
        return wrong
    order_id, at = row["order_id"], fixed_width(parse(row["at"]))
    before = found.sales.get(order_id)
    if before and (before.customer_id, before.at) != (row["customer_id"], at):
        return f"order {order_id} has another customer or time in line {before.first_line}"
    lines = before.lines if before else ()
    if len(lines) == LINES_MAX:
        return f"order {order_id} has more than {LINES_MAX} lines"
    line = {
        "line_id": str(len(lines) + 1),
        "sku": row["sku"],
        "quantity": int(row["quantity"]),
        "paid_minor": _minor(row["paid"], bounds.digits),
    }
    first = before.first_line if before else number
    found.sales[order_id] = Sale(order_id, row["customer_id"], at, first, (*lines, line))
    return ""


def _wrong(row: Mapping[str, Any], bounds: Bounds) -> Iterator[str]:
    if row.get("more") or any(row.get(name) is None for name in COLUMNS):
        yield f"{len(COLUMNS)} values are needed"
        return
    for name, form in (("order_id", _NAME), ("customer_id", _CUSTOMER), ("sku", _NAME), ("quantity", _QUANTITY)):
        if not form.fullmatch(row[name]):
            yield f"{name} {row[name]!r} cannot be"
    paid = _PAID.fullmatch(row["paid"])
    if not paid or len(paid[2] or "") > bounds.digits:
        yield f"paid {row['paid']!r} is no amount in {bounds.currency}"
    if row["currency"] != bounds.currency:
        yield f"currency {row['currency']!r} is not the shop's {bounds.currency}"
    yield from _wrong_time(row["at"], bounds.now)


def _wrong_time(text: str, now: datetime) -> Iterator[str]:
    try:
        if parse(text) > now + AHEAD:
            yield f"at {text!r} is still to come"
    except ValueError:
        yield f"at {text!r} is no time with an offset"


def _minor(text: str, digits: int) -> int:
    whole, _, part = text.partition(".")
    minor: int = 10**digits
    return int(whole) * minor + int(part.ljust(digits, "0") or 0)
