"""The bill of a month on AWS: `make cost SHOPS= MEMBERS=`; `--write` keeps it as docs/cost.md."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from infra.cost import page

PAGE = Path(__file__).resolve().parents[2] / "docs" / "cost.md"
SHOPS_MOST, MEMBERS_MOST = 100_000, 1_000_000


class CannotCount(Exception):
    """What was asked for makes no bill; the message says why."""


def main(given: Sequence[str]) -> int:
    """Print the bill, or write it."""
    parser = argparse.ArgumentParser(prog="make cost", description="A month on AWS, at list prices.")
    parser.add_argument("--shops", default="", help=f"1 to {SHOPS_MOST:,}; {page.SHOPS} when not said")
    parser.add_argument("--members", default="", help=f"of each shop, 1 to {MEMBERS_MOST:,}; {page.MEMBERS:,}")
    parser.add_argument("--write", action="store_true", help="write docs/cost.md, which shows the usual shop")
    arguments = parser.parse_args(given)
    try:
        if arguments.write:
            return _write(arguments)
        shops = _count("SHOPS", arguments.shops, page.SHOPS, SHOPS_MOST)
        members = _count("MEMBERS", arguments.members, page.MEMBERS, MEMBERS_MOST)
    except CannotCount as wrong:
        print(wrong, file=sys.stderr)
        return 2
    print(page.text(shops, members), end="")
    return 0


def _write(arguments: argparse.Namespace) -> int:
    if arguments.shops or arguments.members:
        raise CannotCount("docs/cost.md shows the usual shop: leave out SHOPS and MEMBERS to write it.")
    PAGE.write_text(page.text(), "utf-8")
    return 0


def _count(name: str, given: str, usual: int, most: int) -> int:
    """The number that was given as text, or the usual one. Raises CannotCount."""
    if not given:
        return usual
    if not (given.isascii() and given.isdigit() and len(given) <= len(str(most)) and 1 <= int(given) <= most):
        raise CannotCount(f"{name} is a whole number from 1 to {most:,}, not {given!r}: make cost {name}={usual}")
    return int(given)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
