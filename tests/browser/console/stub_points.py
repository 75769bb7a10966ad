"""The stub desk's points: rewards with their codes, what was redeemed, one customer's account, the policy."""

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.browser.console.stub_talk import MISSING, Answer, Json, paged, problem, version_conflict

if TYPE_CHECKING:
    from tests.browser.console.stub_desk import StubDesk

AT = "2026-11-22T08:15:00+08:00"
COUPON: dict[str, Json] = {
    "kind": "coupon",
    "title": {"en": "¥3 coupon", "zh-CN": "3 元优惠券"},
    "description": {"en": "For any order."},
    "instructions": {"en": "Enter it when you order."},
    "price_points": 50,
    "stock": None,
    "shards": 1,
    "per_customer": 1,
    "per_period": None,
    "tier": None,
    "opens_at": None,
    "closes_at": None,
    "config": {"amount_minor": 300, "percent": None, "threshold_minor": None, "valid_days": 30, "codes": "pool"},
}
POLICY: dict[str, Json] = {
    "expiry": {"kind": "months", "months": 12},
    "earning": {"points": 1, "per_minor": 100, "rounding": "down", "categories": [], "order_cap": None}
    | {"daily_cap": None},
    "pending_days": None,
    "refund": "debt",
    "value": {"points": 100, "amount_minor": 400},
    "tiers": {"by": "points", "window": "rolling", "months": 12, "levels": []},
}
NOBODY: dict[str, Json] = dict.fromkeys(("shop", "red_packet", "data_top_up", "token"))
NEXT = {"draft": ["open", "ended"], "open": ["paused", "ended"], "paused": ["open", "ended"], "ended": []}


def a_reward(reward_id: str = "coupon-3", status: str = "open", left: int | None = 12, **changed: Json) -> Json:
    return now_at(status, {"id": reward_id, "version": 1, "left": left} | {"definition": {**COUPON, **changed}})


def now_at(status: str, reward: Json) -> Json:
    return {**reward, "status": status, "status_now": status, "next_statuses": NEXT[status]}


def a_redemption(number: int = 1, status: str = "pending", **changed: Json) -> Json:
    told = {"redemption_id": f"r{number}", "reward_id": "coupon-3", "kind": "product", "title": "¥3 coupon"}
    money = {"quantity": 1, "points": 50, "cash_minor": 0, "paid": False, "refund_minor": 0}
    who = {"customer_id": f"u-{number}", "contact": {"name": "林", "phone": "13800001111"}}
    return {**told, **money, **who, "status": status, "reason": "", "at": AT, **changed}


def a_line(number: int, points: int, **changed: Json) -> Json:
    line = {"id": f"e{number}", "kind": "earn", "points": points, "available": points, "pending": 0}
    why = {"reason": "Daily check-in", "source": {"what": "signin", "id": "daily"}}
    return {**line, **why, "balance_after": 88, "day": "2026-11-21", "at": AT, **changed}


def an_account(**changed: Json) -> Json:
    account = {"available": 88, "pending": 12, "held": 0, "debt": 0, "tier": None}
    worth = {"money_value": {"amount_minor": 352, "currency": "CNY"}}
    return {**account, **worth, "expiring": [{"at": "2027-11-30", "points": 88}], **changed}


def a_flow(**sources: int) -> Json:
    """Points that moved one way, by the name of what moved them."""
    total = sum(sources.values())
    told = [
        {"source": name, "name": name.title(), "points": points, "percent": 100 * points // total}
        for name, points in sources.items()
    ]
    return {"points": total, "by_source": told}


def a_report(**changed: Json) -> Json:
    """A period in which seven points in ten came from purchases."""
    flows = {"issued": a_flow(purchases=700, signin=250, other=50), "redeemed": a_flow(rewards=150)}
    flows |= {"expired": a_flow(expiry=40), "reversed": {"points": 0, "by_source": []}}
    expiry = {"by_expiry": [{"until": "2027-05-31", "points": 310}, {"until": None, "points": 500}]}
    worth = {"money_value": {"amount_minor": 3240, "currency": "CNY"}}
    owed = {"day": "2026-11-21", "points": 810, "pending": 12, "held": 0, "debt": 0, **worth, **expiry}
    books = {"day": "2026-11-21", "at": AT, "accounts": 30, "entries": 412, "faults": 0}
    shares = {"purchase_share_percent": 70, "breakage_percent": 21, "days": 30}
    return {**flows, **shares, "liability": owed, "reconciliation": books, **changed}


@dataclass
class PointsDesk:
    """What the shop has decided, offers and owes."""

    rewards: dict[str, list[Json]] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)
    redemptions: list[Json] = field(default_factory=list)
    accounts: dict[str, Json] = field(default_factory=dict)
    lines: list[Json] = field(default_factory=list)
    adjusted: dict[str, Json] = field(default_factory=dict)
    policy: Json = field(default_factory=lambda: copy.deepcopy(POLICY))
    version: int = 1
    lots: list[Json] = field(default_factory=list)
    report: Json = field(default_factory=a_report)
    delivery: Json = field(default_factory=lambda: dict(NOBODY))
    has_token: bool = False
    delivery_version: int = 0


def _rewards(desk: "StubDesk", *, query: dict[str, str], **_: Json) -> Answer:
    return paged([versions[0] for versions in desk.points.rewards.values()], query)


def _create(desk: "StubDesk", *, body: Json, **_: Json) -> Answer:
    desk.points.rewards[body["id"]] = [now_at("draft", {"version": 1, "left": None, **body})]
    return Answer(201, desk.points.rewards[body["id"]][0])


def _reward(desk: "StubDesk", reward: str, **_: Json) -> Answer:
    return Answer(200, desk.points.rewards[reward][0]) if reward in desk.points.rewards else MISSING


def _next(desk: "StubDesk", reward: str, **changed: Json) -> Answer:
    versions = desk.points.rewards[reward]
    versions.insert(0, {**versions[0], **changed, "version": versions[0]["version"] + 1})
    return Answer(200, versions[0])


def _change(desk: "StubDesk", reward: str, *, body: Json, **_: Json) -> Answer:
    current = desk.points.rewards[reward][0]["version"]
    if body["based_on"] != current:
        return version_conflict(current)
    return _next(desk, reward, definition=body["definition"])


def _status(desk: "StubDesk", reward: str, *, body: Json, **_: Json) -> Answer:
    return _next(desk, reward, **now_at(body["status"], desk.points.rewards[reward][0]))


def _versions(desk: "StubDesk", reward: str, *, query: dict[str, str], **_: Json) -> Answer:
    return paged(desk.points.rewards[reward], query)


def _stock(desk: "StubDesk", reward: str, **_: Json) -> Answer:
    pooled = desk.points.rewards[reward][0]["definition"]["config"].get("codes") == "pool"
    count = len(desk.points.codes.get(reward, [])) if pooled else None
    return Answer(200, {"stock": None, "left": count, "codes": count, "shards": None})


def _add_codes(desk: "StubDesk", reward: str, *, body: Json, **_: Json) -> Answer:
    pool = desk.points.codes.setdefault(reward, [])
    given = body["codes"] if "codes" in body else [f"NEW-{number}" for number in range(body["generate"])]
    said = "This code was there before."
    faults = [{"pointer": f"/codes/{n}", "message": said} for n, code in enumerate(given) if code in pool]
    if faults:
        return problem(422, "invalid", "Some of the fields are not right.", errors=faults)
    pool.extend(given)
    return Answer(201, {"added": len(given)})


def _redemptions(desk: "StubDesk", *, query: dict[str, str], **_: Json) -> Answer:
    names = ("reward_id", "customer_id", "status")
    found = [each for each in desk.points.redemptions if all(query.get(name) in (None, each[name]) for name in names)]
    return paged(found, query)


def _step(status: str) -> Callable[..., Answer]:
    def take(desk: "StubDesk", redemption: str, *, body: Json, **_: Json) -> Answer:
        found = next(each for each in desk.points.redemptions if each["redemption_id"] == redemption)
        found.update(status=status, reason=(body or {}).get("reason", ""))
        return Answer(200, found)

    return take


def _account(desk: "StubDesk", customer: str, **_: Json) -> Answer:
    return Answer(200, desk.points.accounts[customer]) if customer in desk.points.accounts else MISSING


def _lines(desk: "StubDesk", _customer: str, *, query: dict[str, str], **_: Json) -> Answer:
    return paged(desk.points.lines, query)


def _adjust(desk: "StubDesk", *, body: Json, once: str, **_: Json) -> Answer:
    if once not in desk.points.adjusted:
        account = desk.points.accounts[body["customer_id"]]
        account["available"] += body["points"]
        told = {"entry_id": "e", "points": body["points"], "balance": account["available"]}
        desk.points.adjusted[once] = told
    return Answer(201, desk.points.adjusted[once])


def _policy(desk: "StubDesk", **_: Json) -> Answer:
    return Answer(200, {"policy": desk.points.policy, "currency": "CNY", "version": desk.points.version})


def _change_policy(desk: "StubDesk", *, body: Json, **_: Json) -> Answer:
    if body["based_on"] != desk.points.version:
        return version_conflict(desk.points.version)
    desk.points.policy, desk.points.version = body["policy"], desk.points.version + 1
    return _policy(desk)


def _preview(desk: "StubDesk", *, body: Json, **_: Json) -> Answer:
    points = body["paid_minor"] * body["policy"]["earning"]["points"] // body["policy"]["earning"]["per_minor"]
    told = {"expires": "2027-11-30", "order_points": points, "worth_minor": points * 4, "currency": "CNY"}
    return Answer(200, {**told, "lots": desk.points.lots if body.get("customer_id") else []})


def _delivery(desk: "StubDesk", **_: Json) -> Answer:
    points = desk.points
    told = {"delivery": points.delivery, "has_token": points.has_token, "version": points.delivery_version}
    return Answer(200, told)


def _change_delivery(desk: "StubDesk", *, body: Json, **_: Json) -> Answer:
    points = desk.points
    if body["based_on"] != points.delivery_version:
        return version_conflict(points.delivery_version)
    faults = [
        {"pointer": f"/delivery/{name}", "message": "Name an https address on the public internet."}
        for name, url in body["delivery"].items()
        if "localhost" in (url or "")
    ]
    if faults:
        return problem(422, "invalid", "Some of the fields are not right.", errors=faults)
    points.has_token |= body["delivery"]["token"] is not None
    points.delivery, points.delivery_version = body["delivery"] | {"token": None}, points.delivery_version + 1
    return _delivery(desk)


def _report(desk: "StubDesk", **_: Json) -> Answer:
    return Answer(200, desk.points.report)


_REWARDS = "/points/v1/admin/rewards"
_CUSTOMER = "/points/v1/admin/customers/([^/]+)"
ROUTES: list[tuple[str, str, Callable[..., Any]]] = [
    ("GET", _REWARDS, _rewards),
    ("POST", _REWARDS, _create),
    ("GET", f"{_REWARDS}/([^/]+)", _reward),
    ("PUT", f"{_REWARDS}/([^/]+)", _change),
    ("POST", f"{_REWARDS}/([^/]+)/status", _status),
    ("GET", f"{_REWARDS}/([^/]+)/versions", _versions),
    ("GET", f"{_REWARDS}/([^/]+)/stock", _stock),
    ("POST", f"{_REWARDS}/([^/]+)/codes", _add_codes),
    ("GET", "/points/v1/admin/redemptions", _redemptions),
    ("GET", "/points/v1/admin/delivery", _delivery),
    ("PUT", "/points/v1/admin/delivery", _change_delivery),
    ("POST", "/points/v1/admin/redemptions/([^/]+)/fulfil", _step("fulfilled")),
    ("POST", "/points/v1/admin/redemptions/([^/]+)/fail", _step("returned")),
    ("GET", f"{_CUSTOMER}/account", _account),
    ("GET", f"{_CUSTOMER}/entries", _lines),
    ("POST", "/points/v1/admin/adjustments", _adjust),
    ("GET", "/points/v1/admin/policy", _policy),
    ("PUT", "/points/v1/admin/policy", _change_policy),
    ("POST", "/points/v1/admin/policy/preview", _preview),
    ("GET", "/points/v1/admin/reports", _report),
]
