"""What operators do with rewards: versions, statuses, stock, codes, deliveries."""

from typing import Any

import pytest

from services.points.app import app
from tests.points.rewards.shelf import a_reward, balance, cancel, catalogue, give, left, offer, redeem
from tests.support.asking import Reply, ask
from tests.support.shop import MovableClock, TestShop, an_operator

PATH = "/v1/admin/rewards"


def create(shop: TestShop, reward: str = "new", kind: str = "coupon", **changes: Any) -> Reply:
    body = {"id": reward, "definition": a_reward(kind, **changes)}
    return ask(app, "POST", PATH, bearer=shop.owner_key, body=body)


def change(shop: TestShop, based_on: int, reward: str = "new", kind: str = "coupon", **changes: Any) -> Reply:
    body = {"based_on": based_on, "definition": a_reward(kind, **changes)}
    return ask(app, "PUT", f"{PATH}/{reward}", bearer=shop.owner_key, body=body)


def set_status(shop: TestShop, status: str, reward: str = "new") -> Reply:
    return ask(app, "POST", f"{PATH}/{reward}/status", bearer=shop.owner_key, body={"status": status})


def put_codes(shop: TestShop, reward: str = "new", **body: Any) -> Reply:
    return ask(app, "POST", f"{PATH}/{reward}/codes", bearer=shop.owner_key, body=body)


class TestDefinitions:
    def test_a_new_reward_is_a_draft_that_customers_do_not_see(self, tea: TestShop) -> None:
        give()
        made = create(tea)

        assert (made.status, made.json["version"], made.json["status"]) == (201, 1, "draft")
        assert catalogue(tea) == []
        assert redeem(tea, "new").status == 404

    def test_it_is_opened_paused_and_ended(self, tea: TestShop) -> None:
        give(500)
        create(tea)
        codes: list[str] = []

        for status in ("open", "paused", "open", "ended"):
            assert set_status(tea, status).status == 200
            codes.append(redeem(tea, "new", key=f"k{len(codes)}").code)

        assert codes == ["", "not_open", "", "not_open"]
        assert set_status(tea, "open").code == "conflict"

    def test_a_change_is_a_version_and_what_was_redeemed_stays_as_it_was(self, tea: TestShop) -> None:
        give(500)
        create(tea)
        set_status(tea, "open")
        before = redeem(tea, "new")

        assert change(tea, 2, title={"en": "¥5 coupon"}, price_points=80).json["version"] == 3
        assert change(tea, 2).code == "conflict"

        assert redeem(tea, "new").body == before.body
        assert redeem(tea, "new", key="k2").json["points"] == 80
        versions = ask(app, "GET", f"{PATH}/new/versions", bearer=tea.owner_key).json["items"]
        assert [each["version"] for each in versions] == [3, 2, 1]

    @pytest.mark.parametrize(
        ("kind", "changes", "pointer"),
        [
            ("coupon", {"config": {"amount_minor": 300, "percent": 10}}, "/definition/coupon/config"),
            ("coupon", {"config": {"amount_minor": 300, "codes": "pool"}, "stock": 5}, "/definition/coupon"),
            ("product", {"config": {"payment": "points", "cash_minor": 5}}, "/definition/product/config"),
            ("product", {"config": {"payment": "points_and_cash"}}, "/definition/product/config"),
            ("red_packet", {"price_points": 0}, "/definition/red_packet/price_points"),
            ("red_packet", {"shards": 17}, "/definition/red_packet/shards"),
        ],
    )
    def test_what_does_not_fit_is_named(self, tea: TestShop, kind: str, changes: dict[str, Any], pointer: str) -> None:
        body = {"id": "new", "definition": a_reward(kind) | changes}

        wrong = ask(app, "POST", PATH, bearer=tea.owner_key, body=body)

        assert (wrong.status, wrong.pointers) == (422, [pointer])

    def test_a_viewer_changes_nothing(self, tea: TestShop) -> None:
        body = {"id": "new", "definition": a_reward()}

        assert ask(app, "POST", PATH, bearer=an_operator(tea), body=body).code == "forbidden"


class TestStock:
    def test_more_of_it_is_spread_over_more_shards(self, tea: TestShop) -> None:
        give(5000)
        create(tea, kind="red_packet", stock=5, shards=2)
        set_status(tea, "open")
        redeem(tea, "new", quantity=2)

        change(tea, 2, kind="red_packet", stock=12, shards=3)

        found = ask(app, "GET", f"{PATH}/new/stock", bearer=tea.owner_key).json
        assert found == {"stock": 12, "left": 10, "codes": None, "shards": [4, 3, 3]}
        assert redeem(tea, "new", quantity=10, key="k2").status == 201
        assert redeem(tea, "new", key="k3").code == "sold_out"

    def test_fewer_shards_keep_what_the_others_had(self, tea: TestShop) -> None:
        create(tea, kind="red_packet", stock=10, shards=4)

        change(tea, 1, kind="red_packet", stock=10, shards=1)

        assert left(tea, "new") == 10

    def test_an_earlier_wider_spread_does_not_come_back(self, tea: TestShop) -> None:
        create(tea, kind="red_packet", stock=100, shards=4)
        change(tea, 1, kind="red_packet")
        change(tea, 2, kind="red_packet", stock=10, shards=1)

        change(tea, 3, kind="red_packet", stock=10, shards=4)

        assert left(tea, "new") == 10

    def test_it_cannot_be_less_than_was_redeemed(self, tea: TestShop) -> None:
        give(5000)
        create(tea, kind="red_packet", stock=5)
        set_status(tea, "open")
        redeem(tea, "new", quantity=4)

        refused = change(tea, 2, kind="red_packet", stock=3)

        assert (refused.code, refused.json["redeemed"]) == ("conflict", 4)
        assert change(tea, 2, kind="red_packet", stock=4).status == 200
        assert left(tea, "new") == 0


class TestCodes:
    def test_a_pool_is_the_stock_and_each_code_goes_out_once(self, tea: TestShop) -> None:
        give(500)
        create(tea, config={"codes": "pool"})
        set_status(tea, "open")
        assert redeem(tea, "new").code == "sold_out"

        assert put_codes(tea, codes=["A-1", "A-2", "A-3"]).json == {"added": 3}
        given = {redeem(tea, "new", key=f"k{n}").json.get("code") for n in range(4)}

        assert given == {"A-1", "A-2", "A-3", "sold_out"}
        assert left(tea, "new") == 0

    def test_a_code_that_was_ever_there_is_refused_by_its_line(self, tea: TestShop) -> None:
        give(500)
        create(tea, config={"codes": "pool"})
        set_status(tea, "open")
        put_codes(tea, codes=["A-1"])
        redeem(tea, "new")

        refused = put_codes(tea, codes=["A-2", "A-1", "A-2"])

        assert (refused.code, refused.pointers) == ("invalid", ["/codes/1", "/codes/2"])
        assert left(tea, "new") == 0

    def test_the_same_list_again_changes_nothing(self, tea: TestShop) -> None:
        create(tea, config={"codes": "pool"})
        many = [f"A-{n}" for n in range(120)]

        assert put_codes(tea, codes=many).json == put_codes(tea, codes=many).json == {"added": 120}
        assert left(tea, "new") == 120

    def test_new_codes_are_made(self, tea: TestShop) -> None:
        create(tea, config={"codes": "pool"})

        assert put_codes(tea, generate=30).json == {"added": 30}
        assert left(tea, "new") == 30

    def test_a_reward_without_a_pool_takes_none(self, tea: TestShop) -> None:
        create(tea)

        assert put_codes(tea, codes=["A-1"]).code == "conflict"
        assert put_codes(tea, codes=["A-1"], generate=1).pointers == [""]


class TestDeliveries:
    def finish(self, shop: TestShop, redemption: str, how: str, **body: Any) -> Reply:
        path = f"/v1/admin/redemptions/{redemption}/{how}"
        return ask(app, "POST", path, bearer=shop.owner_key, body=body or None)

    def test_what_was_delivered_stays_delivered(self, tea: TestShop) -> None:
        give()
        offer(reward="data", kind="data_top_up")
        redemption = redeem(tea, "data", contact={"phone": "13800138000"}).json["redemption_id"]

        done = self.finish(tea, redemption, "fulfil").json

        assert (done["status"], done["customer_id"], done["contact"]) == ("fulfilled", "u1", {"phone": "13800138000"})
        assert self.finish(tea, redemption, "fulfil").json == done
        assert self.finish(tea, redemption, "fail", reason="late").code == "conflict"
        assert cancel(tea, redemption).code == "conflict"

    def test_what_cannot_be_delivered_gives_points_and_stock_back_once(self, tea: TestShop) -> None:
        give()
        offer(reward="packet", kind="red_packet", stock=2)
        redemption = redeem(tea, "packet").json["redemption_id"]

        for _ in range(2):
            done = self.finish(tea, redemption, "fail", reason="no such account").json
            assert (done["status"], done["reason"], done["customer_id"]) == ("returned", "no such account", None)

        assert (balance(tea), left(tea, "packet")) == (100, 2)

    def listed(self, shop: TestShop, **query: Any) -> Reply:
        return ask(app, "GET", "/v1/admin/redemptions", bearer=shop.owner_key, query=query)

    def test_one_customers_are_listed_the_latest_first(self, tea: TestShop, time: MovableClock) -> None:
        give(500)
        give(500, "u2")
        offer()
        offer(reward="packet", kind="red_packet")
        made = []
        for reward, customer in (("coupon", "u1"), ("packet", "u2"), ("packet", "u1")):
            time.forward(minutes=1)
            made.append(redeem(tea, reward, customer=customer).json["redemption_id"])

        first = self.listed(tea, customer_id="u1", limit=1).json
        rest = self.listed(tea, customer_id="u1", limit=1, cursor=first["next_cursor"]).json

        assert [each["redemption_id"] for each in first["items"] + rest["items"]] == [made[2], made[0]]
        assert rest["next_cursor"] is None
        waiting = self.listed(tea, customer_id="u1", status="pending").json["items"]
        assert [(each["redemption_id"], each["customer_id"]) for each in waiting] == [(made[2], "u1")]

    def test_a_customer_nobody_knows_has_redeemed_nothing(self, tea: TestShop) -> None:
        assert self.listed(tea, customer_id="nobody").json == {"items": [], "next_cursor": None}

    @pytest.mark.parametrize("query", [{}, {"reward_id": "coupon", "customer_id": "u1"}])
    def test_either_a_reward_or_a_customer_is_named(self, tea: TestShop, query: dict[str, str]) -> None:
        refused = self.listed(tea, **query)

        assert (refused.status, refused.code) == (422, "invalid")
        assert refused.json["errors"][0]["message"] == "Name either a reward or a customer."

    def test_another_shops_redemption_is_missing(self, tea: TestShop) -> None:
        from tests.support.shop import open_shop

        give()
        offer(reward="packet", kind="red_packet")
        redemption = redeem(tea, "packet").json["redemption_id"]
        coffee = open_shop("coffee")

        assert self.finish(coffee, redemption, "fulfil").status == 404
