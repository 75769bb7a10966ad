"""Past sales from a file: what is wrong is named, the rest is in, once, and adds up to what the file says."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import typer

from infra.local import seed_full
from services.orders import history, importing, store
from services.orders.history import COLUMNS, Bounds, History, NoHistory
from shared import identity
from shared.ledger.policy import Expiry, Policy
from tests.faults.books import verified_books
from tests.faults.harness.effort import effort
from tests.orders.buying import a_refund, an_event, decide, hear, the_account, the_order
from tests.support.batches import raw_items
from tests.support.shop import MovableClock, TestShop

NOW = datetime(2026, 11, 2, 4, tzinfo=UTC)
GOOD = ("o1", "u1", "2026-01-02T12:00:00+08:00", "cd", "2", "29.33", "CNY")


def a_row(**changes: str) -> tuple[str, ...]:
    return tuple((dict(zip(COLUMNS, GOOD, strict=True)) | changes).values())


def as_csv(rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([COLUMNS, *rows])
    return text.getvalue()


def read(rows: Iterable[Sequence[str]]) -> History:
    return history.read(io.StringIO(as_csv(rows)), Bounds("CNY", 2, NOW))


def run(folder: Path, rows: Iterable[Sequence[str]], *, with_points: bool = False, yes: bool = True) -> Path:
    """The command over a file of these lines; where it names the wrong ones."""
    file = folder / "orders.csv"
    file.write_text(as_csv(rows), "utf-8")
    importing.run(file, "tea", with_points=with_points, yes=yes, at_once=1)
    return folder / "orders.csv.errors.csv"


BAD = [
    {"order_id": ""},
    {"order_id": "a#b"},
    {"customer_id": ""},
    {"at": "yesterday"},
    {"at": "2026-01-02T12:00:00"},
    {"at": "2027-01-02T12:00:00Z"},
    {"quantity": "0"},
    {"quantity": "1.5"},
    {"paid": "29.333"},
    {"paid": "-1"},
    {"paid": "1e3"},
    {"currency": "USD"},
    {"sku": ""},
]


@pytest.mark.parametrize("changes", BAD, ids=str)
def test_a_line_that_cannot_be_is_named_with_its_number(changes: dict[str, str]) -> None:
    found = read([a_row(order_id="o0"), a_row(**changes), a_row(order_id="o2")])

    assert [fault.line for fault in found.faults] == [3]
    assert set(found.sales) == {"o0", "o2"}


def test_lines_of_one_order_belong_together_and_a_wrong_one_leaves_all_of_it_out() -> None:
    found = read([a_row(), a_row(sku="b", paid="1"), a_row(order_id="o2"), a_row(order_id="o2", customer_id="u2")])

    assert [line["paid_minor"] for line in found.sales["o1"].lines] == [2_933, 100]
    assert set(found.sales) == {"o1"}
    assert "line 4" in found.faults[0].reason


def test_a_file_without_the_columns_is_refused() -> None:
    with pytest.raises(NoHistory, match="paid"):
        history.read(io.StringIO("order_id,customer_id\n1,2\n"), Bounds("CNY", 2, NOW))


def test_ten_bad_lines_are_named_and_the_rest_is_in(
    tea: TestShop, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [a_row(order_id=f"o{n}", paid="x" if n % 5 == 0 else "10") for n in range(50)]

    named = run(tmp_path, rows)

    assert [row["line"] for row in csv.DictReader(named.read_text("utf-8").splitlines())] == [
        str(n + 2) for n in range(0, 50, 5)
    ]
    assert len(raw_items("orders")) == 40
    assert "10 lines are not in" in " ".join(capsys.readouterr().out.split())


def test_nothing_is_written_before_somebody_says_yes(tea: TestShop, tmp_path: Path) -> None:
    run(tmp_path, [a_row()], yes=False)

    assert raw_items("orders") == []


def test_a_shop_that_is_not_there_ends_it(tea: TestShop, tmp_path: Path) -> None:
    with pytest.raises(typer.Exit):
        importing.run(tmp_path / "none.csv", "tea", yes=True)
    with pytest.raises(typer.Exit):
        importing.run(tmp_path / "none.csv", "nowhere", yes=True)


def test_the_past_gives_no_points_unless_it_is_asked_to(tea: TestShop, tmp_path: Path) -> None:
    run(tmp_path, [a_row()])

    assert (the_account().seq, the_order().status, the_order().earned) == (0, "completed", (0,))
    hear(a_refund("r1", unlined=2_933))
    assert the_account().seq == 0


def test_with_points_what_has_not_expired_since_is_given_and_can_be_taken_back(tea: TestShop, tmp_path: Path) -> None:
    decide(Policy(expiry=Expiry("months", 6)))
    rows = [a_row(), a_row(order_id="new", at="2026-10-02T12:00:00+08:00")]

    for _ in range(2):
        run(tmp_path, rows, with_points=True)
        assert dict(the_account().lots) == {"2027-04": 29}
        verified_books()

    hear(a_refund("r1", ("1", 2_933), order_id="new"))
    assert dict(the_account().lots) == {}


def test_an_order_that_is_there_already_and_says_something_else_is_named(tea: TestShop, tmp_path: Path) -> None:
    hear(an_event())

    named = run(tmp_path, [a_row(), a_row(order_id="o2")])

    assert [row["line"] for row in csv.DictReader(named.read_text("utf-8").splitlines())] == ["2"]
    assert (the_order().paid_minor, the_order("o2").paid_minor) == (6_800, 2_933)


def test_the_history_adds_up_to_what_the_file_says_and_importing_it_twice_changes_nothing(
    tea: TestShop, tmp_path: Path, time: MovableClock
) -> None:
    text = seed_full.SAMPLE.read_text("utf-8").splitlines()
    rows = seed_full.rows("\n".join(text[-effort(250, len(text)) :]), date(2026, 11, 1), "CNY")

    run(tmp_path, rows)
    first = {table: raw_items(table) for table in ("orders", "customers", "entries", "accounts")}
    time.forward(hours=1)
    run(tmp_path, rows)

    assert {table: raw_items(table) for table in first} == first
    counted, spent, days = Counter[str](), Counter[str](), defaultdict[str, list[str]](list)
    for _, customer, at, _, _, paid, _ in rows:
        counted[customer] += 1
        spent[customer] += round(float(paid) * 100)
        days[customer].append(at[:10])
    assert sum(counted.values()) == len(rows) == len(first["orders"])
    for customer, orders in counted.items():
        found = store.load_purchases("tea", identity.find_subject("tea", customer) or "")
        assert (found.orders, found.paid_minor, found.first, found.last) == (
            orders,
            spent[customer],
            min(days[customer]),
            max(days[customer]),
        )
        assert sum(found.months.values()) == spent[customer]


def test_the_sample_is_whole_and_ends_yesterday() -> None:
    rows = seed_full.rows(seed_full.SAMPLE.read_text("utf-8"), date(2026, 11, 1), "CNY")

    assert (len(rows), len({row[1] for row in rows}), max(row[2] for row in rows)[:10]) == (6_919, 2_357, "2026-11-01")
    assert read(rows).faults == []
