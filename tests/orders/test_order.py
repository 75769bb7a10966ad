"""An order is a function of what was told of it, in whatever order and however often."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic_core import from_json, to_json

from services.orders.order import REFUNDS_KEPT, Line, Order, Terms, pack, unpack
from tests.orders.buying import a_line, a_refund, an_event

DAY = "2026-11-02"
ITEM_MAX_BYTES = 400_000
"""What DynamoDB takes of an item."""
History = tuple[list[dict[str, Any]], list[dict[str, Any]]]


def terms(lines: Sequence[Line]) -> Terms:
    """A point for every 100, and twice as many for cups."""
    return Terms([line.paid_minor * (2 if line.category == "cups" else 1) // 100 for line in lines], "2027-11")


def heard(*events: dict[str, Any]) -> Order:
    order = Order("id", "o1", "s", "CNY", "2026-11-02T03:00:00Z")
    for event in events:
        order = order.hear(event, DAY, terms).moved()[0]
    return order


TWO = an_event(lines=[a_line("1", 6_800), a_line("2", 1_001, category="cups")])
MONEY = st.integers(0, 9_000)
LINES = st.lists(st.tuples(MONEY, st.sampled_from(["", "cups"])), min_size=1, max_size=4).map(
    lambda found: [
        a_line(str(n), minor, **({"category": kind} if kind else {})) for n, (minor, kind) in enumerate(found)
    ]
)
LINED = st.dictionaries(st.sampled_from("0123"), MONEY, min_size=1, max_size=3)
REFUNDS = st.lists(LINED | MONEY, max_size=4)
STEPS = st.sets(st.sampled_from(["placed", "shipped", "delivered", "completed", "cancelled"]))


def refund_of(number: int, what: dict[str, int] | int) -> dict[str, Any]:
    name = f"r{number}"
    return a_refund(name, unlined=what) if isinstance(what, int) else a_refund(name, *what.items())


@st.composite
def histories(draw: st.DrawFn) -> History:
    """What was told of an order in its usual order, and the same shuffled and partly repeated."""
    refunds = [refund_of(n, what) for n, what in enumerate(draw(REFUNDS))]
    events = [an_event(lines=draw(LINES)), *refunds, *map(an_event, sorted(draw(STEPS)))]
    repeated = draw(st.lists(st.sampled_from(events), max_size=4))
    return events, draw(st.permutations([*events, *repeated]))


@given(histories())
def test_any_order_and_any_repetition_of_events_comes_to_the_same(history: History) -> None:
    usual, other = (heard(*events) for events in history)

    assert (other.pending, other.available) == (usual.pending, usual.available) == usual.target()
    assert other.refunded_minor() == usual.refunded_minor()
    for name in ("status", "lines", "refunds", "earned", "bucket", "steps"):
        assert getattr(other, name) == getattr(usual, name)


@given(st.permutations(range(REFUNDS_KEPT + 5)), st.data())
@settings(max_examples=20)
def test_more_refunds_than_are_kept_whole_count_alike_in_any_order(numbers: list[int], data: st.DataObject) -> None:
    events = [a_refund(f"r{n}", ("1", n), at=f"2026-11-03T10:{n % 7:02d}:00+08:00") for n in numbers]
    repeated = data.draw(st.lists(st.sampled_from(events), max_size=4))

    order = heard(TWO, *events, *repeated)

    other = heard(*sorted(events, key=lambda event: event["refund_id"]), TWO)
    # How often the ledger was told something does depend on the order.
    assert replace(order, moves=0) == replace(other, moves=0)
    assert order.refunded_minor() == [sum(numbers), 0]
    assert (len(order.refunds), len(order.earlier.ids)) == (REFUNDS_KEPT, 5)
    assert unpack("o1", "s", order.at, order.version, from_json(to_json(pack(order)))) == order


def test_an_order_has_room_for_refunds_without_end() -> None:
    lines = [a_line("l" * 60 + str(n), 10_000) for n in range(100)]
    order = heard(an_event(lines=lines))
    for n in range(500):
        refund = a_refund("r" * 55 + str(n), *((line["line_id"], 1) for line in lines))
        order = order.hear(refund | {"at": f"2026-11-03T00:00:00.{n:06d}Z"}, DAY, terms)

    assert sum(order.refunded_minor()) == 500 * 100
    assert len(to_json(pack(order))) < ITEM_MAX_BYTES


@given(histories())
def test_reversed_so_far_is_earned_times_refunded_over_paid_rounded_down(history: History) -> None:
    order = heard(*history[1])
    lines = zip(order.lines, order.earned, order.refunded_minor(), order.reversed_points(), strict=True)
    for line, earned, refunded, taken in lines:
        assert 0 <= refunded <= line.paid_minor
        part = earned * refunded // line.paid_minor if line.paid_minor else 0
        assert taken == (earned if order.status == "cancelled" else part)


@given(histories())
def test_money_back_is_what_was_told_and_never_more_than_was_paid(history: History) -> None:
    order = heard(*history[1])
    known = {line.line_id for line in order.lines}
    unlined = sum(each.unlined_minor for each in order.refunds)
    lined = {
        line.line_id: sum(each.lines.get(line.line_id, 0) for each in order.refunds if line.line_id in known)
        for line in order.lines
    }
    capped = sum(min(line.paid_minor, lined[line.line_id]) for line in order.lines)

    assert sum(order.refunded_minor()) == min(order.paid_minor, capped + unlined)


@given(histories())
def test_the_moves_after_each_event_add_up_to_what_is_granted(history: History) -> None:
    order, pending, available = heard(), 0, 0
    for event in history[1]:
        order, moves = order.hear(event, DAY, terms).moved()
        for move, points, of_pending in moves:
            assert points > 0
            match move:
                case "earn":
                    available += points
                case "earn_pending":
                    pending += points
                case "release":
                    pending, available = pending - points, available + points
                case "reverse":
                    pending, available = pending - of_pending, available - points + of_pending
            assert min(pending, available) >= 0
        assert (pending, available) == (order.pending, order.available)


@given(histories())
def test_an_order_comes_back_from_its_row_as_it_was(history: History) -> None:
    order = heard(*history[1])

    assert unpack("o1", "s", order.at, 0, pack(order)) == order


def test_a_line_that_cost_nothing_comes_back_too() -> None:
    for more in ({}, {"category": "gifts"}, {"title": "茶样"}, {"category": "gifts", "title": "茶样"}):
        order = heard(an_event(lines=[a_line("1", 0, **more)]))

        assert unpack("o1", "s", order.at, 0, pack(order)) == order


def test_parts_refunded_one_by_one_sum_to_the_whole() -> None:
    parts = [a_refund(f"r{n}", ("1", 680)) for n in range(10)]

    taken = [heard(TWO, *parts[:n]).reversed_points()[0] for n in range(11)]

    assert taken == [0, 6, 13, 20, 27, 34, 40, 47, 54, 61, 68]


def test_a_refund_of_no_line_is_spread_over_what_the_others_left() -> None:
    order = heard(TWO, a_refund("r1", ("1", 6_800)), a_refund("r2", unlined=500))

    assert order.refunded_minor() == [6_800, 500]
    assert order.reversed_points() == [68, 20 * 500 // 1_001]


def test_more_money_back_than_was_paid_takes_what_was_earned_and_no_more() -> None:
    order = heard(TWO, a_refund("r1", ("1", 9_999)), a_refund("r2", unlined=99_999))

    assert (order.status, order.target()) == ("refunded", (0, 0))


def test_points_wait_until_the_order_is_completed() -> None:
    assert heard(TWO).target() == (88, 0)
    assert heard(TWO, an_event("completed")).target() == (0, 88)
    assert heard(an_event("completed"), TWO).target() == (0, 88)


def test_what_comes_before_payment_waits_for_it() -> None:
    order = heard(a_refund("r1", ("1", 3_400)), an_event("shipped"))

    assert (order.target(), order.status) == ((0, 0), "shipped")
    assert order.hear(TWO, DAY, terms).target() == (54, 0)


def test_a_changed_repeat_changes_nothing() -> None:
    order = heard(TWO, a_refund("r1", ("1", 100)))

    assert order.hear(an_event(lines=[a_line("1", 1)]), DAY, terms) is order
    assert order.hear(a_refund("r1", ("1", 6_800)), DAY, terms) is order


def test_points_that_wait_for_a_day_are_let_go_on_it_and_not_before() -> None:
    def due(lines: Sequence[Line]) -> Terms:
        return Terms([10] * len(lines), "never", "2026-11-09T03:00:00Z")

    order = Order("id", "o1", "s", "CNY", "").hear(TWO, DAY, due).moved()[0]

    assert order.waited("2026-11-09T02:59:59Z", DAY) is order
    assert order.waited("2026-11-09T03:00:00Z", DAY).target() == (0, 20)


def test_a_refund_for_a_line_nobody_bought_takes_nothing() -> None:
    assert heard(TWO, a_refund("r1", ("9", 6_800))).target() == (88, 0)
