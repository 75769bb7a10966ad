"""What a shop's own back end says of redemptions, signed: that one was paid, delivered or not; what a member pays."""

from datetime import timedelta
from typing import Literal

from pydantic import AwareDatetime, Field

from services.points.rewards import lifecycle, locator
from services.points.rewards.redemption import Redemption
from services.points.rewards.redemption import Status as RedemptionStatus
from services.points.store import load_months
from shared import clock, identity, keys, shops, tokens
from shared.auth import CUSTOMER_ID
from shared.errors import Fault, Invalid, Missing
from shared.forms import In, Int, Out
from shared.http import Call, Routes
from shared.ledger import book
from shared.ledger.tiers import standing

routes = Routes()
QUOTED_FOR = timedelta(minutes=15)


class PaymentIn(In):
    """The money of a redemption came. `redemption_id` is part of what is signed: it is good for this one only."""

    type: Literal["redemption.paid"]
    redemption_id: str = Field(max_length=128)
    amount_minor: Int = Field(ge=1)


class FulfilmentIn(In):
    """A redemption was delivered, or cannot be."""

    type: Literal["redemption.fulfilled", "redemption.failed"]
    redemption_id: str = Field(max_length=128)
    reason: str = Field("", max_length=40)


class SettledOut(Out):
    """How a redemption stands. `refund_minor` is money that has to go back to the customer."""

    redemption_id: str
    status: RedemptionStatus
    refund_minor: int


@routes.post(
    "/v1/shops/{shop}/redemptions/{redemption_id}/payments",
    who="shop",
    body=PaymentIn,
    returns=SettledOut,
    refuses=("conflict",),
)
def take_payment(call: Call[PaymentIn, None], shop: str, redemption_id: str) -> SettledOut:
    """Note that a redemption was paid. Saying it twice changes nothing.

    Paid after its time, it takes points and stock once more; where they are gone, the answer says what has to go back.
    """
    del shop  # the signature says whose it is
    place = _place(call.shop, redemption_id, call.body.redemption_id)
    return _settled(redemption_id, lifecycle.pay(place, call.body.amount_minor))


@routes.post(
    "/v1/shops/{shop}/redemptions/{redemption_id}/fulfilments",
    who="shop",
    body=FulfilmentIn,
    returns=SettledOut,
    refuses=("conflict",),
)
def take_fulfilment(call: Call[FulfilmentIn, None], shop: str, redemption_id: str) -> SettledOut:
    """Note that a redemption was delivered, or give its points back because it cannot be."""
    del shop
    place = _place(call.shop, redemption_id, call.body.redemption_id)
    if call.body.type == "redemption.fulfilled":
        return _settled(redemption_id, lifecycle.fulfil(place))
    return _settled(redemption_id, lifecycle.fail(place, call.body.reason or "not deliverable"))


def _place(shop: str, named: str, signed: str) -> locator.Place:
    if named != signed:
        raise Invalid(Fault("/redemption_id", "other_redemption"))
    return locator.find(shop, named)


def _settled(redemption_id: str, found: Redemption) -> SettledOut:
    return SettledOut(redemption_id=redemption_id, status=found.status_at(clock.now()), refund_minor=found.refund_minor)


# ── member prices ────────────────────────────────────────────────────────────────────────────────


class QuoteIn(In):
    """What a thing costs everybody; `item` is what the shop calls it."""

    type: Literal["quote.request"]
    customer_id: str = Field(pattern=CUSTOMER_ID)
    item: str = Field(min_length=1, max_length=64)
    price_minor: Int = Field(ge=1, le=100_000_000_000)


class QuoteOut(Out):
    """What it costs the customer as a member. `quote` says the same as a JSON Web Token (HS256) under the shop's own
    webhook key, for a checkout that must not trust the page: `sub`, `item`, `price_minor`, `exp`.
    """

    quote: str
    price_minor: int
    discount_percent: int
    tier: str | None
    expires_at: AwareDatetime


@routes.post("/v1/shops/{shop}/quotes", who="shop", body=QuoteIn, returns=QuoteOut)
def quote_price(call: Call[QuoteIn, None], shop: str) -> QuoteOut:
    """A member's price, good for a quarter of an hour."""
    asked, expires_at = call.body, clock.machine_now().replace(microsecond=0) + QUOTED_FOR
    opened = shops.load(shop)
    subject = identity.find_subject(shop, asked.customer_id)
    months = load_months(opened, book.load_account(shop, subject)) if subject else {}
    level = standing(opened.points.tiers, months, opened.today(clock.now())).level
    percent = level.discount_percent if level else 0
    price_minor = asked.price_minor - asked.price_minor * percent // 100
    claims = {
        "iss": "regulars",
        "aud": shop,
        "sub": asked.customer_id,
        "item": asked.item,
        "price_minor": price_minor,
        "exp": int(expires_at.timestamp()),
    }
    usable = keys.list_signing(shop, "webhook")
    if not usable:
        raise Missing
    # A webhook key, so that no quote can pass for a customer's token.
    quote = tokens.sign(claims, usable[-1].secret.encode(), key_id=usable[-1].id)
    return QuoteOut(
        quote=quote,
        price_minor=price_minor,
        discount_percent=percent,
        tier=level.id if level else None,
        expires_at=expires_at,
    )
