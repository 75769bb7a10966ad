"""The stub shop's points: accounts, statements, rewards and what was redeemed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.browser.widgets.stub_talk import Answer, Asked, Json, paged, problem

if TYPE_CHECKING:
    from tests.browser.widgets.stub_shop import StubShop

CREATED = 201
NOW = "2026-11-22T09:30:00+08:00"
TITLES = {
    "coupon-3": ("¥3 coupon, no minimum", "3 元无门槛券"),
    "tea-cup": ("Celadon cup", "青瓷茶杯"),
    "data": ("1 GB of mobile data", "手机流量 1 GB"),
    "packet": ("Red packet", "新年红包"),
    "tasting": ("Spring tasting", "春茶品鉴会"),
}


def a_reward(reward_id: str = "coupon-3", **changed: Any) -> Json:
    """One of the catalogue, as a shop defines it."""
    facts = {"id": reward_id, "kind": "coupon", "price_points": 50, "cash_minor": None, "currency": "CNY"}
    window = {"remaining": None, "opens_at": None, "closes_at": None, "per_customer": None, "tier": None}
    return {**facts, **window, "code": "TEA-7K2M-9QXD", **changed}


def an_entry(number: int, points: int, reason: str, **changed: Any) -> Json:
    """One line of a statement."""
    kind = "earn" if points > 0 else "spend"
    line = {"id": f"2026-11-20.{number}", "kind": kind, "points": points, "balance_after": points, "reason": reason}
    source = {"source": {"what": "signin", "id": "daily-check-in"}, "available": points, "pending": 0}
    return {**line, **source, "day": "2026-11-20", "at": f"2026-11-20T09:{number:02d}:00+08:00", **changed}


@dataclass
class Points:
    """What a customer has, beside the sum that can be spent."""

    facts: Json = field(default_factory=lambda: {"pending": 0, "held": 0, "debt": 0, "money_value": None, "tier": None})
    expiring: list[Json] = field(default_factory=lambda: [{"at": "2027-11-30", "points": 5}])
    entries: list[Json] = field(default_factory=list)
    redemptions: list[Json] = field(default_factory=list)


def a_tier(amount: int, **changed: Any) -> Json:
    """Where a customer stands between silver and gold."""
    ahead = {"id": "gold", "name": "Gold", "threshold": 1000, "missing": 1000 - amount}
    known = {"id": "silver", "name": "Silver", "by": "points", "amount": amount, "until": "2027-08-31"}
    return {**known, "at_review": None, "multiplier_percent": 110, "next": ahead, **changed}


def _account(shop: "StubShop", _asked: Asked, name: str) -> Answer:
    customer = shop.customer(name)
    known = {"available": customer.points, "expiring": customer.more.expiring}
    return Answer(200, {**customer.more.facts, **known})


def _entries(shop: "StubShop", asked: Asked, name: str) -> Answer:
    return Answer(200, paged(shop.customer(name).more.entries, asked))


def _titled(reward: Json, asked: Asked) -> Json:
    title = TITLES[reward["id"]][asked.chinese]
    about = "在店里任意订单可用。" if asked.chinese else "For any order in the shop."
    use = "下单时填写兑换码。" if asked.chinese else "Enter the code when you order."
    return {"title": title, "description": about, "instructions": use} | reward


def _state(reward: Json, points: int, taken: int) -> str:
    if reward.get("state"):
        return str(reward["state"])
    if reward["remaining"] == 0:
        return "sold_out"
    if reward["per_customer"] is not None and taken >= reward["per_customer"]:
        return "limit_reached"
    return "available" if points >= reward["price_points"] else "insufficient"


def _rewards(shop: "StubShop", asked: Asked, name: str) -> Answer:
    return Answer(200, paged([_offer(shop, reward, asked, name) for reward in shop.rewards], asked))


def _offer(shop: "StubShop", reward: Json, asked: Asked, name: str) -> Json:
    customer = shop.customer(name) if name else None
    points = customer.points if customer else 10**6
    taken = sum(one["reward_id"] == reward["id"] for one in customer.more.redemptions) if customer else 0
    state = _state(reward, points, taken)
    missing = reward["price_points"] - points if state == "insufficient" else None
    offer = {**_titled(reward, asked), "state": state, "missing_points": missing}
    del offer["code"]
    return offer


def _redeem(shop: "StubShop", asked: Asked, name: str) -> Answer:
    with shop.lock:
        reply = _redeemed(shop, asked, name)
    line = {"service": "points", "method": "POST", "route": "/points/v1/redemptions", "status": reply.status, "ms": 41}
    shop.log("request", **line)
    if reply.status == CREATED:
        left = reply.body["balance"]
        shop.log("entry_posted", kind="spend", points=-reply.body["points"], balance=left, source="reward")
    return reply


def _redeemed(shop: "StubShop", asked: Asked, name: str) -> Answer:
    customer, body, key = shop.customer(name), asked.body or {}, asked.headers["idempotency-key"]
    if key in customer.answers:
        return Answer(201, customer.answers[key])
    if shop.refuse is not None:
        return shop.refuse
    reward = next(one for one in shop.rewards if one["id"] == body["reward_id"])
    if customer.points < reward["price_points"]:
        missing = reward["price_points"] - customer.points
        said = {"en": f"You need {missing} more points.", "zh-CN": f"还差 {missing} 积分。"}
        return problem(409, "insufficient_points", said, asked, missing_points=missing, balance=customer.points)
    if reward["remaining"] is not None:
        reward["remaining"] -= 1
    customer.points -= reward["price_points"]
    customer.answers[key] = _written(shop, reward, asked, name)
    return Answer(201, customer.answers[key])


def _written(shop: "StubShop", reward: Json, asked: Asked, name: str) -> Json:
    customer, paying = shop.customer(name), reward["cash_minor"] is not None
    code = None if paying else reward["code"]
    told = {key: _titled(reward, asked)[key] for key in ("kind", "title", "currency", "instructions")}
    told["cash_minor"] = reward["cash_minor"] or 0
    status = "reserved" if paying else "fulfilled" if code else "pending"
    money = {"points": reward["price_points"], "payable_until": "2026-11-22T10:00:00+08:00" if paying else None}
    number = len(customer.more.redemptions) + 1
    known = {"redemption_id": f"r{number}", "reward_id": reward["id"], "status": status, "code": code}
    limits = {"quantity": 1, "valid_until": "2026-12-23T00:00:00+08:00" if code else None}
    redemption = {**known, **told, **money, **limits, "at": NOW, "cancellable": status != "fulfilled"}
    customer.more.redemptions.insert(0, redemption)
    customer.more.entries.insert(0, an_entry(number, -reward["price_points"], told["title"]))
    redemption["balance"] = customer.points
    return redemption


def _mine(shop: "StubShop", asked: Asked, name: str) -> Answer:
    return Answer(200, paged(shop.customer(name).more.redemptions, asked))


def _cancel(shop: "StubShop", asked: Asked, name: str) -> Answer:
    customer = shop.customer(name)
    wanted = asked.path.split("/")[-2]
    redemption = next(one for one in customer.more.redemptions if one["redemption_id"] == wanted)
    if redemption["cancellable"]:
        customer.points += redemption["points"]
        redemption.update(status="cancelled", cancellable=False)
    return Answer(200, redemption)  # with the balance of when it was made


Respond = Callable[["StubShop", Asked, str], Answer]
ROUTES: list[tuple[Callable[[str, str], bool], Respond]] = [
    (lambda method, route: method == "GET" and route == "/points/v1/me/account", _account),
    (lambda method, route: method == "GET" and route == "/points/v1/me/entries", _entries),
    (lambda method, route: method == "GET" and route == "/points/v1/rewards", _rewards),
    (lambda method, route: method == "POST" and route == "/points/v1/redemptions", _redeem),
    (lambda method, route: method == "GET" and route == "/points/v1/me/redemptions", _mine),
    (lambda method, route: method == "POST" and route.endswith("/cancel"), _cancel),
]
