"""A month's bill for so many shops with so many members each, who behave as :class:`Behaviour` says. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from infra.cost import operations, prices
from infra.cost.operations import GB, Operation, Usage, add

DAYS = 30
YEAR_DAYS = 365
CHUNK = 20
PROCESSES = 3
"""A visit asks `activities`, `points` and `notifications`, and no process remembers the shop from the visit before."""
POLLS = 3 * 5 * 3 * 60 * 24 * DAYS
"""Three queues, five pollers each, an empty answer every 20 seconds."""
TICKS = 4 * 24 * DAYS
AWAKE_S = 16 * 3_600
ALARMS = 45


@dataclass(frozen=True)
class Behaviour:
    """A day. Shares are of a shop's members."""

    visit: float = 0.30
    """Come, look, and check in; each opens page, activity, account and inbox once."""
    make_up: float = 0.01
    statement: float = 0.03
    new: float = 1 / 300
    chat: float = 0.02
    """Ask the shop something; questions and answers together are ten messages."""
    chat_messages: int = 10


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
        return {
            operations.PAGE: visits,
            operations.ACTIVITY: visits,
            operations.ACCOUNT: visits,
            operations.STATEMENT: day.statement * people,
            operations.INBOX: visits,
            operations.CHECK_IN: (day.visit - day.new) * people,
            operations.MAKE_UP: day.make_up * people,
            operations.FIRST_CHECK_IN: day.new * people,
            operations.NEWS: PROCESSES * visits,
            operations.RELAY: paid,
            operations.MESSAGE: paid,
            operations.INGEST: chunks,
            operations.PACK: chunks,
            operations.READ_CHAT: chunks,
            operations.DUE: self.shops,
            operations.SCORE: self.shops,
        }

    @property
    def kept_gb(self) -> float:
        """What the tables hold after a year."""
        grown = sum(YEAR_DAYS * times * each.kept_bytes for each, times in self.daily.items())
        return (grown + self.shops * self.members * operations.MEMBER_BYTES) / GB

    @cached_property
    def usage(self) -> Usage:
        """Everything, for a month."""
        used = ((DAYS * times, each.usage) for each, times in self.daily.items())
        kept = {prices.TABLE_GB: self.kept_gb, prices.RESTORABLE_GB: self.kept_gb}
        return add(*used, (1, kept), (1, AT_REST))

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
        """To the busiest API, `activities`, over the 16 hours in which people are awake."""
        asked = (operations.ACTIVITY, operations.CHECK_IN, operations.MAKE_UP, operations.FIRST_CHECK_IN)
        return sum(self.daily[each] * each.requests for each in asked) / AWAKE_S


AT_REST: Usage = add(
    (TICKS, operations.TICK.usage),
    (
        1,
        {
            prices.KMS_KEYS: 2,
            prices.ALARMS: ALARMS,
            prices.DASHBOARDS: 1,
            prices.SQS_REQUESTS: POLLS,
            prices.S3_GB: 1,
        },
    ),
)
"""What a stage uses in a month without a visitor."""
