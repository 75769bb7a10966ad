"""What customers ask about rewards: the catalogue, redeeming, their redemptions."""

from typing import Any

from services.points.rewards import contact, deliveries, lifecycle, locator, messages, redeem, stock, store
from services.points.rewards.messages import (
    PublicPaging,
    RedemptionIn,
    RedemptionList,
    RedemptionOut,
    RewardList,
    Viewer,
)
from services.points.rewards.redemption import Redemption
from services.points.store import load_months
from shared import clock, shops
from shared.errors import Missing
from shared.http import Answer, Call, Paging, Routes, cursor
from shared.ledger import book
from shared.ledger.account import Account, Now

routes = Routes()


@routes.get("/v1/rewards", who="public", query=PublicPaging, returns=RewardList)
def list_rewards(call: Call[None, PublicPaging]) -> RewardList:
    """What points buy here, without drafts and ended ones, and what stands in the caller's way."""
    scope = f"rewards:{call.shop}"
    page = store.rewards.list_current(call.shop, limit=call.query.limit, after=cursor.read(scope, call.query.cursor))
    viewer = _viewer(call)
    offered = [each for each in page.definitions if each.public and each.status_at(viewer.now.at) != "ended"]
    return RewardList(
        items=[messages.reward(each, stock.left(call.shop, each), viewer) for each in offered],
        next_cursor=cursor.write(scope, page.after),
    )


def _viewer(call: Call[Any, Any]) -> Viewer:
    shop, at = shops.load(call.shop), clock.now()
    account = Account(call.shop, "") if call.is_customer else None
    past: list[Redemption] = []
    if call.subject:
        account, past = book.load_account(call.shop, call.subject), store.list_of(call.shop, call.subject)
    months = load_months(shop, account) if account else {}
    return Viewer(shop, Now(at, shop.today(at)), call.language, account, months, past)


@routes.post(
    "/v1/redemptions",
    who="customer",
    body=RedemptionIn,
    returns=RedemptionOut,
    status=201,
    idempotent=True,
    refuses=("not_found", "not_open", "not_eligible", "limit_reached", "sold_out", "insufficient_points", "conflict"),
)
def redeem_reward(call: Call[RedemptionIn, None]) -> Answer:
    """Redeem a reward. Repeat with the same Idempotency-Key for the same answer."""
    asked = call.body
    done = redeem.redeem(
        redeem.Request(
            shop=call.shop,
            reward=asked.reward_id,
            customer_id=call.caller.customer_id,
            subject=call.subject,
            quantity=asked.quantity,
            contact=contact.of(asked.contact),
            key=call.idempotency_key,
            body_hash=call.body_hash(),
        )
    )
    told = messages.redemption(done.redemption, done.stored, shops.load(call.shop), call.language, done.redemption.at)
    return Answer(told, headers={"Idempotent-Replayed": "true"} if done.replayed else None)


@routes.get("/v1/me/redemptions", who="customer", query=Paging, returns=RedemptionList)
def list_redemptions(call: Call[None, Paging]) -> RedemptionList:
    """The caller's redemptions, the latest first."""
    scope = f"redemptions:{call.shop}:{call.subject}"
    after = cursor.read(scope, call.query.cursor)
    page = deliveries.page_of(call.shop, call.subject, limit=call.query.limit, after=after)
    return RedemptionList(
        items=[_told(call, each) for each in page.redemptions], next_cursor=cursor.write(scope, page.after)
    )


@routes.post("/v1/redemptions/{redemption_id}/cancel", who="customer", returns=RedemptionOut, refuses=("conflict",))
def cancel_redemption(call: Call[None, None], redemption_id: str) -> RedemptionOut:
    """Take back a redemption that was not delivered yet: points and stock go back. Saying it twice changes nothing."""
    place = locator.find(call.shop, redemption_id)
    if place.subject != call.require_subject():
        raise Missing
    return _told(call, lifecycle.cancel(place))


def _told(call: Call[Any, Any], found: Redemption) -> RedemptionOut:
    stored = store.load_version(found.shop, found.reward, found.reward_version)
    return messages.redemption(found, stored, shops.load(call.shop), call.language, clock.now())
