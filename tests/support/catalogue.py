"""Rewards to redeem, as an operator would write them, and points to redeem them with."""

from typing import Any

from services.points.rewards import store
from services.points.rewards.definition import FORMS, Stored
from shared import clock, identity, ids, shops, tables
from shared.ledger import book
from shared.ledger.account import Now
from shared.ledger.movements import earn
from shared.ledger.posting import Mark, Source
from shared.ledger.settling import begin

CONFIGS: dict[str, dict[str, Any]] = {
    "coupon": {"amount_minor": 300},
    "red_packet": {"amount_minor": 100},
    "data_top_up": {"megabytes": 500},
    "product": {"payment": "points"},
    "perk": {},
}


def a_reward(kind: str = "coupon", config: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """The definition of a reward, as an operator sends it."""
    return {
        "kind": kind,
        "title": {"en": "¥3 coupon", "zh-CN": "3 元优惠券"},
        "instructions": {"en": "Show the code at checkout."},
        "price_points": 50,
        "config": {**CONFIGS[kind], **(config or {})},
    } | changes


def offer(shop: str = "tea", reward: str = "coupon", kind: str = "coupon", **changes: Any) -> None:
    """An open reward."""
    form = FORMS[kind].model_validate_json(ids.canonical(a_reward(kind, **changes)))
    stored = Stored(id=reward, version=1, status="open", definition=form)
    store.save_reward(shop, stored, who="test", action="reward.created", before=None)


def give(points: int = 100, customer: str = "u1", shop: str = "tea", key: str = "gift") -> str:
    """Points for a customer; returns the subject."""
    subject = identity.make_subject(shop, customer)
    opened, at = shops.load(shop), clock.now()
    account = book.load_account(shop, subject, consistent=True)
    posting = begin(account, opened.points, Now(at, opened.today(at)))
    mark = Mark(f"{key}#{account.seq}", opened.today(at), Source("test", key, "gift"))
    tables.commit(book.parts(earn(posting, points, mark)))
    return subject
