"""A shop in memory that answers as the services do, for the widgets to talk to.

It knows one daily check-in, keeps state per customer, logs what it was asked, and misbehaves on request.
"""

import base64
import contextlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.browser.widgets import stub_orders, stub_points
from tests.browser.widgets.stub_orders import Bought
from tests.browser.widgets.stub_points import Points, a_reward
from tests.browser.widgets.stub_talk import Answer, Asked, Json, paged, problem

SHOP = "green-field-tea"
ACTIVITY = "daily-check-in"
ZONE = "Asia/Shanghai"
FIRST, STEP, CAP = 5, 1, 10
MILESTONES = [{"days": 7, "points": 20, "make_up_cards": 1}, {"days": 30, "points": 100, "make_up_cards": 2}]
WITHIN_DAYS = 7
TOKEN_LIFE_S = 600


@dataclass
class Customer:
    days: set[date] = field(default_factory=set)
    cards: int = 0
    points: int = 0
    inbox: list[Json] = field(default_factory=list)
    answers: dict[str, Json] = field(default_factory=dict)
    more: Points = field(default_factory=Points)


def _open_door() -> threading.Event:
    door = threading.Event()
    door.set()
    return door


@dataclass
class StubShop:
    """The state of the shop, and the switches a test throws."""

    today: date = date(2026, 11, 22)
    status: str = "live"
    logged_in: bool = True
    loses_replies: bool = False
    post_is_late: bool = False
    login_url: str | None = None
    refuse: Answer | None = None
    rewards: list[Json] = field(default_factory=lambda: [a_reward()])
    orders: list[Bought] = field(default_factory=list)
    customers: dict[str, Customer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    refused_tokens: set[str] = field(default_factory=set)
    tokens: int = 0
    events: list[Json] = field(default_factory=list)
    pages: dict[str, tuple[str, str, str | None]] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)
    told: threading.Condition = field(default_factory=threading.Condition)
    door: threading.Event = field(default_factory=_open_door)
    undelivered: list[Callable[[], None]] = field(default_factory=list)

    def customer(self, name: str) -> Customer:
        return self.customers.setdefault(name, Customer())

    def asked_for(self, method: str, part: str) -> list[Asked]:
        with self.lock:
            return [asked for asked in self.asked if asked.method == method and part in asked.path]

    def participations(self) -> list[Asked]:
        return self.asked_for("POST", "/participations")

    @contextlib.contextmanager
    def holding_answers(self) -> Iterator[None]:
        """Whatever is asked in the block is answered after it."""
        self.door.clear()
        try:
            yield
        finally:
            self.door.set()

    def deliver(self) -> None:
        """Bring the messages under way to their inboxes."""
        with self.lock:
            while self.undelivered:
                self.undelivered.pop(0)()

    def serve_page(self, path: str, text: str, kind: str = "text/html", csp: str | None = None) -> None:
        self.pages[path] = (text, kind, csp)

    def log(self, event: str, **facts: Any) -> None:
        with self.told:
            line = {"seq": len(self.events) + 1, "at": datetime.now(UTC).isoformat(), "event": event, **facts}
            self.events.append(line)
            self.told.notify_all()

    def mint(self, customer: str) -> str:
        self.tokens += 1
        now = int(time.time())
        claims = {"aud": SHOP, "sub": customer, "iat": now, "exp": now + TOKEN_LIFE_S, "n": self.tokens}
        return ".".join(_encoded(part) for part in ({"alg": "HS256", "kid": "k"}, claims, {}))

    def customer_of(self, headers: dict[str, str]) -> str | None:
        token = headers.get("authorization", "").removeprefix("Bearer ")
        if not token or token in self.refused_tokens:
            return None
        payload = token.split(".")[1]
        claims: Json = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return str(claims["sub"])


def _encoded(part: Json) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=")


def answer(shop: StubShop, asked: Asked) -> Answer:
    """What the services would say."""
    route = asked.path.split("?")[0]
    name = shop.customer_of(asked.headers)
    if name is None and (asked.headers.get("authorization") or "/me/" in route or asked.method == "POST"):
        return problem(401, "unauthenticated", {"en": "The token has expired.", "zh-CN": "令牌已过期。"}, asked)
    for matches, respond in _ROUTES:
        if matches(asked.method, route):
            return respond(shop, asked, name or "")
    return problem(404, "not_found", {"en": "There is no such thing here.", "zh-CN": "没有找到。"}, asked)


def _shop(shop: StubShop, asked: Asked, _name: str) -> Answer:
    name = "青禾茶铺" if asked.headers.get("accept-language") == "zh-CN" else "Green Field Tea"
    return Answer(200, {"id": SHOP, "name": name, "login_url": shop.login_url})


def _activities(_shop: StubShop, asked: Asked, _name: str) -> Answer:
    item = {"id": ACTIVITY, "kind": "signin", "title": _title(asked), "status": "live", "version": 1}
    return Answer(200, {"items": [{**item, "id": "old", "status": "ended"}, item], "next_cursor": None})


def _title(asked: Asked) -> str:
    return "每日签到" if asked.headers.get("accept-language") == "zh-CN" else "Daily check-in"


def _activity(shop: StubShop, asked: Asked, name: str) -> Answer:
    month = asked.path.partition("month=")[2] or f"{shop.today:%Y-%m}"
    chinese = asked.headers.get("accept-language") == "zh-CN"
    description = "每天来一下，茶香日日添。" if chinese else "A cup a day, a few points a day."
    config = {
        "reward": {"first": FIRST, "step": STEP, "cap": CAP},
        "cycle_days": None,
        "milestones": MILESTONES,
        "make_up": {"within_days": WITHIN_DAYS, "cards_at_start": 1},
    }
    definition = {"id": ACTIVITY, "kind": "signin", "edition": 1, "title": _title(asked), "description": description}
    window = {"opens_at": "2026-01-01T00:00:00+08:00", "closes_at": None, "timezone": ZONE, "today": str(shop.today)}
    state = _state(shop, shop.customer(name), month) if name else None
    return Answer(200, {**definition, **window, "status": shop.status, "version": 1, "config": config, "state": state})


def _streak(customer: Customer, last: date) -> int:
    length = 0
    while last - timedelta(days=length) in customer.days:
        length += 1
    return length


def _state(shop: StubShop, customer: Customer, month: str) -> Json:
    done = shop.today in customer.days
    streak = _streak(customer, shop.today if done else shop.today - timedelta(days=1))
    ahead = next((stone for stone in MILESTONES if int(str(stone["days"])) > streak), None)
    past = [shop.today - timedelta(days=back) for back in range(1, WITHIN_DAYS + 1)]
    first = min(customer.days, default=shop.today)
    return {
        "today": str(shop.today),
        "checked_in_today": done,
        "streak": streak,
        "longest_streak": max((_streak(customer, day) for day in customer.days), default=0),
        "total_days": len(customer.days),
        "cards": customer.cards,
        "next_reward_points": min(CAP, FIRST + STEP * streak),
        "next_at": f"{shop.today + timedelta(days=1)}T00:00:00+08:00" if done else None,
        "next_milestone": ahead and {**ahead, "remaining_days": int(str(ahead["days"])) - streak},
        "make_up_days": [str(day) for day in past if day not in customer.days and day > first],
        "month": {"month": month, "days": sorted(d.day for d in customer.days if f"{d:%Y-%m}" == month)},
    }


def _participate(shop: StubShop, asked: Asked, name: str) -> Answer:
    started = time.monotonic()
    with shop.lock:
        reply = _participation(shop, asked, shop.customer(name))
    ms = round((time.monotonic() - started) * 1000 + 31, 1)
    route = "/v1/activities/{activity}/participations"
    shop.log(
        "request", service="activities", method="POST", route=route, status=reply.status, ms=ms, request_id=f"r-{ms}"
    )
    if not shop.post_is_late:
        shop.deliver()
    return reply


def _participation(shop: StubShop, asked: Asked, customer: Customer) -> Answer:
    if shop.refuse is not None:
        return shop.refuse
    key = asked.headers["idempotency-key"]
    if key in customer.answers:
        return Answer(201, customer.answers[key], {"Idempotent-Replayed": "true"})
    restored = (asked.body or {})["input"].get("make_up")
    day = date.fromisoformat(restored) if restored else shop.today
    if day in customer.days:
        detail = {"en": "You have already checked in today.", "zh-CN": "今天已经签到过了。"}
        return problem(409, "already_participated", detail, asked, retry_at=f"{day + timedelta(days=1)}T00:00:00+08:00")
    points = min(CAP, FIRST + STEP * _streak(customer, day - timedelta(days=1)))
    customer.days.add(day)
    customer.cards -= 1 if restored else 0
    customer.points += points
    customer.answers[key] = _participated(shop, customer, day, points, restored=bool(restored))
    _tell(shop, customer, points)
    return Answer(201, customer.answers[key])


def _participated(shop: StubShop, customer: Customer, day: date, points: int, *, restored: bool) -> Json:
    state = _state(shop, customer, f"{day:%Y-%m}")
    kept = {name: state[name] for name in ("streak", "cards", "checked_in_today", "next_reward_points")}
    outcome = {"day": str(day), "streak": state["streak"], "made_up": restored, "milestones": []}
    grants = [{"type": "points", "amount": points, "reason": "daily"}]
    known = {"participation_id": f"p-{day}", "kind": "signin", "balance": customer.points}
    return {**known, "outcome": outcome, "grants": grants, "state": kept}


def _tell(shop: StubShop, customer: Customer, points: int) -> None:
    """The message travels by itself, as by stream and queue."""
    at = f"{shop.today}T09:30:00+08:00"
    item = {"id": f"m-{shop.today}-{len(customer.inbox)}", "kind": "points", "at": at, "read": False}
    texts = {
        "title": f"+{points} 积分 · points",
        "body": f"签到获得 {points} 积分。You checked in and got {points} points.",
    }
    shop.log("entry_posted", shop=SHOP, kind="issue", points=points, balance=customer.points, source="signin")

    def deliver() -> None:
        shop.log("published", type="points.moved", queue="regulars-local-notifications", id=f"e-{item['id']}")
        customer.inbox.insert(0, {**item, **texts})
        shop.log("inbox_written", shop=SHOP, item=item["id"], points=points)

    shop.undelivered.append(deliver)


def _inbox(shop: StubShop, asked: Asked, name: str) -> Answer:
    items = shop.customer(name).inbox
    return Answer(200, {**paged(items, asked), "unread": sum(not item["read"] for item in items)})


def _read(shop: StubShop, asked: Asked, name: str) -> Answer:
    item = next(item for item in shop.customer(name).inbox if item["id"] == asked.path.split("/")[-2])
    item["read"] = True
    return Answer(200, item)


Respond = Callable[[StubShop, Asked, str], Answer]
_ROUTES: list[tuple[Callable[[str, str], bool], Respond]] = [
    (lambda method, route: method == "GET" and route == "/activities/v1/activities", _activities),
    (lambda method, route: method == "GET" and route == f"/activities/v1/activities/{ACTIVITY}", _activity),
    (lambda method, route: method == "POST" and route.endswith(f"/{ACTIVITY}/participations"), _participate),
    (lambda method, route: method == "GET" and route == "/profiles/v1/shop", _shop),
    (lambda method, route: method == "GET" and route == "/notifications/v1/me/inbox", _inbox),
    (lambda method, route: method == "POST" and route.endswith("/read"), _read),
    *stub_points.ROUTES,
    *stub_orders.ROUTES,
]
