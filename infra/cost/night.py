"""What the ledger's night asks of AWS; tests/points/test_night_bill.py counts it."""

from infra.cost.operations import SCORER_MB, WORKER_MB, Operation

SLICES = 16
"""Of a shop's accounts."""
ROUND_DAYS = 28
"""Books that nobody wrote in are read again once in so many nights."""
ENTRIES = 130
"""Of a member after a year: what is read again once the account has moved."""
ANCHOR_BYTES = 80
"""Of an account on a night, in the bucket of anchors."""

BEGIN = Operation(
    "night: have a shop's books checked",
    memory_mb=WORKER_MB,
    invocations=0,
    writes=3,
    reads=1,
    calls={"dynamodb.GetItem": 1, "dynamodb.PutItem": 1, "sqs.SendMessageBatch": 2},
)
SLICE = Operation(
    "night: walk a slice of a shop's accounts",
    memory_mb=SCORER_MB,
    writes=2,
    reads=2.5,
    calls={"dynamodb.GetItem": 1, "dynamodb.Query": 2, "dynamodb.PutItem": 2, "s3.GetObject": 2, "s3.PutObject": 1},
    taken=1,
)
LOOK = Operation(
    "night: look at an account", memory_mb=SCORER_MB, invocations=0, reads=1, calls={"dynamodb.GetItem": 1}
)
READ_BOOKS = Operation(
    f"night: read an account's {ENTRIES} entries",
    memory_mb=SCORER_MB,
    invocations=0,
    reads=14,
    calls={"dynamodb.GetItem": 1, "dynamodb.Query": 1},
)
SWEEP = Operation(
    "night: enter what expired of an account",
    memory_mb=SCORER_MB,
    writes=4,
    reads=2,
    calls={"dynamodb.GetItem": 2, "dynamodb.TransactWriteItems": 1},
    taken=1,
    kept_bytes=600,
)
TICK = Operation("tick, for the ledger's night", memory_mb=WORKER_MB, reads=2, calls={"dynamodb.Query": 4})

OPERATIONS = (BEGIN, SLICE, LOOK, READ_BOOKS, SWEEP, TICK)
