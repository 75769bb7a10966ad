"""Hypothesis plays a shop: any movements in any order, while clocks move, policies change and the shop moves about.

After every step the accounts are compared with a purse (purse.py) that was told the same, and promise 1 is checked.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from copy import deepcopy
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, get_args

from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from shared.calendar import ShopCalendar
from shared.errors import DomainError
from shared.ledger import holds, movements, reversals
from shared.ledger.account import HOLDS_MAX, Account, Now
from shared.ledger.lots import ACTIVE, LOTS_MAX, NEVER, last_day, month_bucket
from shared.ledger.policy import Expiry, ExpiryKind, Policy, Refund
from shared.ledger.posting import Entry, Mark, Posting, Source, applied
from shared.ledger.settling import begin, shown
from tests.shared.ledger.purse import FLOATING, FOREVER, NotPossibleError, Piles, Purse, lot_end

SHOP = "tea"
WHO = ("s1", "s2")
WHY = Source("order", "o1", "order")
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/London", "Pacific/Apia", "Australia/Lord_Howe")
# A leap day, clocks going forward and back, a month's and a year's end.
STARTS = (
    datetime(2026, 3, 8, 4, tzinfo=UTC),
    datetime(2026, 10, 24, 22, tzinfo=UTC),
    datetime(2026, 12, 31, 15, 30, tzinfo=UTC),
    datetime(2028, 2, 28, 23, tzinfo=UTC),
)

whom = st.sampled_from(WHO)
some = st.one_of(st.integers(1, 40), st.integers(1, 5_000))
months = st.integers(0, 40)
policies = st.builds(
    lambda kind, n, refund: Policy(expiry=Expiry(kind, n), refund=refund),
    st.sampled_from(get_args(ExpiryKind)),
    st.sampled_from((1, 2, 12)),
    st.sampled_from(get_args(Refund)),
)

Decide = Callable[[Sequence[Posting]], Sequence[Posting]]
Tell = Callable[[Sequence[Purse]], None]


def pile_of(bucket: str) -> date:
    """A bucket as the purse calls it."""
    return FLOATING if bucket == ACTIVE else last_day(bucket) or FOREVER


class ShopMachine(RuleBasedStateMachine):
    """Two customers of a shop."""

    earned: Bundle[tuple[str, str, int]] = Bundle("earned")
    spent: Bundle[tuple[str, dict[str, int]]] = Bundle("spent")
    held: Bundle[tuple[str, str]] = Bundle("held")
    moved: Bundle[dict[str, int]] = Bundle("moved")

    def __init__(self) -> None:
        super().__init__()
        self.calendar = ShopCalendar("Asia/Shanghai")
        self.at = STARTS[0]
        self.policy = Policy()
        self.accounts = {who: Account(SHOP, who) for who in WHO}
        self.entries: dict[str, list[Entry]] = {who: [] for who in WHO}
        self.purses = {who: Purse() for who in WHO}
        self.count = 0

    @initialize(at=st.sampled_from(STARTS), zone=st.sampled_from(ZONES), policy=policies)
    def open_shop(self, at: datetime, zone: str, policy: Policy) -> None:
        self.at, self.calendar, self.policy = at, ShopCalendar(zone), policy

    # ── time and decisions ───────────────────────────────────────────────────────────────────────

    @property
    def now(self) -> Now:
        return Now(self.at, self.calendar.day_of(self.at))

    @rule(minutes=st.integers(1, 600))
    def wait(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule(days=st.integers(1, 70))
    def wait_for_days(self, days: int) -> None:
        self.at += timedelta(days=days)

    @rule(microseconds=st.sampled_from((-1, 0, 1)))
    def wait_for_midnight(self, microseconds: int) -> None:
        self.at = max(self.at, self.calendar.next_midnight(self.at).astimezone(UTC) + timedelta(0, 0, microseconds))

    @rule(later=st.integers(0, 2), microseconds=st.sampled_from((-1, 0)))
    def wait_for_the_month_to_end(self, later: int, microseconds: int) -> None:
        first = date.fromisoformat(month_bucket(self.now.today, later + 1) + "-01")
        start = datetime.combine(first, time(), self.calendar.zone_at(self.at)).astimezone(UTC)
        self.at = max(self.at, start + timedelta(0, 0, microseconds))

    @rule(zone=st.sampled_from(ZONES))
    def move_the_shop(self, zone: str) -> None:
        self.calendar = self.calendar.moved_to(zone, now=self.at)

    @rule(policy=policies)
    def decide_anew(self, policy: Policy) -> None:
        self.policy = policy

    # ── movements ────────────────────────────────────────────────────────────────────────────────

    def mark(self, key: str = "") -> Mark:
        self.count += 1
        return Mark(key or f"k{self.count}", self.now.today, WHY)

    @rule(target=earned, who=whom, points=some, in_months=st.one_of(st.none(), months))
    def earn(self, who: str, points: int, in_months: int | None) -> tuple[str, str, int]:
        today = self.now.today
        bucket = self.policy.bucket(today) if in_months is None else month_bucket(today, in_months - 1)

        def told(purse: Purse) -> None:
            purse.be_active(today, self.policy)
            purse.fill(Counter({pile_of(bucket): points}), today, self.policy)

        mark = self.mark()
        self.one(who, mark, lambda posting: movements.earn(posting, points, mark, bucket), told)
        return who, bucket, points

    @rule(who=whom, points=some)
    def earn_pending(self, who: str, points: int) -> None:
        def told(purse: Purse) -> None:
            purse.promised += points
            purse.be_active(self.now.today, self.policy)

        mark = self.mark()
        self.one(who, mark, lambda posting: movements.earn_pending(posting, points, mark), told)

    @precondition(lambda self: any(purse.promised for purse in self.purses.values()))
    @rule(who=whom, share=st.floats(0, 1))
    def release(self, who: str, share: float) -> None:
        points = int(self.purses[who].promised * share)
        if not points:
            return

        def told(purse: Purse) -> None:
            purse.promised -= points
            today = self.now.today
            purse.be_active(today, self.policy)
            purse.fill(Counter({lot_end(self.policy, today): points}), today, self.policy)

        mark = self.mark()
        self.one(who, mark, lambda posting: movements.release(posting, points, mark), told)

    @rule(target=spent, who=whom, points=some)
    def spend(self, who: str, points: int) -> Any:
        def told(purse: Purse) -> None:
            purse.draw(points)
            purse.be_active(self.now.today, self.policy)

        mark = self.mark()
        entry = self.one(who, mark, lambda posting: movements.spend(posting, points, mark), told)
        return (who, {bucket: -each for bucket, each in entry.lots.items()}) if entry else multiple()

    @rule(purchase=consumes(spent))
    def give_back(self, purchase: tuple[str, dict[str, int]]) -> None:
        who, lots = purchase
        mark = self.mark()
        self.one(
            who,
            mark,
            lambda posting: movements.give_back(posting, lots, mark),
            lambda purse: purse.fill(_piles(lots), self.now.today, self.policy, grace=7),
        )

    @rule(target=held, who=whom, points=some, hours=st.sampled_from((1, 30, 24 * 40)))
    def hold(self, who: str, points: int, hours: int) -> Any:
        mark, until = self.mark(), self.at + timedelta(hours=hours)
        hold_id = f"r{self.count}"

        def told(purse: Purse) -> None:
            purse.keep(hold_id, points, until)
            purse.be_active(self.now.today, self.policy)

        done = self.one(who, mark, lambda posting: holds.hold(posting, hold_id, points, until, mark), told)
        return (who, hold_id) if done else multiple()

    @rule(hold=held)
    def capture(self, hold: tuple[str, str]) -> None:
        who, hold_id = hold

        def told(purse: Purse) -> None:
            purse.capture(hold_id)
            purse.be_active(self.now.today, self.policy)

        self.one(who, self._end(who, hold_id), lambda posting: holds.capture(posting, hold_id, WHY), told)

    @rule(hold=held)
    def void(self, hold: tuple[str, str]) -> None:
        who, hold_id = hold
        today = self.now.today
        self.one(
            who,
            self._end(who, hold_id),
            lambda posting: holds.void(posting, hold_id, WHY),
            lambda purse: purse.void(hold_id, today, self.policy),
        )

    def _end(self, who: str, hold_id: str) -> Mark:
        open_hold = self.accounts[who].holds.get(hold_id)
        return Mark(f"hold:{hold_id}:end", open_hold.day if open_hold else date.min, WHY)

    @rule(earning=earned, share=st.floats(0.01, 1), of_promised=st.booleans())
    def reverse(self, earning: tuple[str, str, int], share: float, of_promised: bool) -> None:  # noqa: FBT001
        who, bucket, points = earning
        points = max(1, int(points * share))
        pending = min(points, self.purses[who].promised) if of_promised else 0
        mark = self.mark()
        self.one(
            who,
            mark,
            lambda posting: reversals.reverse(posting, points, mark, bucket, pending=pending),
            lambda purse: purse.take_back(points, pile_of(bucket), of_promised=pending, refund=self.policy.refund),
        )

    @rule(who=whom, points=some, more=st.booleans())
    def adjust(self, who: str, points: int, more: bool) -> None:  # noqa: FBT001
        def told(purse: Purse) -> None:
            if more:
                today = self.now.today
                purse.fill(Counter({lot_end(self.policy, today): points}), today, self.policy)
            else:
                purse.draw(points)

        mark = self.mark()
        self.one(who, mark, lambda posting: movements.adjust(posting, points if more else -points, mark), told)

    @rule(who=whom, points=some, later=months, never=st.booleans())
    def open_with(self, who: str, points: int, later: int, never: bool) -> None:  # noqa: FBT001
        bucket = NEVER if never else month_bucket(self.now.today, later)
        self.count += 1
        reference = f"ref{self.count}"
        self.one(
            who,
            Mark(f"opening:{reference}", date.min, WHY),
            lambda posting: movements.opening(posting, points, reference, bucket),
            lambda purse: purse.fill(Counter({pile_of(bucket): points}), self.now.today, self.policy),
        )

    @rule(target=moved)
    def transfer(self) -> Any:
        def told(purses: Sequence[Purse]) -> None:
            giver, taker = purses
            given, owed = giver.piles, giver.owed
            giver.piles, giver.owed = Counter(), 0
            if owed:
                taker.owed += owed - taker._draw(owed, taker.soonest()).total()
            else:
                if given[FLOATING]:
                    ends = [end for end in (giver.floats_until, taker.floats_until) if end]
                    taker.floats_until = max(ends)
                taker.fill(given, self.now.today, self.policy)

        mark = self.mark()
        done = self.both(mark, lambda both: movements.transfer(both[0], both[1], mark), told)
        return {bucket: points for bucket, points in done[1].lots.items() if points > 0} if done else multiple()

    @rule(lots=consumes(moved))
    def transfer_back(self, lots: dict[str, int]) -> None:
        def told(purses: Sequence[Purse]) -> None:
            giver, taker = purses
            left = _piles(lots) & taker.piles
            taker.piles -= left
            giver.fill(left, self.now.today, self.policy)

        mark = self.mark()
        self.both(mark, lambda both: movements.transfer_back(both[1], both[0], lots, mark)[::-1], told)

    # ── the same to the ledger and to the purse ──────────────────────────────────────────────────

    def one(
        self, who: str, mark: Mark, decide: Callable[[Posting], Posting], told: Callable[[Purse], None]
    ) -> Entry | None:
        """The entry that was made, or None where both refuse."""
        done = self._same((who,), mark, lambda postings: [decide(postings[0])], lambda purses: told(purses[0]))
        return done[0] if done else None

    def both(self, mark: Mark, decide: Decide, told: Tell) -> Sequence[Entry]:
        return self._same(WHO, mark, decide, told)

    def _same(self, subjects: Sequence[str], mark: Mark, decide: Decide, told: Tell) -> Sequence[Entry]:
        purses = [deepcopy(self.purses[who]) for who in subjects]
        for purse in purses:
            purse.pass_time(self.at, self.now.today, self.policy)
        expected = _refusal(lambda: told(purses))
        done: list[Entry] = []
        refused = _refusal(lambda: done.extend(self.carry_out(subjects, mark, decide)))
        assert refused == expected, f"refused as {refused}, which should be {expected}"
        if not refused:
            self.purses.update(zip(subjects, purses, strict=True))
        return done

    def carry_out(self, subjects: Sequence[str], mark: Mark, decide: Decide) -> Sequence[Entry]:
        """Decide and enter; returns the entry of each account."""
        del mark
        postings = decide([begin(self.accounts[who], self.policy, self.now) for who in subjects])
        for who, posting in zip(subjects, postings, strict=True):
            self.accounts[who] = posting.after
            self.entries[who] += posting.entries
        return [posting.entry for posting in postings]

    # ── promise 1 ────────────────────────────────────────────────────────────────────────────────

    @invariant()
    def the_purse_holds_the_same(self) -> None:
        for who, account in self.accounts.items():
            purse = self.purses[who]
            piles: Piles = Counter()
            for bucket, points in account.lots.items():
                piles[pile_of(bucket)] += points
            assert piles == +purse.piles
            assert account.pending == purse.promised
            assert {each: hold.points for each, hold in account.holds.items()} == {
                each: kept.total() for each, (kept, _) in purse.kept.items()
            }
            assert account.debt == purse.owed
            assert account.balance == purse.worth()

    @invariant()
    def points_are_never_made_or_lost(self) -> None:
        for who, account in self.accounts.items():
            assert_books_balance(account, self.entries[who])

    @invariant()
    def what_is_shown_is_what_time_left(self) -> None:
        for who, account in self.accounts.items():
            purse = deepcopy(self.purses[who])
            purse.pass_time(self.at, self.now.today, self.policy)
            assert shown(account, self.policy, self.now) == purse.spendable


class LedgerMachine(ShopMachine):
    """In memory, where an account with more lots than it keeps apart is quickly made."""

    @rule(who=whom, each=st.integers(1, 9), first=st.integers(0, 3))
    def fill_every_month(self, who: str, each: int, first: int) -> None:
        """More lots than an account keeps apart."""
        for later in range(first, first + LOTS_MAX + 2):
            self.open_with(who, each, later, never=False)


def assert_books_balance(account: Account, entries: Sequence[Entry]) -> None:
    """Promise 1, and that the account is the fold of its entries, of which each names the one before."""
    assert account.balance == sum(entry.points for entry in entries)
    assert account.balance == sum(account.lots.values()) + account.pending + account.held - account.debt
    assert min(account.pending, account.debt, account.held, account.available) >= 0
    assert all(points > 0 for points in account.lots.values())
    assert not (account.debt and account.available)
    assert len(account.lots) <= LOTS_MAX
    assert len(account.holds) <= HOLDS_MAX
    folded, running = Account(account.shop, account.subject), 0
    for entry in entries:
        assert (entry.seq, entry.prev) == (folded.seq + 1, folded.head)
        folded, running = applied(folded, entry), running + entry.points
        assert (entry.balance_after, entry.available_after) == (running, folded.available)
    assert account == folded


def _refusal(act: Callable[[], None]) -> str | None:
    """The code that ``act`` is refused with, or None when it is done."""
    try:
        act()
    except DomainError as error:
        return error.code
    except NotPossibleError as error:
        return str(error)
    return None


def _piles(lots: dict[str, int]) -> Piles:
    return Counter({pile_of(bucket): points for bucket, points in lots.items()})
