"""Points: the account, its statement, what the shop decides about points, and the relay of the ledger's entries."""

from typing import Any

from chalice.app import CloudWatchEvent, DynamoDBEvent, SQSEvent

from services.points import desk, night, outbox, statement, store
from services.points.desk import AdjustedOut, AdjustmentIn, ChangedPolicy, PolicyOut, PreviewIn, PreviewOut
from services.points.report import ReportOut, ReportQuery
from services.points.rewards import admin as rewards_admin
from services.points.rewards import fulfilment, shop_routes
from services.points.rewards import outbox as rewards_outbox
from services.points.rewards import routes as rewards_routes
from services.points.statement import AccountOut, EntryList
from shared import clock, shops
from shared.events import bus
from shared.http import Answer, Api, Call, Paging, cursor
from shared.ledger import book
from shared.ledger.account import Account, Now
from shared.settings import settings

app = Api("points")
app.add(rewards_routes.routes)
app.add(rewards_admin.routes)
app.add(shop_routes.routes)


# ── the customer ─────────────────────────────────────────────────────────────────────────────────


@app.get("/v1/me/account", who="customer", returns=AccountOut)
def get_account(call: Call[None, None]) -> AccountOut:
    """The caller's points: what can be spent and what it is worth, what expires when, and the caller's tier."""
    return _account(call, call.subject)


@app.get("/v1/me/entries", who="customer", query=Paging, returns=EntryList)
def list_entries(call: Call[None, Paging]) -> EntryList:
    """The caller's statement: every movement with its reason, the latest day first."""
    return _entries(call, call.subject, "me")


# ── the shop's operators ─────────────────────────────────────────────────────────────────────────


@app.get("/v1/admin/policy", who="viewer", returns=PolicyOut)
def get_policy(call: Call[None, None]) -> PolicyOut:
    """What the shop has decided about its points."""
    return desk.policy(shops.load_fresh(call.shop))


@app.put("/v1/admin/policy", who="owner", body=ChangedPolicy, returns=PolicyOut, refuses=("conflict",))
def put_policy(call: Call[ChangedPolicy, None]) -> PolicyOut:
    """Decide anew about points. It applies from now on: points that were given keep their expiry."""
    return desk.change_policy(call.shop, call.body, who=call.caller.who)


@app.post("/v1/admin/policy/preview", who="viewer", body=PreviewIn, returns=PreviewOut)
def preview_policy(call: Call[PreviewIn, None]) -> PreviewOut:
    """What a policy would mean: when points given today would expire, what an order would earn, and for one customer
    which lots it would touch. Nothing is changed.
    """
    return desk.preview(shops.load_fresh(call.shop), call.body)


@app.get("/v1/admin/customers/{customer_id}/account", who="viewer", returns=AccountOut)
def get_customer_account(call: Call[None, None], customer_id: str) -> AccountOut:
    """A customer's points as the customer sees them."""
    return _account(call, desk.subject_of(call.shop, customer_id))


@app.get("/v1/admin/customers/{customer_id}/entries", who="viewer", query=Paging, returns=EntryList)
def list_customer_entries(call: Call[None, Paging], customer_id: str) -> EntryList:
    """A customer's statement as the customer sees it."""
    return _entries(call, desk.subject_of(call.shop, customer_id), "desk")


@app.post(
    "/v1/admin/adjustments",
    who="editor",
    body=AdjustmentIn,
    returns=AdjustedOut,
    status=201,
    idempotent=True,
    refuses=("conflict", "insufficient_points"),
)
def adjust(call: Call[AdjustmentIn, None]) -> Answer:
    """Give or take points, with a reason that the change log keeps. The same Idempotency-Key takes effect once."""
    return desk.adjust(call)


@app.get("/v1/admin/reports", who="viewer", query=ReportQuery, returns=ReportOut)
def get_report(call: Call[None, ReportQuery]) -> ReportOut:
    """How points came and went, what customers are still owed, and how the last check of the books ended."""
    return desk.report(shops.load(call.shop), call.query, call.language)


# ── the night ────────────────────────────────────────────────────────────────────────────────────


@app.schedule("rate(15 minutes)", name="tick")
def tick(event: CloudWatchEvent) -> dict[str, int]:
    """Have the books checked of every shop whose day is over."""
    del event
    return {"asked": night.tick()}


@app.on_sqs_message(queue=settings.queue("ledger-checks"), batch_size=1, name="check")
def check(event: SQSEvent) -> bus.BatchAnswer:
    """Walk a slice of a shop's accounts, or sweep what expired of some."""
    return bus.consume(event, night.check)


# ── events ───────────────────────────────────────────────────────────────────────────────────────


@app.on_dynamodb_record(
    stream_arn=settings.stream("entries"), batch_size=100, starting_position="TRIM_HORIZON", name="relay"
)
def relay(event: DynamoDBEvent) -> bus.BatchAnswer:
    """Publish every new ledger entry. Failures are retried from the first one on."""
    return bus.relay(event, outbox.event_from_image)


@app.on_dynamodb_record(
    stream_arn=settings.stream("rewards"), batch_size=100, starting_position="TRIM_HORIZON", name="relay_rewards"
)
def relay_rewards(event: DynamoDBEvent) -> bus.BatchAnswer:
    """Publish every state of every redemption."""
    return bus.relay(event, rewards_outbox.event_from_image, frozenset({"INSERT", "MODIFY"}))


@app.on_sqs_message(queue=settings.queue("fulfilment"), batch_size=1, name="fulfil")
def fulfil(event: SQSEvent) -> bus.BatchAnswer:
    """Have a redemption delivered, alone: no shop waits for another's address."""
    return bus.consume(event, fulfilment.hear)


@app.schedule("rate(5 minutes)", name="expire")
def expire(event: CloudWatchEvent) -> dict[str, int]:
    """Give back what was reserved and not paid for in time."""
    del event
    return {"expired": fulfilment.tick()}


@app.lambda_function(name="republish")
def republish(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Publish again what was committed since `{"since": RFC 3339}`: for after an outage of the relay."""
    del context
    return {"published": outbox.republish(clock.parse(event["since"]))}


def _account(call: Call[Any, Any], subject: str | None) -> AccountOut:
    shop, at = shops.load(call.shop), clock.now()
    found = book.load_account(call.shop, subject) if subject else Account(call.shop, "")
    terms = statement.Terms(shop.points, shop.currency, Now(at, shop.today(at)), call.language)
    return statement.account(found, terms, store.load_months(shop, found))


def _entries(call: Call[Any, Paging], subject: str | None, reader: str) -> EntryList:
    if subject is None:
        return EntryList(items=[], next_cursor=None)
    scope = f"entries:{reader}:{call.shop}:{subject}"
    page = book.list_entries(call.shop, subject, limit=call.query.limit, after=cursor.read(scope, call.query.cursor))
    return EntryList(
        items=[statement.entry(line, call.language) for line in page.entries],
        next_cursor=cursor.write(scope, page.after),
    )
