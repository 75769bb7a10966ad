"""The night under faults: every AWS call of every step crashes or times out, before and after, and is done again.

Whatever happened on the way, the same chunks, the same job and the same score are there in the end.
"""

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from services.compliance import night, store
from services.compliance.app import app
from shared import aws
from tests.compliance.chat import (
    a_day_of_chat,
    a_line,
    a_part,
    an_answer,
    deliver,
    drain,
    signed,
)
from tests.compliance.test_night import DUE, RULESET
from tests.faults.harness.handlers import breaks
from tests.faults.harness.hook import READS, Attempt, Reply, Send, layer_installed, layers_bypassed
from tests.faults.harness.injector import Fault, Injector, every_fault, fault_injection, until_answered
from tests.support.asking import ask
from tests.support.moto_state import empty_moto
from tests.support.shop import MovableClock, TestShop, forget_everything, open_shop
from tests.support.tables import Platform

LINES = [*a_day_of_chat(1, size=12, customers=1), a_line("10:00"), an_answer("10:10")]
ASK = json.dumps({"shop": "tea", "date": "2026-11-02"})


@pytest.fixture
def injector(platform: Platform) -> Iterator[Injector]:
    with fault_injection() as injector:
        yield injector


def fresh() -> None:
    empty_moto()
    store.clear_cache()


def stored(platform: Platform) -> dict[str, list[dict[str, Any]]]:
    """Everything in the tables of the night."""
    dynamodb = aws.connection().client
    found = {name: dynamodb.scan(TableName=platform.tables[name])["Items"] for name in ("messages", "shops")}
    return {name: sorted(rows, key=lambda row: (row["pk"]["S"], row["sk"]["S"])) for name, rows in found.items()}


def under_every_fault(injector: Injector, act: Callable[[], object], prepare: Callable[[], object]) -> Iterator[Fault]:
    """Prepared anew for each, ``act`` meets every fault; afterwards the test looks."""
    fresh()
    prepare()
    calls = injector.calls_of(act)
    assert calls
    for fault in every_fault(len(calls)):
        fresh()
        prepare()
        # A process that died remembers nothing.
        store.clear_cache()
        injector.tokens.forget()
        with injector.armed(fault):
            act()
        assert injector.fired
        yield fault


@breaks("POST /compliance/v1/shops/{shop}/messages")
def test_a_call_that_got_no_answer_is_sent_again_and_counts_once(
    platform: Platform, injector: Injector, time: MovableClock
) -> None:
    body = json.dumps({"type": "chat.messages", "messages": LINES}).encode()
    shop: list[TestShop] = []

    def prepare() -> None:
        forget_everything()
        aws.queue_url("chat")
        shop[:] = [open_shop()]

    def ingest() -> None:
        headers = signed(shop[0], body)
        # A caller repeats what was answered by 500 or not at all.
        for _ in range(3):
            found = until_answered(lambda: ask(app, "POST", "/v1/shops/tea/messages", body=body, headers=headers))
            if found.status == 202:
                return
        pytest.fail("it never got through")

    for fault in under_every_fault(injector, ingest, prepare):
        drain(platform)
        time.at = DUE
        night.score(json.loads(ASK))
        found = store.find_latest("tea", DUE.date(), RULESET)
        assert found, fault
        assert json.loads(found.body)["messages"] == len({line["message_id"] for line in LINES}), fault


def preempted(act: Callable[[], object], at: int, other: Callable[[], object]) -> bool:
    """Do ``act``, and before its call number ``at`` all of ``other``; False when it makes fewer calls."""
    met = -1

    def layer(attempt: Attempt, send: Send) -> Reply:
        nonlocal met
        met += 1
        if met == at:
            with layers_bypassed():
                other()
        return send(attempt)

    with layer_installed(layer):
        act()
    return met >= at


@pytest.mark.parametrize("late_one_goes", ["between", "around"])
def test_two_scorings_at_once_end_with_a_latest_of_the_whole_input(
    platform: Platform, time: MovableClock, late_one_goes: str
) -> None:
    time.at = DUE
    earlier, first, second = (a_part("tea", part) for part in (LINES[:3], LINES[3:6], LINES[6:]))
    whole = len({line["message_id"] for line in LINES})

    def score() -> None:
        night.score(json.loads(ASK))

    def pack_and_score() -> None:
        night.pack(json.loads(second))
        score()

    inner, outer = (pack_and_score, score) if late_one_goes == "between" else (score, pack_and_score)
    orders = 0
    for at in itertools.count():
        fresh()
        # There is a latest already: a run must move it, not only be the first.
        deliver("pack", [earlier])
        score()
        deliver("pack", [first])
        if not preempted(outer, at, inner):
            break
        orders += 1
        found = store.find_latest("tea", DUE.date(), RULESET)
        assert found, at
        assert json.loads(found.body)["messages"] == whole, at
    assert orders > 10


def test_a_day_is_read_as_it_is_now_not_as_it_was_a_moment_ago(platform: Platform, time: MovableClock) -> None:
    reads = list[tuple[str, bool]]()

    def layer(attempt: Attempt, send: Send) -> Reply:
        if attempt.operation.name in READS:
            reads.append((attempt.body["TableName"], attempt.body.get("ConsistentRead", False)))
        return send(attempt)

    with layer_installed(layer):
        night.score(json.loads(ASK))

    assert set(reads) == {(platform.tables["messages"], True)}
