"""What operators ask about rewards: definitions, stock, codes, deliveries."""

from typing import Any

from services.points.rewards import addresses, codes, deliveries, desk_messages, lifecycle, locator, stock, store
from services.points.rewards.addresses import ChangedDelivery, DeliveryAddressesOut
from services.points.rewards.definition import ChangedReward, NewReward, Stored
from services.points.rewards.desk_messages import (
    CodesIn,
    CodesOut,
    DeliveryList,
    DeliveryOut,
    FailIn,
    RedemptionPaging,
    RewardDefinitionList,
    RewardDefinitionOut,
    RewardStatusIn,
    RewardVersionList,
    StockOut,
)
from shared import clock, identity
from shared.errors import Conflict
from shared.http import Call, Paging, Routes, cursor

routes = Routes()
ADMIN = "/v1/admin/rewards"


@routes.get(ADMIN, who="viewer", query=Paging, returns=RewardDefinitionList)
def list_reward_definitions(call: Call[None, Paging]) -> RewardDefinitionList:
    """All rewards of the shop, by id."""
    scope = f"reward-definitions:{call.shop}"
    page = store.rewards.list_current(call.shop, limit=call.query.limit, after=cursor.read(scope, call.query.cursor))
    return RewardDefinitionList(
        items=[_definition(call, stored) for stored in page.definitions],
        next_cursor=cursor.write(scope, page.after),
    )


@routes.post(ADMIN, who="editor", body=NewReward, returns=RewardDefinitionOut, status=201, refuses=("conflict",))
def create_reward(call: Call[NewReward, None]) -> RewardDefinitionOut:
    """Write a new reward, as a draft."""
    stored = Stored(id=call.body.id, version=1, status="draft", definition=call.body.definition)
    return _save(call, stored, action="reward.created", before=None)


@routes.get(f"{ADMIN}/{{reward_id}}", who="viewer", returns=RewardDefinitionOut)
def get_reward_definition(call: Call[None, None], reward_id: str) -> RewardDefinitionOut:
    """One reward as it is now."""
    return _definition(call, store.rewards.load_fresh(call.shop, reward_id))


@routes.put(
    f"{ADMIN}/{{reward_id}}", who="editor", body=ChangedReward, returns=RewardDefinitionOut, refuses=("conflict",)
)
def change_reward(call: Call[ChangedReward, None], reward_id: str) -> RewardDefinitionOut:
    """Change a reward by a new version; what was redeemed before stays as it was."""
    before = store.rewards.load_fresh(call.shop, reward_id)
    return _save(call, before.changed(call.body), action="reward.changed", before=before)


@routes.get(f"{ADMIN}/{{reward_id}}/versions", who="viewer", query=Paging, returns=RewardVersionList)
def list_reward_versions(call: Call[None, Paging], reward_id: str) -> RewardVersionList:
    """Every version of one reward, the latest first."""
    store.rewards.load_fresh(call.shop, reward_id)
    scope = f"reward-versions:{call.shop}:{reward_id}"
    after = cursor.read(scope, call.query.cursor)
    page = store.rewards.list_versions(call.shop, reward_id, limit=call.query.limit, after=after)
    return RewardVersionList(
        items=[desk_messages.version(stored) for stored in page.definitions],
        next_cursor=cursor.write(scope, page.after),
    )


@routes.post(
    f"{ADMIN}/{{reward_id}}/status",
    who="editor",
    body=RewardStatusIn,
    returns=RewardDefinitionOut,
    refuses=("conflict",),
)
def set_reward_status(call: Call[RewardStatusIn, None], reward_id: str) -> RewardDefinitionOut:
    """Open, pause or end a reward. Asking for the status it has changes nothing."""
    before = store.rewards.load_fresh(call.shop, reward_id)
    if before.status == call.body.status:
        return _definition(call, before)
    after = before.with_status(call.body.status, clock.now())
    return _save(call, after, action=f"reward.{call.body.status}", before=before)


@routes.post(
    f"{ADMIN}/{{reward_id}}/codes", who="editor", body=CodesIn, returns=CodesOut, status=201, refuses=("conflict",)
)
def add_reward_codes(call: Call[CodesIn, None], reward_id: str) -> CodesOut:
    """Put codes into the pool, from a list or newly made. A code that was ever there is refused by its line."""
    stored = store.rewards.load_fresh(call.shop, reward_id)
    if not stored.definition.pooled:
        raise Conflict("no_pool")
    given = call.body.codes or codes.generate(call.body.generate or 0)
    return CodesOut(added=codes.add(call.shop, reward_id, given, who=call.caller.who))


@routes.get(f"{ADMIN}/{{reward_id}}/stock", who="viewer", returns=StockOut)
def get_reward_stock(call: Call[None, None], reward_id: str) -> StockOut:
    """How many are left, and how they are spread."""
    stored = store.rewards.load_fresh(call.shop, reward_id)
    given = stored.definition
    if given.pooled:
        free = stock.left_now(call.shop, stored)
        return StockOut(stock=None, left=free, codes=free, shards=None)
    if given.stock is None:
        return StockOut(stock=None, left=None, codes=None, shards=None)
    shards = stock.read_shards(call.shop, reward_id, given.shards)
    return StockOut(stock=given.stock, left=sum(shards), codes=None, shards=shards)


def _definition(call: Call[Any, Any], stored: Stored) -> RewardDefinitionOut:
    return desk_messages.definition(stored, stock.left(call.shop, stored), clock.now())


def _save(call: Call[Any, Any], stored: Stored, *, action: str, before: Stored | None) -> RewardDefinitionOut:
    store.save_reward(call.shop, stored, who=call.caller.who, action=action, before=before)
    return _definition(call, stored)


# ── deliveries ───────────────────────────────────────────────────────────────────────────────────


@routes.get("/v1/admin/delivery", who="owner", returns=DeliveryAddressesOut)
def get_delivery(call: Call[None, None]) -> DeliveryAddressesOut:
    """Where deliveries go."""
    return addresses.told(call.shop)


@routes.put(
    "/v1/admin/delivery", who="owner", body=ChangedDelivery, returns=DeliveryAddressesOut, refuses=("conflict",)
)
def put_delivery(call: Call[ChangedDelivery, None]) -> DeliveryAddressesOut:
    """Say where deliveries go from now on."""
    return addresses.change(call.shop, call.body, who=call.caller.who)


@routes.get("/v1/admin/redemptions", who="viewer", query=RedemptionPaging, returns=DeliveryList)
def list_deliveries(call: Call[None, RedemptionPaging]) -> DeliveryList:
    """The redemptions of a reward or of a customer, the latest first; of a reward, those of the last moment may be
    missing.
    """
    asked = call.query
    scope = f"deliveries:{call.shop}:{asked.reward_id}:{asked.customer_id}:{asked.status}"
    after = cursor.read(scope, asked.cursor)
    if asked.reward_id:
        page = deliveries.page(call.shop, asked.reward_id, status=asked.status, limit=asked.limit, after=after)
    else:
        subject = identity.find_subject(call.shop, asked.customer_id or "")
        page = deliveries.page_of(call.shop, subject, status=asked.status, limit=asked.limit, after=after)
    return DeliveryList(
        items=[deliveries.told(found, call.language) for found in page.redemptions],
        next_cursor=cursor.write(scope, page.after),
    )


@routes.post("/v1/admin/redemptions/{redemption_id}/fulfil", who="editor", returns=DeliveryOut, refuses=("conflict",))
def fulfil_redemption(call: Call[None, None], redemption_id: str) -> DeliveryOut:
    """Note that it was delivered. Saying it twice changes nothing."""
    note = deliveries.note(call.shop, redemption_id, who=call.caller.who, action="redemption.fulfilled")
    return deliveries.told(lifecycle.fulfil(locator.find(call.shop, redemption_id), note), call.language)


@routes.post(
    "/v1/admin/redemptions/{redemption_id}/fail",
    who="editor",
    body=FailIn,
    returns=DeliveryOut,
    refuses=("conflict",),
)
def fail_redemption(call: Call[FailIn, None], redemption_id: str) -> DeliveryOut:
    """Note that it cannot be delivered: points and stock go back to where they came from, once."""
    note = deliveries.note(
        call.shop, redemption_id, who=call.caller.who, action="redemption.failed", after=call.body.reason
    )
    place = locator.find(call.shop, redemption_id)
    return deliveries.told(lifecycle.fail(place, call.body.reason, note), call.language)
