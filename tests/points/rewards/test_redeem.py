"""Redeeming: what it gives, what it costs, why it is refused, and that a repeat changes nothing."""

from typing import Any

import pytest

from shared.clock import parse
from tests.points.rewards.shelf import balance, catalogue, give, left, mine, offer, redeem
from tests.support.shop import MovableClock, TestShop


class TestACoupon:
    def test_it_is_delivered_in_the_answer_with_a_code_nobody_can_guess(self, tea: TestShop) -> None:
        give(60)
        offer()

        first = redeem(tea)

        assert first.status == 201
        told = first.json
        assert (told["status"], told["points"], told["balance"], told["cash_minor"]) == ("fulfilled", 50, 10, 0)
        assert len(told["code"].replace("-", "")) == 16
        assert told["title"] == "¥3 coupon"
        assert told["instructions"] == "Show the code at checkout."
        assert told["valid_until"] == "2026-12-03T00:00:00+08:00"
        assert balance(tea) == 10

    def test_the_same_key_gives_the_same_answer_even_days_later(self, tea: TestShop, time: MovableClock) -> None:
        give(200)
        offer()
        first = redeem(tea)

        time.forward(days=3)
        again = redeem(tea)

        assert (again.status, again.body) == (201, first.body)
        assert again.headers["idempotent-replayed"] == "true"
        assert balance(tea) == 150

    def test_the_same_key_with_another_body_is_refused(self, tea: TestShop) -> None:
        give(500)
        offer(kind="red_packet", reward="packet")
        redeem(tea, "packet")

        assert redeem(tea, "packet", quantity=2).code == "idempotency_key_reused"

    def test_it_shows_among_the_customers_redemptions_the_latest_first(self, tea: TestShop, time: MovableClock) -> None:
        give(200)
        offer()
        first = redeem(tea).json
        time.forward(minutes=1)
        second = redeem(tea, key="k2").json

        page = mine(tea, limit=1)
        rest = mine(tea, limit=1, cursor=page["next_cursor"])

        assert page["items"] == [second]
        assert rest == {"items": [first], "next_cursor": None}

    def test_its_line_in_the_statement_gives_the_reason(self, tea: TestShop) -> None:
        from services.points.app import app
        from tests.support.asking import ask

        give(60)
        offer()
        redeem(tea)

        line = ask(app, "GET", "/v1/me/entries", bearer=tea.token(), language="zh-CN").json["items"][0]

        assert (line["points"], line["reason"]) == (-50, "兑换优惠券")


class TestRefusals:
    def test_missing_points_are_counted(self, tea: TestShop) -> None:
        give(20)
        offer()

        refused = redeem(tea)

        assert (refused.status, refused.code, refused.json["missing_points"]) == (409, "insufficient_points", 30)

    def test_more_than_the_ledger_moves_at_once_is_missing_like_any_points(self, tea: TestShop) -> None:
        give(20)
        offer(reward="cup", kind="product", price_points=10_000_000)

        refused = redeem(tea, "cup", quantity=2)

        assert (refused.status, refused.code, refused.json["missing_points"]) == (
            409,
            "insufficient_points",
            19_999_980,
        )

    def test_a_customer_nobody_knows_has_no_points_and_gets_no_file(self, tea: TestShop) -> None:
        from shared import identity

        offer()

        assert redeem(tea).json["missing_points"] == 50
        assert identity.find_subject("tea", "u1") is None

    def test_it_says_when_it_opens(self, tea: TestShop) -> None:
        give()
        offer(opens_at="2026-11-03T20:00:00+08:00")

        refused = redeem(tea)

        assert (refused.code, refused.json["retry_at"]) == ("not_open", "2026-11-03T20:00:00+08:00")

    def test_it_closes_by_itself(self, tea: TestShop, time: MovableClock) -> None:
        give()
        offer(closes_at="2026-11-03T20:00:00+08:00")

        time.at = parse("2026-11-03T20:00:00+08:00")

        assert redeem(tea).code == "not_open"

    def test_what_there_is_not_is_missing(self, tea: TestShop) -> None:
        give()

        assert redeem(tea, "nothing").status == 404

    def test_stock_ends_exactly(self, tea: TestShop) -> None:
        give(500)
        offer(stock=3, shards=2)

        codes = [redeem(tea, key=f"k{n}").code for n in range(5)]

        assert codes == ["", "", "", "sold_out", "sold_out"]
        assert left(tea) == 0

    @pytest.mark.parametrize(
        ("limit", "codes"),
        [
            ({"per_customer": 2}, ["", "", "limit_reached"]),
            ({"per_period": {"limit": 1, "period": "day"}}, ["", "limit_reached", "limit_reached"]),
        ],
    )
    def test_limits_are_each_customers_own(self, tea: TestShop, limit: dict[str, Any], codes: list[str]) -> None:
        give(500)
        give(500, "u2")
        offer(**limit)

        assert [redeem(tea, key=f"k{n}").code for n in range(3)] == codes
        assert redeem(tea, customer="u2").code == ""

    @pytest.mark.parametrize(
        ("period", "retry_at"),
        [
            ("day", "2026-11-03T00:00:00+08:00"),
            ("week", "2026-11-09T00:00:00+08:00"),
            ("month", "2026-12-01T00:00:00+08:00"),
        ],
    )
    def test_a_periods_limit_says_when_there_is_more(
        self, tea: TestShop, time: MovableClock, period: str, retry_at: str
    ) -> None:
        give(500)
        offer(per_period={"limit": 1, "period": period})
        redeem(tea)

        refused = redeem(tea, key="k2")
        time.at = parse(retry_at)

        assert (refused.code, refused.json["limit"], refused.json["retry_at"]) == ("limit_reached", 1, retry_at)
        assert redeem(tea, key="k2").status == 201

    def test_several_at_once_count_as_many(self, tea: TestShop) -> None:
        give(5000)
        offer(reward="packet", kind="red_packet", stock=10, shards=4, per_customer=8)

        assert redeem(tea, "packet", quantity=7).json["points"] == 350
        assert redeem(tea, "packet", quantity=2, key="k2").code == "limit_reached"
        assert redeem(tea, "packet", quantity=1, key="k2").status == 201
        assert left(tea, "packet") == 2

    def test_a_code_comes_one_at_a_time(self, tea: TestShop) -> None:
        give()
        offer()

        assert redeem(tea, quantity=2).pointers == ["/quantity"]

    def test_mobile_data_needs_a_number(self, tea: TestShop) -> None:
        give()
        offer(reward="data", kind="data_top_up")

        assert redeem(tea, "data").pointers == ["/contact/phone"]
        assert redeem(tea, "data", contact={"phone": "13800138000", "name": "Lin"}).pointers == ["/contact/name"]
        assert redeem(tea, "data", contact={"phone": "13800138000"}).json["status"] == "pending"


class TestTheCatalogue:
    def test_a_visitor_sees_what_could_be_had(self, tea: TestShop) -> None:
        offer(stock=5)

        (item,) = catalogue(tea)

        assert (item["state"], item["missing_points"], item["remaining"]) == ("available", None, 5)
        assert (item["price_points"], item["currency"], item["cash_minor"]) == (50, "CNY", None)

    @pytest.mark.parametrize(
        ("points", "changes", "state", "missing"),
        [
            (100, {}, "available", None),
            (20, {}, "insufficient", 30),
            (100, {"stock": 0}, "sold_out", None),
            (100, {"opens_at": "2026-11-03T20:00:00+08:00"}, "not_open", None),
            (100, {"tier": "gold"}, "not_eligible", None),
        ],
    )
    def test_a_customer_sees_what_stands_in_the_way(
        self, tea: TestShop, points: int, changes: dict[str, Any], state: str, missing: int | None
    ) -> None:
        give(points)
        offer(**changes)

        (item,) = catalogue(tea, "u1")

        assert (item["state"], item["missing_points"]) == (state, missing)

    def test_a_reached_limit_shows(self, tea: TestShop) -> None:
        give()
        offer(per_customer=1)
        redeem(tea)

        (item,) = catalogue(tea, "u1")

        assert item["state"] == "limit_reached"
