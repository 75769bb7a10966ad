"""Delivery: what happens to a redemption once its transaction is told of. Every step may be repeated or come late.

A provider is asked under the redemption's own key, which it must take for the same thing however often it is asked; a
redemption that a provider may have acted on is no longer the customer's to cancel.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from services.points.rewards import adapters, deliveries, lifecycle, store
from services.points.rewards.adapters import Order, Post
from services.points.rewards.locator import Place, name_of
from services.points.rewards.redemption import Redemption
from shared import clock, logs, outbound
from shared.errors import Conflict, Missing
from shared.events import EVENTS, OrderShipped, RedemptionChanged
from shared.schema import RedemptionLineRow


def hear(message: Mapping[str, Any]) -> None:
    """Take in one message of the queue."""
    heard = EVENTS.validate_python(message)
    if isinstance(heard, OrderShipped):
        on_order_shipped(heard)
    elif isinstance(heard, RedemptionChanged):
        on_changed(heard)
    else:
        msg = f"{heard.type} is nothing to be delivered"
        raise TypeError(msg)


def on_changed(heard: RedemptionChanged, post: Post = outbound.post) -> None:
    """Do what a redemption's state asks for. A message of an earlier state finds the later one, and follows that."""
    place = Place(heard.shop, heard.subject, heard.reward, heard.redemption)
    found, _ = store.load(place)
    deliveries.follow(found)
    if found.status == "pending":
        _deliver(place, found, post)
    elif found.refund_minor:
        adapters.tell_shop(_order(found), "redemption.refund_due", post)
    elif found.status == "cancelled" and _was_told(found):
        adapters.tell_shop(_order(found), "redemption.cancelled", post)


def _was_told(found: Redemption) -> bool:
    """Whether the shop may have been told to deliver it: what costs money is cancelled before that."""
    return not (found.cash_minor or _with_order(found) or adapters.provider_of(found.shop, found.kind))


def _deliver(place: Place, found: Redemption, post: Post) -> None:
    """Have it delivered, unless it waits for an order or was given to the shop already."""
    if _with_order(found):
        return
    provider = adapters.provider_of(found.shop, found.kind, post)
    if provider is None:
        adapters.tell_shop(_order(found), "redemption.pending", post)
        return
    handed = lifecycle.hand_over(place)
    if handed.status != "pending":
        return
    try:
        answer = provider(_order(handed))
    except outbound.ForbiddenAddressError as error:
        if found.handed:
            # An earlier try may have reached another address, and paid.
            raise adapters.LaterError(str(error)) from error
        answer = adapters.Answer(refused="forbidden address")
    _settle(place, answer)


def _settle(place: Place, answer: adapters.Answer) -> None:
    if answer.refused:
        lifecycle.fail(place, answer.refused)
    else:
        lifecycle.fulfil(place)


def _order(found: Redemption) -> Order:
    stored = store.load_version(found.shop, found.reward, found.reward_version)
    whom = deliveries.addressee(found) or {}
    return Order(
        shop=found.shop,
        key=found.digest,
        name=name_of(store.place_of(found)),
        reward=found.reward,
        kind=found.kind,
        config=stored.definition.config.model_dump(mode="json"),
        quantity=found.quantity,
        customer_id=str(whom.get("customer_id", "")),
        contact=dict(whom.get("contact") or {}),
        refund_minor=found.refund_minor,
    )


# ── orders ───────────────────────────────────────────────────────────────────────────────────────


def on_order_shipped(heard: OrderShipped) -> int:
    """An order of the customer was shipped: what waited for it went along, and nothing that was redeemed since.
    Returns how many redemptions.
    """
    waiting = [each for each in store.list_of(heard.shop, heard.subject) if _goes_along(each, heard.at)]
    return _each(waiting, lambda place: lifecycle.fulfil(place).status == "fulfilled")


def _goes_along(found: Redemption, shipped: datetime) -> bool:
    return found.status == "pending" and found.at <= shipped and _with_order(found)


def _with_order(found: Redemption) -> bool:
    return store.load_version(found.shop, found.reward, found.reward_version).definition.payment == "with_order"


# ── time ─────────────────────────────────────────────────────────────────────────────────────────


def tick() -> int:
    """Give back what nobody paid for in time; returns how many redemptions."""
    now = clock.fixed_width(clock.now())
    found = 0
    for number in range(deliveries.DUE_SLICES):
        for line in RedemptionLineRow.by_due.query(f"{deliveries.DUE}#{number}", RedemptionLineRow.due_at <= now):
            found += _expire(line)
    return found


def _expire(line: RedemptionLineRow) -> int:
    shop, reward, _ = line.pk.split("#")
    place = Place(shop, line.subject, reward, line.sk.rpartition("#")[2])
    try:
        # Paid, cancelled or given back meanwhile: then only its line is behind.
        deliveries.follow(lifecycle.expire(place))
    except (Conflict, Missing):
        logs.event("message_failed", level=40, exc_info=True, redemption=place.digest)
        return 0
    return 1


def _each(found: Iterable[Redemption], act: Any) -> int:
    return sum(bool(act(store.place_of(each))) for each in found)
