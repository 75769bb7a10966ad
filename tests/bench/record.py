"""What one check-in says to AWS and hears, written down once so that every subject can have the same conversation.

`python -m tests.bench.record FILE`
"""

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

PREFIX = "bench"
os.environ |= {
    "REGULARS_PREFIX": PREFIX,
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "REGULARS_LOG_LEVEL": "CRITICAL",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}

from botocore.endpoint import Endpoint  # noqa: E402 - after the environment that the product reads when it is imported

from services.activities.app import app  # noqa: E402
from shared import aws, clock  # noqa: E402
from tests.bench.child import visit  # noqa: E402
from tests.support.shop import MovableClock, forget_everything, open_shop, open_signin  # noqa: E402
from tests.support.tables import platform_in_moto  # noqa: E402

CUSTOMER = "customer-0001"
DAYS_BEFORE = 4
EVERY_TIME = ("BatchGetItem", "TransactWriteItems")
"""What a process that has just served the same customer still asks."""


def record(target: Path) -> None:
    """A regular's fifth check-in, by a process that knows nothing yet."""
    now = datetime.now(UTC)
    time = MovableClock(now)
    with platform_in_moto(prefix=PREFIX), clock.using(time):
        shop = open_shop()
        open_signin()
        named = {"id": shop.id, "key_id": shop.customer_kid, "secret": shop.customer_secret, "customer": CUSTOMER}
        for days in range(DAYS_BEFORE, 0, -1):
            time.at = now - timedelta(days=days)
            _check_in(named, f"day-{days}")
        time.at = now
        forget_everything()
        aws.disconnect()
        with _overheard() as calls:
            _check_in(named, "today")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps({"shop": named, "calls": calls}, indent=1), "utf-8")


def _check_in(shop: dict[str, str], key: str) -> None:
    answer = app(visit.event(visit.token(shop), key), visit.CONTEXT)
    if answer["statusCode"] != 201:
        raise RuntimeError(f"the check-in to be recorded was answered {answer}")


@contextmanager
def _overheard() -> Iterator[list[dict[str, Any]]]:
    calls: list[dict[str, Any]] = []
    before = Endpoint._do_get_response

    def listening(self: Any, request: Any, operation: Any, context: Any) -> Any:
        answer = before(self, request, operation, context)
        if answer[0] is not None:
            body = request.body.decode() if isinstance(request.body, bytes) else request.body
            told = answer[0][0].content.decode()
            warm = operation.name in EVERY_TIME
            calls.append({"operation": operation.name, "body": body, "answer": told, "warm": warm})
        return answer

    Endpoint._do_get_response = listening
    try:
        yield calls
    finally:
        Endpoint._do_get_response = before


if __name__ == "__main__":
    record(Path(sys.argv[1]))
