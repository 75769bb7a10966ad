"""What an operation costs in write units, read units and calls: counted, the same on every machine."""

import random
import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from services.activities import store
from services.activities.kind import Moment
from services.activities.kinds import signin
from shared import ids, shops
from shared.ledger.lots import LOTS_MAX
from shared.schema import AccountRow
from shared.settings import settings
from tests.faults import pipe
from tests.faults.books import ONE_DAY
from tests.faults.harness.item_size import item_bytes
from tests.faults.harness.units import Units, count_units
from tests.faults.pipe import Pipe, stream_records
from tests.faults.scene import AMEI, MISSED, NOW, TODAY, XIN, Scene, Wish
from tests.support.shop import open_shop, open_signin

PARTICIPATION_W = 6
FILE_W = 1
"""The way from the shop's customer id to the subject: written once in a customer's life."""
PLACE_W = 1
"""Where the night finds the account: its key in an index, written once in a customer's life."""
INBOX_W = 2
ITEM_BYTES = 1_024
LONG_AGO = 400


def cost_of(act: Callable[[], object]) -> Units:
    with count_units() as units:
        act()
    return units


@pytest.fixture
def warm(scene: Scene) -> Scene:
    scene.fresh(warm=True)
    return scene


def test_a_check_in_costs_six_write_units_one_read_and_one_transaction(warm: Scene) -> None:
    cost = cost_of(lambda: warm.ask(Wish(AMEI), "k1"))

    assert cost.writes == PARTICIPATION_W
    assert [cost.of(table).writes for table in ("activities", "accounts", "entries")] == [2, 2, 2]
    assert cost.calls == {"dynamodb.BatchGetItem": 1, "dynamodb.TransactWriteItems": 1}
    assert cost.reads == 2


def test_a_made_up_day_costs_no_more(warm: Scene) -> None:
    paid = cost_of(lambda: warm.ask(Wish(AMEI, make_up=MISSED), "k1"))
    unpaid = cost_of(lambda: warm.ask(Wish(AMEI, "weekly", MISSED), "k1"))

    assert paid.writes == PARTICIPATION_W
    assert unpaid.writes == 1


def test_the_first_check_in_ever_costs_two_units_more_for_the_customers_file_and_place_in_the_night(
    warm: Scene,
) -> None:
    cost = cost_of(lambda: warm.ask(Wish(XIN), "k1"))

    assert cost.writes == PARTICIPATION_W + FILE_W + PLACE_W
    assert cost.of("customers").writes == FILE_W


def test_refused_and_repeated_requests_write_nothing(warm: Scene) -> None:
    warm.ask(Wish(AMEI), "k1")

    replayed = cost_of(lambda: warm.ask(Wish(AMEI), "k1"))
    refused = cost_of(lambda: warm.ask(Wish(AMEI), "k2"))
    reused = cost_of(lambda: warm.ask(Wish(AMEI, make_up=MISSED), "k1"))
    impossible = cost_of(lambda: warm.ask(Wish(AMEI, make_up=TODAY), "k3"))

    for cost in (replayed, refused, reused, impossible):
        assert (cost.writes, cost.calls) == (0, {"dynamodb.BatchGetItem": 1})


def test_an_account_is_read_for_half_a_unit_and_half_more_for_an_unknown_customer(warm: Scene) -> None:
    known = cost_of(lambda: warm.account(AMEI))
    unknown = cost_of(lambda: warm.account(XIN))

    assert (known.writes, known.reads) == (0, 0.5)
    assert (unknown.writes, unknown.of("accounts").reads) == (0, 0)
    # Identity is read consistently, since a file made a moment ago must be found.
    assert unknown.of("customers").reads == 1


def test_a_message_costs_at_most_two_write_units_and_a_repeated_one_no_more(scene: Scene) -> None:
    chain_of = Pipe(scene)
    chain_of.relay(stream_records()[-1:])
    (body,) = chain_of.sent()

    first = cost_of(lambda: chain_of.deliver([body]))
    again = cost_of(lambda: chain_of.deliver([body]))

    assert first.writes <= INBOX_W
    assert again.writes <= INBOX_W
    assert first.calls == {"dynamodb.PutItem": 1}


def test_a_batch_of_the_relay_is_one_call(scene: Scene) -> None:
    chain_of = Pipe(scene)
    pipe.cold()
    cold = cost_of(lambda: chain_of.relay(stream_records()))
    warm = cost_of(lambda: chain_of.relay(stream_records()))

    assert cold.calls == {"sqs.GetQueueUrl": 1, "sqs.SendMessageBatch": 1}
    assert warm.calls == {"sqs.SendMessageBatch": 1}


COMES: Mapping[str, Callable[[int], bool]] = {
    "every day": lambda day: day >= 0,
    "every other day": lambda day: day % 2 == 0,
    "every day, then every other": lambda day: day < 360 or day % 2 == 0,
    "three days of four": lambda day: day % 4 != 3,
}
LONGEST_ID = "a" + "-b" * 19 + "c"


@pytest.mark.parametrize("comes", COMES.values(), ids=COMES)
def test_every_item_stays_under_a_kilobyte_however_long_a_customer_comes(
    scene: Scene, comes: Callable[[int], bool]
) -> None:
    shop, customer = open_shop(LONGEST_ID), "客" * 128
    open_signin(shop.id, LONGEST_ID, edition="e" * 12, config=RICHEST)
    own = Scene(shop, scene.clock, scene.injector, scene.heard)
    asked = Wish(customer, LONGEST_ID)
    missed = [LONG_AGO - n for n in range(1, 31) if not comes(LONG_AGO - n)]
    _attended_for_long(shop.id, customer, comes)

    replies = [own.ask(asked, "k" * 128)]
    for number in missed[:2]:
        day = TODAY - ONE_DAY * (LONG_AGO - number)
        replies.append(own.ask(Wish(customer, LONGEST_ID, day), f"{number}" * 40))
    for number in range(4):
        own.clock.at += ONE_DAY
        replies.append(own.ask(asked, f"{number}" * 128))
    sizes = {
        f"{table} {key}": item_bytes(row)
        for table in ("accounts", "activities", "customers", "entries")
        for key, row in own.rows()[settings.table(table)].items()
        if table != "activities" or "state" in row
    }

    assert {reply.status for reply in replies} == {201}
    worst = max(sizes, key=lambda key: sizes[key])
    assert sizes[worst] <= ITEM_BYTES, f"{worst} has {sizes[worst]} bytes"


RICHEST: Mapping[str, Any] = {
    "reward": {"first": 100_000, "step": 0, "cap": 100_000},
    "cycle_days": 31,
    "milestones": [{"days": days, "points": 100_000, "make_up_cards": 10} for days in range(2, 12)],
    "make_up": {"within_days": 31, "cards_at_start": 10},
}


def _attended_for_long(shop: str, customer: str, comes: Callable[[int], bool]) -> None:
    """What a customer has after ``LONG_AGO`` days up to yesterday, and an account with as many lots as there can be."""
    config, state = signin.Config.model_validate_json(ids.canonical(RICHEST)), signin.empty()
    calendar, facts = shops.load(shop).calendar, list[Any]()
    for number in filter(comes, range(LONG_AGO)):
        moment = Moment(NOW - ONE_DAY * (LONG_AGO - number), calendar)
        outcome = signin.decide(config, state, signin.Input(make_up=None), moment, random.Random(0))
        state, facts = outcome.state, outcome.facts
    subject = store.new_subject(shop, customer)
    replay = store.Replay("k" * 26, "b" * 13, 9_999_999, "p" * 13, facts)
    store.commit(
        store.Seat(shop, LONGEST_ID, "e" * 12, subject),
        store.Participation(None, (replay,) * 3, 0),
        signin.pack(state),
        replay,
        None,
    )
    lots = {f"{2026 + n // 12}-{n % 12 + 1:02d}": 9_999_999 for n in range(LOTS_MAX)}
    AccountRow(f"{shop}#{subject}", balance=sum(lots.values()), lots=lots, seq=99_999, head="f" * 64).save()


COUNT_SESSIONS = """
import botocore.session
made = []
first = botocore.session.Session.__init__
def counted(self, *given, **named):
    made.append(self)
    first(self, *given, **named)
botocore.session.Session.__init__ = counted
from services.{service} import app
from shared import aws
from shared.schema import AccountRow, EntryRow, ShopRow
for row in (AccountRow, EntryRow, ShopRow):
    row._get_connection()
for name in ("sqs", "kms"):
    aws.client(name)
print(len(made))
"""


@pytest.mark.parametrize("service", ["activities", "points", "notifications"])
def test_a_process_opens_one_botocore_session(service: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", COUNT_SESSIONS.format(service=service)], capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "1"
