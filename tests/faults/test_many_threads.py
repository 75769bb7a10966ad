"""32 threads at once on the emulator, where transactions are atomic, with a third of the writes refused at random.

The engine is asked directly: Chalice keeps the current request in one place, since Lambda never runs two at once.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import pytest

from services.activities import engine, messages
from shared import clock, identity
from shared.errors import Conflict, Refused
from tests.faults.books import by_scan, verified_books
from tests.faults.harness.effort import effort
from tests.faults.harness.handlers import breaks
from tests.faults.harness.injector import conflicts
from tests.faults.harness.linearize import History, linearizable
from tests.faults.scene import overhearing
from tests.faults.test_checkin_faults import PARTICIPATE
from tests.support.shop import MovableClock, forget_everything, open_shop, open_signin
from tests.support.tables import Platform

pytestmark = [pytest.mark.emulator, pytest.mark.timeout(effort(120, 1200))]

THREADS = 32
RATE = 0.3
DAYS = effort(2, 10)


class WaitingClock(MovableClock):
    """Business time stands; whoever lost a race waits for real."""

    def pause(self, seconds: float) -> None:
        time.sleep(seconds)


@dataclass(frozen=True)
class Answer:
    """What one request came to: the refusal's code, or the body that would be sent."""

    code: str
    body: str = ""
    balance: int = 0
    replayed: bool = False


@pytest.fixture
def time_of_shop(live_platform: Platform) -> Iterator[MovableClock]:
    with clock.using(WaitingClock()) as at, overhearing():
        assert isinstance(at, MovableClock)
        forget_everything()
        open_shop()
        yield at
        forget_everything()


def check_in(customer: str, activity: str, key: str) -> Answer:
    """Ask until there is an answer that is not "try again"."""
    while True:
        request = engine.Request(
            shop="tea",
            activity=activity,
            customer_id=customer,
            subject=identity.find_subject("tea", customer),
            given={},
            key=key,
            body_hash="same",
        )
        try:
            done = engine.participate(request)
        except Conflict:
            continue
        except Refused as refusal:
            return Answer(refusal.code)
        return Answer("", messages.participation(done).model_dump_json(), done.balance, done.replayed)


def at_once(acts: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """All of them, started together, while writes meet conflicts."""
    start = threading.Barrier(THREADS)

    def run(act: Callable[[], Answer]) -> Answer:
        start.wait()
        return act()

    with ThreadPoolExecutor(THREADS) as pool, conflicts(RATE, seed=11) as refused:
        answers = list(pool.map(run, acts))
    assert refused, "no conflict was injected"
    return answers


@breaks(PARTICIPATE)
def test_an_account_that_32_activities_pay_into_loses_nothing_and_is_linearizable(time_of_shop: MovableClock) -> None:
    for number in range(THREADS):
        open_signin(activity=f"a{number}")
    history: History[int, int] = History()

    def earning(number: int, day: int) -> Callable[[], Answer]:
        def act() -> Answer:
            found: list[Answer] = []

            def balance() -> int:
                found.append(check_in("amei", f"a{number}", f"day {day}"))
                return found[0].balance

            history.call(_points(day), balance)
            return found[0]

        return act

    for day in range(DAYS):
        answers = at_once([earning(number, day) for number in range(THREADS)])
        assert {answer.code for answer in answers} == {""}
        time_of_shop.forward(days=1)

    books = verified_books(by_scan)
    assert len(books.of("amei")[1]) == THREADS * DAYS
    expected = sum(_points(day) for day in range(DAYS)) * THREADS
    assert books.balance("amei") == expected
    assert linearizable(history, 0, lambda balance, points: (balance + points, balance + points))


@breaks(PARTICIPATE)
def test_many_customers_each_asked_for_by_several_threads_have_one_entry_a_day(time_of_shop: MovableClock) -> None:
    for activity in ("daily", "weekly"):
        open_signin(activity=activity)
    customers = [f"u{number}" for number in range(THREADS // 4)]

    for day in range(DAYS):
        asked = [(customer, activity) for customer in customers for activity in ("daily", "weekly") for _ in range(2)]
        answers = at_once([partial(check_in, *who, f"{day}.{number}") for number, who in enumerate(asked)])
        assert [answer.code for answer in answers].count("") == len(asked) // 2
        assert [answer.code for answer in answers].count("already_participated") == len(asked) // 2
        time_of_shop.forward(days=1)

    books = verified_books(by_scan)
    assert books.subjects.keys() == set(customers)
    for customer in customers:
        assert len(books.of(customer)[1]) == 2 * DAYS
        assert books.balance(customer) == 2 * sum(_points(day) for day in range(DAYS))


@pytest.mark.parametrize("same_key", [False, True], ids=["different keys", "the same key"])
@breaks(PARTICIPATE)
def test_one_check_in_asked_for_by_32_threads_happens_once(time_of_shop: MovableClock, *, same_key: bool) -> None:
    open_signin(activity="daily")

    answers = at_once([partial(check_in, "amei", "daily", "k" if same_key else f"k{n}") for n in range(THREADS)])

    taken = [answer for answer in answers if not answer.code]
    assert len(taken) == (THREADS if same_key else 1)
    assert len({answer.body for answer in taken}) == 1
    assert [answer.replayed for answer in taken].count(False) == 1
    assert {answer.code for answer in answers if answer.code} == (set() if same_key else {"already_participated"})
    assert len(verified_books(by_scan).of("amei")[1]) == 1


def _points(day: int) -> int:
    """The reward of a day of tests.support.shop.a_signin: 5, one more each day, at most 10, 20 more on day 7 of 7."""
    position = day % 7
    return min(5 + position, 10) + (20 if position == 6 else 0)
