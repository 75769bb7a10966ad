"""Points kept back until something is paid, then taken or given back: once, whoever comes first.

The entry that resolves a hold has one key, whichever way it goes, and the hold is gone from the account with it.
"""

from datetime import datetime

from shared.errors import Conflict, Refused
from shared.ledger import lots as lots_of
from shared.ledger.account import HOLDS_MAX, Hold
from shared.ledger.credit import active_until, credited, enough
from shared.ledger.posting import Change, Mark, Posting, Source


def hold(posting: Posting, hold_id: str, points: int, expires_at: datetime, mark: Mark) -> Posting:
    """Keep ``points`` back until ``expires_at``. The balance does not change.

    Raises Refused insufficient_points, or limit_reached for one hold too many.
    """
    if len(posting.after.holds) >= HOLDS_MAX:
        raise Refused("limit_reached", "limit_reached.holds", limit=HOLDS_MAX)
    taken = enough(posting, points)
    change = Change(lots=lots_of.minus(taken), held=points, hold=hold_id, expires_at=expires_at)
    return posting.then("hold", mark, _active(posting, change))


def capture(posting: Posting, hold_id: str, source: Source) -> Posting:
    """What was held for is paid: the points are gone. Raises Conflict when the hold was resolved or has expired."""
    held = _open(posting, hold_id)
    change = Change(held=-held.points, hold=hold_id)
    return posting.then("capture", _end(hold_id, held, source), _active(posting, change))


def void(posting: Posting, hold_id: str, source: Source) -> Posting:
    """Give the points back to their lots, or to the first that ends at least a week on. Raises Conflict as capture."""
    return _release(posting, hold_id, source)


def expire_hold(posting: Posting, hold_id: str) -> Posting:
    """Nobody resolved the hold in time: as void."""
    return _release(posting, hold_id, Source("expiry", hold_id, "hold"))


def _release(posting: Posting, hold_id: str, source: Source) -> Posting:
    held = _open(posting, hold_id)
    given = credited(posting, held.lots, held=-held.points, soon=False)
    change = Change(given.lots, held=given.held, debt=given.debt, hold=hold_id, until=given.until)
    return posting.then("void", _end(hold_id, held, source), change)


def _open(posting: Posting, hold_id: str) -> Hold:
    found = posting.after.holds.get(hold_id)
    if found is None:
        raise Conflict("hold_resolved")
    return found


def _end(hold_id: str, held: Hold, source: Source) -> Mark:
    return Mark(f"hold:{hold_id}:end", held.day, source)


def _active(posting: Posting, change: Change) -> Change:
    return Change(
        change.lots,
        held=change.held,
        hold=change.hold,
        expires_at=change.expires_at,
        until=active_until(posting),
    )
