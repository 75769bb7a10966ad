"""`make seed-full`: the CDNOW purchases as the demo shop's history, their dates shifted to end yesterday."""

import csv
import sys
import tempfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from infra.local import demo_shop
from services.orders import importing
from services.orders.history import COLUMNS
from shared import clock

SAMPLE = Path(__file__).parent / "data" / "cdnow_sample.txt"
"""Where it comes from is told in the README beside it."""


def rows(text: str, yesterday: date, currency: str) -> list[tuple[str, ...]]:
    """The sample as lines of an import: a purchase is an order, at noon UTC of its shifted day."""
    bought = [line.split() for line in text.splitlines() if line.strip()]
    days = [datetime.strptime(line[2], "%Y%m%d").replace(tzinfo=UTC).date() for line in bought]
    shift = yesterday - max(days)
    return [
        (f"cdnow-{n:05d}", f"cdnow-{line[0]}", _noon(day + shift), "cd", line[3], line[4], currency)
        for n, (line, day) in enumerate(zip(bought, days, strict=True), start=1)
    ]


def _noon(day: date) -> str:
    return datetime.combine(day, time(4), UTC).isoformat()


def main() -> int:
    """Import it into the running stack's shop."""
    yesterday = clock.now().astimezone(demo_shop.ZONE).date() - timedelta(days=1)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "cdnow.csv"
        with file.open("w", encoding="utf-8", newline="") as text:
            told = rows(SAMPLE.read_text("utf-8"), yesterday, demo_shop.CURRENCY)
            csv.writer(text).writerows([COLUMNS, *told])
        importing.run(file, demo_shop.SHOP_ID, with_points=False, yes=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
