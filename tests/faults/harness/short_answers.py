"""Answers that are right and not whole: AWS may end a page anywhere, leave keys of a batch, refuse part of a batch."""

import copy
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from tests.faults.harness.hook import Attempt, Call, Layer, Reply, Send
from tests.support.moto_state import moto_queues

PAGED = frozenset({"dynamodb.Query", "dynamodb.Scan"})


@dataclass(frozen=True)
class ShortAnswer:
    """``layer`` makes what shortens answers, anew for every run."""

    name: str
    layer: Callable[[], Layer]

    def __str__(self) -> str:
        return self.name


def short_answers(calls: Sequence[Call]) -> Iterator[ShortAnswer]:
    """Each way in which an answer to one of these calls may be short."""
    if PAGED & {call.name for call in calls}:
        yield ShortAnswer("pages of one item", lambda: pages_of_one)
    for call in {call.name: call for call in calls}.values():
        if call.name in ("dynamodb.BatchGetItem", "dynamodb.BatchWriteItem"):
            for table in sorted({place[0] for place in call.reads | call.writes}):
                yield ShortAnswer(f"{call.name} leaves out {table}", partial(LeavingOut, table))
        if call.name == "sqs.SendMessageBatch":
            yield from _refusals(call.items)


def _refusals(entries: int) -> Iterator[ShortAnswer]:
    """One message or all of a batch, lost or not."""
    for positions in [{number} for number in range(entries)] + [set(range(entries))]:
        for kept, end in ((False, "for good"), (True, "although they arrived")):
            which = ", ".join(map(str, sorted(positions)))
            yield ShortAnswer(
                f"the queue refuses {which} of a batch {end}", partial(PartlyFailing, positions, kept=kept)
            )


def pages_of_one(attempt: Attempt, send: Send) -> Reply:
    """Every page ends after one item, as one may after a megabyte."""
    if attempt.name not in PAGED:
        return send(attempt)
    request = copy.copy(attempt.request)
    request.body = json.dumps(attempt.body | {"Limit": 1}).encode()
    return send(Attempt(attempt.endpoint, request, attempt.operation, attempt.context))


class LeavingOut:
    """The first batch read or write leaves one table's part of it undone, or says so."""

    def __init__(self, table: str) -> None:
        self._table = table
        self._left_out = False

    def __call__(self, attempt: Attempt, send: Send) -> Reply:
        reply = send(attempt)
        asked = attempt.body.get("RequestItems", {})
        if self._table in asked and not self._left_out and reply[0] is not None:
            self._left_out = True
            answer = reply[0][1]
            answer.get("Responses", {}).pop(self._table, None)
            left = "UnprocessedKeys" if attempt.name == "dynamodb.BatchGetItem" else "UnprocessedItems"
            answer[left] = {self._table: asked[self._table]}
        return reply


class PartlyFailing:
    """The first batch sent to SQS fails at ``positions``. ``kept``: they arrived all the same."""

    def __init__(self, positions: Collection[int], *, kept: bool) -> None:
        self._positions = positions
        self._kept = kept
        self._struck = False

    def __call__(self, attempt: Attempt, send: Send) -> Reply:
        reply = send(attempt)
        if attempt.name != "sqs.SendMessageBatch" or self._struck or reply[0] is None:
            return reply
        self._struck = True
        answer = reply[0][1]
        failed = [each for each in answer["Successful"] if int(each["Id"]) in self._positions]
        answer["Successful"] = [each for each in answer["Successful"] if each not in failed]
        answer["Failed"] = [{"Id": each["Id"], "SenderFault": False, "Code": "InternalError"} for each in failed]
        if not self._kept:
            _unsend({each["MessageId"] for each in failed})
        return reply


def _unsend(message_ids: Collection[str]) -> None:
    for queue in moto_queues().values():
        left = [message for message in queue._messages if message.id not in message_ids]
        queue._messages.clear()
        queue._messages.extend(left)
