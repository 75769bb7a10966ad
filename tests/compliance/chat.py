"""Chat to test with: lines as a shop would send them, whole days of them, and the way they travel by queue."""

import base64
import json
import random
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from standardwebhooks.webhooks import Webhook

from services.compliance import app as service
from services.compliance.chatlog import Message, parse
from shared import aws, ids
from tests.faults.harness.deliver import Handler, queue_messages
from tests.support.shop import TestShop
from tests.support.tables import Platform

DAY = date(2026, 11, 2)
"""Monday, the day on which the tests' clock stands."""
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(clock: str, day: date = DAY, offset: str = "+08:00") -> str:
    """``10:00`` or ``22:59:59.999999`` of a day in Shanghai, as a line has it."""
    full = clock if clock.count(":") == 2 else f"{clock}:00"
    return f"{day.isoformat()}T{full}{offset}"


def a_line(said_at: str = "10:00", **changes: Any) -> dict[str, Any]:
    """A customer's message; ``said_at`` is a time of :data:`DAY` or a whole time. None leaves a field out."""
    moment = said_at if "T" in said_at else at(said_at)
    line = {"message_id": ids.random_id(), "customer_id": "u1", "at": moment, "from": "customer", "text": "在吗"}
    return {name: value for name, value in (line | changes).items() if value is not None}


def an_answer(said_at: str = "10:30", **changes: Any) -> dict[str, Any]:
    """A message of a person who works for the shop."""
    return a_line(said_at, **({"from": "agent", "agent_id": "a1", "text": "在的，亲"} | changes))


def messages(lines: Iterable[dict[str, Any]]) -> list[Message]:
    return [parse(json.dumps(line)) for line in lines]


def a_day_of_chat(seed: int = 1, size: int = 60, day: date = DAY, customers: int = 8) -> list[dict[str, Any]]:
    """A day as it might be: every kind of sender, around the clock, some repeated."""
    draw = random.Random(seed)
    senders = ["customer"] * 5 + ["agent"] * 4 + ["bot", "system"]
    start = datetime.combine(day, datetime.min.time(), SHANGHAI)
    lines = [
        a_line(
            (start + timedelta(seconds=draw.randrange(86_400), microseconds=draw.randrange(10**6))).isoformat(),
            **{
                "message_id": f"{day}-{seed}-{number}",
                "customer_id": f"客人/{draw.randrange(customers)} ?",
                "from": draw.choice(senders),
                "text": draw.choice(["请问发货了吗", "好的", "谢谢", "可以便宜一点吗 😀"]),
            },
        )
        for number in range(size)
    ]
    return lines + draw.choices(lines, k=size // 10)


# ── by queue ─────────────────────────────────────────────────────────────────────────────────────


def signed(shop: TestShop, body: bytes, message_id: str = "msg-1") -> dict[str, str]:
    """The headers of a shop's signed call."""
    now = datetime.fromtimestamp(int(time.time()), UTC)
    signature = Webhook(shop.webhook_secret).sign(message_id, now, body.decode())
    return {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }


def waiting(platform: Platform, queue: str) -> list[str]:
    """Take every message from a queue; their bodies."""
    sqs, url = aws.client("sqs"), platform.queues[queue]
    bodies = []
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
        for message in found:
            bodies.append(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return bodies


def handler(name: str) -> Handler:
    """A handler as Lambda calls it."""
    found = getattr(service, name)
    return lambda event: found(event, None)


def deliver(name: str, bodies: Sequence[str]) -> list[str]:
    """Hand messages to a handler; the bodies it reports as failed."""
    records = queue_messages(list(bodies))
    answer = handler(name)({"Records": records}) or {}
    failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]}
    return [record["body"] for record in records if record["messageId"] in failed]


def tick() -> int:
    """Let the schedule fire."""
    event = {"source": "aws.events", "detail": {}, "detail-type": "", "time": "", "resources": [], "region": ""}
    return int(service.tick(event | {"version": "0", "account": "", "id": ""}, None)["asked"])


def drain(platform: Platform) -> None:
    """Let every queue run empty."""
    while (parts := waiting(platform, "chat")) or (asked := waiting(platform, "scoring")):
        assert deliver("pack", parts) == []
        if not parts:
            assert deliver("score", asked) == []


def a_part(shop: str, lines: Iterable[dict[str, Any]]) -> str:
    """One message of the queue `chat`."""
    from services.compliance import chunks

    (part,) = chunks.parts(shop, messages(lines))
    assert base64.b64decode(part["gzip"])
    return json.dumps(part)
