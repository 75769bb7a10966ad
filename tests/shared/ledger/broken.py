"""The ledger with one rule broken, for a block. README.md lists what sees each of them."""

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from shared import tables
from shared.errors import Conflict
from shared.ledger import account as accounts
from shared.ledger import book, credit, holds, lots, movements, posting, reversals, settling
from shared.ledger.account import Account, Now
from shared.ledger.lots import Lots
from shared.ledger.posting import Change, Entry, Mark, Posting, Source
from shared.rows import Part
from tests.faults.broken import installed
from tests.shared.ledger import machine


@contextlib.contextmanager
def everywhere(name: str, broken: Any, *owners: Any) -> Iterator[None]:
    """``broken`` in the place of what several modules call ``name``."""
    with contextlib.ExitStack() as stack:
        for owner in owners:
            stack.enter_context(installed(owner, name, broken))
        yield


def double_capture() -> AbstractContextManager[None]:
    """Who captures a hold that is resolved takes the points again."""

    def capture(begun: Posting, hold_id: str, source: Source) -> Posting:
        try:
            return right(begun, hold_id, source)
        except Conflict:
            mark = Mark(f"hold:{hold_id}:end", begun.now.today, source)
            return begun.then("capture", mark, Change())

    right = holds.capture
    return installed(holds, "capture", capture)


def lost_void() -> AbstractContextManager[None]:
    """A voided hold is gone, and its points with it."""

    def release(begun: Posting, hold_id: str, source: Source) -> Posting:
        held = holds._open(begun, hold_id)
        return begun.then("void", holds._end(hold_id, held, source), Change(held=-held.points, hold=hold_id))

    return installed(holds, "_release", release)


def one_hold_more() -> AbstractContextManager[None]:
    """There is no end of holds."""
    return installed(holds, "HOLDS_MAX", 10**6)


def open_a_moment_longer() -> AbstractContextManager[None]:
    """A hold is still open at the moment it ends."""

    def expired_holds(account: Account, at: datetime) -> list[str]:
        return [hold_id for hold_id, hold in account.holds.items() if hold.expires_at < at]

    return installed(settling, "expired_holds", expired_holds)


def latest_first() -> AbstractContextManager[None]:
    """Spending takes the points that would live longest."""
    return installed(credit, "in_order", lambda *which: lots.in_order(*which)[::-1])


def expiry_only_by_the_sweep() -> AbstractContextManager[None]:
    """What is shown counts expired points until the sweep has run."""

    def shown(account: Account, *_: Any) -> int:
        return account.available

    return installed(machine, "shown", shown)


def expired_spent() -> AbstractContextManager[None]:
    """A movement does not settle what expired before it."""

    def begin(account: Account, policy: Any, now: Now) -> Posting:
        return Posting(account, account, now, policy)

    return installed(machine, "begin", begin)


def over_on_the_last_day() -> AbstractContextManager[None]:
    """A lot is over on its last day."""

    def is_over(bucket: str, until: str, today: date) -> bool:
        last = lots.last_day(bucket, until)
        return last is not None and last <= today

    return everywhere("is_over", is_over, lots, accounts)


def merged_earlier() -> AbstractContextManager[None]:
    """A lot too many joins the one that ends before it."""

    def put(before: Lots, given: Lots) -> dict[str, int]:
        grown = lots.plus(before, given)
        while len(grown) > lots.LOTS_MAX:
            first, second = sorted(grown)[:2]
            grown[first] += grown.pop(second)
        return grown

    return installed(lots, "put", put)


def never_merged() -> AbstractContextManager[None]:
    """Lots grow without end."""
    return installed(lots, "put", lots.plus)


def debt_forgotten() -> AbstractContextManager[None]:
    """Earnings repay no debt."""

    def credited(begun: Posting, given: Lots, **how: Any) -> Change:
        account = begun.after
        return right(replace(begun, after=replace(account, debt=0)), given, **how)

    right = credit.credited
    return everywhere("credited", credited, movements, holds)


def given_back_to_die() -> AbstractContextManager[None]:
    """Points come back into lots that are about to expire."""

    def credited(begun: Posting, given: Lots, **how: Any) -> Change:
        return right(begun, given, **how | {"soon": True})

    right = credit.credited
    return everywhere("credited", credited, movements, holds)


def given_back_into_the_past() -> AbstractContextManager[None]:
    """Points come back into lots that have expired."""
    return installed(credit, "living", lambda bucket, *_: bucket)


def released_twice() -> AbstractContextManager[None]:
    """Released points stay pending, too."""

    def release(begun: Posting, points: int, mark: Mark, bucket: str | None = None) -> Posting:
        change = credit.credited(begun, {movements._lot(begun, bucket): points})
        return begun.then("release", mark, change)

    return installed(movements, "release", release)


def refund_from_anywhere() -> AbstractContextManager[None]:
    """A refund takes the points that expire first, not those that the purchase gave."""
    return installed(reversals, "_from", lambda account, _: lots.in_order(account.lots, account.until))


def every_refund_owed() -> AbstractContextManager[None]:
    """What a refund cannot take is a debt, whatever the shop decided."""

    def reverse(begun: Posting, *what: Any, **how: Any) -> Posting:
        return right(replace(begun, policy=replace(begun.policy, refund="debt")), *what, **how)

    right = reversals.reverse
    return installed(reversals, "reverse", reverse)


def copied_by_a_merge() -> AbstractContextManager[None]:
    """Who hands points over keeps them."""

    def transfer(giver: Posting, taker: Posting, mark: Mark) -> tuple[Posting, Posting]:
        _, taken = right(giver, taker, mark)
        return giver.then("transfer", mark, Change()), taken

    right = movements.transfer
    return installed(movements, "transfer", transfer)


def undone_in_full() -> AbstractContextManager[None]:
    """Undoing a merge takes back what is spent already."""

    def transfer_back(taker: Posting, giver: Posting, given: Lots, mark: Mark) -> tuple[Posting, Posting]:
        change = credit.credited(giver, given)
        return taker.then("transfer", mark, Change(lots=lots.minus(given))), giver.then("transfer", mark, change)

    return installed(movements, "transfer_back", transfer_back)


def inactive_for_ever() -> AbstractContextManager[None]:
    """Being active does not move the end of floating points."""
    return everywhere("active_until", lambda _: "", credit, movements, holds)


def forked_chain() -> AbstractContextManager[None]:
    """The account forgets its latest entry's hash."""

    def applied(account: Account, entry: Entry) -> Account:
        return replace(right(account, entry), head=account.head)

    right = posting.applied
    return installed(posting, "applied", applied)


# ── in the tables ────────────────────────────────────────────────────────────────────────────────


def two_transactions() -> AbstractContextManager[None]:
    """The entries are written, and then the account."""

    def commit_once(parts: list[Part]) -> None:
        for part in parts:
            right([part])

    right = tables.commit_once
    return installed(tables, "commit_once", commit_once)


def forgotten_in_the_row() -> AbstractContextManager[None]:
    """The account's row does not keep until when points float."""

    def account_row(account: Account) -> Any:
        return right(replace(account, until=""))

    right = book._account_row
    return installed(book, "_account_row", account_row)


def new_day_new_event() -> AbstractContextManager[None]:
    """An event that comes again is looked for under another key."""
    return installed(book, "find_entry", lambda *_: None)
