"""Points: the account, its statement, and the relay of the ledger's entries."""

from typing import Any

from chalice.app import DynamoDBEvent

from services.points import outbox, statement
from services.points.statement import AccountOut, EntryList
from shared import clock, shops
from shared.events import bus
from shared.http import Api, Call, Paging, cursor
from shared.ledger import book
from shared.ledger.rules import Account
from shared.settings import settings

app = Api("points")


@app.get("/v1/me/account", who="customer", returns=AccountOut)
def get_account(call: Call[None, None]) -> AccountOut:
    """The caller's points: what can be spent, what expires when."""
    today = shops.load(call.shop).today(clock.now())
    account = book.load_account(call.shop, call.subject) if call.subject else Account(call.shop, "")
    return statement.account(account, today)


@app.get("/v1/me/entries", who="customer", query=Paging, returns=EntryList)
def list_entries(call: Call[None, Paging]) -> EntryList:
    """The caller's statement: every movement with its reason, the latest day first."""
    if call.subject is None:
        return EntryList(items=[], next_cursor=None)
    scope = f"entries:{call.shop}:{call.subject}"
    page = book.list_entries(
        call.shop, call.subject, limit=call.query.limit, after=cursor.read(scope, call.query.cursor)
    )
    return EntryList(
        items=[statement.entry(line, call.language) for line in page.entries],
        next_cursor=cursor.write(scope, page.after),
    )


@app.on_dynamodb_record(
    stream_arn=settings.stream("entries"), batch_size=100, starting_position="TRIM_HORIZON", name="relay"
)
def relay(event: DynamoDBEvent) -> bus.BatchAnswer:
    """Publish every new ledger entry. Failures are retried from the first one on."""
    return bus.relay(event, outbox.event_from_image)


@app.lambda_function(name="republish")
def republish(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Publish again what was committed since `{"since": RFC 3339}`: for after an outage of the relay."""
    del context
    return {"published": outbox.republish(clock.parse(event["since"]))}
