"""Customers with points, and requests as a widget and a console send them."""

from typing import Any

from services.points.app import app
from tests.support.asking import Reply, ask
from tests.support.catalogue import a_reward, give, offer
from tests.support.shop import TestShop

__all__ = ["a_reward", "give", "offer"]


def redeem(shop: TestShop, reward: str = "coupon", *, customer: str = "u1", key: str = "k1", **more: Any) -> Reply:
    language = more.pop("language", None)
    body = {"reward_id": reward} | more
    return ask(app, "POST", "/v1/redemptions", bearer=shop.token(customer), body=body, key=key, language=language)


def cancel(shop: TestShop, redemption_id: str, customer: str = "u1") -> Reply:
    return ask(app, "POST", f"/v1/redemptions/{redemption_id}/cancel", bearer=shop.token(customer))


def balance(shop: TestShop, customer: str = "u1") -> int:
    return int(ask(app, "GET", "/v1/me/account", bearer=shop.token(customer)).json["available"])


def mine(shop: TestShop, customer: str = "u1", **query: Any) -> Any:
    return ask(app, "GET", "/v1/me/redemptions", bearer=shop.token(customer), query=query).json


def catalogue(shop: TestShop, customer: str | None = None, **changes: Any) -> Any:
    bearer = shop.token(customer) if customer else None
    query = {} if customer else {"shop": shop.id}
    return ask(app, "GET", "/v1/rewards", bearer=bearer, query=query, **changes).json["items"]


def left(shop: TestShop, reward: str = "coupon") -> int:
    found = ask(app, "GET", f"/v1/admin/rewards/{reward}/stock", bearer=shop.owner_key).json
    return int(found["left"])
