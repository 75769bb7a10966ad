"""The way of every event: load → hear it → decide what it moves → write all of it or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from services.orders import queues, store
from services.orders.messages import EventIn, Told
from services.orders.order import PAID, Line, Move, Order, Terms
from services.orders.purchases import Purchases, changed
from services.orders.store import Seen
from shared import clock, identity, ids, logs, shops, tables
from shared.clock import fixed_width, parse, rfc3339
from shared.errors import Conflict, Fault, Invalid
from shared.events import OrderShipped, bus
from shared.ledger import book
from shared.ledger.account import Now
from shared.ledger.movements import earn, earn_pending, release
from shared.ledger.policy import PERCENT, Policy
from shared.ledger.posting import Mark, Posting, Source
from shared.ledger.reversals import reverse
from shared.ledger.settling import begin
from shared.ledger.tiers import standing
from shared.rows import Part
from shared.shops import Shop

FIRST_YEAR = 1990
"""Nobody sold anything online before."""
AHEAD = timedelta(days=1)
"""How far a shop's clock may run ahead of ours."""


def accept(shop_id: str, event: EventIn) -> None:
    """Hand an event to the queue. Raises Invalid for another currency than the shop's, or a time to come."""
    shop = shops.load(shop_id)
    if event.currency not in (None, shop.currency):
        raise Invalid(Fault("/currency", "other_currency", {"currency": shop.currency}))
    if event.at.year < FIRST_YEAR:
        raise Invalid(Fault("/at", "long_past", {"year": FIRST_YEAR}))
    if event.at > clock.now() + AHEAD:
        raise Invalid(Fault("/at", "in_future"))
    queues.send(message_of(shop, identity.make_subject(shop_id, event.customer_id), event))


def message_of(shop: Shop, subject: str, event: EventIn) -> Told:
    """An event as the queue carries it: under the subject, its time in UTC."""
    told = event.model_dump(exclude_none=True, exclude={"customer_id", "order_id"})
    return Told(
        shop=shop.id,
        order_id=event.order_id,
        subject=subject,
        taken_at=rfc3339(clock.now()),
        event={**told, "at": fixed_width(event.at)},
    )


def tick() -> int:
    """Ask for every order whose points have waited enough; how many. A repeated one finds nothing to do."""
    now = clock.now()
    asked = queues.send_all(
        Told(shop=shop, order_id=order_id)
        for number in range(store.DUE_SLICES)
        for shop, order_id in store.due_orders(number, now)
    )
    logs.event("orders_due", orders=asked)
    return asked


def hear(message: Any) -> None:
    """Take in one message of the queue. Whoever loses a race loads and decides again.

    Raises Conflict when the order is another customer's, or when others kept winning.
    """
    told = Told.model_validate(message)
    shop = shops.load(told.shop)
    subject, at = (told.subject, parse(told.taken_at)) if told.event else _due(told)
    for _ in tables.attempts():
        seen = store.load(shop.id, told.order_id, subject)
        heard = _heard(told, seen, Moment(shop, at))
        if heard is None:
            logs.event("order_repeated", shop=shop.id, event_type=_type(told))
            return _tell(told, seen.order)
        try:
            heard.write()
        except (tables.LostRace, tables.Contended):
            continue
        heard.log(_type(told))
        return _tell(told, heard.order)
    raise Conflict


def _tell(told: Told, order: Order | None) -> None:
    """Have redemptions that wait for an order go along with it. A repeated event tells again, of the same moment: the
    one before may have been written and not told.
    """
    if order and _type(told) == "order.shipped":
        event_id = f"{told.shop}#{told.order_id}#shipped"
        at = parse(order.steps["shipped"].at)
        bus.publish([OrderShipped(id=event_id, shop=told.shop, subject=told.subject, at=at)])


def _due(told: Told) -> tuple[str, datetime]:
    """Whose an order is whose points have waited enough, and since when they have. Raises Missing."""
    order = store.load_order(told.shop, told.order_id)
    return order.subject, parse(order.due_at) if order.due_at else clock.now()


def _type(told: Told) -> str:
    return str(told.event["type"]) if told.event else "order.waited"


@dataclass(frozen=True)
class Moment:
    """The shop, with its policy, and the moment as of which a message counts: a message that is worked on late or again
    comes to the same entries on the same day.
    """

    shop: Shop
    at: datetime

    @property
    def policy(self) -> Policy:
        return self.shop.points

    @property
    def now(self) -> Now:
        return Now(self.at, self.shop.today(self.at))


@dataclass(frozen=True)
class Heard:
    """What an event comes to: the order, the customer's sums where they change, the ledger's movement where there is
    one.
    """

    shop: str
    order: Order
    purchases: Purchases | None
    posting: Posting | None
    at: datetime

    def parts(self) -> list[Part]:
        """All that is written, to be written together."""
        parts = [store.order_part(self.shop, self.order)]
        if self.purchases:
            parts.append(store.purchases_part(self.shop, self.order.subject, self.purchases, self.at))
        return parts + (book.parts(self.posting) if self.posting else [])

    def write(self) -> None:
        """Write it. Raises LostRace or Contended."""
        if self.purchases or self.posting:
            tables.commit(self.parts())
        else:
            store.save_order(self.shop, self.order)

    def log(self, event_type: str) -> None:
        logs.event("order_heard", shop=self.shop, event_type=event_type, id=self.order.id, status=self.order.status)
        if self.posting:
            book.log_posted(self.posting)


def _heard(told: Told, seen: Seen, moment: Moment) -> Heard | None:
    before = seen.order
    event, day = told.event, moment.now.today.isoformat()
    if before and told.subject not in ("", before.subject):
        raise Conflict
    if event is None:
        assert before is not None  # noqa: S101 - it was just loaded, and orders stay
        after = before.waited(fixed_width(clock.now()), day)
    else:
        at = str(event["at"])
        before = before or Order(ids.random_id(), told.order_id, told.subject, moment.shop.currency, at)
        after = before.hear(event, day, lambda lines: _terms(lines, at, seen, moment))
    if after is before:
        return None
    settled, moves = after.moved()
    settled = replace(settled, version=before.version + 1)
    sums = changed(seen.purchases, before, settled, _paid_day(settled, moment))
    return Heard(
        moment.shop.id,
        settled,
        replace(sums, version=sums.version + 1) if sums != seen.purchases else None,
        _posted(seen, settled, moves, moment, _source(settled, told)) if moves else None,
        moment.at,
    )


def _source(order: Order, told: Told) -> Source:
    """Why points move. Each reason has its sentence in shared/texts."""
    match _type(told):
        case "order.paid":
            return Source("order", order.id, "paid")
        case "order.refunded":
            return Source("order", order.id, "refunded")
        case "order.cancelled":
            return Source("order", order.id, "cancelled")
        case "order.waited":
            return Source("order", order.id, "waited")
        case _:
            return Source("order", order.id, "completed")


def _paid_day(order: Order, moment: Moment) -> str:
    if PAID not in order.steps:
        return ""
    return moment.shop.today(parse(order.steps[PAID].at)).isoformat()


def _terms(lines: Sequence[Line], at: str, seen: Seen, moment: Moment) -> Terms:
    """What the payment is worth by the policy of now. The lot is that of the day of payment."""
    paid_at, policy = parse(at), moment.policy
    day = moment.shop.today(paid_at)
    earned = policy.order_points(
        [(line.paid_minor, line.category or None) for line in lines],
        multiplier_percent=_multiplier_percent(seen, moment),
        earned_today=seen.purchases.earned_on(day.isoformat()),
    )
    days = policy.pending_days
    due_at = fixed_width(paid_at + timedelta(days=days)) if days is not None else None
    return Terms(earned, policy.bucket(day), due_at)


def _multiplier_percent(seen: Seen, moment: Moment) -> int:
    """What the customer's tier makes of the points of a purchase."""
    tiers = moment.policy.tiers
    months = seen.account.months if tiers.by == "points" else seen.purchases.months
    level = standing(tiers, months, moment.now.today).level
    return level.multiplier_percent if level else PERCENT


def _posted(
    seen: Seen, order: Order, moves: Sequence[tuple[Move, int, int]], moment: Moment, source: Source
) -> Posting:
    """The moves as ledger entries. An entry is named by the order and its number among the order's moves, which the
    order's own guard lets happen once.
    """
    posting = begin(seen.account, moment.policy, moment.now)
    for number, (move, points, pending) in enumerate(moves, start=order.moves - len(moves) + 1):
        mark = Mark(f"order:{order.id}:{number}", posting.now.today, source)
        match move:
            case "earn":
                posting = earn(posting, points, mark, order.bucket)
            case "earn_pending":
                posting = earn_pending(posting, points, mark)
            case "release":
                posting = release(posting, points, mark, order.bucket)
            case "reverse":
                posting = reverse(posting, points, mark, order.bucket, pending=pending)
    return posting
