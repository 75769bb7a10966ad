"""What is typed: `make cost SHOPS= MEMBERS=`."""

import pytest

from infra.cost import __main__ as command
from infra.cost import page


def test_nothing_said_is_the_usual_shop(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--shops=", "--members="]) == 0

    assert capsys.readouterr().out == page.text()


def test_one_shop_with_one_member_has_a_bill(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--shops=1", "--members=1"]) == 0

    assert "### 1 shop with 1 member each\n" in capsys.readouterr().out


@pytest.mark.parametrize("given", ["0", "-5", "100001", "many", "1.5", "٣", "1e3", " 7", "9" * 5_000])
def test_a_number_that_is_none_is_refused_with_one_that_is(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main([f"--shops={given}"]) == 2

    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == f"SHOPS is a whole number from 1 to 100,000, not {given!r}: make cost SHOPS=100\n"


def test_a_number_of_members_is_refused_by_its_own_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["--members=none"]) == 2

    assert capsys.readouterr().err.startswith("MEMBERS is a whole number from 1 to 1,000,000, not 'none'")


def test_the_page_is_not_written_for_another_shop(capsys: pytest.CaptureFixture[str]) -> None:
    before = command.PAGE.read_bytes()

    assert command.main(["--write", "--shops=5"]) == 2

    assert "leave out SHOPS and MEMBERS" in capsys.readouterr().err
    assert command.PAGE.read_bytes() == before
