"""Whatever two customers redeem, cancel and repeat: stock, limits and balances stay those of a model of ten lines."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import clock, identity
from shared.ledger import book
from shared.ledger.posting import Entry
from tests.faults.harness.effort import effort
from tests.points.rewards.shelf import balance, cancel, give, left, mine, offer, redeem
from tests.support.asking import Reply
from tests.support.shop import MovableClock, TestShop
from tests.support.stage import Opened, prepare

POINTS = {"u1": 260, "u2": 130}
PRICES = {"coupon": 50, "packet": 30}
STOCK = {"coupon": 1, "packet": 5}
MOST = {"coupon": 1, "packet": 3}
ONE_AT_A_TIME = {"coupon"}
"""With a code, which comes one at a time, and is delivered at once."""


class Redeem(NamedTuple):
    customer: str
    reward: str
    key: str
    quantity: int


class Cancel(NamedTuple):
    customer: str
    which: int


redeems = st.builds(
    Redeem,
    st.sampled_from(sorted(POINTS)),
    st.sampled_from(sorted(PRICES)),
    st.sampled_from(["k1", "k2", "k3"]),
    st.sampled_from([1, 1, 1, 2, 3]),
)
cancels = st.builds(Cancel, st.sampled_from(sorted(POINTS)), st.integers(0, 3))
steps = st.lists(st.one_of(redeems, redeems, redeems, cancels), min_size=4, max_size=14)


@dataclass
class Made:
    asked: Redeem
    body: bytes
    id: str
    state: Literal["kept", "cancelled"] = "kept"


@dataclass
class Model:
    """What is left, and what was made, by customer, reward and key."""

    points: Counter[str] = field(default_factory=lambda: Counter(POINTS))
    stock: Counter[str] = field(default_factory=lambda: Counter(STOCK))
    made: dict[tuple[str, str, str], Made] = field(default_factory=dict)

    def refusal(self, asked: Redeem) -> str:
        """Why a new redemption is refused; empty: it is not."""
        customer, reward, _, quantity = asked
        had = sum(each.asked.quantity for each in self.of(customer) if each.asked.reward == reward and kept(each))
        reasons = {
            "invalid": quantity > 1 and reward in ONE_AT_A_TIME,
            "limit_reached": had + quantity > MOST[reward],
            "sold_out": self.stock[reward] < quantity,
            "insufficient_points": self.points[customer] < PRICES[reward] * quantity,
        }
        return next((reason for reason, holds in reasons.items() if holds), "")

    def of(self, customer: str) -> list[Made]:
        return [each for each in self.made.values() if each.asked.customer == customer]

    def move(self, asked: Redeem, sign: int) -> None:
        self.points[asked.customer] += sign * PRICES[asked.reward] * asked.quantity
        self.stock[asked.reward] += sign * asked.quantity


def kept(made: Made) -> bool:
    return made.state == "kept"


@pytest.fixture(scope="module")
def opened_purses(opened_tea: Opened) -> Opened:
    """The shop, and two customers with points."""

    def act() -> TestShop:
        opened_tea.rows.put_back()
        for customer, points in POINTS.items():
            give(points, customer)
        return opened_tea.shop

    return prepare(act)


def begin(opened: Opened) -> TestShop:
    """Both rewards, new: what is kept for later must not hold counters, which are changed where they lie."""
    opened.rows.put_back()
    offer(reward="coupon", stock=STOCK["coupon"], shards=2, per_customer=MOST["coupon"])
    packet: dict[str, Any] = {"price_points": PRICES["packet"], "stock": STOCK["packet"]}
    offer(reward="packet", kind="red_packet", shards=3, per_customer=MOST["packet"], **packet)
    return opened.shop


def ask_for(shop: TestShop, asked: Redeem) -> Reply:
    return redeem(shop, asked.reward, customer=asked.customer, key=asked.key, quantity=asked.quantity)


def take(shop: TestShop, model: Model, asked: Redeem) -> None:
    """Redeem, and compare the answer with the model's."""
    reply, place = ask_for(shop, asked), (asked.customer, asked.reward, asked.key)
    if earlier := model.made.get(place):
        if earlier.asked == asked:
            assert (reply.status, reply.body) == (201, earlier.body)
        else:
            assert reply.code == "idempotency_key_reused"
        return
    assert reply.code == model.refusal(asked)
    if not reply.code:
        model.move(asked, -1)
        assert reply.json["balance"] == model.points[asked.customer]
        model.made[place] = Made(asked, reply.body, reply.json["redemption_id"])


def give_back(shop: TestShop, model: Model, step: Cancel) -> None:
    """Cancel one that the customer made, if there are so many."""
    for made in model.of(step.customer)[step.which :][:1]:
        reply = cancel(shop, made.id, step.customer)
        if made.asked.reward in ONE_AT_A_TIME:
            assert reply.code == "conflict"
            continue
        assert reply.json["status"] == "cancelled"
        if kept(made):
            model.move(made.asked, 1)
        made.state = "cancelled"


@settings(max_examples=effort(25, 1_000))
@given(history=steps)
def test_any_history_of_redeeming_cancelling_and_repeating_ends_as_the_model_does(
    opened_purses: Opened, history: list[Redeem | Cancel]
) -> None:
    with clock.using(MovableClock()):
        shop, model = begin(opened_purses), Model()

        for step in history:
            if isinstance(step, Redeem):
                take(shop, model, step)
            else:
                give_back(shop, model, step)

        assert {customer: balance(shop, customer) for customer in POINTS} == dict(model.points)
        assert {reward: left(shop, reward) for reward in STOCK} == dict(model.stock)
        for customer in POINTS:
            found = {each["redemption_id"] for each in mine(shop, customer)["items"]}
            assert found == {each.id for each in model.of(customer)}


def entries_of(customer: str) -> list[Entry]:
    subject = identity.find_subject("tea", customer)
    assert subject
    return list(book.list_entries("tea", subject, limit=100, after=None).entries)


@settings(max_examples=effort(15, 500))
@given(asked=redeems, quantities=st.lists(st.integers(1, 3), min_size=1, max_size=6))
def test_one_key_takes_effect_once_and_is_good_for_one_body_only(
    opened_purses: Opened, asked: Redeem, quantities: list[int]
) -> None:
    with clock.using(MovableClock()):
        shop, asked = begin(opened_purses), asked._replace(quantity=1)
        first, before = ask_for(shop, asked), len(entries_of(asked.customer))

        answers = [(quantity, ask_for(shop, asked._replace(quantity=quantity))) for quantity in quantities]

        assert first.status == 201
        for quantity, reply in answers:
            if quantity == 1:
                assert (reply.body, reply.headers["idempotent-replayed"]) == (first.body, "true")
            else:
                assert (reply.status, reply.code) == (422, "idempotency_key_reused")
        assert len(entries_of(asked.customer)) == before
        assert balance(shop, asked.customer) == POINTS[asked.customer] - PRICES[asked.reward]
