"""A participation row stays within 1 KB, so that a visit costs one write unit, however a customer behaves."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import Any

import boto3
import pytest

from services.activities import engine, store
from services.activities.kind import Moment
from services.activities.kinds import signin
from services.activities.store import Seat
from shared import ids, shops
from shared.errors import Refused
from shared.settings import settings
from tests.faults.harness.item_size import item_bytes
from tests.support.shop import MovableClock, TestShop, open_shop, open_signin

LONGEST = "s" * 40
EDITION = "e" * 12
LIMIT_BYTES = 1024
REPLAYED = 6
"""So many visits at the end go through the engine: more than the replays that a row keeps."""
DAY = timedelta(days=1)
RNG = random.Random(1)
FIRST = datetime(2025, 6, 1, 4, tzinfo=UTC)


def the_widest(**changes: Any) -> dict[str, Any]:
    """The longest definition that is allowed: ten milestones, 31 days to make up, the largest rewards."""
    return {
        "reward": {"first": 100_000, "cap": 100_000},
        "cycle_days": None,
        "milestones": [{"days": n, "points": 100_000, "make_up_cards": 10} for n in range(2, 12)],
        "make_up": {"within_days": 31, "cards_at_start": 10},
    } | changes


def largest_row(time: MovableClock, shop: TestShop, visits: list[tuple[int, list[int]]]) -> int:
    """Walk through visits, each a day and the days to make up on it; the size of the largest row written at the end."""
    largest = 0
    seed(shop, visits[:-REPLAYED])
    for day, made_up in visits[-REPLAYED:]:
        time.at = FIRST + DAY * day
        # The day's own check-in first, then the made-up ones, each with a key of its own.
        for wanted in [None, *made_up]:
            given = {} if wanted is None else {"make_up": (date(2025, 6, 1) + DAY * wanted).isoformat()}
            largest = max(largest, take_part(shop, given, f"{day}:{wanted}"))
    return largest


def seed(shop: TestShop, visits: list[tuple[int, list[int]]]) -> None:
    """Write the state after check-ins on these days, worked out without a table: hundreds of requests take a minute."""
    calendar, config = shops.load(shop.id).calendar, store.load_definition(shop.id, LONGEST).definition.config
    state = signin.empty()
    for day, _ in visits:
        state = signin.decide(config, state, signin.Input(make_up=None), Moment(FIRST + DAY * day, calendar), RNG).state
    nothing, replay = store.Participation(None, (), 0), store.Replay("", "", 0, "", [0, 0, 0, [], "", 0, 0, 0, 0])
    seat = Seat(shop.id, LONGEST, EDITION, store.new_subject(shop.id, "u1"))
    store.commit(seat, nothing, signin.pack(state), replay, None)


def take_part(shop: TestShop, given: dict[str, Any], key: str) -> int:
    """One participation; the size of the row afterwards."""
    subject = store.new_subject(shop.id, "u1")
    try:
        engine.participate(engine.Request(shop.id, LONGEST, "u1", subject, given, key * 20, ids.digest(key)))
    except Refused as refused:
        assert refused.text == "make_up.no_card"  # noqa: PT017 - any other reason is a mistake in the test
    seat = Seat(shop.id, LONGEST, EDITION, subject)
    row = boto3.client("dynamodb").get_item(
        TableName=settings.table("activities"), Key={"pk": {"S": seat.pk}, "sk": {"S": seat.subject}}
    )
    return item_bytes(row["Item"])


Visits = list[tuple[int, list[int]]]
EVERY_OTHER_DAY: Visits = [(day, []) for day in range(0, 402, 2)]
LONG_RUN: Visits = [(day, []) for day in range(60)]
HISTORIES: dict[str, tuple[dict[str, Any], list[tuple[int, list[int]]]]] = {
    "every other day, then all made up, the earliest first": (
        {},
        [*EVERY_OTHER_DAY, (402, list(range(371, 402, 2)))],
    ),
    "every other day, then all made up, the latest first": (
        {},
        [*EVERY_OTHER_DAY, (402, list(range(401, 370, -2)))],
    ),
    "two days of three, then made up": (
        {},
        [*((day, []) for day in range(402) if day % 3), (402, [day for day in range(372, 402) if day % 3 == 0])],
    ),
    "with short cycles that pay again and again": (
        {"cycle_days": 12},
        [*((day, []) for day in range(402) if day % 13), (402, [390, 377])],
    ),
    "a gap mended between two long runs": (
        {"milestones": [{"days": n, "points": 100_000, "make_up_cards": 10} for n in range(61, 71)]},
        [*LONG_RUN, *((day, []) for day in range(61, 71)), (71, [60])],
    ),
    "every milestone paid in a long run that can just be reached, then every other day": (
        {"milestones": [{"days": n, "points": 100_000, "make_up_cards": 10} for n in range(100, 120, 2)]},
        [*((day, []) for day in range(368)), *((day, []) for day in range(369, 402, 2))],
    ),
    "a long run that can just be reached, then two days of three, then made up": (
        {},
        [
            *((day, []) for day in range(369)),
            *((day, []) for day in range(370, 402) if day % 3),
            (402, [day for day in range(372, 402) if day % 3 == 0]),
        ],
    ),
    "a run of each length in turn, then made up": (
        {},
        [
            *((day, []) for day in range(369)),
            *((day, []) for day in range(370, 402) if day not in (373, 377, 382, 386, 391, 396)),
            (402, [373, 377, 382, 386, 391, 396]),
        ],
    ),
    "milestones far apart, all paid in one run": (
        {"milestones": [{"days": n, "points": 100_000, "make_up_cards": 10} for n in range(100, 120, 2)]},
        [*((day, []) for day in range(125)), *((day, []) for day in range(126, 150, 2)), (151, [149, 147, 145])],
    ),
}


@pytest.mark.parametrize("history", HISTORIES, ids=str)
def test_no_history_outgrows_one_write_unit(tea: TestShop, time: MovableClock, history: str) -> None:
    changes, visits = HISTORIES[history]
    time.at = FIRST
    shop = open_shop(LONGEST)
    open_signin(LONGEST, LONGEST, edition=EDITION, config=the_widest(**changes))

    largest = largest_row(time, shop, visits)

    assert 600 < largest <= LIMIT_BYTES
