"""The report: how points came and went by source, what is owed by expiry, and how the last night ended."""

from datetime import date, datetime
from typing import Any

import pytest

from services.points import nights
from services.points.app import app
from services.points.figures import Figures, of_entry, together
from services.points.report import ReportQuery, report
from shared.errors import Invalid
from shared.ledger import movements
from shared.ledger.policy import Policy
from shared.ledger.posting import Mark, Source
from tests.support.asking import ask
from tests.support.ledger import AT, a_beginning, a_mark
from tests.support.shop import MovableClock, TestShop, an_operator
from tests.support.tables import Platform

FIRST, LAST = date(2026, 11, 1), date(2026, 11, 30)
A_NIGHT = Figures(
    accounts=3,
    entries=9,
    flows={"issued": {"order": 70, "signin": 29}, "redeemed": {"reward": 30}, "expired": {"expiry": 10}},
    expiry={"2026-12-31": 20, "": 40, "2026-11-30": 5},
    pending=7,
    held=3,
    debt=2,
)


def told(
    *nights: Figures, latest: tuple[date, datetime, Figures] | None = None, language: str = "en"
) -> dict[str, Any]:
    policy = Policy(value=(10, 1))
    return report((FIRST, LAST), nights, latest, (policy, "CNY", language)).model_dump(mode="json")


def test_flows_are_added_up_by_source_the_most_first() -> None:
    issued = told(A_NIGHT, A_NIGHT)["issued"]

    assert issued["points"] == 198
    assert [(each["source"], each["points"], each["percent"]) for each in issued["by_source"]] == [
        ("order", 140, 71),
        ("signin", 58, 29),
    ]


@pytest.mark.parametrize(("language", "name"), [("en", "Purchases"), ("zh-CN", "购物")])
def test_sources_have_names_in_the_readers_language(language: str, name: str) -> None:
    assert told(A_NIGHT, language=language)["issued"]["by_source"][0]["name"] == name


def test_shares_are_whole_percents_and_none_of_nothing() -> None:
    assert (told(A_NIGHT)["purchase_share_percent"], told(A_NIGHT)["breakage_percent"]) == (71, 25)
    assert (told()["purchase_share_percent"], told()["breakage_percent"], told()["days"]) == (None, None, 0)


def test_what_is_owed_comes_by_its_last_day_and_never_last() -> None:
    liability = told(latest=(LAST, AT, A_NIGHT))["liability"]

    assert [(each["until"], each["points"]) for each in liability["by_expiry"]] == [
        ("2026-11-30", 5),
        ("2026-12-31", 20),
        (None, 40),
    ]
    assert (liability["points"], liability["money_value"]) == (75, {"amount_minor": 7, "currency": "CNY"})


def test_the_last_night_is_told_whatever_the_range() -> None:
    assert told(latest=(LAST, AT, A_NIGHT))["reconciliation"] == {
        "day": "2026-11-30",
        "at": "2026-11-02T04:00:00Z",
        "accounts": 3,
        "entries": 9,
        "faults": 0,
    }
    assert told()["reconciliation"] is None


def test_every_kind_of_movement_counts_so_that_flows_add_up_to_balances() -> None:
    posting = movements.earn(a_beginning(), 50, a_mark("k1"))
    posting = movements.spend(posting, 20, a_mark("k2"))
    posting = movements.give_back(posting, {"never": 5}, a_mark("k3"))
    posting = movements.adjust(posting, -3, a_mark("k4"))
    posting = movements.earn_pending(posting, 9, a_mark("k5"))
    posting = movements.release(posting, 9, Mark("k6", FIRST, Source("order", "o1", "completed")))

    sums = {"issued": 0, "redeemed": 0, "expired": 0, "reversed": 0}
    for entry in posting.entries:
        for flow, by_source in of_entry(entry).items():
            sums[flow] += sum(by_source.values())

    assert sums == {"issued": 59, "redeemed": 15, "expired": 0, "reversed": 3}
    assert posting.after.balance == 59 - 15 - 3


def test_slices_add_up_to_the_shop() -> None:
    both = together(A_NIGHT, A_NIGHT)

    assert (both.accounts, both.pending, both.expiry[""], both.flows["expired"]) == (6, 14, 80, {"expiry": 20})
    assert together(Figures(), A_NIGHT) == A_NIGHT


class TestDays:
    def test_by_default_this_month_up_to_yesterday(self) -> None:
        assert ReportQuery.model_validate({}).days(date(2026, 11, 25)) == (FIRST, date(2026, 11, 24))
        assert ReportQuery.model_validate({}).days(date(2026, 12, 1)) == (FIRST, LAST)

    @pytest.mark.parametrize(("first", "last"), [("2026-11-02", "2026-11-01"), ("2025-11-01", "2026-11-02")])
    def test_the_wrong_way_round_or_too_many_are_refused(self, first: str, last: str) -> None:
        with pytest.raises(Invalid):
            ReportQuery.model_validate({"from": first, "to": last}).days(LAST)


def test_a_viewer_reads_it_after_the_night(platform: Platform, tea: TestShop, time: MovableClock) -> None:
    for number in range(16):
        nights.save_slice(tea.id, FIRST, number, A_NIGHT if number == 0 else Figures())

    answer = ask(
        app, "GET", "/v1/admin/reports", bearer=an_operator(tea), query={"from": "2026-11-01", "to": "2026-11-30"}
    )

    body = answer.json
    assert answer.status == 200
    assert (body["from"], body["to"], body["days"]) == ("2026-11-01", "2026-11-30", 1)
    assert body["issued"]["points"] == 99
    assert body["reconciliation"]["accounts"] == 3
