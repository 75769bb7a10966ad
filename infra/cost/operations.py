"""What each operation asks of AWS: one table.

Units, calls, sizes and memory are what the code does: the files test_costs.py and test_bill.py under tests/ count them
and compare. Orders and rewards are in trade.py, the ledger's night in night.py. What no test can count, how long things
take and how much is logged, is :data:`ASSUMED`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.cost import prices
from infra.cost.prices import Price

Usage = Mapping[Price, float]

GB = 1_000_000_000
API_MB = 1_024
WORKER_MB = 512
SCORER_MB = 1_769


@dataclass(frozen=True)
class Assumed:
    """What is billed by the second and the byte, as nobody has measured it on AWS."""

    handler_ms: float = 5
    """Our own code and Chalice: half a millisecond of a whole CPU, on the half CPU that 1 GB buys, with much room."""
    call_ms: float = 5
    """Waiting for one call to DynamoDB, SQS, KMS or S3."""
    transaction_ms: float = 15
    cold_share: float = 0.01
    """Of invocations, those in a new process."""
    cold_ms: float = 600
    log_bytes: int = 1_000
    """An invocation's lines: Lambda's three and ours."""
    log_months: int = 6
    """How long prod keeps them."""
    answer_bytes: int = 2_000
    """An answer of the API with its headers."""
    traced_share: float = 0.05
    """X-Ray's default rule; its first request each second is left out."""


ASSUMED = Assumed()


@dataclass(frozen=True)
class Operation:
    """What ``each`` of something asks of AWS. ``calls`` are those the code makes, by the counter's names.

    ``requests`` come through CloudFront and API Gateway, a browser's question beforehand (CORS) among them; ``files``
    come from CloudFront alone. ``taken`` are the messages that Lambda takes from a queue for it. ``kept_bytes`` stay
    in a table.
    """

    name: str
    memory_mb: int = API_MB
    invocations: int = 1
    writes: float = 0
    reads: float = 0
    calls: Mapping[str, int] = field(default_factory=dict, hash=False)
    requests: int = 0
    files: int = 0
    file_bytes: int = 0
    taken: int = 0
    kept_bytes: int = 0
    each: int = 1

    @property
    def ms(self) -> float:
        """How long Lambda bills for."""
        took = {name: ASSUMED.transaction_ms if "Transact" in name else ASSUMED.call_ms for name in self.calls}
        waited = sum(times * took[name] for name, times in self.calls.items())
        return self.invocations * (ASSUMED.handler_ms + ASSUMED.cold_share * ASSUMED.cold_ms) + waited

    @property
    def sqs(self) -> int:
        """Requests to SQS: those the code makes, and Lambda's own receiving and deleting, one message at a time."""
        return self._calls_to("sqs") + 2 * self.taken

    @property
    def kms(self) -> int:
        return self._calls_to("kms")

    def _calls_to(self, service: str) -> int:
        return sum(times for name, times in self.calls.items() if name.startswith(f"{service}."))

    @property
    def usage(self) -> Usage:
        """How much of each priced thing it takes; storage apart."""
        sent = self.file_bytes + self.requests * ASSUMED.answer_bytes
        logged = self.invocations * ASSUMED.log_bytes / GB
        return {
            prices.WRITES: self.writes,
            prices.READS: self.reads,
            prices.INVOCATIONS: self.invocations,
            prices.GB_SECONDS: self.ms / 1_000 * self.memory_mb / 1_024,
            prices.API_REQUESTS: self.requests,
            prices.CDN_REQUESTS: self.requests + self.files,
            prices.CDN_GB: sent / GB,
            prices.SQS_REQUESTS: self.sqs,
            prices.KMS_REQUESTS: self.kms,
            prices.S3_PUTS: self.calls.get("s3.PutObject", 0),
            prices.S3_GETS: self.calls.get("s3.GetObject", 0),
            prices.LOG_GB: logged,
            prices.LOG_KEPT_GB: logged * ASSUMED.log_months,
            prices.TRACES: self.invocations * ASSUMED.traced_share,
        }

    @property
    def usd_per_million(self) -> float:
        """List price of a million single ones."""
        return total(self.usage) * prices.MILLION / self.each


def total(usage: Usage) -> float:
    """What it costs, in dollars."""
    return sum(price.of(used) for price, used in usage.items())


def add(*parts: tuple[float, Usage]) -> Usage:
    """So many times each."""
    together: dict[Price, float] = {}
    for times, usage in parts:
        for price, used in usage.items():
            together[price] = together.get(price, 0) + times * used
    return together


_ONE_READ = {"dynamodb.GetItem": 1}
_ONE_QUERY = {"dynamodb.Query": 1}

PAGE = Operation("page with widgets, files not in the browser's cache", invocations=0, files=3, file_bytes=30_000)
ACTIVITY = Operation("read an activity", reads=0.5, calls=_ONE_READ, requests=2)
ACCOUNT = Operation("read the account", reads=0.5, calls=_ONE_READ, requests=2)
STATEMENT = Operation("read the statement, a page", reads=0.5, calls=_ONE_QUERY, requests=2)
INBOX = Operation("read the inbox", reads=0.5, calls=_ONE_QUERY, requests=2)
CHECK_IN = Operation(
    "check in",
    writes=6,
    reads=2,
    calls={"dynamodb.BatchGetItem": 1, "dynamodb.TransactWriteItems": 1},
    requests=2,
    kept_bytes=520,
)
MAKE_UP = Operation(
    "make up a day", writes=CHECK_IN.writes, reads=2, calls=CHECK_IN.calls, requests=2, kept_bytes=CHECK_IN.kept_bytes
)
FIRST_CHECK_IN = Operation(
    "check in for the first time ever",
    writes=8,
    reads=2,
    calls={"dynamodb.GetItem": 2, "dynamodb.PutItem": 1, "dynamodb.TransactWriteItems": 1},
    requests=2,
    kept_bytes=CHECK_IN.kept_bytes,
)
NEWS = Operation(
    "what a process looks up of a shop and a customer it does not remember",
    invocations=0,
    reads=4,
    calls={"dynamodb.GetItem": 4, "kms.Decrypt": 1},
)
RELAY = Operation("relay an entry", memory_mb=WORKER_MB, calls={"sqs.SendMessageBatch": 1})
MESSAGE = Operation("bring an inbox up to date", memory_mb=WORKER_MB, writes=1, calls={"dynamodb.PutItem": 1}, taken=1)
INGEST = Operation(
    "take chat in, a call of 20 messages",
    reads=1,
    calls={"dynamodb.Query": 1, "kms.Decrypt": 1, "sqs.SendMessage": 1},
    requests=1,
    each=20,
)
PACK = Operation(
    "pack chat, a chunk of 20 messages",
    memory_mb=WORKER_MB,
    writes=2,
    calls={"dynamodb.PutItem": 1},
    taken=1,
    kept_bytes=1_500,
    each=20,
)
READ_CHAT = Operation(
    "read chat at night, a chunk of 20 messages, by two days' scores", invocations=0, reads=1, each=20
)
DUE = Operation(
    "have a shop's night scored",
    memory_mb=WORKER_MB,
    invocations=0,
    writes=3,
    calls={"sqs.SendMessageBatch": 1, "dynamodb.PutItem": 1},
)
SCORE = Operation(
    "score a shop's night, besides its chat",
    memory_mb=SCORER_MB,
    writes=2,
    reads=9,
    calls={"dynamodb.GetItem": 1, "dynamodb.Query": 8, "dynamodb.PutItem": 2},
    taken=1,
    kept_bytes=3_000,
)
TICK = Operation("tick, every quarter of an hour", memory_mb=WORKER_MB, reads=2, calls={"dynamodb.Query": 4})

OPERATIONS = (
    PAGE,
    ACTIVITY,
    ACCOUNT,
    STATEMENT,
    INBOX,
    CHECK_IN,
    MAKE_UP,
    FIRST_CHECK_IN,
    NEWS,
    RELAY,
    MESSAGE,
    INGEST,
    PACK,
    READ_CHAT,
    DUE,
    SCORE,
    TICK,
)
MEMBER_BYTES = 1_900
"""A member's account, state in one activity, place in the books, sums of purchases and inbox item."""
