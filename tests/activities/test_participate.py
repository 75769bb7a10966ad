"""Taking part over HTTP: the same key gives the same answer, and points, state and statement agree."""

import json
from datetime import date
from typing import Any

import pytest

from services.activities.app import app
from services.points.app import app as points_app
from shared import identity
from shared.ledger import book
from shared.ledger.account import Account
from shared.ledger.posting import Source
from shared.schema import EntryRow
from shared.tables import commit
from tests.support.asking import Reply, ask
from tests.support.ledger import an_earning
from tests.support.shop import MovableClock, TestShop, a_signin, forget_everything, open_signin

PATH = "/v1/activities/daily/participations"


def take_part(shop: TestShop, key: str = "k1", given: Any = None, customer: str = "u1", **changes: Any) -> Reply:
    asked: dict[str, Any] = {"bearer": shop.token(customer), "body": {"input": given or {}}, "key": key}
    return ask(app, "POST", PATH, **asked | changes)


def seen(shop: TestShop, customer: str = "u1", **query: str) -> Any:
    return ask(app, "GET", "/v1/activities/daily", bearer=shop.token(customer), query=query).json


class TestCheckIn:
    def test_the_first_one_gives_points_a_streak_and_cards(self, tea_with_signin: TestShop) -> None:
        reply = take_part(tea_with_signin)

        told = reply.json
        assert reply.status == 201
        assert told["outcome"] == {"day": "2026-11-02", "streak": 1, "made_up": False, "milestones": []}
        assert told["grants"] == [{"type": "points", "amount": 5, "reason": "daily"}]
        assert told["state"] == {"streak": 1, "cards": 1, "checked_in_today": True, "next_reward_points": 6}
        assert told["balance"] == 5
        assert "idempotent-replayed" not in reply.headers

    def test_a_week_reaches_the_milestone(self, tea_with_signin: TestShop, time: MovableClock) -> None:
        for day in range(6):
            take_part(tea_with_signin, f"k{day}")
            time.forward(days=1)

        told = take_part(tea_with_signin, "k6").json

        assert told["outcome"]["milestones"] == [7]
        assert told["grants"] == [
            {"type": "points", "amount": 10, "reason": "daily"},
            {"type": "points", "amount": 20, "reason": "milestone"},
            {"type": "make_up_card", "amount": 1, "reason": "milestone"},
        ]
        assert told["balance"] == 5 + 6 + 7 + 8 + 9 + 10 + 10 + 20

    def test_the_second_of_a_day_is_told_when_to_come_back(self, tea_with_signin: TestShop) -> None:
        take_part(tea_with_signin)

        reply = take_part(tea_with_signin, "k2", language="zh-CN")

        assert (reply.status, reply.code) == (409, "already_participated")
        assert reply.json["retry_at"] == "2026-11-03T00:00:00+08:00"
        assert reply.json["detail"] == "今天已经签到过了，明天再来吧。"

    def test_customers_do_not_share_a_day(self, tea_with_signin: TestShop) -> None:
        take_part(tea_with_signin)

        assert take_part(tea_with_signin, "k1", customer="u2").json["balance"] == 5

    def test_a_make_up_without_points_keeps_the_balance(self, tea_with_signin: TestShop, time: MovableClock) -> None:
        take_part(tea_with_signin)
        time.forward(days=2)
        take_part(tea_with_signin, "k2")

        reply = take_part(tea_with_signin, "k3", {"make_up": "2026-11-03"})

        assert reply.json["outcome"] == {"day": "2026-11-03", "streak": 3, "made_up": True, "milestones": []}
        assert (reply.json["grants"], reply.json["balance"]) == ([], 10)
        assert len(list(EntryRow.scan())) == 2

    @pytest.mark.parametrize(
        ("given", "pointer"),
        [
            ({"make_up": "soon"}, "/input/make_up"),
            ({"make_up": "2026-02-30"}, "/input/make_up"),
            ({"make_up": 5}, "/input/make_up"),
            ({"make_up": "2026-11-02"}, "/input/make_up"),
            ({"day": "2026-11-02"}, "/input/day"),
        ],
    )
    def test_an_input_that_does_not_fit_is_named(self, tea_with_signin: TestShop, given: dict, pointer: str) -> None:
        reply = take_part(tea_with_signin, given=given)

        assert (reply.status, reply.pointers) == (422, [pointer])

    def test_each_rule_of_making_up_has_its_own_sentence(self, tea_with_signin: TestShop, time: MovableClock) -> None:
        take_part(tea_with_signin)
        time.forward(days=1)

        reply = take_part(tea_with_signin, "k2", {"make_up": "2026-11-01"})

        assert (reply.status, reply.code) == (403, "not_eligible")
        assert reply.json["detail"] == "Only days after your first check-in can be made up."


class TestBalance:
    def test_the_answer_the_account_and_the_statement_agree(
        self, tea_with_signin: TestShop, time: MovableClock
    ) -> None:
        take_part(tea_with_signin)
        time.forward(days=1)
        balance = take_part(tea_with_signin, "k2").json["balance"]

        account = ask(points_app, "GET", "/v1/me/account", bearer=tea_with_signin.token()).json
        entries = ask(points_app, "GET", "/v1/me/entries", bearer=tea_with_signin.token()).json["items"]
        assert balance == account["available"] == entries[0]["balance_after"] == sum(each["points"] for each in entries)

    def test_points_that_expired_are_not_in_the_balance_of_the_answer(
        self, tea_with_signin: TestShop, time: MovableClock
    ) -> None:
        take_part(tea_with_signin)
        time.forward(days=400)

        told = take_part(tea_with_signin, "k2").json

        account = ask(points_app, "GET", "/v1/me/account", bearer=tea_with_signin.token()).json
        assert account["available"] == 5
        assert told["balance"] == account["available"]

    def test_a_debt_is_repaid_by_the_check_in(self, tea_with_signin: TestShop, time: MovableClock) -> None:
        subject = identity.make_subject("tea", "u1")
        source = Source("opening", "o1", "opening")
        owing = Account("tea", subject, balance=-8, debt=8)
        opening = an_earning(owing, 1, key="o", day=date(2026, 1, 1), source=source, at=time.at)
        commit(book.parts(opening))
        forget_everything()

        assert take_part(tea_with_signin).json["balance"] == 0


class TestReplay:
    def test_the_same_key_gives_the_same_bytes(self, tea_with_signin: TestShop) -> None:
        first = take_part(tea_with_signin)

        again = take_part(tea_with_signin)

        assert (again.status, again.body) == (201, first.body)
        assert again.headers["idempotent-replayed"] == "true"
        assert len(list(EntryRow.scan())) == 1

    def test_it_does_so_across_midnight(self, tea_with_signin: TestShop, time: MovableClock) -> None:
        first = take_part(tea_with_signin)
        time.forward(days=1)

        again = take_part(tea_with_signin)

        assert again.body == first.body
        assert not seen(tea_with_signin)["state"]["checked_in_today"]

    def test_it_does_so_while_the_activity_is_paused(self, tea_with_signin: TestShop) -> None:
        first = take_part(tea_with_signin)
        status = {"status": "paused"}
        ask(app, "POST", "/v1/admin/activities/daily/status", bearer=tea_with_signin.owner_key, body=status)

        assert take_part(tea_with_signin).body == first.body
        assert take_part(tea_with_signin, "k2").code == "not_open"

    @pytest.mark.parametrize("given", [{}, {"make_up": "2026-11-05"}])
    def test_it_does_so_after_three_more(
        self, tea_with_signin: TestShop, time: MovableClock, given: dict[str, str]
    ) -> None:
        take_part(tea_with_signin, "k0")
        time.forward(days=4)
        first = take_part(tea_with_signin, "old", given)
        for n in range(3):
            time.forward(days=1)
            assert take_part(tea_with_signin, f"k{n + 1}").status == 201

        again = take_part(tea_with_signin, "old", given)

        assert (again.status, again.body) == (201, first.body)

    def test_an_older_key_meets_the_rule(self, tea_with_signin: TestShop, time: MovableClock) -> None:
        take_part(tea_with_signin, "old")
        for n in range(4):
            time.forward(days=1)
            take_part(tea_with_signin, f"k{n}")

        again = take_part(tea_with_signin, "old")

        assert (again.status, again.code) == (409, "already_participated")
        assert len(list(EntryRow.scan())) == 5

    @pytest.mark.parametrize(
        "body",
        [b'{"input":{}}', b' {\n"input" : { } }\t', b"{}", b'{"input":{"make_up":"2026-11-01"},"input":{}}'],
    )
    def test_how_the_body_is_spaced_does_not_matter(self, tea_with_signin: TestShop, body: bytes) -> None:
        first = take_part(tea_with_signin)

        assert take_part(tea_with_signin, body=body).body == first.body

    @pytest.mark.parametrize("given", [{"make_up": "2026-11-01"}, {"make_up": None}])
    def test_another_body_under_the_same_key_is_refused(self, tea_with_signin: TestShop, given: dict) -> None:
        take_part(tea_with_signin)

        reply = take_part(tea_with_signin, given=given)

        assert (reply.status, reply.code) == (422, "idempotency_key_reused")

    def test_a_refusal_is_not_remembered(self, tea_with_signin: TestShop, time: MovableClock) -> None:
        take_part(tea_with_signin)
        take_part(tea_with_signin, "k2")
        time.forward(days=1)

        assert take_part(tea_with_signin, "k2").status == 201

    def test_keys_belong_to_one_customer(self, tea_with_signin: TestShop) -> None:
        take_part(tea_with_signin)

        other = take_part(tea_with_signin, customer="u2")

        assert (other.status, "idempotent-replayed" in other.headers) == (201, False)

    def test_keys_belong_to_one_activity(self, tea_with_signin: TestShop) -> None:
        open_signin("tea", "evening")
        take_part(tea_with_signin)

        other = ask(
            app,
            "POST",
            "/v1/activities/evening/participations",
            bearer=tea_with_signin.token(),
            body={"input": {}},
            key="k1",
        )

        assert (other.status, other.json["balance"]) == (201, 10)


class TestLook:
    def test_a_visitor_sees_the_definition_alone(self, tea_with_signin: TestShop) -> None:
        reply = ask(app, "GET", "/v1/activities/daily", query={"shop": "tea"}, language="zh-CN")

        assert reply.json["state"] is None
        assert reply.json["title"] == "每日签到"
        assert reply.json["config"]["reward"] == {"first": 5, "step": 1, "cap": 10}

    def test_somebody_who_never_took_part_sees_a_state_of_zero_and_nothing_is_written(
        self, tea_with_signin: TestShop
    ) -> None:
        state = seen(tea_with_signin)["state"]

        assert (state["streak"], state["total_days"], state["checked_in_today"]) == (0, 0, False)
        assert identity.find_subject("tea", "u1") is None

    def test_after_a_check_in_it_says_when_the_next_one_opens(self, tea_with_signin: TestShop) -> None:
        take_part(tea_with_signin)

        state = seen(tea_with_signin)["state"]

        assert state["next_at"] == "2026-11-03T00:00:00+08:00"
        assert state["next_milestone"] == {"days": 7, "points": 20, "make_up_cards": 1, "remaining_days": 6}
        assert state["month"] == {"month": "2026-11", "days": [2]}

    @pytest.mark.parametrize("month", ["2026-13", "1999-01", "now", "2026-1", "", "2026-11\n"])
    def test_a_month_that_is_none_is_invalid(self, tea_with_signin: TestShop, month: str) -> None:
        reply = ask(app, "GET", "/v1/activities/daily", bearer=tea_with_signin.token(), query={"month": month})

        assert (reply.status, reply.pointers) == (422, ["?month"])

    @pytest.mark.parametrize("month", ["2000-01", "2099-12"])
    def test_a_far_month_is_empty(self, tea_with_signin: TestShop, month: str) -> None:
        take_part(tea_with_signin)

        assert seen(tea_with_signin, month=month)["state"]["month"] == {"month": month, "days": []}

    def test_the_list_is_in_the_readers_language(self, tea_with_signin: TestShop) -> None:
        open_signin("tea", "evening", title={"zh-CN": "晚间签到"})

        titles = [
            [
                item["title"]
                for item in ask(app, "GET", "/v1/activities", query={"shop": "tea"}, language=tag).json["items"]
            ]
            for tag in ("en", "zh-CN")
        ]

        assert titles == [["Daily check-in", "晚间签到"], ["每日签到", "晚间签到"]]

    def test_a_new_edition_starts_everybody_anew(self, tea_with_signin: TestShop, time: MovableClock) -> None:
        take_part(tea_with_signin)
        change = {"based_on": 1, "definition": a_signin(edition="2")}
        ask(app, "PUT", "/v1/admin/activities/daily", bearer=tea_with_signin.owner_key, body=change)

        state = seen(tea_with_signin)["state"]

        assert (state["streak"], state["total_days"]) == (0, 0)


def test_what_is_stored_names_the_subject_and_never_the_customer(tea_with_signin: TestShop) -> None:
    take_part(tea_with_signin, customer="canary-customer")

    rows = json.dumps([[row.pk, row.sk, row.source] for row in EntryRow.scan()])

    assert "canary-customer" not in rows
