"""A hold keeps points back and resolves once: captured, voided or expired (promise 6)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.errors import Conflict, Refused
from shared.ledger import holds
from shared.ledger.account import HOLDS_MAX, Account, Now
from shared.ledger.lots import NEVER
from shared.ledger.policy import Policy
from shared.ledger.posting import Posting, Source
from shared.ledger.settling import begin, shown
from tests.shared.ledger.test_movements import having
from tests.support.ledger import AT, DAY, a_beginning, a_mark, an_account

PAID = Source("reward", "r1", "payment")
UNTIL = AT + timedelta(minutes=15)


def holding(account: Account | None = None, points: int = 5, hold_id: str = "h1") -> Account:
    begun = a_beginning(account or having(m2026_12=3, never=10))
    return holds.hold(begun, hold_id, points, UNTIL, a_mark(hold_id)).after


def test_held_points_cannot_be_spent_and_are_still_the_customers() -> None:
    account = holding()

    assert (account.balance, account.available, account.held) == (13, 8, 5)
    assert account.holds["h1"].lots == {"2026-12": 3, NEVER: 2}


def test_who_has_too_few_cannot_hold() -> None:
    with pytest.raises(Refused, match="insufficient_points"):
        holding(having(never=4))


def test_no_more_than_four_are_open() -> None:
    account = having(never=100)
    for n in range(HOLDS_MAX):
        account = holding(account, hold_id=f"h{n}")

    with pytest.raises(Refused, match="limit_reached"):
        holding(account, hold_id="h9")


def test_capturing_takes_the_points_for_good() -> None:
    posting = holds.capture(a_beginning(holding()), "h1", PAID)

    assert (posting.after.balance, posting.after.held, posting.after.holds) == (8, 0, {})
    assert posting.entry.points == -5


def test_voiding_gives_them_back_to_their_lots() -> None:
    posting = holds.void(a_beginning(holding()), "h1", PAID)

    assert (posting.after.lots, posting.after.holds, posting.entry.points) == ({"2026-12": 3, NEVER: 10}, {}, 0)


def test_points_of_a_lot_about_to_end_come_back_for_a_week_at_least() -> None:
    at = datetime(2026, 12, 29, tzinfo=UTC)

    account = begin(holding(), Policy(), Now(at, date(2026, 12, 29))).after

    assert account.lots == {"2027-01": 3, NEVER: 10}


def test_points_given_back_repay_what_is_owed_meanwhile() -> None:
    account = holding(having(never=5))
    owing = Account(**{**vars(account), "debt": 2, "balance": account.balance - 2})

    posting = holds.void(a_beginning(owing), "h1", PAID)

    assert (posting.after.debt, posting.after.available) == (0, 3)


@pytest.mark.parametrize(("late", "open_still"), [(-1, True), (0, False), (1, False)])
def test_it_runs_out_at_its_very_moment_swept_or_not(late: int, open_still: bool) -> None:  # noqa: FBT001
    at = UNTIL + timedelta(microseconds=late)
    account = holding()

    assert shown(account, Policy(), Now(at, DAY)) == (8 if open_still else 13)
    assert ("h1" in begin(account, Policy(), Now(at, DAY)).after.holds) == open_still


RESOLVED: list[Callable[[Posting], Posting]] = [
    lambda posting: holds.capture(posting, "h1", PAID),
    lambda posting: holds.void(posting, "h1", PAID),
    lambda posting: holds.expire_hold(posting, "h1"),
]


@pytest.mark.parametrize("first", RESOLVED)
@pytest.mark.parametrize("second", RESOLVED)
def test_it_resolves_once_whoever_comes_first(
    first: Callable[[Posting], Posting], second: Callable[[Posting], Posting]
) -> None:
    resolved = first(a_beginning(holding()))

    with pytest.raises(Conflict):
        second(resolved)


def test_every_resolution_is_one_entry_so_the_table_lets_in_one() -> None:
    ids = {resolve(a_beginning(holding())).entry.id for resolve in RESOLVED}

    assert len(ids) == 1


def test_a_payment_after_its_time_meets_a_hold_that_ran_out() -> None:
    late = begin(holding(), Policy(), Now(UNTIL, DAY))

    with pytest.raises(Conflict):
        holds.capture(late, "h1", PAID)
    assert late.entry.source == Source("expiry", "h1", "hold")


def test_an_unknown_hold_is_a_resolved_one() -> None:
    with pytest.raises(Conflict):
        holds.void(a_beginning(an_account()), "h1", PAID)
