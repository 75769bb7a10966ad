"""What happens to a redemption after it was made: load → decide → commit, again when a race was lost."""

from collections.abc import Callable
from datetime import datetime

from services.points.rewards import limits, redemption, stock, store
from services.points.rewards.locator import Place
from services.points.rewards.redemption import Redemption, Step
from shared import clock, shops, tables
from shared.errors import Conflict, Fault, Invalid
from shared.ledger.account import Now
from shared.ledger.posting import Posting
from shared.ledger.settling import begin
from shared.rows import Part

Decide = Callable[[Redemption, Posting], Step | None]
Note = Callable[[], Part]


def change(place: Place, decide: Decide, note: Note | None = None) -> Redemption:
    """Take a step, once, with a note for the audit: ``decide`` says which, or None when it was taken before.

    Raises Missing or Conflict.
    """
    shop = shops.load(place.shop)
    for _ in tables.attempts():
        found, account = store.load(place)
        now = clock.now()
        step = decide(found, begin(account, shop.points, Now(now, shop.today(now))))
        if step is None:
            return found
        try:
            store.commit(found, step, [*step.taken, *([note()] if note else [])])
        except (tables.LostRace, tables.Contended):
            continue
        return step.after
    raise Conflict


def cancel(place: Place) -> Redemption:
    """The customer changed their mind."""
    return change(place, lambda found, posting: redemption.cancel(found, posting, store.lots_taken(found)))


def pay(place: Place, amount_minor: int) -> Redemption:
    """The shop was paid. Raises Invalid when it was another amount."""

    def decide(found: Redemption, posting: Posting) -> Step | None:
        if found.cash_minor and found.cash_minor != amount_minor:
            raise Invalid(Fault("/amount_minor", "other_amount", {"amount": found.cash_minor}))
        return redemption.pay(found, posting, lambda: _again(found, posting.now.at))

    return change(place, decide)


def _again(found: Redemption, now: datetime) -> list[Part]:
    """Take out of stock what a late payment is for. Raises Refused: sold_out, or limit_reached by what was redeemed
    since. It counts in the period it was made in.
    """
    seen = store.look(found.shop, found.reward, found.subject)
    given, calendar = seen.stored.definition, shops.load(found.shop).calendar
    others = [each for each in seen.past if each.digest != found.digest and each.counts(now)]
    limits.check(given, others, found.quantity, now=found.at, calendar=calendar)
    if found.status == "reserved" or not found.stock or given.stock is None:
        return []
    return stock.take(found.shop, seen.stored, found.digest, found.stock)


def expire(place: Place) -> Redemption:
    """Nobody paid: give points and stock back, if it is so."""
    return change(place, redemption.expire)


def hand_over(place: Place) -> Redemption:
    """Note that a provider is about to act, after which the customer cannot cancel."""
    return change(place, lambda found, _: redemption.hand_over(found))


def fulfil(place: Place, note: Note | None = None) -> Redemption:
    """It was delivered."""
    return change(place, lambda found, _: redemption.fulfil(found), note)


def fail(place: Place, reason: str, note: Note | None = None) -> Redemption:
    """It cannot be delivered: points and stock go back."""
    return change(place, lambda found, posting: redemption.fail(found, posting, store.lots_taken(found), reason), note)
