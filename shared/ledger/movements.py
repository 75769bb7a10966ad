"""How points come and go. Pure: each takes a posting and returns it with one entry more.

A posting begins with ``settling.begin``, so that whatever a movement meets is alive.
"""

from datetime import date

from shared.ledger import lots as lots_of
from shared.ledger.credit import active_until, check, credited, enough
from shared.ledger.lots import Lots, in_order
from shared.ledger.posting import Change, Mark, Posting, Source


def earn(posting: Posting, points: int, mark: Mark, bucket: str | None = None) -> Posting:
    """Give ``points`` into the lot ``bucket`` (default: as the shop's policy has it); a debt is repaid first.

    Raises ValueError for an amount out of range, as every movement does.
    """
    check(points)
    return posting.then("earn", mark, credited(posting, {_lot(posting, bucket): points}, until=active_until(posting)))


def earn_pending(posting: Posting, points: int, mark: Mark) -> Posting:
    """Promise ``points``: they can be spent once they are released."""
    check(points)
    return posting.then("earn", mark, Change(pending=points, until=active_until(posting)))


def release(posting: Posting, points: int, mark: Mark, bucket: str | None = None) -> Posting:
    """Make pending ``points`` available in ``bucket``; a debt is repaid first. The balance does not change."""
    if not 0 < points <= posting.after.pending:
        msg = f"cannot release {points} of {posting.after.pending} pending points"
        raise ValueError(msg)
    # A purchase that is completed is something its customer did: a floating lot lives on, one that ended begins anew.
    change = credited(posting, {_lot(posting, bucket): points}, pending=-points, until=active_until(posting))
    return posting.then("release", mark, change)


def spend(posting: Posting, points: int, mark: Mark) -> Posting:
    """Take ``points``, the earliest to expire first. Raises Refused insufficient_points."""
    taken = enough(posting, points)
    return posting.then("spend", mark, Change(lots=lots_of.minus(taken), until=active_until(posting)))


def give_back(posting: Posting, lots: Lots, mark: Mark) -> Posting:
    """Return what a movement had taken, into the lots it was taken from, or the first to end at least a week on."""
    return posting.then("return", mark, credited(posting, lots, soon=False))


def adjust(posting: Posting, points: int, mark: Mark) -> Posting:
    """An operator's correction: more or fewer points. Raises Refused insufficient_points."""
    check(abs(points))
    if points > 0:
        return posting.then("adjust", mark, credited(posting, {_lot(posting, None): points}))
    return posting.then("adjust", mark, Change(lots=lots_of.minus(enough(posting, -points))))


def opening(posting: Posting, points: int, reference: str, bucket: str) -> Posting:
    """A balance brought along from elsewhere, once for each ``reference``; it expires as it would have there."""
    check(points)
    # No day of its own: the reference alone is its identity, whenever it is imported.
    mark = Mark(f"opening:{reference}", date.min, Source("migration", reference, "opening"))
    return posting.then("opening", mark, credited(posting, {bucket: points}))


def transfer(giver: Posting, taker: Posting, mark: Mark) -> tuple[Posting, Posting]:
    """Move everything that can be spent, or everything that is owed, to another account: two files are one customer's.

    Pending points and holds stay where the orders and redemptions that will resolve them look for them.
    """
    account = giver.after
    if not account.debt:
        # Of two floating lots that become one, the one that lives longer decides.
        until = max(account.until, taker.after.until) if lots_of.ACTIVE in account.lots else ""
        change = credited(taker, account.lots, until=until)
        return giver.then("transfer", mark, Change(lots=lots_of.minus(account.lots))), taker.then(
            "transfer", mark, change
        )
    paid = lots_of.take(taker.after.lots, account.debt, in_order(taker.after.lots, taker.after.until))
    change = Change(lots=lots_of.minus(paid), debt=account.debt - sum(paid.values()))
    return giver.then("transfer", mark, Change(debt=-account.debt)), taker.then("transfer", mark, change)


def transfer_back(taker: Posting, giver: Posting, lots: Lots, mark: Mark) -> tuple[Posting, Posting]:
    """Undo a transfer of ``lots``: what is left of them goes back."""
    left = {bucket: min(points, taker.after.lots.get(bucket, 0)) for bucket, points in lots.items()}
    change = credited(giver, lots_of.plus(left, {}))
    return taker.then("transfer", mark, Change(lots=lots_of.minus(left))), giver.then("transfer", mark, change)


def _lot(posting: Posting, bucket: str | None) -> str:
    return bucket or posting.policy.bucket(posting.now.today)
