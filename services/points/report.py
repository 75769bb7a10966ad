"""The report on a shop's points: how they came and went, and what is still owed. Pure: nights in, an answer out."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from pydantic import ConfigDict, Field

from services.points.figures import FLOWS, Figures, Sums, flows_together
from services.points.statement import MoneyOut
from shared import texts
from shared.clock import rfc3339
from shared.errors import Fault, Invalid
from shared.forms import In, Out
from shared.ledger.policy import PERCENT, Policy

DAYS_MAX = 366
PURCHASE = "order"


class ReportQuery(In):
    """Which shop days, both included: by default from the first of this month up to yesterday."""

    first: date | None = Field(None, alias="from", strict=False)
    last: date | None = Field(None, alias="to", strict=False)

    def days(self, today: date) -> tuple[date, date]:
        """First and last day. Raises Invalid for days the wrong way round, or more than a year of them."""
        last = self.last or max(today - timedelta(days=1), self.first or date.min)
        first = self.first or last.replace(day=1)
        if not 0 <= (last - first).days < DAYS_MAX:
            raise Invalid(Fault("/from", "period", {"limit": DAYS_MAX}))
        return first, last


class SourceOut(Out):
    """Points of one source, and its share in percent, rounded to the nearest."""

    source: str
    name: str
    points: int
    percent: int | None


class FlowOut(Out):
    """Points that moved one way, and from what: the most first."""

    points: int
    by_source: list[SourceOut]


class UntilOut(Out):
    """Points that can be spent up to and on `until`; null: for ever."""

    until: date | None
    points: int


class LiabilityOut(Out):
    """What the shop owed its customers on the night after `day`: points that could be spent by their last day, points
    that waited or were held, and what customers owed. `money_value` is null where the shop gives points none.
    """

    day: date
    points: int
    pending: int
    held: int
    debt: int
    money_value: MoneyOut | None
    by_expiry: list[UntilOut]


class ReconciliationOut(Out):
    """The last night's check of the books: accounts looked at, entries read, faults found."""

    day: date
    at: str
    accounts: int
    entries: int
    faults: int


class ReportOut(Out):
    """`days` of the range have figures; a day is there on the morning after it. An adjustment counts as issued or
    reversed, a returned redemption is taken off `redeemed`, and points expire in the figures when they are entered so,
    which is after midnight: issued less the other three is what all balances changed by. `purchase_share_percent` is
    what purchases issued of all; `breakage_percent` is what expired of all that expired or was redeemed. Liability and
    reconciliation are of the last night, whatever the range.
    """

    model_config = ConfigDict(frozen=True, defer_build=True, serialize_by_alias=True)

    first: date = Field(serialization_alias="from")
    last: date = Field(serialization_alias="to")
    days: int
    issued: FlowOut
    redeemed: FlowOut
    expired: FlowOut
    reversed: FlowOut
    purchase_share_percent: int | None
    breakage_percent: int | None
    liability: LiabilityOut | None
    reconciliation: ReconciliationOut | None


def report(
    days: tuple[date, date],
    nights: Iterable[Figures],
    latest: tuple[date, datetime, Figures] | None,
    terms: tuple[Policy, str, str],
) -> ReportOut:
    """The report. ``latest`` is the last night: its day, when it was, its figures; ``terms`` are the shop's policy and
    currency and the reader's language.
    """
    counted, sums = 0, dict[str, Sums]()
    for night in nights:
        counted, sums = counted + 1, flows_together(sums, night.flows)
    policy, currency, language = terms
    issued, redeemed, expired, reversed_ = (_flow(sums.get(flow, {}), language) for flow in FLOWS)
    return ReportOut(
        first=days[0],
        last=days[1],
        days=counted,
        issued=issued,
        redeemed=redeemed,
        expired=expired,
        reversed=reversed_,
        purchase_share_percent=_percent(sums.get("issued", {}).get(PURCHASE, 0), issued.points),
        breakage_percent=_percent(expired.points, expired.points + redeemed.points),
        liability=_liability(latest[0], latest[2], policy, currency) if latest else None,
        reconciliation=_reconciliation(*latest) if latest else None,
    )


def _flow(sums: Sums, language: str) -> FlowOut:
    total = sum(sums.values())
    ordered = sorted(
        ((points, source) for source, points in sums.items() if points), key=lambda each: (-each[0], each[1])
    )
    return FlowOut(
        points=total,
        by_source=[
            SourceOut(
                source=source,
                name=_name(language, source),
                points=points,
                percent=_percent(points, total),
            )
            for points, source in ordered
        ],
    )


def _name(language: str, source: str) -> str:
    key = f"source.{source}"
    return texts.say(language, key if texts.knows(key) else "source.other")


def _percent(part: int, whole: int) -> int | None:
    """To the nearest; None of nothing."""
    return (2 * PERCENT * part + whole) // (2 * whole) if whole > 0 else None


def _liability(day: date, night: Figures, policy: Policy, currency: str) -> LiabilityOut:
    points = sum(night.expiry.values()) + night.pending + night.held
    worth = policy.worth_minor(points)
    dated = sorted((until or "9999", points) for until, points in night.expiry.items() if points)
    return LiabilityOut(
        day=day,
        points=points,
        pending=night.pending,
        held=night.held,
        debt=night.debt,
        money_value=None if worth is None else MoneyOut(amount_minor=worth, currency=currency),
        by_expiry=[
            UntilOut(until=None if until == "9999" else date.fromisoformat(until), points=each) for until, each in dated
        ],
    )


def _reconciliation(day: date, at: datetime, night: Figures) -> ReconciliationOut:
    return ReconciliationOut(
        day=day, at=rfc3339(at), accounts=night.accounts, entries=night.entries, faults=night.faults
    )
