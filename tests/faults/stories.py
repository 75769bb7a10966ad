"""What may follow a request that met a fault, told to its end; each ends with every promise checked."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from tests.faults.books import longest_of, streak_of, verified_books
from tests.faults.harness.injector import Crash, Fault
from tests.faults.scene import (
    AFTER_MIDNIGHT,
    DAYS_BEFORE,
    POINTS_BEFORE,
    TODAY,
    TOMORROW,
    Reply,
    Scene,
    Wish,
)

LONG_AGO = date(2026, 10, 1)

Story = Callable[[Scene, Fault | None, Wish], None]


def same_key(scene: Scene, fault: Fault | None, wish: Wish) -> None:
    """The customer's widget repeats the request until it is answered, and then some more."""
    with scene.injector.armed(fault):
        first = scene.persist(lambda: scene.ask(wish, "k1"))
    assert first.status == 201, first
    settled = scene.rows()
    again, other, changed = scene.ask(wish, "k1"), scene.ask(wish, "k2"), scene.ask(_another(wish), "k1")

    assert_repeats(first, [again])
    assert (other.status, other.code) == (409, "already_participated")
    assert (changed.status, changed.code) == (422, "idempotency_key_reused")
    assert scene.rows() == settled, "a repeat or a refused request wrote something"
    assert_all_is_right(scene, wish.customer, {wish.activity: [first]})


def after_midnight(scene: Scene, fault: Fault | None, wish: Wish) -> None:
    """The first request fails; it is repeated only when the shop's next day has begun."""
    heard = once(scene, fault, wish, "k1")
    scene.clock.at += AFTER_MIDNIGHT
    reply = scene.persist(lambda: scene.ask(wish, "k1"))
    assert reply.status == 201, reply
    if heard is not None and heard.status == 201:
        assert_repeats(heard, [reply])
    today_is_done = wish.make_up or date.fromisoformat(reply.told["outcome"]["day"]) == TOMORROW
    next_one = scene.ask(wish, "k2")
    assert next_one.status == (409 if today_is_done else 201), next_one
    settled = scene.rows()

    assert_repeats(reply, [scene.ask(wish, "k1")])
    assert scene.ask(wish, "k2").what == next_one.what
    assert scene.rows() == settled, "a repeat wrote something"
    assert_all_is_right(scene, wish.customer, {wish.activity: [reply, next_one]})


def other_key_first(scene: Scene, fault: Fault | None, wish: Wish) -> None:
    """The first request fails; the customer reloads the page, which asks anew, and then the first is repeated."""
    heard = once(scene, fault, wish, "k1")
    other = scene.persist(lambda: scene.ask(wish, "k2"))
    mine = scene.persist(lambda: scene.ask(wish, "k1"))
    assert sorted([other.status, mine.status]) == [201, 409], "not exactly one of the two took part"
    if heard is not None and heard.status == 201:
        assert_repeats(heard, [mine])
    settled = scene.rows()

    assert scene.ask(wish, "k1").what == mine.what
    assert scene.ask(wish, "k2").what == other.what
    assert scene.rows() == settled, "a repeat wrote something"
    assert_all_is_right(scene, wish.customer, {wish.activity: [other, mine]})


def refused(scene: Scene, customer: str) -> None:
    """Requests that a rule or their form forbids."""
    before, path, token = scene.rows(), "/activities/v1/activities/daily/participations", scene.shop.token(customer)
    replies = [
        scene.ask(Wish(customer, make_up=LONG_AGO), "k1"),
        scene.ask(Wish(customer, make_up=TOMORROW), "k2"),
        scene.ask(Wish(customer, activity="nowhere"), "k3"),
        scene.http("POST", path, token, {"input": {"day": 1}}, Idempotency_Key="k4"),
        scene.http("POST", path, token, {"input": {}}),
    ]

    assert [reply.status for reply in replies] == [403, 422, 404, 422, 400]
    assert scene.rows() == before, "a refused request wrote something"


def once(scene: Scene, fault: Fault | None, wish: Wish, key: str) -> Reply | None:
    """One request under ``fault``: its answer (which may be 500), or None when the process died."""
    with scene.injector.armed(fault):
        try:
            return scene.ask(wish, key)
        except Crash:
            scene.restart()
            return None


def assert_repeats(first: Reply, repeats: Iterable[Reply]) -> None:
    """Every repeat is the first answer, byte by byte, and says that it is one."""
    for repeat in repeats:
        assert repeat.what == first.what, "a repeat was answered otherwise"
        assert repeat.replayed, "a repeat does not say that it is one"


def assert_all_is_right(scene: Scene, customer: str, replies: Mapping[str, Sequence[Reply]]) -> None:
    """Balance, entries, chain, days, streak and cards follow from the answers given, and from nothing else."""
    books = verified_books()
    balance, entries = books.balance(customer), books.of(customer)[1]
    expected = POINTS_BEFORE[customer]
    for activity, given in replies.items():
        answers = {reply.told["participation_id"]: reply.told for reply in given if reply.status == 201}.values()
        before = set(DAYS_BEFORE[customer])
        days = before | {date.fromisoformat(answer["outcome"]["day"]) for answer in answers}
        assert len(days) == len(before) + len(answers), "a day was attended twice"
        _assert_state(scene.look(customer, activity), days)
        points = [_points(answer) for answer in answers]
        paid = [entry for entry in entries if entry.source.id == activity]
        assert {entry.day for entry in paid} <= days
        assert len(paid) == len(before) + sum(map(bool, points)), "not one entry for each day that paid"
        expected += sum(points)
    assert balance == expected, "points do not follow from the answers"
    assert scene.account(customer)["available"] == balance


def _assert_state(state: Any, days: set[date]) -> None:
    assert state["month"]["days"] == sorted(day.day for day in days)
    assert state["total_days"] == len(days)
    assert state["streak"] == streak_of(days, date.fromisoformat(state["today"]))
    assert state["longest_streak"] == longest_of(days)
    assert state["cards"] >= 0


def _points(answer: dict) -> int:
    return sum(grant["amount"] for grant in answer["grants"] if grant["type"] == "points")


def _another(wish: Wish) -> Wish:
    """The same request with another body."""
    return Wish(wish.customer, wish.activity, None if wish.make_up else TODAY)
