"""The bill: its page is what the code says, its figures are what is deployed, its sums can be checked by hand."""

import json
import re
from dataclasses import replace

import pytest

from infra.cost import bill, operations, page, prices
from infra.cost.bill import Behaviour, Bill
from infra.cost.operations import OPERATIONS, Operation
from infra.local.paths import ROOT
from infra.package.assemble import merged, read_base
from infra.package.functions import settings_folder

FUNCTIONS = {
    operations.CHECK_IN: ("activities", "api"),
    operations.RELAY: ("points", "relay"),
    operations.MESSAGE: ("notifications", "on_event"),
    operations.PACK: ("compliance", "pack"),
    operations.DUE: ("compliance", "tick"),
    operations.SCORE: ("compliance", "score"),
    operations.TICK: ("compliance", "tick"),
}


def test_the_page_is_what_the_code_says() -> None:
    assert (ROOT / "docs" / "cost.md").read_text("utf-8") == page.text(), "make cost ARGS=--write"


@pytest.mark.parametrize("each", FUNCTIONS, ids=lambda each: each.name)
def test_memory_is_what_the_function_is_deployed_with(each: Operation) -> None:
    service, function = FUNCTIONS[each]
    own = json.loads((settings_folder(service) / "config.json").read_text("utf-8"))
    config = merged(read_base()["config"], own)

    deployed = config.get("lambda_functions", {}).get(function, config)

    assert each.memory_mb == deployed["lambda_memory_size"]


def test_what_else_is_deployed_is_as_the_bill_has_it() -> None:
    (settings,) = read_base()["template"]["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
    config = read_base()["config"]
    at_rest = (ROOT / "docs" / "operations.md").read_text("utf-8")

    assert settings["ThrottlingRateLimit"] == page.GATEWAY_RATE
    assert config["stages"]["prod"]["log_retention_in_days"] == operations.ASSUMED.log_months * bill.DAYS
    assert f"| Alarms: {bill.ALARMS}," in at_rest


def test_a_check_in_costs_what_its_parts_cost() -> None:
    written, read, asked_twice, taken, logged, traced = 6 * 0.625, 2 * 0.125, 2 * (3.50 + 1.00), 0.20, 0.68, 0.25
    sent, computed = 2 * 2_000 / 1e9 * 0.085 * 1e6, 31 / 1_000 * 13.3334

    together = written + read + asked_twice + taken + logged + traced + sent + computed

    assert operations.CHECK_IN.usd_per_million == pytest.approx(together)


def test_a_single_message_of_a_chunk_costs_a_twentieth_of_it() -> None:
    chunk = replace(operations.PACK, each=1)

    assert operations.PACK.usd_per_million == pytest.approx(chunk.usd_per_million / 20)


def test_every_operation_but_the_tick_happens_on_a_day_and_the_tick_is_paid_at_rest() -> None:
    assert set(OPERATIONS) - set(Bill(1, 1_000).daily) == {operations.TICK}
    assert all(times > 0 for times in Bill(1, 1_000).daily.values())
    assert bill.AT_REST[prices.INVOCATIONS] == bill.TICKS


def test_whoever_checks_in_is_told_and_counted_once() -> None:
    daily = Bill(10, 1_000, Behaviour(visit=0.3, new=0.01, make_up=0.02)).daily

    checked_in = daily[operations.CHECK_IN] + daily[operations.FIRST_CHECK_IN]
    assert checked_in == pytest.approx(3_000)
    assert daily[operations.MESSAGE] == pytest.approx(checked_in + daily[operations.MAKE_UP])


def test_shops_whom_nobody_visits_cost_what_their_nights_and_the_stage_cost() -> None:
    quiet = Bill(100, 1_000, Behaviour(visit=0, make_up=0, statement=0, new=0, chat=0))

    nights = 30 * 100 * (operations.SCORE.usd_per_million + operations.DUE.usd_per_million) / 1e6
    kept = quiet.kept_gb * (0.25 + 0.20)

    assert quiet.usd == pytest.approx(operations.total(bill.AT_REST) + nights + kept)


@pytest.mark.parametrize("members", [1, 1_000, 50_000])
def test_twice_the_shops_cost_twice_as_much_besides_what_the_stage_costs(members: int) -> None:
    at_rest = operations.total(bill.AT_REST)
    one, two = (Bill(shops, members).usd - at_rest for shops in (500, 1_000))

    assert two == pytest.approx(2 * one)


def test_the_lines_add_up_to_the_bill() -> None:
    found = Bill(7, 321)

    assert sum(found.usd_by_service.values()) == pytest.approx(found.usd)
    assert set(found.usage) <= set(prices.PRICES)


def test_every_price_stands_on_the_page_and_every_line_is_a_whole_table_row() -> None:
    text = page.text()

    assert all(f"| {each.what} " in text for each in prices.PRICES)
    for table in re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE):
        assert len({len(line) for line in table.splitlines()}) == 1
