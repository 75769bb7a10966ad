"""The two things that happen to lots: points are put into them, or taken out of them."""

from shared.errors import Refused
from shared.ledger import lots as lots_of
from shared.ledger.lots import ACTIVE, GRACE, Lots, in_order, living
from shared.ledger.policy import POINTS_MAX
from shared.ledger.posting import Change, Posting


def credited(
    posting: Posting, lots: Lots, *, pending: int = 0, held: int = 0, until: str = "", soon: bool = True
) -> Change:
    """``lots`` given to the account: a debt is repaid first, and no bucket that is over is given anything.

    ``until``: the floating lot lives until then from now on. ``soon``: a lot may be about to expire; otherwise it lives
    a week.
    """
    account = posting.after
    if ACTIVE in lots and not account.until:
        until = until or active_until(posting)
    given: dict[str, int] = {}
    for bucket, points in lots.items():
        alive = _alive(posting, bucket, until or account.until, soon=soon)
        given[alive] = given.get(alive, 0) + points
    repaid = lots_of.take(given, account.debt, in_order(given, until or account.until))
    after = lots_of.put(account.lots, lots_of.plus(given, lots_of.minus(repaid)))
    return Change(
        lots=lots_of.plus(after, lots_of.minus(account.lots)),
        pending=pending,
        held=held,
        debt=-sum(repaid.values()),
        until=until,
    )


def _alive(posting: Posting, bucket: str, until: str, *, soon: bool) -> str:
    today = posting.now.today
    if bucket == ACTIVE and not until:
        # The policy lets nothing float any more, and this account has no such lot.
        bucket = posting.policy.bucket(today)
    return living(bucket, until, today) if soon else living(bucket, until, today, GRACE)


def enough(posting: Posting, points: int) -> dict[str, int]:
    """The lots that ``points`` come from, the earliest to expire first. Raises Refused insufficient_points."""
    account = posting.after
    if account.available < points:
        missing = points - account.available
        raise Refused("insufficient_points", missing_points=missing, balance=account.available, needed=points)
    check(points)
    return lots_of.take(account.lots, points, in_order(account.lots, account.until))


def active_until(posting: Posting) -> str:
    """When the floating lot ends, now that the customer was active today; empty where the policy lets none float.

    Never earlier than it did: a message may come late, and points that were given keep their time.
    """
    until = posting.policy.until(posting.now.today)
    return max(until, posting.after.until) if until else ""


def check(points: int) -> None:
    """Raises ValueError for an amount out of range: rules check amounts long before they reach the ledger."""
    if not 0 < points <= POINTS_MAX:
        msg = f"cannot move {points} points"
        raise ValueError(msg)
