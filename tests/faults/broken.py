"""The product with one condition taken out, for a block: each fault check must see the difference."""

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from chalice.app import DynamoDBEvent, SQSEvent

from services.activities import engine
from services.activities import store as participations
from services.activities.store import Participation, Replay, Seat
from services.admin import store as desk
from services.compliance import night
from services.notifications import store as inboxes
from services.notifications.inbox import Item
from shared import clock, shops, tables
from shared.clock import rfc3339
from shared.events import bus
from shared.ledger import book
from shared.ledger.posting import Posting
from shared.rows import Part, Writes
from shared.schema import AccountRow, ActivityRow, InboxRow, ParticipationRow


@contextlib.contextmanager
def installed(owner: Any, name: str, broken: Any) -> Iterator[None]:
    """``broken`` in the place of what ``owner`` calls ``name``, for a block."""
    right = getattr(owner, name)
    setattr(owner, name, broken)
    try:
        yield
    finally:
        setattr(owner, name, right)


def lost_update() -> contextlib.AbstractContextManager[None]:
    """The account is written whatever it became meanwhile."""

    def parts(posting: Posting) -> list[Part]:
        put_entry, _ = right(posting)
        after = book._account_row(posting.after)
        return [put_entry, lambda write: write.save(after)]

    right = book.parts
    return installed(book, "parts", parts)


def double_add() -> contextlib.AbstractContextManager[None]:
    """The points are a bare ADD after the rest was written."""

    def commit(seat: Seat, before: Participation, packed: Any, replay: Replay, posting: Posting | None) -> None:
        right(seat, before, packed, replay, None)
        if posting is None:
            return
        put_entry = book.parts(posting)[0]
        tables.commit([put_entry])
        account = AccountRow(f"{seat.shop}#{seat.subject}")
        account.update(
            [
                AccountRow.balance.set((AccountRow.balance | 0) + posting.entry.points),
                AccountRow.lots.set(dict(posting.after.lots)),
                AccountRow.seq.set(posting.after.seq),
                AccountRow.head.set(posting.after.head),
            ]
        )

    right = participations.commit
    return installed(participations, "commit", commit)


def double_entry() -> contextlib.AbstractContextManager[None]:
    """Neither the customer's state nor the entry must be new."""

    def commit(seat: Seat, before: Participation, packed: Any, replay: Replay, posting: Posting | None) -> None:
        state = ParticipationRow(
            seat.pk,
            seat.subject,
            state=json.dumps(packed),
            replays=json.dumps([participations._plain(replay)]),
            version=before.version + 1,
        )
        rows: list[Any] = [state]
        if posting:
            rows += [book._entry_row(posting.entry), book._account_row(posting.after)]

        def saving(row: Any) -> Part:
            def part(write: Writes) -> None:
                write.save(row)

            return part

        tables.commit([saving(row) for row in rows])

    return installed(participations, "commit", commit)


def missing_replay() -> contextlib.AbstractContextManager[None]:
    """Answers are not remembered."""
    return installed(engine, "_replay", lambda *_: None)


def forgotten_body() -> contextlib.AbstractContextManager[None]:
    """A key answers for any body."""

    def replay(kind: Any, request: Any, seen: Participation) -> Any:
        for kept in seen.replays:
            if kept.key == engine._key_hash(request):
                return engine._answer(kind, kept, replayed=True)
        return None

    return installed(engine, "_replay", replay)


def early_file() -> contextlib.AbstractContextManager[None]:
    """A customer gets a file before anybody knows whether something will be written."""

    def load(request: Any, stored: Any, subject: str | None) -> Any:
        made = subject or participations.new_subject(request.shop, request.customer_id)
        return right(request, stored, made)

    right = engine._load
    return installed(engine, "_load", load)


def swallowed_message() -> contextlib.AbstractContextManager[None]:
    """A message that failed is not reported, so the queue deletes it."""

    def consume(event: SQSEvent, handle: Callable[[Any], None]) -> bus.BatchAnswer:
        right(event, handle)
        return {"batchItemFailures": []}

    right = bus.consume
    return installed(bus, "consume", consume)


def swallowed_batch() -> contextlib.AbstractContextManager[None]:
    """What SQS refused of a batch is taken for sent."""

    def publish(told: Any) -> None:
        with contextlib.suppress(bus.PublishError):
            right(told)

    right = bus.publish
    return installed(bus, "publish", publish)


def old_news() -> contextlib.AbstractContextManager[None]:
    """The latest message to arrive wins, not the latest that happened."""

    def save_item(shop: str, subject: str, item: Item) -> bool:
        facts, at = json.dumps(dict(item.facts)), rfc3339(item.at)
        key = f"{shop}#{subject}", f"inbox#{item.id}"
        InboxRow(*key, kind=item.kind, facts=facts, at=at, seq=item.seq, expires_at=2**40).save()
        return True

    return installed(inboxes, "save_item", save_item)


# ── what the matrix must see ─────────────────────────────────────────────────────────────────────


def throttled_crash() -> contextlib.AbstractContextManager[None]:
    """A transaction that the table had no room for is taken for a bug."""
    return installed(tables, "_NOT_NOW", frozenset())


def conflict_for_a_lost_race() -> contextlib.AbstractContextManager[None]:
    """Somebody in the way is taken for somebody who wrote the same."""

    def save_once(row: Any, condition: Any) -> None:
        try:
            right(row, condition)
        except tables.Contended as error:
            raise tables.LostRace from error

    right = tables._save_once
    return installed(tables, "_save_once", save_once)


def audit_apart() -> contextlib.AbstractContextManager[None]:
    """A change and its audit entry are two writes."""

    def commit(parts: Sequence[Part], conflict: str) -> None:
        for part in parts:
            right([part], conflict)

    right = desk._commit
    return installed(desk, "_commit", commit)


def moved_before_asked() -> contextlib.AbstractContextManager[None]:
    """A job is moved to its next day before its day was queued."""

    def run(batch: list[Any], now: datetime) -> int:
        for job in batch:
            night._move(job, night._due_days(job, now))
        return right(batch, now)

    right = night._run
    return installed(night, "_run", run)


def batch_for_one() -> contextlib.AbstractContextManager[None]:
    """One bad message fails its whole batch."""

    def consume(event: SQSEvent, handle: Callable[[Any], None]) -> bus.BatchAnswer:
        for record in event:
            handle(json.loads(record.body))
        return {"batchItemFailures": []}

    return installed(bus, "consume", consume)


def unreadable_for_read() -> contextlib.AbstractContextManager[None]:
    """A record that cannot be read is taken for told."""

    def relay(event: DynamoDBEvent, to_event: Callable[[Any], Any]) -> bus.BatchAnswer:
        def forgiving(image: Any) -> Any:
            try:
                return to_event(image)
            except Exception:  # noqa: BLE001 - that is the bug
                return None

        return right(event, forgiving)

    right = bus.relay
    return installed(bus, "relay", relay)


def unconditional_definition() -> contextlib.AbstractContextManager[None]:
    """A definition is written whatever it became meanwhile."""

    def save(shop: str, stored: Any, **_: Any) -> None:
        body = stored.model_dump_json()
        ActivityRow(shop, stored.id, body=body, version=stored.version).save()

    return installed(participations, "save_definition", save)


def old_decision() -> contextlib.AbstractContextManager[None]:
    """What a customer may do is decided on a read that may be old."""

    def together(keys: Sequence[tuple[Any, str, str | None]]) -> list[Any]:
        return [tables.find(model, pk, sk, consistent=False) for model, pk, sk in keys]

    return installed(tables, "read_together", together)


def forgotten_at_midnight() -> contextlib.AbstractContextManager[None]:
    """An answer is remembered until the end of its day."""

    def replay(kind: Any, request: Any, seen: Participation) -> Any:
        earlier: Any = right(kind, request, seen)
        today = shops.load(request.shop).today(clock.now())
        return earlier if earlier and earlier.outcome.day == today else None

    right = engine._replay
    return installed(engine, "_replay", replay)
