"""The ledger's night. Half an hour after a shop's day is over its accounts are walked, in slices: each is checked
against its entries and against last night's anchor, what expired is swept, and figures are added up for the report.

Every step may be repeated, late or cut short anywhere: whoever does it again comes to the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any

from services.points import anchors, figures, nights
from services.points.anchors import Head
from services.points.figures import Figures
from services.points.nights import CHECKS, FAULTS
from shared import clock, ids, jobs, logs, shops, tables
from shared.errors import Conflict
from shared.jobs import Job
from shared.ledger import book, verify
from shared.ledger.account import Account, Now
from shared.ledger.book import SLICES
from shared.ledger.posting import Entry
from shared.ledger.settling import begin
from shared.ledger.verify import Anchor, Fault, Line
from shared.shops import Shop

ONE_DAY = timedelta(days=1)
CAUGHT_UP_DAYS = 31
TOGETHER = 25
"""So many customers' points are swept by one message."""
LOOKS = 3
"""An account that moves while it is read looks wrong; so often it is read again."""
ROUND_DAYS = 28
"""Books that nobody wrote in since their last anchor are read again once in so many nights."""


# ── the tick ─────────────────────────────────────────────────────────────────────────────────────


def tick() -> int:
    """Have every night begin that fell due; returns how many.

    A job is moved on only after its messages are in the queue: a tick that dies in between asks twice.
    """
    now = clock.now()
    return sum(_begin(job, now) for job in list(jobs.due(jobs.LEDGER, now)))


def _begin(job: Job, now: datetime) -> int:
    shop = shops.load(job.shop)
    days = list(islice(_due_days(shop, job.day, now), CAUGHT_UP_DAYS))
    nights.tell(CHECKS, ({"shop": shop.id, "date": day.isoformat(), "slice": n} for day in days for n in range(SLICES)))
    following = days[-1] + ONE_DAY if days else job.day
    jobs.move(job, following, jobs.night_after(shop, following))
    logs.event("nights_due", shop=shop.id, days=len(days))
    return len(days)


def _due_days(shop: Shop, day: date, now: datetime) -> Iterator[date]:
    while jobs.night_after(shop, day) <= now:
        yield day
        day += ONE_DAY


# ── one slice ────────────────────────────────────────────────────────────────────────────────────


def check(asked: Mapping[str, Any]) -> None:
    """Walk a slice of a shop's accounts, or sweep the points of some customers."""
    shop, day = shops.load(str(asked["shop"])), date.fromisoformat(asked["date"])
    if "sweep" in asked:
        sweep(shop, clock.parse(asked["at"]), asked["sweep"])
    else:
        walk(shop, day, int(asked["slice"]))


def walk(shop: Shop, day: date, number: int) -> None:
    """Check the accounts of a slice, have swept what expired, keep the slice's figures and heads."""
    before = anchors.find(shop.id, day - ONE_DAY, number)
    # There already when this slice was walked before and not to its end: what was entered since is the next night's.
    written = anchors.find(shop.id, day, number)
    at = clock.now()
    total, heads, over = Figures(), dict[str, Head](), list[str]()
    subjects = {*book.list_subjects(shop.id, number), *before}
    for subject in sorted(subjects):
        account, lines, found = _look(shop.id, subject, before.get(subject), day)
        after = account if found else begin(account, shop.points, Now(at, shop.today(at))).after
        if after.seq != account.seq:
            over.append(subject)
        _tell_faults(shop.id, subject, found)
        seen = replace(figures.of_account(after), entries=len(lines), faults=len(found))
        ours = _entered(shop, day, lines, (before.get(subject), written.get(subject)))
        total = figures.together(total, replace(seen, flows=figures.of_entries(ours)))
        heads[subject] = _head(account, lines, before.get(subject), found)
    nights.tell(
        CHECKS,
        (
            {
                "shop": shop.id,
                "date": day.isoformat(),
                "at": clock.rfc3339(at),
                "sweep": over[n : n + TOGETHER],
            }
            for n in range(0, len(over), TOGETHER)
        ),
    )
    anchors.save(shop.id, day, number, heads)
    nights.save_slice(shop.id, day, number, total)
    logs.event(
        "ledger_checked", shop=shop.id, date=day.isoformat(), slice=number, accounts=total.accounts, faults=total.faults
    )


def _look(shop: str, subject: str, before: Head | None, day: date) -> tuple[Account, Sequence[Line], list[Fault]]:
    """An account, its entries where they were read, and what is wrong with them."""
    account = book.load_account(shop, subject, consistent=True)
    if before and _rests(account, before, day):
        return account, (), []
    anchor = Anchor(before.seq, before.hash) if before else None
    lines: list[Line] = []
    found: list[Fault] = []
    for _ in range(LOOKS):
        account, lines = nights.load_books(shop, subject)
        found = verify.faults(account, lines, anchor)
        if not found or book.load_account(shop, subject, consistent=True) == account:
            break
    return account, lines, found


def _rests(account: Account, before: Head, day: date) -> bool:
    """Whether nothing was entered since the anchor nor on the day, and it is not the account's turn to be read."""
    turn = ids.slice_of(account.subject, ROUND_DAYS) == day.toordinal() % ROUND_DAYS
    return not turn and (account.seq, account.head) == (before.seq, before.hash) and before.last < day


def _head(account: Account, lines: Sequence[Line], before: Head | None, found: Sequence[Fault]) -> Head:
    if before and (found or not lines):
        # Wrong books keep the anchor that shows it, and books that nobody wrote in have the same.
        return before
    return Head(account.seq, account.head, max((line.entry.at.date() for line in lines), default=date.min) + ONE_DAY)


def _entered(
    shop: Shop, day: date, lines: Sequence[Line], anchored: tuple[Head | None, Head | None]
) -> Iterator[Entry]:
    """The entries that this night counts: those of the day, and those of days before that came after their night.

    So each counts in one night, by its moment in the shop's calendar or, when it came late, by the anchors between
    which it came.
    """
    before, written = anchored
    for line in lines:
        entry, when = line.entry, shop.today(line.entry.at)
        late = when < day and before is not None and entry.seq > before.seq
        if (when == day or late) and (written is None or entry.seq <= written.seq):
            yield entry


def _tell_faults(shop: str, subject: str, found: Sequence[Fault]) -> None:
    nights.tell(
        FAULTS,
        (
            {"shop": shop, "subject": subject, "fault": fault.kind, "seq": fault.seq, "entry": fault.entry}
            for fault in found
        ),
    )
    for fault in found:
        logs.event("ledger_fault", shop=shop, subject=subject, fault=fault.kind, seq=fault.seq, id=fault.entry)


# ── the sweep ────────────────────────────────────────────────────────────────────────────────────


def sweep(shop: Shop, at: datetime, subjects: Sequence[str]) -> None:
    """Enter what had expired by ``at``, as any movement of theirs would. Raises Conflict when somebody kept coming
    between.
    """
    for subject in subjects:
        _sweep(shop, at, subject)


def _sweep(shop: Shop, at: datetime, subject: str) -> None:
    for _ in tables.attempts():
        account = book.load_account(shop.id, subject, consistent=True)
        posting = begin(account, shop.points, Now(at, shop.today(at)))
        if not posting.entries:
            return
        try:
            tables.commit_once(book.parts(posting))
        except (tables.LostRace, tables.Contended):
            continue
        book.log_posted(posting)
        return
    raise Conflict
