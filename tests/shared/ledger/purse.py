"""A customer's points, told a second time and differently: in last days instead of buckets, by moving piles about.

What the ledger's rules should come to, without entries, chains or postings. Nothing of shared/ledger is used but the
policy's words.
"""

import calendar
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from shared.ledger.policy import Policy

FOREVER = date.max
FLOATING = date.min
"""Stands for the last day of the pile that ends some months after the customer's last activity."""

PILES_MAX, HOLDS_MAX = 38, 4

Piles = Counter[date]


class NotPossibleError(Exception):
    """The purse does not allow it; the message is the code of the refusal."""


def month_end(day: date, later: int = 0) -> date:
    """The last day of the month that many months later."""
    years, month = divmod(day.month - 1 + later, 12)
    year = day.year + years
    return date(year, month + 1, calendar.monthrange(year, month + 1)[1])


@dataclass
class Purse:
    piles: Piles = field(default_factory=Counter)
    floats_until: date | None = None
    promised: int = 0
    kept: dict[str, tuple[Piles, datetime]] = field(default_factory=dict)
    owed: int = 0

    # ── what is in it ────────────────────────────────────────────────────────────────────────────

    @property
    def spendable(self) -> int:
        return self.piles.total()

    @property
    def held(self) -> int:
        return sum(piles.total() for piles, _ in self.kept.values())

    def worth(self) -> int:
        return self.spendable + self.promised + self.held - self.owed

    def end(self, pile: date) -> date:
        return (self.floats_until or FOREVER) if pile == FLOATING else pile

    def soonest(self) -> list[date]:
        """The piles from the one that ends first; where two end together, the one that cannot float goes first."""
        return sorted(+self.piles, key=lambda pile: (self.end(pile), pile == FLOATING))

    # ── time ─────────────────────────────────────────────────────────────────────────────────────

    def pass_time(self, at: datetime, today: date, policy: Policy) -> None:
        """Return the holds that ran out and lose the piles that did."""
        for hold_id, (_, until) in sorted(self.kept.items(), key=lambda hold: (hold[1][1], hold[0])):
            if until <= at:
                self.void(hold_id, today, policy)
        for pile in list(self.piles):
            if self.end(pile) < today:
                del self.piles[pile]

    def be_active(self, today: date, policy: Policy) -> None:
        if policy.expiry.kind == "inactivity":
            self.floats_until = max(month_end(today, policy.expiry.months), self.floats_until or date.min)

    # ── in ───────────────────────────────────────────────────────────────────────────────────────

    def fill(self, piles: Piles, today: date, policy: Policy, *, grace: int = 0) -> None:
        """Put piles in, or what is left of them when the debt is paid."""
        if piles[FLOATING] and self.floats_until is None:
            self.be_active(today, policy)
        coming: Piles = Counter()
        for pile, points in piles.items():
            coming[self._alive(pile, today, policy, grace)] += points
        for pile in sorted(coming, key=lambda pile: (self.end(pile), pile == FLOATING)):
            paid = min(self.owed, coming[pile])
            self.owed -= paid
            self.piles[pile] += coming[pile] - paid
        self._squeeze()

    def _alive(self, pile: date, today: date, policy: Policy, grace: int) -> date:
        if pile == FLOATING and self.floats_until is None:
            pile = lot_end(policy, today)
        return pile if self.end(pile) >= today + timedelta(days=grace) else month_end(today + timedelta(days=7))

    def _squeeze(self) -> None:
        self.piles = +self.piles
        while len(self.piles) > PILES_MAX:
            first, second = sorted(pile for pile in self.piles if pile not in (FLOATING, FOREVER))[:2]
            self.piles[second] += self.piles.pop(first)

    # ── out ──────────────────────────────────────────────────────────────────────────────────────

    def draw(self, points: int) -> Piles:
        """Take points out of the piles that end first. Raises NotPossibleError when there are too few."""
        if points > self.spendable:
            raise NotPossibleError("insufficient_points")
        return self._draw(points, self.soonest())

    def _draw(self, points: int, order: list[date]) -> Piles:
        drawn: Piles = Counter()
        for pile in order:
            drawn[pile] = min(points - drawn.total(), self.piles[pile])
        self.piles -= drawn
        return +drawn

    def keep(self, hold_id: str, points: int, until: datetime) -> None:
        if len(self.kept) >= HOLDS_MAX:
            raise NotPossibleError("limit_reached")
        self.kept[hold_id] = (self.draw(points), until)

    def capture(self, hold_id: str) -> None:
        if self.kept.pop(hold_id, None) is None:
            raise NotPossibleError("conflict")

    def void(self, hold_id: str, today: date, policy: Policy) -> None:
        if hold_id not in self.kept:
            raise NotPossibleError("conflict")
        piles, _ = self.kept.pop(hold_id)
        self.fill(piles, today, policy, grace=7)

    def take_back(self, points: int, pile: date, *, of_promised: int, refund: str) -> None:
        """A refund: of what is promised, of the pile, of later ones, of earlier ones; then as the policy has it."""
        self.promised -= of_promised
        missing = points - of_promised

        def place(each: date) -> tuple[date, bool]:
            return self.end(each), each == FLOATING

        later = [each for each in self.soonest() if place(each) >= place(pile)]
        earlier = [each for each in self.soonest() if place(each) < place(pile)]
        missing -= self._draw(missing, later).total()
        missing -= self._draw(missing, earlier[::-1]).total()
        if refund == "debt":
            self.owed += missing


def lot_end(policy: Policy, today: date) -> date:
    """The last day of points given today."""
    match policy.expiry.kind:
        case "never":
            return FOREVER
        case "inactivity":
            return FLOATING
        case "months":
            return month_end(today, policy.expiry.months)
        case "quarter_end":
            return month_end(date(today.year, (today.month + 2) // 3 * 3, 1))
        case "year_end":
            return date(today.year, 12, 31)
