"""What each AWS operation may answer instead of doing it, although nothing is wrong with what was asked."""

from collections.abc import Iterator

from tests.faults.harness.hook import Call
from tests.faults.harness.injector import CONFLICT, ITEM_WRITES
from tests.faults.harness.replies import THROTTLED, UNAVAILABLE, ServiceError, cancelled

IN_THE_WAY = ServiceError("TransactionConflictException", "Transaction is ongoing for the item")
IN_PROGRESS = ServiceError("TransactionInProgressException", "the first attempt is still running")
NO_ROOM = ServiceError("ProvisionedThroughputExceededException", "the partition is hot")
OF_KMS = (THROTTLED, ServiceError("KMSInternalException", "try again", status=500))
OF_SQS = (ServiceError("RequestThrottled", "slow down"), ServiceError("ServiceUnavailable", "try again", status=503))
OF_DYNAMODB = (THROTTLED, NO_ROOM, UNAVAILABLE)
REASONS = (
    (CONFLICT, "None"),
    ("None", CONFLICT),
    ("None", "ThrottlingError"),
    ("ProvisionedThroughputExceeded", "None"),
    (CONFLICT, "ThrottlingError"),
)
"""Of a cancelled transaction: of its first item and of its last."""


def errors_of(call: Call) -> Iterator[ServiceError]:
    """Every passing error that the operation of ``call`` is documented to answer with."""
    service, _, operation = call.name.partition(".")
    yield from {"dynamodb": OF_DYNAMODB, "kms": OF_KMS, "sqs": OF_SQS}.get(service, ())
    if operation in ITEM_WRITES:
        yield IN_THE_WAY
    if operation == "TransactWriteItems":
        yield IN_PROGRESS
        yield from (_cancelled(first, last, call.items) for first, last in REASONS)


def _cancelled(first: str, last: str, items: int) -> ServiceError:
    if items == 1:
        return cancelled(last if first == "None" else first)
    return cancelled(first, *["None"] * (items - 2), last)
