"""Shops, keys, operators and the audit."""

import json
from typing import Any

import pytest
from chalice.test import Client

from services.activities.app import app as activities
from services.admin.app import app
from services.profiles.app import app as profiles
from shared import keys
from shared.schema import ShopRow
from tests.support.asking import Reply, ask
from tests.support.batches import raw_items
from tests.support.shop import MovableClock, TestShop, an_operator, forget_everything
from tests.support.tables import Platform

NEW = {"id": "coffee", "name": {"en": "Coffee"}}


def as_owner(shop: TestShop, method: str, path: str, body: Any = None, **changes: Any) -> Reply:
    return ask(app, method, path, **{"bearer": shop.owner_key, "body": body} | changes)


def bootstrap(**event: Any) -> Any:
    with Client(app) as client:
        return client.lambda_.invoke("bootstrap", event).payload


def settings_of(shop: TestShop, **changes: Any) -> dict[str, Any]:
    """The shop's settings as they are, with changes."""
    now = as_owner(shop, "GET", "/v1/shops/tea").json
    kept = {name: now[name] for name in ("name", "timezone", "language", "login_url")}
    return {"based_on": now["version"], "settings": kept | changes}


class TestBootstrap:
    def test_it_makes_the_platforms_key_once(self, platform: Platform, time: MovableClock) -> None:
        forget_everything()

        first, second = bootstrap(), bootstrap()

        assert first["platform_key"].startswith("rgp_")
        assert second == {"platform_key": None}
        assert ask(app, "GET", "/v1/shops", bearer=first["platform_key"]).status == 200

    def test_the_key_is_kept_as_a_hash_only(self, platform: Platform, time: MovableClock) -> None:
        secret = bootstrap()["platform_key"].rsplit("_", 1)[0][-20:]

        assert bootstrap() == {"platform_key": None}
        assert all(secret not in json.loads(row["body"]["S"]).get("hash", "") for row in raw_items("shops"))

    def test_a_lost_one_is_replaced_and_refused_from_then_on(self, platform: Platform, time: MovableClock) -> None:
        forget_everything()
        lost = bootstrap()["platform_key"]

        found = bootstrap(rotate=True)["platform_key"]

        assert [ask(app, "GET", "/v1/shops", bearer=key).status for key in (lost, found)] == [401, 200]
        assert bootstrap() == {"platform_key": None}

    def test_an_installation_without_a_key_gets_its_first(self, platform: Platform, time: MovableClock) -> None:
        forget_everything()

        made = bootstrap(rotate=True)["platform_key"]

        assert ask(app, "GET", "/v1/shops", bearer=made).status == 200

    @pytest.mark.parametrize("rotate", [None, False, "true", 1])
    def test_only_a_plain_yes_replaces_it(self, platform: Platform, time: MovableClock, rotate: Any) -> None:
        forget_everything()
        kept = bootstrap()["platform_key"]

        assert bootstrap(rotate=rotate) == {"platform_key": None}
        assert ask(app, "GET", "/v1/shops", bearer=kept).status == 200

    def test_the_platforms_log_tells_of_it_and_of_new_shops(self, platform: Platform, time: MovableClock) -> None:
        forget_everything()
        bootstrap()
        found = bootstrap(rotate=True)["platform_key"]
        time.forward(seconds=1)
        ask(app, "POST", "/v1/shops", bearer=found, body=NEW)

        lines = ask(app, "GET", "/v1/platform/audit", bearer=found).json["items"]

        assert [(line["who"], line["action"], line["target"]) for line in lines] == [
            ("platform", "shop.created", "shop:coffee"),
            ("platform", "platform_key.rotated", f"operator:{found.split('_')[1]}"),
        ]


class TestLostKeys:
    def test_the_platform_lets_a_shop_in_again(self, tea: TestShop) -> None:
        made = ask(app, "POST", "/v1/shops/tea/owners", bearer=tea.platform_key, body={"name": "Mei"}).json

        me = ask(app, "GET", "/v1/operators/me", bearer=made["secret"]).json
        signing = ask(app, "POST", "/v1/keys", bearer=made["secret"], body={"purpose": "customer"})

        assert me == {"shop": "tea", "id": made["id"], "name": "Mei", "role": "owner"}
        assert signing.status == 201

    def test_the_new_owner_can_withdraw_the_lost_key(self, tea: TestShop) -> None:
        made = ask(app, "POST", "/v1/shops/tea/owners", bearer=tea.platform_key, body={}).json

        gone = ask(app, "DELETE", f"/v1/operators/{tea.owner_key.split('_')[2]}", bearer=made["secret"])

        assert gone.status == 204
        assert as_owner(tea, "GET", "/v1/operators").status == 401

    def test_the_shops_own_log_and_the_platforms_tell_of_it(self, tea: TestShop, time: MovableClock) -> None:
        time.forward(seconds=1)
        made = ask(app, "POST", "/v1/shops/tea/owners", bearer=tea.platform_key, body={"name": "Mei"}).json

        told = as_owner(tea, "GET", "/v1/audit").json["items"][0]
        noted = ask(app, "GET", "/v1/platform/audit", bearer=tea.platform_key).json["items"][0]

        assert (told["who"], told["action"], told["target"]) == (
            "platform",
            "operator.created",
            f"operator:{made['id']}",
        )
        assert told["after"] == {"name": "Mei", "role": "owner"}
        assert (noted["who"], noted["action"], noted["target"]) == ("platform", "owner.added", "shop:tea")

    @pytest.mark.parametrize("shop", ["nowhere", "platform", "a%23b"])
    def test_a_shop_that_is_not_there_gets_no_owner(self, tea: TestShop, shop: str) -> None:
        reply = ask(app, "POST", f"/v1/shops/{shop}/owners", bearer=tea.platform_key, body={})

        assert reply.status == 404

    def test_no_owner_of_the_shop_can_do_it(self, tea: TestShop) -> None:
        assert as_owner(tea, "POST", "/v1/shops/tea/owners", {}).status == 401


class TestShops:
    def test_a_new_shop_comes_with_working_keys(self, tea: TestShop) -> None:
        made = ask(app, "POST", "/v1/shops", bearer=tea.platform_key, body=NEW).json

        assert made["shop"]["timezone"] == "Asia/Shanghai"
        assert made["webhook_key"]["secret"].startswith("whsec_")
        assert ask(app, "GET", "/v1/shops/coffee", bearer=made["owner_key"]["secret"]).json == made["shop"]
        opened = TestShop("coffee", "", "", made["customer_key"]["id"], made["customer_key"]["secret"], "")
        assert ask(profiles, "GET", "/v1/me", bearer=opened.token()).status == 200

    def test_an_id_is_taken_once_and_the_first_shop_stays(self, tea: TestShop) -> None:
        again = ask(app, "POST", "/v1/shops", bearer=tea.platform_key, body=NEW | {"id": "tea"})

        assert (again.status, again.code) == (409, "conflict")
        assert as_owner(tea, "GET", "/v1/shops/tea").json["name"] == {"en": "Tea", "zh-CN": "茶"}

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({"id": "platform"}, "/id"),
            ({"id": "Tea"}, "/id"),
            ({"id": "a#b"}, "/id"),
            ({"name": {}}, "/name"),
            ({"name": {"fr": "x"}}, "/name"),
            ({"name": {"en": ""}}, "/name/en"),
            ({"timezone": "Mars/Olympus"}, "/timezone"),
            ({"timezone": "../etc/passwd"}, "/timezone"),
            ({"currency": "yuan"}, "/currency"),
            ({"points_months": 12}, "/points_months"),
            ({"language": "fr"}, "/language"),
            ({"login_url": "http://shop.example/login"}, "/login_url"),
            ({"login_url": "javascript:alert(1)"}, "/login_url"),
            ({"login_url": "//shop.example/login"}, "/login_url"),
            ({"login_url": "https://"}, "/login_url"),
            ({"login_url": "https://regulars.example@evil.example"}, "/login_url"),
            ({"login_url": "https://shop.example/" + "x" * 500}, "/login_url"),
        ],
    )
    def test_what_does_not_fit_is_named(self, tea: TestShop, changes: dict, pointer: str) -> None:
        reply = ask(app, "POST", "/v1/shops", bearer=tea.platform_key, body=NEW | changes)

        assert (reply.status, reply.pointers) == (422, [pointer])


class TestSettings:
    def test_a_change_is_a_new_version(self, tea: TestShop) -> None:
        changed = as_owner(tea, "PUT", "/v1/shops/tea", settings_of(tea, name={"en": "Green"}, language="en"))

        assert (changed.json["version"], changed.json["name"], changed.json["language"]) == (2, {"en": "Green"}, "en")
        assert as_owner(tea, "GET", "/v1/shops/tea").json == changed.json

    def test_a_login_page_is_kept_audited_and_told_to_visitors(self, tea: TestShop, time: MovableClock) -> None:
        asked = settings_of(tea, login_url="HTTPS://Tea.example/log in")
        time.forward(seconds=1)

        changed = as_owner(tea, "PUT", "/v1/shops/tea", asked).json
        public = ask(profiles, "GET", "/v1/shop", query={"shop": "tea"}).json
        line = as_owner(tea, "GET", "/v1/audit", query={"limit": 1}).json["items"][0]

        assert changed["login_url"] == "https://tea.example/log%20in"
        assert public == {"id": "tea", "name": "Tea", "login_url": changed["login_url"]}
        assert (line["before"]["login_url"], line["after"]["login_url"]) == (None, changed["login_url"])

    def test_a_shop_kept_before_there_was_a_login_page_has_none(self, tea: TestShop) -> None:
        row = ShopRow.get("tea", "settings")
        row.body = json.dumps({name: value for name, value in json.loads(row.body).items() if name != "login_url"})
        row.save()

        assert as_owner(tea, "GET", "/v1/shops/tea").json["login_url"] is None

    def test_a_change_of_what_was_changed_meanwhile_is_refused(self, tea: TestShop) -> None:
        body = settings_of(tea)
        as_owner(tea, "PUT", "/v1/shops/tea", body)

        late = as_owner(tea, "PUT", "/v1/shops/tea", body)

        assert (late.status, late.json["current"]) == (409, 2)

    def test_a_new_zone_starts_with_the_shops_next_midnight(
        self, tea_with_signin: TestShop, time: MovableClock
    ) -> None:
        changed = as_owner(tea_with_signin, "PUT", "/v1/shops/tea", settings_of(tea_with_signin, timezone="Asia/Tokyo"))
        days = [self.today()]

        for now in ("2026-11-02T23:59:59+08:00", "2026-11-03T00:00:00+08:00", "2026-11-03T23:00:00+08:00"):
            time.at = time.at.fromisoformat(now)
            days.append(self.today())

        assert (changed.json["timezone"], changed.json["next_timezone"]) == ("Asia/Shanghai", "Asia/Tokyo")
        assert days == [
            ("2026-11-02", "Asia/Shanghai"),
            ("2026-11-02", "Asia/Shanghai"),
            ("2026-11-03", "Asia/Tokyo"),
            ("2026-11-04", "Asia/Tokyo"),
        ]

    @staticmethod
    def today() -> tuple[str, str]:
        told = ask(activities, "GET", "/v1/activities/daily", query={"shop": "tea"}).json
        return told["today"], told["timezone"]

    def test_a_waiting_zone_can_be_taken_back(self, tea: TestShop, time: MovableClock) -> None:
        as_owner(tea, "PUT", "/v1/shops/tea", settings_of(tea, timezone="Asia/Tokyo"))

        back = as_owner(tea, "PUT", "/v1/shops/tea", settings_of(tea, timezone="Asia/Shanghai"))
        time.forward(days=2)

        assert back.status == 200
        assert as_owner(tea, "GET", "/v1/shops/tea").json["timezone"] == "Asia/Shanghai"

    def test_changing_something_else_keeps_the_waiting_zone(self, tea: TestShop, time: MovableClock) -> None:
        as_owner(tea, "PUT", "/v1/shops/tea", settings_of(tea, timezone="Asia/Tokyo"))

        as_owner(tea, "PUT", "/v1/shops/tea", settings_of(tea, timezone="Asia/Tokyo", name={"en": "Green"}))
        time.forward(days=1)

        assert as_owner(tea, "GET", "/v1/shops/tea").json["timezone"] == "Asia/Tokyo"

    def test_what_an_owner_reads_can_be_sent_back_without_undoing_a_move(
        self, tea: TestShop, time: MovableClock
    ) -> None:
        as_owner(tea, "PUT", "/v1/shops/tea", settings_of(tea, timezone="Asia/Tokyo"))
        now = as_owner(tea, "GET", "/v1/shops/tea").json

        coming = now["next_timezone"] or now["timezone"]

        assert coming == "Asia/Tokyo"


class TestKeys:
    def test_keys_can_be_rotated_without_a_gap(self, tea: TestShop) -> None:
        made = as_owner(tea, "POST", "/v1/keys", {"purpose": "customer"}).json
        rotated = TestShop("tea", "", tea.owner_key, made["id"], made["secret"], "")

        both = [ask(profiles, "GET", "/v1/me", bearer=shop.token()).status for shop in (tea, rotated)]
        as_owner(tea, "DELETE", f"/v1/keys/{tea.customer_kid}")
        after = [ask(profiles, "GET", "/v1/me", bearer=shop.token()).status for shop in (tea, rotated)]

        assert both == [200, 200]
        assert after == [401, 200]

    def test_another_process_refuses_a_removed_key_within_a_minute(self, tea: TestShop, time: MovableClock) -> None:
        ask(profiles, "GET", "/v1/me", bearer=tea.token())
        ShopRow("tea", f"key#{tea.customer_kid}").delete()

        found = []
        for seconds in (0, 60, 1):
            time.forward(seconds=seconds)
            found.append(ask(profiles, "GET", "/v1/me", bearer=tea.token()).status)

        assert found == [200, 200, 401]

    def test_another_process_refuses_a_removed_operator_within_a_minute(
        self, tea: TestShop, time: MovableClock
    ) -> None:
        key = an_operator(tea, "viewer")
        as_viewer = [ask(app, "GET", "/v1/shops/tea", bearer=key).status]
        ShopRow("tea", f"operator#{key.split('_')[2]}").delete()

        time.forward(seconds=61)
        as_viewer.append(ask(app, "GET", "/v1/shops/tea", bearer=key).status)

        assert as_viewer == [200, 401]

    def test_a_list_never_holds_a_secret(self, tea: TestShop) -> None:
        keys = as_owner(tea, "GET", "/v1/keys")

        assert sorted(key["purpose"] for key in keys.json["items"]) == ["customer", "webhook"]
        assert {name for key in keys.json["items"] for name in key} == {"id", "purpose", "created_at"}
        assert tea.customer_secret.encode() not in keys.body

    def test_no_table_holds_a_secret_in_the_clear(self, tea: TestShop, platform: Platform) -> None:
        secrets = (tea.customer_secret, tea.webhook_secret.removeprefix("whsec_"), tea.owner_key[-43:])

        rows = repr({table: raw_items(table) for table in platform.tables})

        assert [secret for secret in secrets if secret in rows] == []

    @pytest.mark.parametrize("key_id", ["none", "settings", "../operator", "key%23x"])
    def test_what_is_no_key_cannot_be_removed(self, tea: TestShop, key_id: str) -> None:
        if "/" not in key_id:
            assert as_owner(tea, "DELETE", f"/v1/keys/{key_id}").status == 404

        assert as_owner(tea, "GET", "/v1/shops/tea").status == 200

    def test_an_operator_is_no_key_and_a_key_no_operator(self, tea: TestShop) -> None:
        owner = tea.owner_key.split("_")[2]

        assert as_owner(tea, "DELETE", f"/v1/keys/{owner}").status == 404
        assert as_owner(tea, "DELETE", f"/v1/operators/{tea.customer_kid}").status == 404


class TestOperators:
    def test_somebody_new_has_the_role_they_were_given(self, tea: TestShop) -> None:
        made = as_owner(tea, "POST", "/v1/operators", {"name": "阿梅", "role": "editor"}).json

        me = ask(app, "GET", "/v1/operators/me", bearer=made["secret"]).json

        assert me == {"shop": "tea", "id": made["id"], "name": "阿梅", "role": "editor"}

    def test_the_last_owner_stays(self, tea: TestShop) -> None:
        owner = tea.owner_key.split("_")[2]

        reply = as_owner(tea, "DELETE", f"/v1/operators/{owner}")

        assert (reply.status, reply.json["detail"]) == (409, "A shop needs at least one owner.")
        assert as_owner(tea, "GET", "/v1/operators").json["items"][0]["id"] == owner

    def test_an_owner_may_go_once_there_is_another(self, tea: TestShop) -> None:
        second = as_owner(tea, "POST", "/v1/operators", {"name": "Mei", "role": "owner"}).json

        gone = as_owner(tea, "DELETE", f"/v1/operators/{tea.owner_key.split('_')[2]}")

        assert gone.status == 204
        assert as_owner(tea, "GET", "/v1/operators").status == 401
        left = ask(app, "GET", "/v1/operators", bearer=second["secret"]).json["items"]
        assert [operator["name"] for operator in left] == ["Mei"]

    def test_a_list_never_holds_a_hash(self, tea: TestShop) -> None:
        listed = as_owner(tea, "GET", "/v1/operators")

        assert b"hash" not in listed.body
        assert keys.hash_secret(tea.owner_key[-43:]).encode() not in listed.body

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"name": "", "role": "viewer"}, "/name"),
            ({"name": "x", "role": "platform"}, "/role"),
            ({"name": "x"}, "/role"),
        ],
    )
    def test_what_does_not_fit_is_named(self, tea: TestShop, body: dict, pointer: str) -> None:
        assert as_owner(tea, "POST", "/v1/operators", body).pointers == [pointer]


class TestAudit:
    def test_it_says_who_did_what_the_latest_first(self, tea: TestShop, time: MovableClock) -> None:
        time.forward(seconds=1)
        made = as_owner(tea, "POST", "/v1/operators", {"name": "Mei", "role": "viewer"}).json
        time.forward(seconds=1)
        as_owner(tea, "DELETE", f"/v1/operators/{made['id']}")

        lines = as_owner(tea, "GET", "/v1/audit").json["items"]

        who = f"operator:{tea.owner_key.split('_')[2]}"
        assert [(line["who"], line["action"]) for line in lines] == [
            (who, "operator.deleted"),
            (who, "operator.created"),
            ("platform", "shop.created"),
        ]
        assert lines[1]["after"] == {"name": "Mei", "role": "viewer"}
        assert (lines[0]["before"]["name"], lines[0]["after"]) == ("Mei", None)
        assert "hash" not in lines[0]["before"]

    def test_a_change_of_settings_says_before_and_after(self, tea: TestShop, time: MovableClock) -> None:
        time.forward(seconds=1)
        as_owner(tea, "PUT", "/v1/shops/tea", settings_of(tea, timezone="Asia/Tokyo", name={"en": "Green"}))

        line = as_owner(tea, "GET", "/v1/audit", query={"limit": 1}).json["items"][0]

        assert line["before"]["name"] == {"en": "Tea", "zh-CN": "茶"}
        assert line["after"]["name"] == {"en": "Green"}
        assert line["after"]["timezone"] == ["Asia/Shanghai", ["2026-11-02T16:00:00Z", "Asia/Tokyo"]]

    def test_values_lie_sealed(self, tea: TestShop) -> None:
        as_owner(tea, "POST", "/v1/operators", {"name": "canary-operator", "role": "viewer"})

        audited = [row for row in raw_items("shops") if row["sk"]["S"].startswith("audit#")]

        assert len(audited) == 3  # the new operator, and the new shop in its own log and the platform's
        assert "canary-operator" not in repr(audited)

    def test_pages_follow_each_other(self, tea: TestShop, time: MovableClock) -> None:
        for n in range(5):
            time.forward(seconds=1)
            as_owner(tea, "POST", "/v1/operators", {"name": f"n{n}", "role": "viewer"})

        first = as_owner(tea, "GET", "/v1/audit", query={"limit": 4}).json
        second = as_owner(tea, "GET", "/v1/audit", query={"limit": 4, "cursor": first["next_cursor"]}).json

        names = [line["after"] and line["after"]["name"] for line in (*first["items"], *second["items"])]
        assert names == ["n4", "n3", "n2", "n1", "n0", None]
        assert second["next_cursor"] is None
