"""Definitions, participation states and the transaction that joins them to the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json, to_json

from services.activities.definition import Stored
from shared import audit, identity, ids, tables
from shared.cache import Recent
from shared.errors import Conflict, Missing
from shared.ledger import book
from shared.ledger.account import Account
from shared.ledger.posting import Posting
from shared.rows import Part
from shared.tables import ActivityRow, LostRace, ParticipationRow

SLICES = 16
REPLAYS = 4

_definitions: Recent[Stored] = Recent(seconds=60, limit=5_000)


# ── definitions ──────────────────────────────────────────────────────────────────────────────────


def load_definition(shop: str, activity: str) -> Stored:
    """The current definition, at most a minute old. Raises Missing."""
    return _definitions.get((shop, activity), lambda: load_fresh(shop, activity))


def load_fresh(shop: str, activity: str) -> Stored:
    """The current definition as it is now. Raises Missing."""
    row = tables.find(ActivityRow, shop, activity)
    if row is None:
        raise Missing
    return _stored(row)


@dataclass(frozen=True)
class Page:
    """Some definitions, by id, and where the next page begins."""

    definitions: Sequence[Stored]
    after: str | None


def list_definitions(shop: str, *, limit: int, after: str | None = None) -> Page:
    """The shop's current definitions, by id."""
    found = ActivityRow.query(
        shop,
        limit=limit,
        page_size=limit,
        last_evaluated_key={"pk": {"S": shop}, "sk": {"S": after}} if after else None,
    )
    definitions = [_stored(row) for row in found]
    more = found.last_evaluated_key
    return Page(definitions, more["sk"]["S"] if more else None)


def list_versions(shop: str, activity: str, *, limit: int, after: str | None = None) -> Page:
    """The versions of one activity, the latest first."""
    pk = f"{shop}#{activity}#versions"
    found = ActivityRow.query(
        pk,
        scan_index_forward=False,
        limit=limit,
        page_size=limit,
        last_evaluated_key={"pk": {"S": pk}, "sk": {"S": after}} if after else None,
    )
    definitions = [_stored(row) for row in found]
    more = found.last_evaluated_key
    return Page(definitions, more["sk"]["S"] if more else None)


def save_definition(shop: str, stored: Stored, *, who: str, action: str, before: Stored | None) -> None:
    """Write a new version, keep it among the versions, and note who did it. Raises Conflict.

    The former version must still be the current one, so of two changes at once only one is made.
    """
    body = stored.model_dump_json()
    current = ActivityRow(shop, stored.id, body=body, version=stored.version)
    kept = ActivityRow(f"{shop}#{stored.id}#versions", f"{stored.version:06d}", body=body, version=stored.version)
    unchanged = ActivityRow.version == before.version if before else ActivityRow.pk.does_not_exist()
    note = audit.part(
        shop,
        who=who,
        action=action,
        target=f"activity:{stored.id}",
        before=before and before.model_dump(mode="json"),
        after=stored.model_dump(mode="json"),
    )
    try:
        tables.commit(
            [
                lambda write: write.save(current, condition=unchanged),
                lambda write: write.save(kept, condition=ActivityRow.pk.does_not_exist()),
                note,
            ]
        )
    except LostRace as error:
        raise Conflict("exists" if before is None else "conflict") from error
    _definitions.forget((shop, stored.id))


def _stored(row: ActivityRow) -> Stored:
    return Stored.model_validate_json(row.body)


def clear_cache() -> None:
    _definitions.clear()


# ── participations ───────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Replay:
    """An answer that was given: the hashes of its Idempotency-Key and body, and what it is drawn from again."""

    key: str
    body: str
    points_balance: int
    participation_id: str
    facts: list[Any]


@dataclass(frozen=True)
class Participation:
    """A customer's place in one edition, as loaded: the kind's state (None: never took part) and the last answers."""

    packed: Any
    replays: tuple[Replay, ...]
    version: int


@dataclass(frozen=True)
class Seat:
    """Whose participation, in which edition."""

    shop: str
    activity: str
    edition: str
    subject: str

    @property
    def pk(self) -> str:
        slice_number = ids.slice_of(self.subject, SLICES)
        return f"{self.shop}#{self.activity}#{self.edition}#{slice_number}"


def load_participation(seat: Seat) -> tuple[Participation, Account]:
    """The customer's state and points account, by one consistent read."""
    row, account = tables.read_together(
        [(ParticipationRow, seat.pk, seat.subject), book.account_key(seat.shop, seat.subject)]
    )
    return _participation(row), book.account_from(seat.shop, seat.subject, account)


def find_state(seat: Seat) -> Participation:
    """The customer's state alone, for looking at it: perhaps a moment old."""
    return _participation(tables.find(ParticipationRow, seat.pk, seat.subject, consistent=False))


def new_subject(shop: str, customer_id: str) -> str:
    """The subject of a customer who is about to write for the first time."""
    return identity.make_subject(shop, customer_id)


def commit(seat: Seat, before: Participation, packed: Any, replay: Replay, posting: Posting | None) -> None:
    """Write the new state and, when points were given, their entry and account: all or nothing.

    Raises LostRace when the state or the account changed since they were loaded, Contended when they may have.
    """
    row = ParticipationRow(
        seat.pk,
        seat.subject,
        state=_short(packed),
        replays=_short([_plain(kept) for kept in (replay, *before.replays)[:REPLAYS]]),
        version=before.version + 1,
    )
    unchanged = ParticipationRow.version == before.version if before.version else ParticipationRow.pk.does_not_exist()
    if posting is None:
        tables.save(row, unchanged)
        return
    own: Part = lambda write: write.save(row, condition=unchanged)  # noqa: E731 - a part is a function of the write
    tables.commit_once([own, *book.parts(posting)])
    book.log_posted(posting)


def _participation(row: ParticipationRow | None) -> Participation:
    if row is None:
        return Participation(None, (), 0)
    return Participation(from_json(row.state), tuple(Replay(*kept) for kept in from_json(row.replays)), row.version)


def _plain(replay: Replay) -> list[Any]:
    return [replay.key, replay.body, replay.points_balance, replay.participation_id, replay.facts]


def _short(value: Any) -> str:
    return to_json(value).decode()
