"""What buying and redeeming ask of AWS; tests/orders/test_costs.py and tests/points/rewards/test_bill.py count it.

Where a queue or a stream starts it, the process is one that remembers nothing, but where its queues are.
"""

from dataclasses import replace

from infra.cost.operations import WORKER_MB, Operation

# ── orders ───────────────────────────────────────────────────────────────────────────────────────

TELL_ORDER = Operation(
    "take in an event of an order",
    reads=3,
    calls={"dynamodb.Query": 1, "dynamodb.GetItem": 2, "kms.Decrypt": 1, "sqs.SendMessage": 1},
    requests=1,
)
_LOOKED_UP = {"dynamodb.GetItem": 1, "dynamodb.BatchGetItem": 1}
_ALONE, _TOGETHER = _LOOKED_UP | {"dynamodb.PutItem": 1}, _LOOKED_UP | {"dynamodb.TransactWriteItems": 1}

PLACED = Operation("order: placed", memory_mb=WORKER_MB, writes=2, reads=4, calls=_ALONE, taken=1, kept_bytes=1_400)
PAID = replace(PLACED, name="order: paid", writes=8, calls=_TOGETHER, kept_bytes=1_000)
PAID_FIRST = replace(PAID, name="order: paid, and nothing was told of it before", writes=9, kept_bytes=2_400)
ARRIVED = replace(PLACED, name="order: delivered", writes=1, kept_bytes=0)
SHIPPED = replace(ARRIVED, name="order: shipped", calls={**_ALONE, "sqs.SendMessageBatch": 1})
ALONG = Operation(
    "order: see what redemptions go along",
    memory_mb=WORKER_MB,
    reads=1,
    calls={"dynamodb.Query": 1, "dynamodb.GetItem": 1},
    taken=1,
)
COMPLETED = replace(PAID, name="order: completed", writes=6, kept_bytes=600)
TAKEN_BACK = replace(PAID, name="order: cancelled, or some of it refunded", kept_bytes=600)
REPEATED = replace(PLACED, name="order: an event that was told before", writes=0, calls=_LOOKED_UP, kept_bytes=0)
ORDERS_TICK = Operation(
    "tick, for points that have waited enough", memory_mb=WORKER_MB, reads=2, calls={"dynamodb.Query": 4}
)

# ── rewards ──────────────────────────────────────────────────────────────────────────────────────

CATALOGUE = Operation("read the catalogue", reads=1.5, calls={"dynamodb.Query": 2, "dynamodb.GetItem": 1}, requests=2)
REDEEM = Operation(
    "redeem: a code",
    writes=6,
    reads=3,
    calls={"dynamodb.BatchGetItem": 1, "dynamodb.Query": 1, "dynamodb.TransactWriteItems": 1},
    requests=2,
    kept_bytes=1_800,
)
REDEEM_COUNTED = replace(
    REDEEM,
    name="redeem: counted, to be delivered by the shop",
    writes=8,
    reads=4,
    calls={**REDEEM.calls, "dynamodb.GetItem": 1},
)
DELIVERED = Operation(
    "redemption: delivered, says the shop",
    writes=2,
    reads=5,
    calls={
        "dynamodb.Query": 1,
        "dynamodb.GetItem": 2,
        "dynamodb.BatchGetItem": 1,
        "dynamodb.TransactWriteItems": 1,
        "kms.Decrypt": 2,
    },
    requests=1,
)
CANCELLED = Operation(
    "redemption: cancelled",
    writes=8,
    reads=3.5,
    calls={"dynamodb.BatchGetItem": 1, "dynamodb.GetItem": 2, "dynamodb.TransactWriteItems": 1},
    requests=2,
    kept_bytes=600,
)
RELAY_CODE = Operation(
    "redemption: relay it with its code",
    memory_mb=WORKER_MB,
    reads=1.5,
    calls={"dynamodb.GetItem": 2, "kms.Decrypt": 1, "sqs.SendMessageBatch": 2},
)
RELAY_STATE = replace(
    RELAY_CODE,
    name="redemption: relay how it stands",
    reads=0.5,
    calls={"dynamodb.GetItem": 1, "sqs.SendMessageBatch": 2},
)
FOLLOW = Operation(
    "redemption: see that nothing is left to be done",
    memory_mb=WORKER_MB,
    writes=1,
    reads=2,
    calls={"dynamodb.BatchGetItem": 1, "dynamodb.PutItem": 1},
    taken=1,
)
HAND_ON = replace(
    FOLLOW,
    name="redemption: hand it on to the shop",
    reads=5.5,
    calls={**FOLLOW.calls, "dynamodb.GetItem": 4, "kms.Decrypt": 2},
)
UNTOLD = Operation("read a change that nobody is told of", memory_mb=WORKER_MB)
EXPIRE_TICK = Operation(
    "tick, for redemptions nobody paid for", memory_mb=WORKER_MB, reads=2, calls={"dynamodb.Query": 4}
)

OPERATIONS = (
    TELL_ORDER,
    PLACED,
    PAID,
    PAID_FIRST,
    SHIPPED,
    ALONG,
    ARRIVED,
    COMPLETED,
    TAKEN_BACK,
    REPEATED,
    CATALOGUE,
    REDEEM,
    REDEEM_COUNTED,
    DELIVERED,
    CANCELLED,
    RELAY_CODE,
    RELAY_STATE,
    FOLLOW,
    HAND_ON,
    UNTOLD,
    ORDERS_TICK,
    EXPIRE_TICK,
)
