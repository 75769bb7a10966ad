"""A customer's file: what it takes, and that nobody reads it without the customer's own key."""

from typing import Any

import pytest
from cryptography.exceptions import InvalidTag

from services.profiles import store
from services.profiles.app import app
from services.profiles.profile import ProfileIn
from shared import identity, vault
from shared.schema import CustomerRow, DataKeyRow
from tests.support.asking import Reply, ask
from tests.support.batches import raw_items
from tests.support.shop import MovableClock, TestShop
from tests.support.tables import Platform

CANARIES = ("canary-name", "canary-region", "lunar")
WHOLE = {
    "name": "canary-name 林",
    "gender": "other",
    "birthday": {"calendar": "lunar", "year": 1987, "month": 6, "day": 30, "leap_month": True},
    "region": "canary-region",
    "language": "zh-CN",
}


def put(shop: TestShop, body: Any, customer: str = "u1") -> Reply:
    return ask(app, "PUT", "/v1/me", bearer=shop.token(customer), body=body)


def get(shop: TestShop, customer: str = "u1") -> Any:
    return ask(app, "GET", "/v1/me", bearer=shop.token(customer)).json


def a_birthday(**changes: Any) -> dict[str, Any]:
    return {"birthday": {"month": 2, "day": 1} | changes}


class TestFile:
    def test_a_customer_nobody_knows_has_an_empty_one_and_none_is_made(self, tea: TestShop) -> None:
        told = get(tea)

        assert told == {"customer_id": "u1", "updated_at": None} | dict.fromkeys(
            ("name", "gender", "birthday", "region", "language")
        )
        assert identity.find_subject("tea", "u1") is None

    def test_what_was_said_is_what_is_told(self, tea: TestShop) -> None:
        answer = put(tea, WHOLE)

        assert answer.status == 200
        assert get(tea) == answer.json == {**WHOLE, "customer_id": "u1", "updated_at": "2026-11-02T04:00:00Z"}

    def test_saying_it_again_replaces_the_whole_file(self, tea: TestShop, time: MovableClock) -> None:
        put(tea, WHOLE)
        time.forward(hours=1)

        put(tea, {"name": "Lin"})

        told = get(tea)
        assert (told["name"], told["birthday"], told["region"]) == ("Lin", None, None)
        assert told["updated_at"] == "2026-11-02T05:00:00Z"

    def test_customers_of_other_shops_have_their_own(self, tea: TestShop) -> None:
        put(tea, {"name": "Lin"})
        put(tea, {"name": "Mei"}, "u2")

        assert [get(tea, customer)["name"] for customer in ("u1", "u2", "u3")] == ["Lin", "Mei", None]


class TestBirthday:
    @pytest.mark.parametrize(
        "changes",
        [
            {"day": 29},
            {"day": 29, "year": 2000},
            {"day": 29, "year": 2024},
            {"month": 12, "day": 31, "year": 1900},
            {"calendar": "lunar", "day": 30},
            {"calendar": "lunar", "month": 6, "day": 30, "leap_month": True},
            {"day": 1.0, "month": 2.0},
            {"year": None},
            {"year": 2026, "month": 11, "day": 2},
        ],
    )
    def test_a_day_that_exists_is_kept(self, tea: TestShop, changes: dict) -> None:
        assert put(tea, a_birthday(**changes)).status == 200

    @pytest.mark.parametrize(
        ("changes", "pointer", "message"),
        [
            ({"day": 30}, "/birthday", "There is no such date."),
            ({"day": 29, "year": 2023}, "/birthday", "There is no such date."),
            ({"day": 29, "year": 1900}, "/birthday", "There is no such date."),
            ({"month": 4, "day": 31}, "/birthday", "There is no such date."),
            ({"calendar": "lunar", "day": 31}, "/birthday", "There is no such date."),
            ({"leap_month": True}, "/birthday", "Only a lunar birthday can be in a leap month."),
            ({"month": 13}, "/birthday/month", "This must be 12 or less."),
            ({"day": 0}, "/birthday/day", "This must be 1 or more."),
            ({"day": "1"}, "/birthday/day", "This must be a whole number."),
            ({"day": 1.5}, "/birthday/day", "This must be a whole number."),
            ({"year": 1899}, "/birthday/year", "This must be 1900 or more."),
            ({"year": 2027}, "/birthday/year", "This year cannot be right."),
        ],
    )
    def test_a_day_that_does_not_is_named(self, tea: TestShop, changes: dict, pointer: str, message: str) -> None:
        reply = put(tea, a_birthday(**changes))

        assert reply.status == 422
        assert reply.json["errors"] == [{"pointer": pointer, "message": message}]

    def test_nobody_is_born_later_this_year(self, tea: TestShop) -> None:
        assert put(tea, a_birthday(year=2026, month=12, day=31)).status == 422

    def test_whether_a_year_has_come_is_asked_of_the_shops_day(self, tea: TestShop, time: MovableClock) -> None:
        born = a_birthday(year=2027, month=1, day=1)
        time.at = time.at.fromisoformat("2026-12-31T23:59:00+08:00")
        early = put(tea, born).status
        time.at = time.at.fromisoformat("2027-01-01T00:00:00+08:00")

        assert (early, put(tea, born).status) == (422, 200)


class TestOtherFields:
    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({"name": ""}, "/name"),
            ({"name": "x" * 81}, "/name"),
            ({"name": 5}, "/name"),
            ({"gender": "f"}, "/gender"),
            ({"language": "fr"}, "/language"),
            ({"region": ""}, "/region"),
            ({"customer_id": "u2"}, "/customer_id"),
            ({"birthday": {"month": 1}}, "/birthday/day"),
            ({"birthday": "2000-01-01"}, "/birthday"),
        ],
    )
    def test_what_does_not_fit_is_named_and_nothing_is_kept(self, tea: TestShop, body: dict, pointer: str) -> None:
        reply = put(tea, body)

        assert (reply.status, reply.pointers) == (422, [pointer])
        assert list(CustomerRow.scan()) == []


class TestSeal:
    def test_no_table_holds_what_was_said_in_the_clear(self, tea: TestShop, platform: Platform) -> None:
        put(tea, WHOLE)

        rows = repr({table: raw_items(table) for table in platform.tables})

        assert [word for word in CANARIES if word in rows] == []

    def test_another_customers_key_does_not_open_it(self, tea: TestShop) -> None:
        put(tea, WHOLE)
        put(tea, {"name": "Mei"}, "u2")
        one, two = (identity.find_subject("tea", customer) or "" for customer in ("u1", "u2"))
        sealed = CustomerRow.get(f"tea#{one}", "profile").sealed

        with pytest.raises(InvalidTag):
            vault.unseal_for("tea", two, sealed)

    def test_once_the_key_is_gone_nobody_can_read_the_file(self, tea: TestShop) -> None:
        put(tea, WHOLE)
        subject = identity.find_subject("tea", "u1") or ""
        DataKeyRow(f"tea#{subject}").delete()
        vault.clear_caches()

        with pytest.raises(LookupError):
            store.find_profile("tea", subject)

    def test_saying_the_same_twice_is_never_the_same_ciphertext(self, tea: TestShop) -> None:
        store.save_profile("tea", "s1", ProfileIn(name="Lin"))
        first = CustomerRow.get("tea#s1", "profile").sealed

        store.save_profile("tea", "s1", ProfileIn(name="Lin"))
        second = CustomerRow.get("tea#s1", "profile").sealed

        assert first != second


class TestPublicShop:
    @pytest.mark.parametrize(("language", "name"), [("en", "Tea"), ("zh-CN", "茶"), ("fr", "Tea")])
    def test_anybody_may_know_its_name_in_their_language(self, tea: TestShop, language: str, name: str) -> None:
        told = ask(app, "GET", "/v1/shop", query={"shop": "tea"}, language=language).json

        assert told == {"id": "tea", "name": name, "login_url": None}

    def test_a_customer_is_told_of_their_own(self, tea: TestShop) -> None:
        assert ask(app, "GET", "/v1/shop", bearer=tea.token()).json["id"] == "tea"

    def test_one_that_is_not_there_is_missing(self, tea: TestShop) -> None:
        assert ask(app, "GET", "/v1/shop", query={"shop": "nowhere"}).code == "not_found"
