"""Redeem: load → told before? → open, limits, stock, points → commit, again when a race was lost."""

import json
from dataclasses import dataclass, replace
from typing import Any

from services.points.rewards import contact, limits, stock, store
from services.points.rewards.definition import Stored
from services.points.rewards.redemption import PAYABLE_FOR, Redemption, digest_of, first_status, take
from services.points.rewards.store import Seen
from services.points.rewards.tier import check_tier
from services.points.store import load_months
from shared import clock, shops, tables, vault
from shared.errors import Conflict, Fault, Invalid, KeyReused, Missing
from shared.ledger.account import Now
from shared.ledger.settling import begin
from shared.shops import Shop


@dataclass(frozen=True)
class Request:
    """A customer's wish. ``subject`` is None when nobody keeps a file of the customer: then there are no points."""

    shop: str
    reward: str
    customer_id: str
    subject: str | None
    quantity: int
    contact: Any
    key: str
    body_hash: str


@dataclass(frozen=True)
class Redeemed:
    """What a redemption came to, with the reward as it was then."""

    redemption: Redemption
    stored: Stored
    replayed: bool


def redeem(request: Request) -> Redeemed:
    """Redeem. Exactly one of any number of the same requests takes effect; all get its answer.

    Raises Missing, Invalid, KeyReused, Refused (with the rule's reason), or Conflict when others kept winning.
    """
    shop = shops.load(request.shop)
    digest = digest_of(request.shop, request.subject or "", request.reward, request.key)
    for _ in tables.attempts():
        seen = store.look(request.shop, request.reward, request.subject)
        earlier = _replay(request, seen, digest)
        if earlier:
            return earlier
        _check(request, seen, shop)
        try:
            return _take(request, seen, shop, digest)
        except (tables.LostRace, tables.Contended):
            continue
    raise Conflict


def _replay(request: Request, seen: Seen, digest: str) -> Redeemed | None:
    """The answer that was given for this Idempotency-Key. Raises KeyReused."""
    for each in seen.past:
        if each.digest == digest:
            if each.body != request.body_hash[:13]:
                raise KeyReused
            return Redeemed(
                each.at_first(), store.load_version(request.shop, request.reward, each.reward_version), True
            )
    return None


def _check(request: Request, seen: Seen, shop: Shop) -> None:
    """Raises what the customer can be told before anything is looked for."""
    now, given = clock.now(), seen.stored.definition
    if not seen.stored.public:
        raise Missing
    if request.quantity > 1 and given.codes:
        raise Invalid(Fault("/quantity", "one_code"))
    contact.check(given, request.contact)
    seen.stored.check_open(now)
    if given.tier:
        check_tier(given.tier, load_months(shop, seen.account), shop, now)
    limits.check(given, seen.past, request.quantity, now=now, calendar=shop.calendar)


def _take(request: Request, seen: Seen, shop: Shop, digest: str) -> Redeemed:
    """Decide and write. Raises Refused sold_out or insufficient_points, and LostRace or Contended."""
    now, given = clock.now(), seen.stored.definition
    claim = stock.claim(shop.id, seen.stored, digest, request.quantity)
    cash_minor = given.cash_minor * request.quantity
    made = Redemption(
        shop=shop.id,
        subject=request.subject or "",
        reward=seen.stored.id,
        digest=digest,
        reward_version=seen.stored.version,
        kind=seen.stored.kind,
        status=first_status(seen.stored.kind, cash_minor),
        points=given.price_points * request.quantity,
        cash_minor=cash_minor,
        quantity=request.quantity,
        stock=claim.counted,
        balance=0,
        at=now,
        day=shop.today(now),
        body=request.body_hash[:13],
        payable_until=now + PAYABLE_FOR if cash_minor else None,
        code=claim.code,
    )
    posting = take(made, begin(seen.account, shop.points, Now(now, made.day)))
    made = replace(made, balance=posting.after.available, sealed=_sealed(made, request))
    store.commit_new(made, claim.parts, posting)
    return Redeemed(made, seen.stored, replayed=False)


def _sealed(made: Redemption, request: Request) -> bytes | None:
    """Whom to deliver to, for those that are delivered: under the customer's own key."""
    if made.status == "fulfilled":
        return None
    told = {"customer_id": request.customer_id, "contact": request.contact}
    return vault.seal_for(made.shop, made.subject, json.dumps(told, ensure_ascii=False).encode())
