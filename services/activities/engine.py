"""One way through every kind of activity: load → replay? → decide → commit, again when a race was lost."""

import random
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import to_json

from services.activities import store
from services.activities.definition import DefinitionIn, Stored
from services.activities.kind import Grant, Kind, Moment, Outcome
from services.activities.kinds import KINDS
from services.activities.store import Participation, Replay, Seat
from shared import clock, forms, ids, shops, tables
from shared.errors import Conflict, KeyReused, Missing
from shared.ledger.account import Account, Now
from shared.ledger.movements import earn
from shared.ledger.posting import Mark, Posting, Source
from shared.ledger.settling import begin, shown
from shared.shops import Shop

RNG = random.SystemRandom()


@dataclass(frozen=True)
class Request:
    """A customer's wish to take part. ``subject`` is None when nobody keeps a file of the customer yet."""

    shop: str
    activity: str
    customer_id: str
    subject: str | None
    given: Any
    key: str
    body_hash: str


@dataclass(frozen=True)
class Participated:
    """What a participation came to, drawn from its facts alike at first and at every replay."""

    participation_id: str
    kind: str
    outcome: BaseModel
    after: BaseModel
    grants: tuple[Grant, ...]
    balance: int
    replayed: bool


def find_public(shop: str, activity: str) -> Stored:
    """A definition that customers may know of. Raises Missing, alike for drafts and for none."""
    stored = store.load_definition(shop, activity)
    if not stored.public:
        raise Missing
    return stored


def participate(request: Request) -> Participated:
    """Take part. Exactly one of any number of the same requests takes effect; all get its answer.

    Raises Missing, Invalid, Refused (with the rule's reason), KeyReused, or Conflict when the customer's
    other requests kept winning.
    """
    stored = find_public(request.shop, request.activity)
    kind = KINDS[stored.kind]
    given = _input(kind, request.given)
    shop = shops.load(request.shop)
    subject = request.subject
    for _ in tables.attempts():
        seen, account = _load(request, stored, subject)
        earlier = _replay(kind, request, seen)
        if earlier:
            return earlier
        moment = Moment(clock.now(), shop.calendar)
        stored.check_open(moment.now)
        outcome = kind.decide(stored.definition.config, _state(kind, seen), given, moment, RNG)
        # Only now will something be written: from here on the customer needs a file.
        subject = subject or store.new_subject(request.shop, request.customer_id)
        seat = Seat(request.shop, stored.id, stored.definition.edition, subject)
        now = Now(moment.now, moment.today)
        posting = _posting(seat, stored, outcome, begin(account or Account(seat.shop, subject), shop.points, now))
        balance = posting.after.available if posting else shown(account, shop.points, now) if account else 0
        replay = _remember(request, seat, outcome, balance)
        try:
            store.commit(seat, seen, kind.pack(outcome.state), replay, posting)
        except (tables.LostRace, tables.Contended):
            continue
        return _answer(kind, replay, replayed=False)
    raise Conflict


def look(shop: Shop, stored: Stored, subject: str | None, month: tuple[int, int] | None) -> BaseModel:
    """The customer's state in an activity as it stands now."""
    kind, given = KINDS[stored.kind], _definition(stored)
    seen = Participation(None, (), 0)
    if subject:
        seen = store.find_state(Seat(shop.id, stored.id, given.edition, subject))
    return kind.view(given.config, _state(kind, seen), Moment(clock.now(), shop.calendar), month)


def _definition(stored: Stored) -> DefinitionIn:
    definition: DefinitionIn = stored.definition
    return definition


def _input(kind: Kind, given: Any) -> Any:
    try:
        return kind.Input.model_validate_json(to_json(given))
    except ValidationError as error:
        raise forms.invalid(error, prefix="/input/") from None


def _load(request: Request, stored: Stored, subject: str | None) -> tuple[Participation, Account | None]:
    if subject is None:
        return Participation(None, (), 0), None
    return store.load_participation(Seat(request.shop, stored.id, _definition(stored).edition, subject))


def _state(kind: Kind, seen: Participation) -> Any:
    return kind.empty() if seen.packed is None else kind.unpack(seen.packed)


def _posting(seat: Seat, stored: Stored, outcome: Outcome, begun: Posting) -> Posting | None:
    """The points of an outcome as one movement. Activity, edition and period are its identity: however often and
    by whatever way a day is attended, the ledger has one line for it.
    """
    if not outcome.points:
        return None
    source = Source(stored.kind, seat.activity, outcome.rule, stored.version, outcome.rule_facts)
    return earn(begun, outcome.points, Mark(f"{stored.kind}:{seat.activity}:{seat.edition}", outcome.period, source))


def _remember(request: Request, seat: Seat, outcome: Outcome, balance: int) -> Replay:
    identity = ids.digest(seat.pk, seat.subject, outcome.period.isoformat())
    return Replay(_key_hash(request), request.body_hash[:13], balance, identity[:13], outcome.facts)


def _key_hash(request: Request) -> str:
    return ids.digest(request.key)


def _replay(kind: Kind, request: Request, seen: Participation) -> Participated | None:
    """The answer that was given for this Idempotency-Key, if it is among the last. Raises KeyReused."""
    key = ids.digest(request.key) if seen.replays else ""
    for replay in seen.replays:
        if replay.key == key:
            if replay.body != request.body_hash[:13]:
                raise KeyReused
            return _answer(kind, replay, replayed=True)
    return None


def _answer(kind: Kind, replay: Replay, *, replayed: bool) -> Participated:
    outcome, after, grants = kind.told(replay.facts)
    return Participated(replay.participation_id, kind.NAME, outcome, after, grants, replay.points_balance, replayed)
