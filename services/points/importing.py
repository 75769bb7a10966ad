"""Brings balances along from elsewhere: `python -m services.points.importing FILE --shop SHOP`, a preview first.

Nothing is entered twice: run it again after mending the lines that were named, or after it was interrupted. Nobody is
sent a message. `--undo` reverses what the file brought.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from services.points import migration
from services.points.migration import Balances, NoBalances
from shared import badlines, clock, logs, shops
from shared.badlines import BadLine
from shared.errors import Conflict, Missing
from shared.ledger.account import Now
from shared.ledger.lots import NEVER
from shared.shops import Shop

CANNOT = 1

console = Console(highlight=False)


def run(
    file: Annotated[Path, typer.Argument(help="CSV: customer_id, points, expires_at, reference")],
    shop: Annotated[str, typer.Option(help="the shop's id")],
    *,
    undo: Annotated[bool, typer.Option("--undo", help="reverse what this file brought")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask after the preview")] = False,
) -> None:
    """Import customers' balances from a CSV file."""
    found, whose = _read(file, shop)
    _preview(found, whose)
    if not found.taken:
        console.print("There is nothing to import.")
    elif yes or (sys.stdin.isatty() and typer.confirm("Reverse these balances?" if undo else "Enter these balances?")):
        found.faults.extend(_carry_out(found, whose, undo=undo))
    else:
        console.print("Nothing was written. Say yes, or run it again with --yes.")
    badlines.tell(found.faults, file, console)


def _read(file: Path, shop: str) -> tuple[Balances, Shop]:
    try:
        whose = shops.load_fresh(shop)
        with file.open(encoding="utf-8-sig", newline="") as text:
            return migration.read(text, whose.today(clock.now())), whose
    except Missing:
        reason = f"There is no shop {shop!r} here."
    except (OSError, NoBalances, UnicodeDecodeError) as error:
        reason = f"{file}: {error}"
    console.print(f"[red]{reason}[/]")
    raise typer.Exit(CANNOT)


def _preview(found: Balances, shop: Shop) -> None:
    told = Table(title=f"{shop.id}: balances", show_header=False)
    told.add_column()
    told.add_column(justify="right")
    worth = shop.points.worth_minor(found.liability)
    for name, value in (
        ("lines that can be taken", f"{len(found.taken):,}"),
        ("lines that cannot", f"{len(found.faults):,}"),
        ("customers", f"{len({balance.customer_id for balance in found.taken}):,}"),
        ("points, all together", f"{found.liability:,}"),
        ("of these for ever", f"{sum(b.points for b in found.taken if b.bucket == NEVER):,}"),
        ("worth", "not said by the shop" if worth is None else f"{worth:,} minor units of {shop.currency}"),
    ):
        told.add_row(name, value)
    console.print(told)


def _carry_out(found: Balances, shop: Shop, *, undo: bool) -> list[BadLine]:
    at = clock.now()
    now, faults, done = Now(at, shop.today(at)), list[BadLine](), Counter[str]()
    act = migration.undo if undo else migration.bring
    for balance in track(found.taken, description="balances", console=console):
        try:
            done[act(shop, now, balance)] += 1
        except ValueError as error:
            faults.append(BadLine(balance.line, str(error), balance.reference))
        except Conflict:
            faults.append(BadLine(balance.line, "others kept writing; run it again", balance.reference))
    what = "reversed" if undo else "entered"
    console.print(
        f"[green]{done['new']:,} {what}, {done['there']:,} were so already[/], {done['gone']:,} never imported."
    )
    return faults


if __name__ == "__main__":
    logs.install()
    typer.run(run)
