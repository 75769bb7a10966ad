"""A shop in memory as the console meets it: operators, keys, activities, scores, and the answers a test orders."""

import copy
import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from tests.browser.console import stub_points
from tests.browser.console.stub_points import PointsDesk
from tests.browser.console.stub_talk import MISSING, Answer, Asked, Json, paged, problem, version_conflict

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "api" / "openapi.json"
KEYS = {role: f"rgo_green-field-tea_{role}" for role in ("owner", "editor", "viewer")}
SHOP = "green-field-tea"
NOW = "2026-11-22T09:30:00+08:00"
DAY = "2026-11-21"

SIGNIN: dict[str, Json] = {
    "kind": "signin",
    "title": {"en": "Daily check-in", "zh-CN": "每日签到"},
    "description": {"en": "A cup of tea a day.", "zh-CN": "一天一杯茶。"},
    "rules": {"en": "5 points on the first day.", "zh-CN": "首日 5 积分。"},
    "edition": "1",
    "opens_at": None,
    "closes_at": None,
    "config": {
        "reward": {"first": 5, "step": 1, "cap": 10},
        "cycle_days": 7,
        "milestones": [{"days": 7, "points": 20, "make_up_cards": 1}],
        "make_up": {"within_days": 7, "cards_at_start": 1},
    },
}
REPLY: dict[str, Json] = {
    "consulting_users": 120,
    "effective_users": 59,
    "rate": "59/120",
    "fails": True,
    "penalty_cny": 1000,
    "min_users": 100,
    "min_rate": "1/2",
}
CHAT = [
    {"from": "customer", "at": f"{DAY}T21:00:00+08:00", "text": "这款龙井什么时候发货？", "counted": True}
    | {"answered_after_s": 5_400, "late": True, "agent_id": None},
    {"from": "bot", "at": f"{DAY}T21:00:02+08:00", "text": "您好，客服稍后就来。", "counted": False}
    | {"answered_after_s": None, "late": False, "agent_id": None},
    {"from": "agent", "at": f"{DAY}T22:30:00+08:00", "text": "明天发货。", "counted": False}
    | {"answered_after_s": None, "late": False, "agent_id": "a1"},
    {"from": "customer", "at": f"{DAY}T22:31:00+08:00", "text": "Can I change the address?", "counted": True}
    | {"answered_after_s": None, "late": False, "agent_id": None},
    {"from": "customer", "at": f"{DAY}T23:10:00+08:00", "text": "Hello?", "counted": False}
    | {"answered_after_s": None, "late": False, "agent_id": None},
]


def an_operator(role: str) -> Json:
    return {"id": f"{role}-id", "name": role.title(), "role": role, "created_at": "2026-09-01T10:00:00+08:00"}


def an_activity(activity_id: str = "daily-check-in", status: str = "live", **changed: Json) -> Json:
    definition = {**copy.deepcopy(SIGNIN), **changed}
    return now_at(status, {"id": activity_id, "version": 1, "definition": definition})


def now_at(status: str, activity: Json) -> Json:
    """The activity in that status, as the API tells it. What is to open does so after the desk's day."""
    opens = "live" if activity["definition"].get("opens_at") is None else "scheduled"
    following = {"draft": [opens, "ended"], "paused": [opens, "ended"], "ended": []}.get(status, ["paused", "ended"])
    return {**activity, "status": status, "status_now": status, "next_statuses": following}


def an_order(order_id: str = "GF-1", customer: str = "u1", **changed: Json) -> Json:
    """An order of two teas, a part of which was refunded; ``customer`` is known to the stub only."""
    line = {
        "line_id": "1",
        "sku": "longjing",
        "title": "龙井",
        "category": "green",
        "quantity": 2,
        "paid_minor": 13_650,
    }
    order = {
        "order_id": order_id,
        "customer": customer,
        "status": "completed",
        "at": f"{DAY}T21:00:00+08:00",
        "currency": "CNY",
        "paid_minor": 13_650,
        "refunded_minor": 3_650,
        "points_pending": 0,
        "points_available": 100,
        "points_reversed": 36,
        "available_at": None,
        "lines": [{**line, "refunded_minor": 3_650, "points": 136, "points_reversed": 36}],
        "refunds": [{"refund_id": "R-1", "at": NOW, "refunded_minor": 3_650, "lines": {"1": 3_650}}],
        "events": [
            {"type": "order.paid", "at": f"{DAY}T21:00:00+08:00", "day": DAY},
            {"type": "order.completed", "at": f"{DAY}T22:00:00+08:00", "day": "2026-11-22"},
            {"type": "order.refunded", "at": NOW, "day": "2026-11-22"},
        ],
    }
    return {**order, **changed}


def a_score(date: str = DAY, **reply: Json) -> Json:
    return {
        "date": date,
        "ruleset": "pinduoduo-2022",
        "ruleset_version": 1,
        "input_digest": "0" * 64,
        "scored_at": "2026-11-22T00:31:00+08:00",
        "messages": 611,
        "reply": {**REPLY, **reply},
        "findings": [],
        "sanctions": [],
        "score": {"value": 49, "components": []},
    }


@dataclass
class StubDesk:
    """The shop. `ordered` maps (method, path) to answers that a test wants instead of the usual, in order."""

    document: Json = field(default_factory=lambda: json.loads(DOCUMENT.read_text(encoding="utf-8")))
    operators: list[Json] = field(default_factory=lambda: [an_operator(role) for role in KEYS])
    keys: list[Json] = field(
        default_factory=lambda: [{"id": "k1", "purpose": "customer", "created_at": "2026-09-01T10:00:00+08:00"}]
    )
    activities: dict[str, list[Json]] = field(default_factory=lambda: {"daily-check-in": [an_activity()]})
    orders: list[Json] = field(default_factory=list)
    scores: list[Json] = field(default_factory=list)
    users: list[Json] = field(default_factory=list)
    audit: list[Json] = field(default_factory=list)
    points: PointsDesk = field(default_factory=PointsDesk)
    demo_key: str | None = None
    refused_keys: set[str] = field(default_factory=set)
    ordered: dict[tuple[str, str], list[Answer]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    shop: Json = field(
        default_factory=lambda: {
            "id": SHOP,
            "name": {"en": "Green Field Tea", "zh-CN": "青禾茶铺"},
            "timezone": "Asia/Shanghai",
            "next_timezone": None,
            "currency": "CNY",
            "language": "zh-CN",
            "login_url": None,
            "created_at": "2026-09-01T10:00:00+08:00",
            "version": 1,
        }
    )

    def order(self, method: str, path: str, status: int, body: Json) -> None:
        self.ordered.setdefault((method, path), []).append(Answer(status, body))

    def sent(self, method: str) -> list[tuple[str, Json]]:
        """What was written by that method, in order."""
        with self.lock:
            return [(asked.path, asked.body) for asked in self.asked if asked.method == method]


def answer(desk: StubDesk, asked: Asked, key: str | None) -> Answer:
    """What the API answers."""
    path = urlsplit(asked.path).path
    waiting = desk.ordered.get((asked.method, path))
    if waiting:
        return waiting.pop(0)
    role = next((role for role, known in KEYS.items() if known == key and key not in desk.refused_keys), None)
    if role is None:
        return problem(401, "unauthenticated", "There is no credential with this request, or it does not hold.")
    query = {name: values[-1] for name, values in parse_qs(urlsplit(asked.path).query).items()}
    for method, pattern, view in ROUTES:
        found = re.fullmatch(pattern, path)
        if found and method == asked.method:
            parts = [unquote(part) for part in found.groups()]
            with desk.lock:
                return view(desk, *parts, role=role, query=query, body=asked.body, once=asked.idempotency_key)
    return MISSING


def _me(desk: StubDesk, *, role: str, **_: Json) -> Answer:
    return Answer(200, {"shop": SHOP, "id": f"{role}-id", "name": role.title(), "role": role})


def _shop(desk: StubDesk, *_ids: str, **_: Json) -> Answer:
    return Answer(200, desk.shop)


def _change_shop(desk: StubDesk, *_ids: str, body: Json, **_: Json) -> Answer:
    if body["based_on"] != desk.shop["version"]:
        return version_conflict(desk.shop["version"])
    desk.shop = {**desk.shop, **body["settings"], "version": desk.shop["version"] + 1}
    return Answer(200, desk.shop)


def _activities(desk: StubDesk, *, query: dict[str, str], **_: Json) -> Answer:
    return paged([versions[0] for versions in desk.activities.values()], query)


def _create(desk: StubDesk, *, body: Json, **_: Json) -> Answer:
    if body["id"] in desk.activities:
        return problem(409, "conflict", "There already is one with this id.")
    desk.activities[body["id"]] = [now_at("draft", {"version": 1, **body})]
    return Answer(201, desk.activities[body["id"]][0])


def _activity(desk: StubDesk, activity: str, **_: Json) -> Answer:
    return Answer(200, desk.activities[activity][0]) if activity in desk.activities else MISSING


def _versions(desk: StubDesk, activity: str, *, query: dict[str, str], **_: Json) -> Answer:
    return paged(desk.activities[activity], query)


def _next_version(desk: StubDesk, activity: str, **changed: Json) -> Answer:
    versions = desk.activities[activity]
    versions.insert(0, {**versions[0], **changed, "version": versions[0]["version"] + 1})
    return Answer(200, versions[0])


def _change(desk: StubDesk, activity: str, *, body: Json, **_: Json) -> Answer:
    current = desk.activities[activity][0]["version"]
    return (
        _next_version(desk, activity, definition=body["definition"])
        if body["based_on"] == current
        else version_conflict(current)
    )


def _status(desk: StubDesk, activity: str, *, body: Json, **_: Json) -> Answer:
    return _next_version(desk, activity, **now_at(body["status"], desk.activities[activity][0]))


def _operators(desk: StubDesk, **_: Json) -> Answer:
    return Answer(200, {"items": desk.operators})


def _keys(desk: StubDesk, **_: Json) -> Answer:
    return Answer(200, {"items": desk.keys})


def _new_operator(desk: StubDesk, *, body: Json, **_: Json) -> Answer:
    desk.operators.append({"id": "new", "created_at": NOW, **body})
    return Answer(201, {"id": "new", "secret": "rgo_green-field-tea_new"})


def _new_key(desk: StubDesk, *, body: Json, **_: Json) -> Answer:
    desk.keys.append({"id": "k2", "created_at": NOW, **body})
    return Answer(201, {"id": "k2", "secret": "s3cret"})


def _delete_operator(desk: StubDesk, operator: str, **_: Json) -> Answer:
    desk.operators = [each for each in desk.operators if each["id"] != operator]
    return Answer(204)


def _delete_key(desk: StubDesk, key: str, **_: Json) -> Answer:
    desk.keys = [each for each in desk.keys if each["id"] != key]
    return Answer(204)


def _audit(desk: StubDesk, *, query: dict[str, str], **_: Json) -> Answer:
    return paged(desk.audit, query)


def _orders(desk: StubDesk, *, query: dict[str, str], **_: Json) -> Answer:
    wanted = query.get("customer_id")
    return paged([each for each in desk.orders if wanted in (None, each["customer"])], query)


def _order(desk: StubDesk, order_id: str, **_: Json) -> Answer:
    return next((Answer(200, each) for each in desk.orders if each["order_id"] == order_id), MISSING)


def _scores(desk: StubDesk, *, query: dict[str, str], **_: Json) -> Answer:
    return paged(
        [{name: score[name] for name in ("date", "ruleset", "reply", "scored_at")} for score in desk.scores], query
    )


def _score(desk: StubDesk, date: str, **_: Json) -> Answer:
    return next((Answer(200, score) for score in desk.scores if score["date"] == date), MISSING)


def _users(desk: StubDesk, *_ids: str, query: dict[str, str], **_: Json) -> Answer:
    wanted = query.get("effective")
    return paged([user for user in desk.users if wanted is None or user["effective"] == (wanted == "true")], query)


def _messages(desk: StubDesk, *_ids: str, query: dict[str, str], **_: Json) -> Answer:
    known = any(user["customer_id"] == query["customer_id"] for user in desk.users)
    return paged([{"message_id": f"m{n}", **message} for n, message in enumerate(CHAT)] if known else [], query)


View = Callable[..., Answer]
_ACTIVITIES = "/activities/v1/admin/activities"
_SCORES = "/compliance/v1/admin/scores"
ROUTES: list[tuple[str, str, View]] = [
    ("GET", "/admin/v1/operators/me", _me),
    ("GET", "/admin/v1/shops/([^/]+)", _shop),
    ("PUT", "/admin/v1/shops/([^/]+)", _change_shop),
    ("GET", _ACTIVITIES, _activities),
    ("POST", _ACTIVITIES, _create),
    ("GET", f"{_ACTIVITIES}/([^/]+)", _activity),
    ("PUT", f"{_ACTIVITIES}/([^/]+)", _change),
    ("POST", f"{_ACTIVITIES}/([^/]+)/status", _status),
    ("GET", f"{_ACTIVITIES}/([^/]+)/versions", _versions),
    ("GET", "/admin/v1/operators", _operators),
    ("POST", "/admin/v1/operators", _new_operator),
    ("DELETE", "/admin/v1/operators/([^/]+)", _delete_operator),
    ("GET", "/admin/v1/keys", _keys),
    ("POST", "/admin/v1/keys", _new_key),
    ("DELETE", "/admin/v1/keys/([^/]+)", _delete_key),
    ("GET", "/admin/v1/audit", _audit),
    ("GET", "/orders/v1/admin/orders", _orders),
    ("GET", "/orders/v1/admin/orders/([^/]+)", _order),
    ("GET", _SCORES, _scores),
    ("GET", f"{_SCORES}/([^/]+)", _score),
    ("GET", f"{_SCORES}/([^/]+)/users", _users),
    ("GET", f"{_SCORES}/([^/]+)/messages", _messages),
    *stub_points.ROUTES,
]
