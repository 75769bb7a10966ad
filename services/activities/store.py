"""Definitions, participation states and the transaction that joins them to the ledger."""

from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json, to_json

from services.activities.definition import Stored
from shared import identity, ids, tables
from shared.cache import Recent
from shared.definitions.shelf import Shelf
from shared.ledger import book
from shared.ledger.account import Account
from shared.ledger.posting import Posting
from shared.rows import Part
from shared.schema import ActivityRow, ParticipationRow

SLICES = 16
REPLAYS = 4

_definitions: Recent[Stored] = Recent(seconds=60, limit=5_000)
_shelf = Shelf(ActivityRow, Stored, "activity", _definitions)

load_definition = _shelf.load
load_fresh = _shelf.load_fresh
list_definitions = _shelf.list_current
list_versions = _shelf.list_versions
save_definition = _shelf.save
clear_cache = _definitions.clear


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
