"""Taking back what was earned: a purchase is refunded in part or whole, or an award turns out wrong."""

from shared.ledger import lots as lots_of
from shared.ledger.account import Account
from shared.ledger.credit import check
from shared.ledger.lots import in_order
from shared.ledger.posting import Change, Mark, Posting


def reverse(posting: Posting, points: int, mark: Mark, bucket: str, *, pending: int = 0) -> Posting:
    """Take ``points`` back, ``pending`` of them from those that were not released yet.

    The rest comes from the lot they were given into, then from later lots, then from earlier ones. What is spent
    already is owed, forgiven (``written_off``) or told to the shop (``reported``), as its policy has it; the entry's
    source says how much that is. Raises ValueError for more pending points than there are.
    """
    check(points)
    account = posting.after
    if not 0 <= pending <= min(points, account.pending):
        msg = f"cannot reverse {pending} of {account.pending} pending points"
        raise ValueError(msg)
    taken = lots_of.take(account.lots, points - pending, _from(account, bucket))
    short = points - pending - sum(taken.values())
    owed = short if posting.policy.refund == "debt" else 0
    told = {"debt": "owed", "write_off": "written_off", "report": "reported"}[posting.policy.refund]
    source = mark.source.telling(**{told: short}) if short else mark.source
    change = Change(lots=lots_of.minus(taken), pending=-pending, debt=owed)
    return posting.then("reverse", Mark(mark.key, mark.day, source), change)


def _from(account: Account, bucket: str) -> list[str]:
    """The buckets in the order they give: ``bucket``, the later ones, the earlier ones from the latest on."""
    order = in_order({**account.lots, bucket: account.lots.get(bucket, 0) or 1}, account.until)
    place = order.index(bucket)
    return order[place:] + order[:place][::-1]
