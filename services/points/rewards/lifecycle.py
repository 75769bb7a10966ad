"""What happens to a redemption after it was made: load → decide → commit, again when a race was lost."""

from collections.abc import Callable

from services.points.rewards import redemption, stock, store
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
            store.commit(found, step, [*_taken_again(step), *([note()] if note else [])])
        except (tables.LostRace, tables.Contended):
            continue
        return step.after
    raise Conflict


def _taken_again(step: Step) -> list[Part]:
    """What a late payment takes out of stock a second time."""
    if step.stock >= 0:
        return []
    after = step.after
    stored = store.rewards.load_fresh(after.shop, after.reward)
    shard = stock.has(after.shop, stored, -step.stock)
    # Gone since it was looked for: the write is refused, and the payment decided anew.
    return [stock.take_from(after.shop, after.reward, shard or 0, -step.stock)]


def cancel(place: Place) -> Redemption:
    """The customer changed their mind."""
    return change(place, lambda found, posting: redemption.cancel(found, posting, store.lots_taken(found)))


def pay(place: Place, amount_minor: int) -> Redemption:
    """The shop was paid. Raises Invalid when it was another amount."""

    def decide(found: Redemption, posting: Posting) -> Step | None:
        if found.cash_minor and found.cash_minor != amount_minor:
            raise Invalid(Fault("/amount_minor", "other_amount", {"amount": found.cash_minor}))
        return redemption.pay(found, posting, in_stock=_in_stock(found))

    return change(place, decide)


def _in_stock(found: Redemption) -> bool:
    if not found.stock:
        return True
    stored = store.rewards.load_fresh(found.shop, found.reward)
    return stored.definition.stock is None or stock.has(found.shop, stored, found.stock) is not None


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
