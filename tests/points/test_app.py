"""The account and the statement as a customer reads them."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.points.app import app
from shared import identity, tables
from shared.ledger import book
from shared.ledger.account import Account
from shared.ledger.posting import Source
from tests.support.asking import ask
from tests.support.ledger import an_earning
from tests.support.shop import NOON, MovableClock, TestShop

DAILY = Source("signin", "daily", "daily", facts={"streak": 3})


def give(points: int, bucket: str, *, account: Account | None = None, n: int = 1, source: Source = DAILY) -> Account:
    """Points for `u1` of the shop `tea`; returns the account afterwards."""
    subject = identity.make_subject("tea", "u1")
    before = account or book.load_account("tea", subject, consistent=True)
    day = date(2026, 11, 1) + timedelta(days=n)
    at = NOON + timedelta(days=n)
    posting = an_earning(before, points, key=f"k{n}", day=day, bucket=bucket, source=source, at=at)
    tables.commit(book.parts(posting))
    return posting.after


def account(shop: TestShop) -> Any:
    return ask(app, "GET", "/v1/me/account", bearer=shop.token()).json


def entries(shop: TestShop, **changes: Any) -> Any:
    return ask(app, "GET", "/v1/me/entries", bearer=shop.token(), **changes).json


class TestAccount:
    def test_a_customer_nobody_knows_has_nothing(self, tea: TestShop) -> None:
        assert account(tea) == {
            "available": 0,
            "pending": 0,
            "held": 0,
            "debt": 0,
            "money_value": None,
            "expiring": [],
            "tier": None,
        }
        assert identity.find_subject("tea", "u1") is None

    def test_it_says_what_expires_when_the_earliest_first(self, tea: TestShop) -> None:
        give(5, "2027-11", n=1)
        give(7, "2026-12", n=2)
        give(9, "never", n=3)

        found = account(tea)

        assert found["available"] == 21
        assert found["expiring"] == [{"at": "2026-12-31", "points": 7}, {"at": "2027-11-30", "points": 5}]

    @pytest.mark.parametrize(
        ("now", "available"),
        [("2026-12-31T23:59:59+08:00", 21), ("2027-01-01T00:00:00+08:00", 14), ("2027-12-01T00:00:00+08:00", 9)],
    )
    def test_expired_lots_do_not_count_from_the_shops_midnight_on(
        self, tea: TestShop, time: MovableClock, now: str, available: int
    ) -> None:
        give(5, "2027-11", n=1)
        give(7, "2026-12", n=2)
        give(9, "never", n=3)

        time.at = time.at.fromisoformat(now)

        assert account(tea)["available"] == available

    def test_a_debt_is_shown_beside_what_is_available(self, tea: TestShop) -> None:
        subject = identity.make_subject("tea", "u1")
        give(5, "2027-11", account=Account("tea", subject, balance=-8, debt=8))

        found = account(tea)

        assert (found["available"], found["debt"], found["expiring"]) == (0, 3, [])


class TestStatement:
    @pytest.mark.parametrize(
        ("source", "en", "zh"),
        [
            (DAILY, "Daily check-in, day 3", "每日签到，第 3 天"),
            (Source("signin", "daily", "nobody-knows"), "Points received", None),
            (Source("order", "o1", "paid"), "Purchase", "购物"),
        ],
    )
    def test_every_line_has_its_reason_in_the_readers_language(
        self, tea: TestShop, source: Source, en: str, zh: str | None
    ) -> None:
        from shared import texts

        give(5, "2027-11", source=source)

        told = {tag: entries(tea, language=tag)["items"][0]["reason"] for tag in ("en", "zh-CN")}

        assert told == {"en": en, "zh-CN": zh or texts.catalogue("zh-CN")["reason.earn"]}

    def test_lines_come_the_latest_first_with_the_balance_after_each(self, tea: TestShop) -> None:
        for n in range(1, 4):
            give(n, "2027-11", n=n)

        items = entries(tea)["items"]

        assert [(item["points"], item["balance_after"], item["day"]) for item in items] == [
            (3, 6, "2026-11-04"),
            (2, 3, "2026-11-03"),
            (1, 1, "2026-11-02"),
        ]
        assert len({item["id"] for item in items}) == 3

    def test_pages_end_with_the_list(self, tea: TestShop) -> None:
        for n in range(1, 5):
            give(n, "2027-11", n=n)

        first = entries(tea, query={"limit": 3})
        second = entries(tea, query={"limit": 3, "cursor": first["next_cursor"]})

        assert [item["points"] for item in (*first["items"], *second["items"])] == [4, 3, 2, 1]
        assert second["next_cursor"] is None

    def test_a_customer_nobody_knows_has_no_lines(self, tea: TestShop) -> None:
        assert entries(tea) == {"items": [], "next_cursor": None}
