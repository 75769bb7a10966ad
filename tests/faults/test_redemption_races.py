"""A hold resolves once: paid, cancelled or out of time, in every order of their AWS calls."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pytest

from services.points.rewards import deliveries, fulfilment, lifecycle, locator, stock, store
from services.points.rewards.redemption import Redemption
from shared.errors import Conflict, DomainError
from shared.ledger import book
from tests.faults.books import verified_books
from tests.faults.harness.effort import PROVING, effort
from tests.faults.harness.handlers import breaks
from tests.faults.harness.interleave import explore
from tests.faults.harness.stage import Outcome
from tests.faults.scene import AMEI, Scene
from tests.support.catalogue import offer

PRICE, CASH_MINOR, HAD = 10, 990, 44
PAY = "POST /points/v1/shops/{shop}/redemptions/{redemption_id}/payments"
FEW = None if PROVING else 4
"""Two at once are interrupted so often; in all orders when there is time."""
CANCEL = "POST /points/v1/redemptions/{redemption_id}/cancel"


@pytest.fixture(params=["in time", "out of time"])
def reserved(scene: Scene, request: pytest.FixtureRequest) -> Iterator[locator.Place]:
    """A redemption of the only one there is, reserved a minute ago, or long enough ago to be over."""
    late = request.param == "out of time"
    offer(
        "tea", "pot", "product", price_points=PRICE, stock=1, config={"payment": "points_and_cash", "cash_minor": 990}
    )
    now = scene.clock.at
    scene.clock.forward(minutes=-31 if late else -1)
    token = scene.shop.token(AMEI)
    told = scene.http("POST", "/points/v1/redemptions", token, {"reward_id": "pot"}, Idempotency_Key="k1").told
    place = locator.find("tea", told["redemption_id"])
    deliveries.follow(store.load(place)[0])
    scene.clock.at = now
    with scene.going_on():
        yield place


def acts(place: locator.Place) -> dict[str, Callable[[], object]]:
    return {
        "pay": partial(answer, lambda: lifecycle.pay(place, CASH_MINOR)),
        "cancel": partial(answer, lambda: lifecycle.cancel(place)),
        "expire": fulfilment.tick,
    }


def answer(act: Callable[[], Redemption]) -> str:
    """The status after it, or why not; asked again after a lost race."""
    for _ in range(6):
        try:
            return act().status
        except Conflict as refused:
            if refused.text == "conflict":
                continue
            return refused.text
        except DomainError as refused:
            return refused.code
    raise AssertionError("no answer")


def assert_resolved_once(place: locator.Place, told: Sequence[object]) -> None:
    """Points, stock and status say the same, and the hold has one end."""
    found, account = store.load(place)
    left = stock.left_now("tea", store.rewards.load_fresh("tea", "pot"))
    entries = book.list_entries("tea", place.subject, limit=100).entries
    ends = [entry for entry in entries if entry.key == f"hold:{place.digest}:end"]
    taken = {"reserved": PRICE, "pending": PRICE}.get(found.status, 0)
    assert len(ends) <= 1
    assert verified_books().balance(AMEI) == HAD - (taken if not account.held else 0)
    assert account.available == HAD - taken
    assert left == (0 if found.status in ("reserved", "pending") else 1)
    assert found.paid == (found.refund_minor > 0 or found.status == "pending")
    if "cancelled" in told:
        assert found.status == "cancelled" or found.paid
    if found.status != "reserved":
        assert len(ends) == 1


@pytest.mark.parametrize(
    "who", [("pay", "cancel"), ("pay", "expire"), ("cancel", "expire"), ("pay", "pay")], ids="+".join
)
@breaks(PAY, CANCEL, "points.expire")
def test_two_at_once_resolve_it_once(scene: Scene, reserved: locator.Place, who: tuple[str, str]) -> None:
    def check(outcomes: list[Outcome]) -> None:
        assert not any(outcome.error for outcome in outcomes), outcomes
        assert_resolved_once(reserved, [outcome.value for outcome in outcomes])

    orders = explore(
        scene.fresh, [acts(reserved)[each] for each in who], check, skip_equivalent=True, interruptions=FEW
    )

    assert orders >= 2


@breaks(PAY, CANCEL, "points.expire")
def test_all_three_at_once_resolve_it_once(scene: Scene, reserved: locator.Place) -> None:
    def check(outcomes: list[Outcome]) -> None:
        assert not any(outcome.error for outcome in outcomes), outcomes
        assert_resolved_once(reserved, [outcome.value for outcome in outcomes])

    explore(scene.fresh, list(acts(reserved).values()), check, skip_equivalent=True, interruptions=effort(1, 3))
