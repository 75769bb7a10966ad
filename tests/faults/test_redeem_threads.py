"""A hundred of a reward and 32 threads on the emulator, where transactions are atomic, with a third of the writes
refused at random: a hundred redemptions, a hundred different codes, sold out exactly, and every account adds up.
"""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from services.points.rewards import codes, redeem, stock, store
from shared import clock, identity
from shared.errors import Conflict, Refused
from tests.faults.books import by_scan, verified_books
from tests.faults.harness.effort import effort
from tests.faults.harness.handlers import breaks
from tests.faults.harness.hook import Attempt, Reply, Send, layer_installed
from tests.faults.harness.injector import Crash, conflicts
from tests.faults.scene import overhearing
from tests.faults.test_many_threads import WaitingClock
from tests.support.catalogue import give, offer
from tests.support.shop import MovableClock, forget_everything, open_shop
from tests.support.tables import Platform

pytestmark = [pytest.mark.emulator, pytest.mark.timeout(effort(240, 1200))]

THREADS = 32
HAD = 100
SHARDS = 8
CUSTOMERS = 40
EACH = 4
"""More than there is: 160 wishes for a hundred."""
REDEEM = "POST /points/v1/redemptions"


@pytest.fixture
def shop(live_platform: Platform) -> Iterator[MovableClock]:
    with clock.using(WaitingClock()) as at, overhearing():
        assert isinstance(at, MovableClock)
        forget_everything()
        open_shop()
        for number in range(CUSTOMERS):
            give(10 * EACH, f"u{number}")
        yield at
        forget_everything()


def redeem_once(customer: str, key: str) -> redeem.Redeemed | str:
    """Ask until there is an answer that is not "try again", as a widget does after a crash, too."""
    request = redeem.Request(
        shop="tea",
        reward="rush",
        customer_id=customer,
        subject=identity.find_subject("tea", customer),
        quantity=1,
        contact={},
        key=key,
        body_hash="same body of all",
    )
    while True:
        try:
            return redeem.redeem(request)
        except (Conflict, Crash):
            continue
        except Refused as refusal:
            return refusal.code


def crashes(rate: float, seed: int) -> Callable[[Attempt, Send], Reply]:
    """A process dies after its transaction was written, and never hears of it."""
    drawn, lock = random.Random(seed), threading.Lock()

    def layer(attempt: Attempt, send: Send) -> Reply:
        reply = send(attempt)
        with lock:
            dies = attempt.operation.name == "TransactWriteItems" and drawn.random() < rate
        if dies:
            raise Crash("after the write")
        return reply

    return layer


def at_once(acts: Sequence[Callable[[], redeem.Redeemed | str]]) -> list[redeem.Redeemed | str]:
    with ThreadPoolExecutor(THREADS) as pool, layer_installed(crashes(0.1, 5)), conflicts(0.3, seed=11) as refused:
        answers = list(pool.map(lambda act: act(), acts))
    assert refused, "no conflict was injected"
    return answers


def wishes() -> list[Callable[[], redeem.Redeemed | str]]:
    """Every wish is asked for twice, as by two taps; in no order."""
    asked = [(f"u{number}", f"k{n}") for number in range(CUSTOMERS) for n in range(EACH) for _ in range(2)]
    random.Random(3).shuffle(asked)
    return [partial(redeem_once, *each) for each in asked]


def assert_sold_out_exactly(answers: Sequence[redeem.Redeemed | str]) -> None:
    done = [answer.redemption for answer in answers if not isinstance(answer, str)]
    refused = Counter(answer for answer in answers if isinstance(answer, str))
    made = {each.digest: each for each in done}
    assert len(made) == HAD
    assert set(refused) == {"sold_out"}
    # Who asked twice under one key got one redemption, and both answers say the same.
    assert all(each == made[each.digest] for each in done)
    assert len({each.code for each in made.values()}) == HAD
    assert stock.left_now("tea", store.rewards.load_fresh("tea", "rush")) == 0
    books = verified_books(by_scan)
    spent = sum(10 * EACH - books.balance(f"u{number}") for number in range(CUSTOMERS))
    assert spent == 10 * HAD


@breaks(REDEEM)
def test_a_hundred_over_eight_shards_are_redeemed_a_hundred_times(shop: MovableClock) -> None:
    offer(reward="rush", price_points=10, stock=HAD, shards=SHARDS)

    assert_sold_out_exactly(at_once(wishes()))


@breaks(REDEEM)
def test_a_pool_of_a_hundred_codes_gives_each_out_once(shop: MovableClock) -> None:
    offer(reward="rush", price_points=10, config={"codes": "pool"})
    pool = [f"CODE-{n}" for n in range(HAD)]
    codes.add("tea", "rush", pool, who="test")

    answers = at_once(wishes())

    assert_sold_out_exactly(answers)
    assert {answer.redemption.code for answer in answers if not isinstance(answer, str)} == set(pool)


@breaks(REDEEM)
def test_one_customer_in_32_threads_has_no_more_than_the_limit(shop: MovableClock) -> None:
    give(1000, "u0")
    offer(reward="rush", price_points=10, stock=HAD, shards=SHARDS, per_customer=3)

    answers = at_once([partial(redeem_once, "u0", f"k{n}") for n in range(THREADS)])

    assert len({answer.redemption.digest for answer in answers if not isinstance(answer, str)}) == 3
    assert {answer for answer in answers if isinstance(answer, str)} == {"limit_reached"}
    assert stock.left_now("tea", store.rewards.load_fresh("tea", "rush")) == HAD - 3
