"""Accounts and movements to test with."""

from datetime import UTC, date, datetime
from typing import Any

from shared.ledger import movements
from shared.ledger.account import Account, Now
from shared.ledger.policy import Policy
from shared.ledger.posting import Mark, Posting, Source
from shared.ledger.settling import begin

AT = datetime(2026, 11, 2, 4, tzinfo=UTC)
DAY = date(2026, 11, 2)
DAILY = Source("signin", "daily", "daily", facts={"streak": 1})


def an_account(**changes: Any) -> Account:
    """The account of s1 in the shop tea."""
    return Account("tea", "s1", **changes)


def a_beginning(account: Account | None = None, *, policy: Policy | None = None, at: datetime = AT) -> Posting:
    """A posting at a moment, on whose UTC date the shop is, too."""
    return begin(account or an_account(), policy or Policy(), Now(at, at.date()))


def a_mark(key: str = "k1", day: date = DAY, source: Source = DAILY) -> Mark:
    return Mark(key, day, source)


def an_earning(
    account: Account | None = None,
    points: int = 5,
    *,
    key: str = "signin:daily:1",
    day: date = DAY,
    bucket: str = "2027-11",
    source: Source = DAILY,
    at: datetime = AT,
) -> Posting:
    """Points given to an account in which nothing has expired."""
    account = account or an_account()
    begun = Posting(account, account, Now(at, min(at.date(), day)), Policy())
    return movements.earn(begun, points, Mark(key, day, source), bucket)
