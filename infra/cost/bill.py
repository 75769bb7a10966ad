"""A month's bill for so many shops with so many members each, who behave as :class:`Behaviour` says. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

from infra.cost import deployed, night, operations, prices, trade
from infra.cost.operations import GB, Operation, Usage, add

DAYS = 30
YEAR_DAYS = 365
CHUNK = 20
PROCESSES = 4
"""A visit asks `activities`, `notifications` and, twice at the same moment, `points`, and no process remembers the shop
from the visit before.
"""
POLLS = 5 * 3 * 60 * 24 * DAYS
"""Of one queue: five pollers, an empty answer every 20 seconds."""
AWAKE_S = 16 * 3_600
OPERATIONS = (*operations.OPERATIONS, *trade.OPERATIONS, *night.OPERATIONS)
ASKED = {
    "activities": (operations.ACTIVITY, operations.CHECK_IN, operations.MAKE_UP, operations.FIRST_CHECK_IN),
    "points": (
        operations.ACCOUNT,
        operations.STATEMENT,
        trade.CATALOGUE,
        trade.REDEEM,
        trade.REDEEM_COUNTED,
        trade.DELIVERED,
        trade.CANCELLED,
    ),
}
"""The APIs that are asked most."""
SCHEDULED: Mapping[str, Operation] = {
    "compliance-tick": operations.TICK,
    "orders-tick": trade.ORDERS_TICK,
    "points-expire": trade.EXPIRE_TICK,
    "points-tick": night.TICK,
}
"""What each start of a scheduled function takes when there is nothing to do."""


@dataclass(frozen=True)
class Behaviour:
    """A day, or a month where it says so. Shares are of a shop's members."""

    visit: float = 0.30
    """Come, look, and check in; each opens page, activity, account, catalogue and inbox once."""
    make_up: float = 0.01
    statement: float = 0.03
    new: float = 1 / 300
    chat: float = 0.02
    """Ask the shop something; questions and answers together are ten messages."""
    chat_messages: int = 10
    orders_a_month: float = 0.5
    """Of a member. Each is told of as paid, shipped, delivered and completed."""
    placed: float = 0.5
    """Of orders, those that are told of when they are placed already."""
    taken_back: float = 0.1
    """Of orders, those that are cancelled or refunded in part."""
    repeated: float = 0.05
    """Of events, those that are told twice."""
    redemptions_a_month: float = 0.25
    """Of a member."""
    delivered: float = 0.5
    """Of redemptions, those that the shop delivers; the others are codes."""
    cancelled: float = 0.05
    """Of those that the shop delivers."""
    expiries_a_month: float = 0.3
    """Of a member: points of a month that were not spent."""


@dataclass(frozen=True)
class Bill:
    """What ``shops`` with ``members`` each use in the twelfth month, when a year's rows are kept."""

    shops: int
    members: int
    behaviour: Behaviour = Behaviour()

    @property
    def daily(self) -> Mapping[Operation, float]:
        """How often a day, all shops together."""
        day, people = self.behaviour, self.shops * self.members
        visits, chunks = day.visit * people, day.chat * day.chat_messages * people / CHUNK
        paid = (day.visit + day.make_up) * people
        orders, redemptions = self._orders, self._redemptions
        told = sum(orders[each] for each in (trade.PAID, trade.PAID_FIRST, trade.COMPLETED, trade.TAKEN_BACK))
        states = redemptions[trade.RELAY_CODE] + redemptions[trade.RELAY_STATE]
        return {
            operations.PAGE: visits,
            operations.ACTIVITY: visits,
            operations.ACCOUNT: visits,
            operations.STATEMENT: day.statement * people,
            operations.INBOX: visits,
            operations.CHECK_IN: (day.visit - day.new) * people,
            operations.MAKE_UP: day.make_up * people,
            operations.FIRST_CHECK_IN: day.new * people,
            trade.CATALOGUE: visits,
            operations.NEWS: PROCESSES * visits + redemptions[trade.REDEEM] + redemptions[trade.REDEEM_COUNTED],
            operations.RELAY: paid + told,
            operations.MESSAGE: paid + told + states,
            operations.INGEST: chunks,
            operations.PACK: chunks,
            operations.READ_CHAT: chunks,
            operations.DUE: self.shops,
            operations.SCORE: self.shops,
            **orders,
            **redemptions,
            **self._night,
            trade.UNTOLD: redemptions[trade.UNTOLD] + self._night[night.SWEEP],
        }

    @property
    def _orders(self) -> Mapping[Operation, float]:
        """What is told of orders on a day."""
        day = self.behaviour
        orders = day.orders_a_month / DAYS * self.shops * self.members
        events = orders * (4 + day.placed + day.taken_back)
        return {
            trade.TELL_ORDER: events * (1 + day.repeated),
            trade.PLACED: orders * day.placed,
            trade.PAID: orders * day.placed,
            trade.PAID_FIRST: orders * (1 - day.placed),
            trade.SHIPPED: orders,
            trade.ALONG: orders * (1 + day.repeated),
            trade.ARRIVED: orders,
            trade.COMPLETED: orders,
            trade.TAKEN_BACK: orders * day.taken_back,
            trade.REPEATED: events * day.repeated,
        }

    @property
    def _redemptions(self) -> Mapping[Operation, float]:
        """Redemptions of a day and what follows them. A code is one state, a delivery two: pending, and its end."""
        day = self.behaviour
        made = day.redemptions_a_month / DAYS * self.shops * self.members
        delivered, cancelled = made * day.delivered, made * day.delivered * day.cancelled
        return {
            trade.REDEEM: made - delivered,
            trade.REDEEM_COUNTED: delivered,
            trade.DELIVERED: delivered - cancelled,
            trade.CANCELLED: cancelled,
            trade.RELAY_CODE: made - delivered,
            trade.RELAY_STATE: 2 * delivered,
            trade.FOLLOW: made,
            trade.HAND_ON: delivered,
            # The entry and the place in the shop's list of each; of deliveries the stock, and their end in that list.
            trade.UNTOLD: 2 * made + 2 * delivered + 2 * cancelled,
        }

    @property
    def _night(self) -> Mapping[Operation, float]:
        """The ledger's night. Whose account moved on the day or whose turn it is has the books read."""
        day, people = self.behaviour, self.shops * self.members
        return {
            night.BEGIN: self.shops,
            night.SLICE: self.shops * night.SLICES,
            night.LOOK: people,
            night.READ_BOOKS: people * min(1, day.visit + 1 / night.ROUND_DAYS),
            night.SWEEP: people * day.expiries_a_month / DAYS,
        }

    @property
    def anchors_gb(self) -> float:
        """What the bucket of anchors holds after a year."""
        return YEAR_DAYS * self.shops * self.members * night.ANCHOR_BYTES / GB

    @property
    def kept_gb(self) -> float:
        """What the tables hold after a year."""
        grown = sum(YEAR_DAYS * times * each.kept_bytes for each, times in self.daily.items())
        return (grown + self.shops * self.members * operations.MEMBER_BYTES) / GB

    @cached_property
    def usage(self) -> Usage:
        """Everything, for a month."""
        used = ((DAYS * times, each.usage) for each, times in self.daily.items())
        kept = {prices.TABLE_GB: self.kept_gb, prices.RESTORABLE_GB: self.kept_gb, prices.S3_GB: self.anchors_gb}
        return add(*used, (1, kept), (1, at_rest()))

    @property
    def usd(self) -> float:
        return operations.total(self.usage)

    @property
    def usd_by_service(self) -> Mapping[str, float]:
        """The lines of the bill."""
        lines = dict.fromkeys(prices.SERVICES, 0.0)
        for price, used in self.usage.items():
            lines[price.service] += price.of(used)
        return lines

    @property
    def requests_per_second(self) -> float:
        """To the busiest API over the 16 hours in which people are awake."""
        return max(sum(self.daily[each] * each.requests for each in asked) for asked in ASKED.values()) / AWAKE_S


@cache
def at_rest() -> Usage:
    """What a stage uses in a month without a visitor."""
    stage = deployed.stage()
    ticks = ((DAYS * often, SCHEDULED[function].usage) for function, often in stage.ticks.items())
    kept = {
        prices.KMS_KEYS: stage.keys,
        prices.ALARMS: stage.alarms,
        prices.DASHBOARDS: stage.dashboards,
        prices.SQS_REQUESTS: stage.polled * POLLS,
        prices.S3_GB: 1,
    }
    return add(*ticks, (1, kept))
