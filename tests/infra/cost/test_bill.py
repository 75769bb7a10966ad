"""The bill: its page is what the code says, its figures are what is deployed, its sums can be checked by hand."""

import json
import re
from dataclasses import replace

import pytest

from infra.cost import bill, deployed, night, operations, page, prices, trade
from infra.cost.bill import OPERATIONS, SCHEDULED, Behaviour, Bill
from infra.cost.operations import Operation
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
    trade.TELL_ORDER: ("orders", "api"),
    trade.PLACED: ("orders", "on_event"),
    trade.PAID: ("orders", "on_event"),
    trade.ORDERS_TICK: ("orders", "tick"),
    trade.REDEEM: ("points", "api"),
    trade.RELAY_CODE: ("points", "relay_rewards"),
    trade.UNTOLD: ("points", "relay"),
    trade.HAND_ON: ("points", "fulfil"),
    trade.EXPIRE_TICK: ("points", "expire"),
    night.TICK: ("points", "tick"),
    night.BEGIN: ("points", "tick"),
    night.SLICE: ("points", "check"),
    night.SWEEP: ("points", "check"),
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

    assert settings["ThrottlingRateLimit"] == page.GATEWAY_RATE
    assert config["stages"]["prod"]["log_retention_in_days"] == operations.ASSUMED.log_months * bill.DAYS


def test_the_guide_names_what_a_stage_is_paid_for_at_rest() -> None:
    guide, stage = (ROOT / "docs" / "operations.md").read_text("utf-8"), deployed.stage()
    starts = bill.DAYS * sum(stage.ticks.values())
    polls = stage.polled * bill.POLLS * prices.SQS_REQUESTS.usd / prices.SQS_REQUESTS.per

    assert f"| Alarms: {stage.alarms}, ten of them free in an account | ${(stage.alarms - 10) / 10:.2f} to" in guide
    assert f"| SQS: Lambda polls {stage.polled} queues, ~{bill.POLLS:,} requests each; a million is free |" in guide
    assert f"a million is free | ${polls - 0.40:.2f} to ${polls:.2f} |" in guide
    assert f"| Ticks: {len(stage.ticks)} functions, {starts:,.0f} starts and four small queries each |" in guide
    assert stage.keys == 2


def test_a_check_in_costs_what_its_parts_cost() -> None:
    written, read, asked_twice, taken, logged, traced = 6 * 0.625, 2 * 0.125, 2 * (3.50 + 1.00), 0.20, 0.68, 0.25
    sent, computed = 2 * 2_000 / 1e9 * 0.085 * 1e6, 31 / 1_000 * 13.3334

    together = written + read + asked_twice + taken + logged + traced + sent + computed

    assert operations.CHECK_IN.usd_per_million == pytest.approx(together)


def test_a_single_message_of_a_chunk_costs_a_twentieth_of_it() -> None:
    chunk = replace(operations.PACK, each=1)

    assert operations.PACK.usd_per_million == pytest.approx(chunk.usd_per_million / 20)


def test_every_operation_happens_on_a_day_or_is_a_tick_that_is_paid_at_rest() -> None:
    assert set(OPERATIONS) - set(Bill(1, 1_000).daily) == set(SCHEDULED.values())
    assert len(set(OPERATIONS)) == len(OPERATIONS)
    assert all(times > 0 for times in Bill(1, 1_000).daily.values())


def test_every_schedule_that_is_deployed_has_its_price() -> None:
    ticks = deployed.stage().ticks

    assert ticks.keys() == SCHEDULED.keys()
    assert bill.at_rest()[prices.INVOCATIONS] == bill.DAYS * sum(ticks.values())


def test_an_order_is_told_of_step_by_step_and_its_points_as_often_as_they_move() -> None:
    behaviour = Behaviour(visit=0, make_up=0, new=0, orders_a_month=30, placed=0.5, taken_back=0.25, repeated=0.1)
    daily = Bill(1, 1_000, replace(behaviour, redemptions_a_month=0)).daily

    steps = (
        trade.PLACED,
        trade.PAID,
        trade.PAID_FIRST,
        trade.SHIPPED,
        trade.ARRIVED,
        trade.COMPLETED,
        trade.TAKEN_BACK,
    )
    assert [round(daily[each]) for each in steps] == [500, 500, 500, 1_000, 1_000, 1_000, 250]
    assert daily[trade.TELL_ORDER] == pytest.approx(4_750 * 1.1)
    assert daily[operations.RELAY] == daily[operations.MESSAGE] == pytest.approx(2_250)


def test_a_redemption_is_told_of_and_followed_once_for_each_state_it_comes_to() -> None:
    behaviour = Behaviour(visit=0, make_up=0, new=0, orders_a_month=0, redemptions_a_month=30, delivered=0.4)
    daily = Bill(1, 1_000, behaviour).daily

    states = daily[trade.RELAY_CODE] + daily[trade.RELAY_STATE]
    assert states == daily[trade.FOLLOW] + daily[trade.HAND_ON] == daily[operations.MESSAGE] == pytest.approx(1_400)
    assert daily[trade.DELIVERED] + daily[trade.CANCELLED] == daily[trade.REDEEM_COUNTED] == pytest.approx(400)


def test_whoever_checks_in_is_told_and_counted_once() -> None:
    nobody_buys = Behaviour(visit=0.3, new=0.01, make_up=0.02, orders_a_month=0, redemptions_a_month=0)
    daily = Bill(10, 1_000, nobody_buys).daily

    checked_in = daily[operations.CHECK_IN] + daily[operations.FIRST_CHECK_IN]
    assert checked_in == pytest.approx(3_000)
    assert daily[operations.MESSAGE] == pytest.approx(checked_in + daily[operations.MAKE_UP])


def test_shops_whom_nobody_visits_cost_what_their_nights_and_the_stage_cost() -> None:
    nobody = Behaviour(
        visit=0, make_up=0, statement=0, new=0, chat=0, orders_a_month=0, redemptions_a_month=0, expiries_a_month=0
    )
    quiet = Bill(100, 1_000, nobody)

    a_shop = operations.SCORE, operations.DUE, night.BEGIN, *[night.SLICE] * night.SLICES
    a_member = night.LOOK.usd_per_million + night.READ_BOOKS.usd_per_million / night.ROUND_DAYS
    nights = 30 * 100 * (sum(each.usd_per_million for each in a_shop) + 1_000 * a_member) / 1e6
    kept = quiet.kept_gb * (0.25 + 0.20) + quiet.anchors_gb * 0.023

    assert quiet.usd == pytest.approx(operations.total(bill.at_rest()) + nights + kept)


@pytest.mark.parametrize("members", [1, 1_000, 50_000])
def test_twice_the_shops_cost_twice_as_much_besides_what_the_stage_costs(members: int) -> None:
    at_rest = operations.total(bill.at_rest())
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
