"""Balances brought along: previewed, entered once for each reference, undone by reversal, told to nobody."""

from datetime import date
from pathlib import Path

import pytest

from services.points import importing, migration, outbox
from services.points.migration import NoBalances
from shared import identity
from shared.ledger import book
from shared.ledger.account import Account
from tests.support.shop import MovableClock, TestShop

TODAY = date(2026, 11, 2)
HEAD = "customer_id,points,expires_at,reference"
FILE = f"{HEAD}\nu1,50,2027-02-10,old-1\nu1,20,,old-2\nu2,30,2026-12-31,old-3\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "balances.csv"
    made.write_text(FILE, "utf-8")
    return made


def account(customer_id: str) -> Account:
    return book.load_account("tea", identity.find_subject("tea", customer_id) or "", consistent=True)


def bring(file: Path, *, undo: bool = False) -> None:
    importing.run(file, "tea", undo=undo, yes=True)


def test_balances_come_in_with_their_own_expiry(tea: TestShop, time: MovableClock, file: Path) -> None:
    bring(file)

    assert account("u1").lots == {"2027-02": 50, "never": 20}
    assert account("u2").lots == {"2026-12": 30}


def test_again_changes_nothing(tea: TestShop, time: MovableClock, file: Path, capsys: pytest.CaptureFixture) -> None:
    bring(file)
    before = account("u1")
    bring(file)

    assert account("u1") == before
    assert "0 entered, 3 were so already" in " ".join(capsys.readouterr().out.split())


def test_the_preview_tells_what_the_shop_would_owe_and_writes_nothing(
    tea: TestShop, time: MovableClock, file: Path, capsys: pytest.CaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)

    importing.run(file, "tea", yes=False)

    assert "100" in capsys.readouterr().out
    assert identity.find_subject("tea", "u1") is None


def test_undoing_reverses_once_and_nobody_is_told(tea: TestShop, time: MovableClock, file: Path) -> None:
    bring(file)
    bring(file, undo=True)
    bring(file, undo=True)

    assert (account("u1").balance, account("u2").balance) == (0, 0)
    subject = identity.find_subject("tea", "u1") or ""
    entries = book.list_entries("tea", subject, limit=10).entries
    assert [entry.kind for entry in entries] == ["reverse", "reverse", "opening", "opening"]
    assert [outbox.event_of(entry) for entry in entries] == [None] * 4


def test_undoing_takes_back_what_was_imported_and_not_what_the_file_says_now(
    tea: TestShop, time: MovableClock, file: Path
) -> None:
    bring(file)
    file.write_text(FILE.replace("50", "51"), "utf-8")

    bring(file, undo=True)

    assert (account("u1").balance, account("u1").debt) == (50, 0)
    assert "imported before with 50 points" in file.with_name(f"{file.name}.errors.csv").read_text("utf-8")


def test_a_reference_that_came_with_other_points_is_named(
    tea: TestShop, time: MovableClock, file: Path, tmp_path: Path
) -> None:
    bring(file)
    file.write_text(FILE.replace("50", "51"), "utf-8")
    bring(file)

    named = (tmp_path / "balances.csv.errors.csv").read_text("utf-8").splitlines()
    assert named[1:] == ["2,this reference was imported before with 50 points,old-1"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("u1,50,2027-02-10", "4 columns"),
        (",50,,r", "customer_id"),
        ("u1,0,,r", "points"),
        ("u1,1.5,,r", "points"),
        ("u1,-3,,r", "points"),
        ("u1,50,soon,r", "expires_at"),
        ("u1,50,2026-11-01,r", "expired"),
        ("u1,50,,", "reference"),
        ("u1,50,,first", "earlier line"),
    ],
)
def test_a_wrong_line_is_named_with_its_reason(line: str, reason: str) -> None:
    found = migration.read([f"{HEAD}\n", "u9,1,,first\n", f"{line}\n"], TODAY)

    (fault,) = found.faults
    assert (fault.line, fault.text, found.liability) == (3, line, 1)
    assert reason in fault.reason


def test_points_are_good_on_the_day_they_end() -> None:
    assert migration.read([f"{HEAD}\n", "u1,5,2026-11-02,r\n"], TODAY).taken[0].bucket == "2026-11"


def test_a_file_of_something_else_is_refused() -> None:
    with pytest.raises(NoBalances):
        migration.read(["id,amount\n"], TODAY)
