"""What time does to an account: lots and holds that are over. Every posting begins here, so that whatever a movement
meets is alive; the nightly sweep writes the same entries for whoever does not come.
"""

from shared.ledger import lots as lots_of
from shared.ledger.account import Account, Now, expired_holds, expired_lots
from shared.ledger.holds import expire_hold
from shared.ledger.policy import Policy
from shared.ledger.posting import Change, Mark, Posting, Source


def begin(account: Account, policy: Policy, now: Now) -> Posting:
    """An empty posting, or one with the entries that the sweep would write: holds first, since they give back."""
    posting = Posting(account, account, now, policy)
    for hold_id in expired_holds(account, now.at):
        posting = expire_hold(posting, hold_id)
    for bucket in expired_lots(posting.after, now.today):
        posting = _expire_lot(posting, bucket)
    return posting


def _expire_lot(posting: Posting, bucket: str) -> Posting:
    account = posting.after
    last = lots_of.last_day(bucket, account.until) or posting.now.today
    # A zone change may bring an expired month back for some hours: the number keeps its second end apart.
    mark = Mark(f"expire:{bucket}:{account.seq + 1}", last, Source("expiry", bucket, "lot"))
    return posting.then("expire", mark, Change(lots={bucket: -account.lots[bucket]}))


def shown(account: Account, policy: Policy, now: Now) -> int:
    """The points a customer can spend now: expired lots do not count and expired holds are given back, swept or not."""
    if not expired_holds(account, now.at) and not expired_lots(account, now.today):
        return account.available
    return begin(account, policy, now).after.available
