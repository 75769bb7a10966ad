"""What a night adds up for the report: how points came and went on a day, and what is still owed to customers. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from shared.ledger.account import Account
from shared.ledger.lots import last_day
from shared.ledger.posting import Entry

Flow = Literal["issued", "redeemed", "expired", "reversed"]
FLOWS: tuple[Flow, ...] = ("issued", "redeemed", "expired", "reversed")
COMES: Mapping[str, Flow] = {"earn": "issued", "opening": "issued"}
GOES: Mapping[str, Flow] = {
    "spend": "redeemed",
    "capture": "redeemed",
    "return": "redeemed",
    "expire": "expired",
    "reverse": "reversed",
}
"""A returned redemption is one less. Holds, releases and transfers change no shop's total."""

Sums = dict[str, int]


@dataclass(frozen=True)
class Figures:
    """``flows``: points by how they moved and by source. ``expiry``: points that can be spent, by the last day they can
    be (empty: never). ``accounts`` were looked at, ``entries`` read, ``faults`` found.
    """

    accounts: int = 0
    entries: int = 0
    faults: int = 0
    flows: Mapping[str, Sums] = field(default_factory=dict)
    expiry: Sums = field(default_factory=dict)
    pending: int = 0
    held: int = 0
    debt: int = 0

    def plain(self) -> dict[str, Any]:
        """As JSON values."""
        return vars(self) | {"flows": {flow: dict(sums) for flow, sums in self.flows.items()}}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Self:
        return cls(**told)


def of_entry(entry: Entry) -> Mapping[str, Sums]:
    """How an entry moved the shop's points: always so that issued less the others is what balances change by."""
    if not entry.points:
        return {}
    flow = COMES.get(entry.kind) or GOES.get(entry.kind)
    if entry.kind == "adjust":
        flow = "issued" if entry.points > 0 else "reversed"
    if flow is None:
        return {}
    return {flow: {entry.source.what: entry.points if flow == "issued" else -entry.points}}


def of_entries(entries: Iterable[Entry]) -> dict[str, Sums]:
    sums: dict[str, Sums] = {}
    for entry in entries:
        sums = flows_together(sums, of_entry(entry))
    return sums


def of_account(account: Account) -> Figures:
    """What a shop owes one customer; ``account`` is as time has left it."""
    expiry: Sums = {}
    for bucket, points in account.lots.items():
        last = last_day(bucket, account.until)
        day = last.isoformat() if last else ""
        expiry[day] = expiry.get(day, 0) + points
    return Figures(accounts=1, expiry=expiry, pending=account.pending, held=account.held, debt=account.debt)


def together(one: Figures, other: Figures) -> Figures:
    """Both added up."""
    return Figures(
        accounts=one.accounts + other.accounts,
        entries=one.entries + other.entries,
        faults=one.faults + other.faults,
        flows=flows_together(one.flows, other.flows),
        expiry=_sum(one.expiry, other.expiry),
        pending=one.pending + other.pending,
        held=one.held + other.held,
        debt=one.debt + other.debt,
    )


def flows_together(one: Mapping[str, Sums], other: Mapping[str, Sums]) -> dict[str, Sums]:
    return {flow: _sum(one.get(flow, {}), other.get(flow, {})) for flow in {**one, **other}}


def _sum(one: Sums, other: Sums) -> Sums:
    return {name: one.get(name, 0) + other.get(name, 0) for name in {**one, **other}}
