"""Compliance: how the shop treats its customers. Chat comes in, and every night makes a score of the day."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, TypeVar

from chalice.app import CloudWatchEvent, SQSEvent

from services.compliance import conversation, messages, night, queues, store, window
from services.compliance.messages import (
    AcceptedOut,
    CustomerPaging,
    MessageList,
    MessagesIn,
    ScoreList,
    ScoreOut,
    UserList,
    UserPaging,
)
from services.compliance.store import Score
from shared.errors import Missing
from shared.events import bus
from shared.http import Api, Call, Paging, cursor
from shared.settings import settings

app = Api("compliance")

INGEST_MAX = 1024 * 1024


@app.post(
    "/v1/shops/{shop}/messages", who="shop", body=MessagesIn, returns=AcceptedOut, status=202, body_max=INGEST_MAX
)
def ingest(call: Call[MessagesIn, None], shop: str) -> AcceptedOut:
    """Take service chat. All messages are taken, or none; sending them again changes nothing."""
    del shop  # the signature says whose they are
    queues.send_messages(call.shop, call.body.messages)
    return AcceptedOut(accepted=len(call.body.messages))


@app.on_sqs_message(queue=settings.queue("chat"), batch_size=10, name="pack")
def pack(event: SQSEvent) -> bus.BatchAnswer:
    """Write messages as compressed chunks. Each part succeeds or fails by itself."""
    return bus.consume(event, night.pack)


@app.schedule("rate(15 minutes)", name="tick")
def tick(event: CloudWatchEvent) -> dict[str, int]:
    """Have the days scored that fell due since the tick before."""
    del event
    return {"asked": night.tick()}


@app.on_sqs_message(queue=settings.queue("scoring"), batch_size=1, name="score")
def score(event: SQSEvent) -> bus.BatchAnswer:
    """Score a shop's day."""
    return bus.consume(event, night.score)


# ── for operators ────────────────────────────────────────────────────────────────────────────────


@app.get("/v1/admin/scores", who="viewer", query=Paging, returns=ScoreList)
def list_scores(call: Call[None, Paging]) -> ScoreList:
    """The latest score of each day, the latest day first."""
    scope = f"scores:{call.shop}"
    page = store.list_latest(call.shop, limit=call.query.limit, after=cursor.read(scope, call.query.cursor))
    return ScoreList(
        items=[messages.line(found) for found in page.scores],
        next_cursor=cursor.write(scope, page.after),
    )


@app.get("/v1/admin/scores/{day}", who="viewer", returns=ScoreOut)
def get_score(call: Call[None, None], day: str) -> ScoreOut:
    """The latest score of one day, as the offline scorer would print it."""
    return messages.full(_load(call, day))


@app.get("/v1/admin/scores/{day}/users", who="viewer", query=UserPaging, returns=UserList)
def list_users(call: Call[None, UserPaging], day: str) -> UserList:
    """The customers who consulted the shop on a day, by id, and how each was served."""
    which = _load(call, day).day
    rules = night.rules_of(call.shop)
    served = sorted(night.read_day(call.shop, which, rules).served())
    wanted = [each for each in served if call.query.effective in (None, each[1].effective)]
    shown, after = _page(call, f"users:{which}", [(customer, (customer, found)) for customer, found in wanted])
    zone = window.of(rules).zone
    return UserList(items=[messages.user(*each, zone) for each in shown], next_cursor=after)


@app.get("/v1/admin/scores/{day}/messages", who="viewer", query=CustomerPaging, returns=MessageList)
def list_messages(call: Call[None, CustomerPaging], day: str) -> MessageList:
    """One customer's messages of a day in order of time, and how soon each was answered."""
    which = _load(call, day).day
    rules, customer_id = night.rules_of(call.shop), call.query.customer_id
    found = conversation.of_customer(rules, which, night.source(call.shop, which, rules), customer_id)
    keyed = [(f"{each.message.at_ns}#{each.message.message_id}", each) for each in found]
    shown, after = _page(call, f"messages:{which}:{customer_id}", keyed)
    zone = window.of(rules).zone
    return MessageList(items=[messages.message(each, zone) for each in shown], next_cursor=after)


def _load(call: Call[Any, Any], text: str) -> Score:
    """The latest score of the day named in a path. Raises Missing."""
    if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise Missing
    try:
        which = date.fromisoformat(text)
    except ValueError as error:
        raise Missing from error
    found = store.find_latest(call.shop, which, night.rules_of(call.shop).id)
    if found is None:
        raise Missing
    return found


T = TypeVar("T")


def _page(call: Call[Any, Any], what: str, keyed: Sequence[tuple[str, T]]) -> tuple[list[T], str | None]:
    """A page of a list that is made anew for every request; each thing has its place in the order as a key."""
    scope = f"{what}:{call.shop}"
    after = cursor.read(scope, call.query.cursor)
    rest = [(key, thing) for key, thing in keyed if after is None or key > after]
    shown = rest[: call.query.limit]
    more = shown[-1][0] if len(rest) > len(shown) else None
    return [thing for _, thing in shown], cursor.write(scope, more)
