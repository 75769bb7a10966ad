"""What operators do with points: decide, try, look, correct."""

import json
from datetime import date
from typing import Any

import pytest

from services.points import policy_form
from services.points.app import app
from services.points.policy_form import PolicyIn
from shared import audit, identity, shops, tables
from shared.ledger import book
from shared.ledger.policy import Policy
from shared.schema import CustomerRow, EntryRow
from tests.support.asking import Reply, ask
from tests.support.ledger import an_account, an_earning
from tests.support.shop import MovableClock, TestShop, an_operator

POLICY = "/v1/admin/policy"
ADJUSTMENTS = "/v1/admin/adjustments"
LEVELS = [
    {"id": "silver", "name": {"en": "Silver", "zh-CN": "银"}, "threshold": 10},
    {"id": "gold", "name": {"en": "Gold"}, "threshold": 50, "multiplier_percent": 150},
]


@pytest.fixture
def customer(tea: TestShop) -> str:
    """The subject of `u1`, who has 12 points to the end of December 2026 and 5 to that of November 2027."""
    subject = identity.make_subject("tea", "u1")
    first = an_earning(an_account(), 12, key="k1", bucket="2026-12")
    account = book.account_from("tea", subject, None)
    for n, entry in enumerate((first.entry, an_earning(first.after, 5, key="k2").entry)):
        posting = an_earning(account, entry.points, key=f"k{n}", bucket=next(iter(entry.lots)))
        tables.commit(book.parts(posting))
        account = posting.after
    return subject


def as_owner(shop: TestShop, method: str, path: str, body: Any = None, **changes: Any) -> Reply:
    return ask(app, method, path, bearer=shop.owner_key, body=body, **changes)


def correct(shop: TestShop, points: int, key: str = "k1", **changes: Any) -> Reply:
    body = {"customer_id": "u1", "points": points, "reason": "A late parcel."} | changes
    return as_owner(shop, "POST", ADJUSTMENTS, body, key=key)


class TestPolicy:
    def test_a_new_shop_has_one_that_can_be_saved_as_it_is(self, tea: TestShop) -> None:
        found = as_owner(tea, "GET", POLICY).json

        saved = as_owner(tea, "PUT", POLICY, {"based_on": found["version"], "policy": found["policy"]}).json

        assert (saved["policy"], saved["version"]) == (found["policy"], found["version"] + 1)
        assert shops.load_fresh("tea").points == Policy()

    def test_everything_decided_is_kept_and_applies_at_once(self, tea: TestShop) -> None:
        decided = {
            "expiry": {"kind": "inactivity", "months": 6},
            "earning": {
                "points": 2,
                "per_minor": 150,
                "rounding": "nearest",
                "categories": [{"category": "tea", "percent": 200}],
                "order_cap": 500,
                "daily_cap": 900,
            },
            "pending_days": 14,
            "refund": "write_off",
            "value": {"points": 100, "amount_minor": 80},
            "tiers": {"by": "spent", "window": "calendar", "months": 12, "levels": LEVELS},
        }

        saved = as_owner(tea, "PUT", POLICY, {"based_on": 1, "policy": decided})

        assert saved.status == 200
        assert shops.load("tea").points == policy_form.policy_of(PolicyIn.model_validate(decided, strict=False))
        assert policy_form.policy_of(policy_form.form_of(shops.load("tea").points)) == shops.load("tea").points

    @pytest.mark.parametrize(
        ("wrong", "pointer"),
        [
            ({"expiry": {"kind": "soon"}}, "/policy/expiry/kind"),
            ({"expiry": {"months": 0}}, "/policy/expiry/months"),
            ({"earning": {"per_minor": 0}}, "/policy/earning/per_minor"),
            ({"earning": {"categories": [{"category": "a", "percent": 1}] * 2}}, "/policy/earning"),
            ({"pending_days": 366}, "/policy/pending_days"),
            ({"tiers": {"levels": LEVELS[::-1]}}, "/policy/tiers"),
            ({"tiers": {"levels": [LEVELS[0], LEVELS[1] | {"id": "silver"}]}}, "/policy/tiers"),
            ({"value": {"points": 0}}, "/policy/value/points"),
            ({"surprise": 1}, "/policy/surprise"),
        ],
        ids=str,
    )
    def test_what_does_not_fit_is_named_and_nothing_is_written(
        self, tea: TestShop, wrong: dict[str, Any], pointer: str
    ) -> None:
        reply = as_owner(tea, "PUT", POLICY, {"based_on": 1, "policy": wrong})

        assert (reply.status, reply.pointers) == (422, [pointer])
        assert shops.load_fresh("tea").version == 1

    def test_two_who_change_it_at_once_do_not_overwrite_each_other(self, tea: TestShop) -> None:
        assert as_owner(tea, "PUT", POLICY, {"based_on": 1, "policy": {"refund": "report"}}).status == 200

        late = as_owner(tea, "PUT", POLICY, {"based_on": 1, "policy": {"refund": "debt"}})

        assert (late.status, late.json["current"]) == (409, 2)
        assert shops.load_fresh("tea").points.refund == "report"

    def test_only_an_owner_decides_and_the_change_log_tells_what_was(self, tea: TestShop, time: MovableClock) -> None:
        editor = an_operator(tea, "editor")
        time.forward(seconds=1)

        refused = ask(app, "PUT", POLICY, bearer=editor, body={"based_on": 1, "policy": {}})
        as_owner(tea, "PUT", POLICY, {"based_on": 1, "policy": {"refund": "report"}})

        line = audit.list_entries("tea", limit=1).entries[0]
        assert refused.status == 403
        assert (line.action, line.before["refund"], line.after["refund"]) == ("policy.changed", "debt", "report")


class TestPreview:
    def preview(self, shop: TestShop, **asked: Any) -> Any:
        return as_owner(shop, "POST", f"{POLICY}/preview", {"policy": {}, "customer_id": "u1"} | asked).json

    def test_it_says_what_an_order_would_earn_and_until_when(self, tea: TestShop) -> None:
        tried = {
            "expiry": {"kind": "year_end"},
            "earning": {"points": 3, "per_minor": 1_000, "categories": [{"category": "tea", "percent": 200}]},
            "value": {"points": 10, "amount_minor": 1},
        }

        found = self.preview(tea, policy=tried, paid_minor=9_999, category="tea")

        assert (found["expires"], found["order_points"], found["worth_minor"]) == ("2026-12-31", 59, 5)

    def test_points_that_were_given_keep_their_date(self, tea: TestShop, customer: str) -> None:
        lots = self.preview(tea, policy={"expiry": {"kind": "never"}})["lots"]

        assert [(lot["points"], lot["now"], lot["changed"]) for lot in lots] == [
            (12, "2026-12-31", False),
            (5, "2027-11-30", False),
        ]

    def test_nothing_is_changed(self, tea: TestShop, customer: str) -> None:
        self.preview(tea, policy={"refund": "report"})

        assert shops.load_fresh("tea").points == Policy()

    def test_a_customer_nobody_knows_has_no_lots(self, tea: TestShop) -> None:
        assert self.preview(tea, customer_id="nobody")["lots"] == []


class TestAccountAsTheCustomerSeesIt:
    def test_money_and_tier_are_told_once_the_shop_decides_them(self, tea: TestShop, customer: str) -> None:
        decided = {"value": {"points": 5, "amount_minor": 16}, "tiers": {"levels": LEVELS}}
        as_owner(tea, "PUT", POLICY, {"based_on": 1, "policy": decided})

        found = ask(app, "GET", "/v1/me/account", bearer=tea.token(), language="zh-CN").json

        assert found["money_value"] == {"amount_minor": 54, "currency": "CNY"}
        assert found["tier"] == {
            "id": "silver",
            "name": "银",
            "by": "points",
            "amount": 17,
            "until": "2026-11-30",
            "at_review": "silver",
            "multiplier_percent": 100,
            "next": {"id": "gold", "name": "Gold", "threshold": 50, "missing": 33},
        }

    def test_a_tier_may_go_by_the_money_that_was_spent(self, tea: TestShop, customer: str) -> None:
        spent = {"months": {"2026-10": 30, "2026-11": 25, "2024-11": 999}}
        row = CustomerRow(f"tea#{customer}", "purchases", subject=customer, body=json.dumps(spent), at="-")
        tables.save(row, CustomerRow.pk.does_not_exist())
        as_owner(tea, "PUT", POLICY, {"based_on": 1, "policy": {"tiers": {"by": "spent", "levels": LEVELS}}})

        tier = ask(app, "GET", "/v1/me/account", bearer=tea.token()).json["tier"]

        assert (tier["id"], tier["by"], tier["amount"], tier["multiplier_percent"]) == ("gold", "spent", 55, 150)
        assert tier["next"] is None

    def test_operators_see_the_same(self, tea: TestShop, customer: str) -> None:
        for path in ("account", "entries"):
            own = ask(app, "GET", f"/v1/me/{path}", bearer=tea.token()).json
            assert as_owner(tea, "GET", f"/v1/admin/customers/u1/{path}").json == own

    def test_a_customer_nobody_knows_is_missing(self, tea: TestShop) -> None:
        assert as_owner(tea, "GET", "/v1/admin/customers/nobody/account").status == 404


class TestAdjustment:
    @pytest.mark.parametrize(("points", "left"), [(8, 25), (-12, 5), (-17, 0)])
    def test_points_are_given_or_taken(self, tea: TestShop, customer: str, points: int, left: int) -> None:
        told = correct(tea, points)

        line = ask(app, "GET", "/v1/me/entries", bearer=tea.token(), query={"limit": 1}).json["items"][0]
        assert (told.status, told.json["balance"]) == (201, left)
        assert (line["points"], line["balance_after"], line["reason"]) == (points, left, "Corrected by the shop")
        assert line["id"] == told.json["entry_id"]

    def test_no_more_can_be_taken_than_there_is(self, tea: TestShop, customer: str) -> None:
        refused = correct(tea, -18)

        assert (refused.status, refused.json["code"], refused.json["missing_points"]) == (409, "insufficient_points", 1)
        assert len(list(EntryRow.query(f"tea#{customer}"))) == 2

    def test_the_same_key_takes_effect_once_also_across_midnight(
        self, tea: TestShop, customer: str, time: MovableClock
    ) -> None:
        first = correct(tea, 8)
        time.forward(hours=20)

        again = correct(tea, 8)

        assert (again.status, again.json, again.headers["idempotent-replayed"]) == (201, first.json, "true")
        assert book.load_account("tea", customer, consistent=True).balance == 25

    def test_the_same_key_for_something_else_is_refused(self, tea: TestShop, customer: str) -> None:
        correct(tea, 8)

        refused = correct(tea, 9)

        assert (refused.status, refused.json["code"]) == (422, "idempotency_key_reused")

    def test_the_change_log_tells_who_gave_how_much_and_why(
        self, tea: TestShop, customer: str, time: MovableClock
    ) -> None:
        time.forward(seconds=1)

        correct(tea, 8, reason="补发")

        line = audit.list_entries("tea", limit=1).entries[0]
        assert (line.action, line.target) == ("points.adjusted", "customer:u1")
        assert line.after == {"points": 8, "reason": "补发", "balance": 25}

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [({"reason": "错"}, "/reason"), ({"points": 10_000_001}, "/points"), ({"points": 0}, "/points")],
    )
    def test_it_needs_a_reason_and_a_number(
        self, tea: TestShop, customer: str, changes: dict[str, Any], pointer: str
    ) -> None:
        points = changes.pop("points", 5)

        reply = correct(tea, points, **changes)

        assert (reply.status, reply.pointers) == (422, [pointer])

    def test_a_customer_nobody_knows_cannot_be_given_points(self, tea: TestShop) -> None:
        reply = correct(tea, 5)

        assert (reply.status, reply.pointers) == (422, ["/customer_id"])
        assert identity.find_subject("tea", "u1") is None

    def test_expired_points_are_settled_by_the_movement_that_meets_them(
        self, tea: TestShop, customer: str, time: MovableClock
    ) -> None:
        time.at = time.at.fromisoformat("2027-01-01T00:00:00+08:00")

        told = correct(tea, 8)

        rows = sorted(EntryRow.query(f"tea#{customer}"), key=lambda row: row.seq)
        assert [(row.kind, row.points) for row in rows] == [("earn", 12), ("earn", 5), ("expire", -12), ("adjust", 8)]
        assert rows[2].sk.startswith(date(2026, 12, 31).isoformat())
        assert told.json["balance"] == 13
