"""The demo shop's start: the shop, its keys, the check-in, and thirty customers with a past. Safe to run again."""

import contextlib
import random
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from infra.local import demo_clock, demo_orders, demo_rewards, demo_shop
from infra.local.paths import StateDir, read_json, state_dir, write_json
from services.activities import engine
from services.activities import store as activities
from services.activities.definition import FORMS, Stored
from services.admin import store as admin
from services.orders import engine as orders
from services.orders.messages import EventIn
from services.points.rewards import definition as reward_definition
from services.points.rewards import store as rewards
from services.profiles import store as profiles
from services.profiles.profile import ProfileIn
from shared import audit, clock, identity, ids, jobs, keys, minting, shops, vault
from shared.calendar import ShopCalendar
from shared.errors import Missing, Refused
from shared.shops import Shop

SHOP = demo_shop.SHOP_ID
WHO = "seed"
NIGHTS = 30

SIGNIN: dict[str, Any] = {
    "kind": "signin",
    "title": {"en": "Daily check-in", "zh-CN": "每日签到"},
    "description": {
        "en": "A cup of tea a day: check in, and the points grow with every day in a row.",
        "zh-CN": "一天一杯茶：每天签到，连续天数越多，积分越多。",
    },
    "rules": {
        "en": "5 points on the first day, 1 more each following day, up to 10. Seven days in a row bring 20 more "
        "and a make-up card, and the week starts over. A card makes up one missed day of the last seven.",
        "zh-CN": "首日 5 积分，之后每天多 1 积分，最多 10 积分。连续 7 天额外奖励 20 积分和一张补签卡，"
        "然后开始新的一周。每张补签卡可补签最近 7 天内漏签的一天。",
    },
    "config": {
        "reward": {"first": 5, "step": 1, "cap": 10},
        "cycle_days": 7,
        "milestones": [{"days": 7, "points": 20, "make_up_cards": 1}],
        "make_up": {"within_days": 7, "cards_at_start": 1},
    },
}

NAMES = [
    "林晓",
    "周建国",
    "陈梅",
    "王思远",
    "李雨桐",
    "张浩然",
    "刘静怡",
    "赵子涵",
    "黄俊杰",
    "吴佳怡",
    "徐明轩",
    "孙若曦",
    "马天宇",
    "朱可欣",
    "胡文博",
    "郭雅婷",
    "何志强",
    "高梦琪",
    "罗嘉豪",
    "郑欣妍",
    "梁宇航",
    "谢婉清",
    "宋子墨",
    "唐诗雅",
    "许博文",
    "邓丽华",
    "韩立新",
    "冯晓东",
    "曹雪芬",
    "彭家乐",
]
REGIONS = ("上海", "广东", "浙江", "北京", "福建", "四川", "江苏", "湖南")


@dataclass(frozen=True)
class Past:
    """A customer, and how many days ago they checked in, the longest ago first."""

    id: str
    name: str
    checked_in: tuple[int, ...]


class At:
    """A clock that stands at one moment of the past."""

    def __init__(self, moment: datetime) -> None:
        self._moment = moment

    def now(self) -> datetime:
        return self._moment

    def machine_now(self) -> datetime:
        return datetime.now(UTC)

    def pause(self, seconds: float) -> None:
        clock.MachineClock().pause(seconds)


def main() -> int:
    """Write the demo shop where it is missing."""
    state = state_dir()
    clock.use(demo_clock.DemoClock(state.clock))
    if _stands(state):
        return 0
    _open_shop(state)
    _begin_the_nights()
    _save_signin()
    _save_rewards()
    customers = _customers()
    sales = demo_orders.sales([customer.id for customer in customers], clock.now())
    for customer in customers:
        _live(customer, sales.get(customer.id, []))
    print(f"Seeded {demo_shop.SHOP_NAME['en']}: {len(NAMES)} customers, {demo_orders.ORDERS} orders.")
    return 0


def _stands(state: StateDir) -> bool:
    """Whether the shop is there, whole: the last customer is written last."""
    try:
        shops.load_fresh(SHOP)
    except Missing:
        return False
    credentials = read_json(state.credentials)
    return credentials is not None and identity.find_subject(SHOP, _customers()[-1].id) is not None


def _open_shop(state: StateDir) -> None:
    """The shop with its keys, which only this moment shows: they are kept for the demo page and the console."""
    vault.make_installation_secrets()  # a state folder of an older version may lack some
    kept = read_json(state.credentials) or {}
    if kept.get("shop") == SHOP and _exists():
        return
    platform_key = admin.bootstrap() or kept.get("platform_key") or admin.rotate_platform_key()
    opened = _new_keys() if _exists() else admin.create_shop(_shop(), who=keys.PLATFORM)
    write_json(
        state.credentials,
        {
            "shop": SHOP,
            "platform_key": platform_key,
            "operator_key": opened.owner.secret,
            "customer_key_id": opened.customer.id,
            "customer_key_secret": opened.customer.secret,
            "webhook_secret": opened.webhook.secret,
        },
    )


def _shop() -> Shop:
    return Shop(
        id=SHOP,
        name=demo_shop.SHOP_NAME,
        calendar=ShopCalendar(demo_shop.TIMEZONE),
        currency="CNY",
        language="zh-CN",
        created_at=clock.now() - timedelta(days=60),
        points=demo_shop.POINTS,
    )


def _begin_the_nights() -> None:
    """The ledger's nights begin a month ago, as far as one tick catches up: the report has a month at once."""
    shop = shops.load_fresh(SHOP)
    day = shop.today(clock.now()) - timedelta(days=NIGHTS)
    for job in list(jobs.due(jobs.LEDGER, clock.now())):
        if job.shop == SHOP and job.day < day:
            jobs.move(job, day, jobs.night_after(shop, day))


def _new_keys() -> admin.Opened:
    """Fresh keys for a shop whose credentials file was lost: secrets are shown once and cannot be read back."""
    opened = admin.Opened(
        minting.new_operator_key(SHOP, "owner", "owner"),
        minting.new_signing_key(SHOP, "customer"),
        minting.new_signing_key(SHOP, "webhook"),
    )
    for key in (opened.owner, opened.customer, opened.webhook):
        admin.add(key, audit.part(SHOP, who=WHO, action="key.created", target=f"key:{key.id}"))
    return opened


def _exists() -> bool:
    try:
        shops.load_fresh(SHOP)
    except Missing:
        return False
    return True


def _save_signin() -> None:
    try:
        activities.load_fresh(SHOP, demo_shop.SIGNIN_ACTIVITY)
    except Missing:
        form = FORMS["signin"].model_validate_json(ids.canonical(SIGNIN))
        stored = Stored(id=demo_shop.SIGNIN_ACTIVITY, version=1, status="live", definition=form)
        activities.save_definition(SHOP, stored, who=WHO, action="activity.created", before=None)


def _save_rewards() -> None:
    for name, told in demo_rewards.REWARDS.items():
        try:
            rewards.rewards.load_fresh(SHOP, name)
        except Missing:
            form = reward_definition.FORMS[told["kind"]].model_validate_json(ids.canonical(told))
            stored = reward_definition.Stored(id=name, version=1, status="open", definition=form)
            rewards.save_reward(SHOP, stored, who=WHO, action="reward.created", before=None)


def _customers() -> list[Past]:
    """小林 is new, 阿梅 comes nearly every day (one gap, to be made up), 老周 has not come for a while; then others."""
    people = [
        Past("laozhou", "老周", (44, 43, 41)),
        Past("amei", "阿梅", (*range(12, 4, -1), 3, 2, 1)),
    ]
    draw = random.Random(SHOP)  # noqa: S311 - the same demo every time
    for number, name in enumerate(NAMES[3:], start=4):
        days = sorted(draw.sample(range(1, 30), draw.randint(1, 5)), reverse=True)
        people.append(Past(f"member-{number:02d}", name, tuple(days)))
    return people


def _live(customer: Past, sales: list[demo_orders.Told]) -> None:
    """The customer's file, check-ins and orders, each at its own time."""
    happened: list[tuple[datetime, Callable[[], None]]] = [
        (moment, partial(_check_in, customer.id, moment)) for moment in _moments(clock.now(), customer.checked_in)
    ]
    happened += [(moment, partial(_hear, customer.id, event)) for moment, event in sales]
    for moment, act in sorted(happened, key=lambda each: each[0]):
        with clock.using(At(moment)):
            act()
    subject = identity.make_subject(SHOP, customer.id)
    region = REGIONS[len(customer.id + customer.name) % len(REGIONS)]
    profiles.save_profile(SHOP, subject, ProfileIn(name=customer.name, region=region))


def _moments(now: datetime, days_ago: Iterable[int]) -> list[datetime]:
    return [now - timedelta(days=days) for days in days_ago]


def _check_in(customer_id: str, moment: datetime) -> None:
    request = engine.Request(
        shop=SHOP,
        activity=demo_shop.SIGNIN_ACTIVITY,
        customer_id=customer_id,
        subject=identity.find_subject(SHOP, customer_id),
        given={},
        key=f"seed-{customer_id}-{moment.date()}",
        body_hash=ids.digest("seed"),
    )
    # A seed that was interrupted goes on where it stopped.
    with contextlib.suppress(Refused):
        engine.participate(request)


def _hear(customer_id: str, event: dict[str, Any]) -> None:
    told = EventIn.model_validate_json(ids.canonical(event | {"customer_id": customer_id}))
    subject = identity.make_subject(SHOP, customer_id)
    orders.hear(orders.message_of(shops.load(SHOP), subject, told).model_dump())


if __name__ == "__main__":
    sys.exit(main())
