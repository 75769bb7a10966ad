"""Brings a shop's past sales in: `python -m services.orders.importing FILE --shop SHOP`, a preview first.

Nothing is written twice: run it again after mending the lines that were named, or after it was interrupted.
"""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from services.orders import bulk, history
from services.orders.history import Bounds, History, NoHistory, Sale
from shared import badlines, clock, logs, shops
from shared.badlines import BadLine
from shared.errors import Missing
from shared.shops import Shop

AT_ONCE = 8
NO_MINOR = frozenset({"JPY", "KRW", "VND", "CLP", "ISK"})
"""Currencies without a smaller unit."""
CANNOT = 1

console = Console(highlight=False)


def run(
    file: Annotated[Path, typer.Argument(help="CSV: order_id, customer_id, at, sku, quantity, paid, currency")],
    shop: Annotated[str, typer.Option(help="the shop's id")],
    *,
    with_points: Annotated[bool, typer.Option("--with-points", help="give what the orders would have earned")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask after the preview")] = False,
    at_once: Annotated[int, typer.Option(min=1, max=32, help="customers at the same time")] = AT_ONCE,
) -> None:
    """Import a shop's past orders from a CSV file."""
    found, whose = _read(file, shop)
    _preview(found, whose, with_points=with_points)
    if not found.sales:
        console.print("There is nothing to import.")
        return
    if not yes and not (sys.stdin.isatty() and typer.confirm("Import these orders?")):
        console.print("Nothing was written. Say yes, or run it again with --yes.")
        return
    new, points, faults = import_all(found, whose, with_points=with_points, at_once=at_once)
    console.print(
        f"[green]{new:,} orders are new, {len(found.sales) - new:,} were there already[/], {points:,} points."
    )
    badlines.tell([*found.faults, *faults], file, console)


def _read(file: Path, shop: str) -> tuple[History, Shop]:
    try:
        whose = shops.load_fresh(shop)
        digits = 0 if whose.currency in NO_MINOR else 2
        with file.open(encoding="utf-8-sig", newline="") as text:
            return history.read(text, Bounds(whose.currency, digits, clock.now())), whose
    except Missing:
        reason = f"There is no shop {shop!r} here."
    except (OSError, NoHistory, UnicodeDecodeError) as error:
        reason = f"{file}: {error}"
    console.print(f"[red]{reason}[/]")
    raise typer.Exit(CANNOT)


def _preview(found: History, shop: Shop, *, with_points: bool) -> None:
    told = Table(title=f"{shop.id}: orders to import", show_header=False)
    told.add_column()
    told.add_column(justify="right")
    points = _points(found, shop) if with_points else 0
    digits = 0 if shop.currency in NO_MINOR else 2
    for name, value in (
        ("lines", f"{found.lines:,}"),
        ("lines that cannot be taken", f"{len(found.faults):,}"),
        ("orders", f"{len(found.sales):,}"),
        ("orders left out for a wrong line", f"{len(found.spoilt - {''}):,}"),
        ("customers", f"{len(found.by_customer):,}"),
        ("paid", f"{found.paid_minor / 10**digits:,.{digits}f} {shop.currency}"),
        ("points to give", f"{points:,}" if with_points else "none (--with-points gives them)"),
    ):
        told.add_row(name, value)
    console.print(told)


def _points(found: History, shop: Shop) -> int:
    return sum(bulk.imported(shop, "", sale, with_points=True).available for sale in found.sales.values())


def import_all(found: History, shop: Shop, *, with_points: bool, at_once: int) -> tuple[int, int, list[BadLine]]:
    """Write everything; how many orders are new, the points they gave, and what is there otherwise already."""

    def one(customer: tuple[str, list[Sale]]) -> list[bulk.Written]:
        return list(bulk.write(shop, *customer, with_points=with_points))

    columns = (TextColumn("customers"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress, ThreadPoolExecutor(at_once) as threads:
        by_customer = found.by_customer
        written = list(progress.track(threads.map(one, by_customer.items()), total=len(by_customer)))
    each = [part for parts in written for part in parts]
    return sum(part.new for part in each), sum(part.points for part in each), [f for part in each for f in part.faults]


if __name__ == "__main__":
    logs.install()
    typer.run(run)
