"""Rewards and redemptions in their table, and the transactions that join them to the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pydantic_core import from_json, to_json

from services.points.rewards import stock
from services.points.rewards.definition import Stored
from services.points.rewards.locator import Place
from services.points.rewards.redemption import Redemption, Step, lots_to_return, taken_by
from shared import tables
from shared.cache import Recent
from shared.clock import parse, rfc3339
from shared.definitions.shelf import Shelf
from shared.errors import Missing
from shared.ledger import book
from shared.ledger.account import Account
from shared.ledger.lots import Lots
from shared.ledger.posting import Posting
from shared.rows import Part
from shared.schema import RedemptionRow, RewardRow

_rewards: Recent[Stored] = Recent(seconds=60, limit=5_000)
rewards = Shelf(RewardRow, Stored, "reward", _rewards)

_versions: Recent[Stored] = Recent(seconds=3600, limit=1_000)


def save_reward(shop: str, stored: Stored, *, who: str, action: str, before: Stored | None) -> None:
    """Write a new version of a reward, and its stock as that has it. Raises Conflict."""
    parts = stock.changed(shop, before, stored)
    rewards.save(shop, stored, who=who, action=action, before=before, more=parts)


def load_version(shop: str, reward: str, version: int) -> Stored:
    """The reward as it was when it was redeemed: that never changes. Raises Missing."""

    def fetch() -> Stored:
        found = rewards.find_version(shop, reward, version)
        if found is None:
            raise Missing
        return found

    return _versions.get((shop, reward, version), fetch)


def clear_caches() -> None:
    _rewards.clear()
    _versions.clear()
    stock.clear_cache()


# ── redemptions ──────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Seen:
    """A reward as it is now, the customer's account, and their redemptions of it."""

    stored: Stored
    account: Account
    past: tuple[Redemption, ...]


def look(shop: str, reward: str, subject: str | None) -> Seen:
    """All that a redemption is decided on. Raises Missing.

    The account is read before the redemptions, and guards the write: whoever redeems in between changes it.
    """
    if subject is None:
        return Seen(rewards.load_fresh(shop, reward), Account(shop, ""), ())
    row, account = tables.read_together([(RewardRow, shop, reward), book.account_key(shop, subject)])
    if row is None:
        raise Missing
    past = RedemptionRow.query(f"{shop}#{subject}", RedemptionRow.sk.startswith(f"{reward}#"), consistent_read=True)
    return Seen(
        rewards.read(row), book.account_from(shop, subject, account), tuple(redemption_from(each) for each in past)
    )


def list_of(shop: str, subject: str) -> list[Redemption]:
    """All redemptions of a customer, the latest first; perhaps a moment old."""
    found = [redemption_from(row) for row in RedemptionRow.query(f"{shop}#{subject}")]
    return sorted(found, key=position, reverse=True)


def position(found: Redemption) -> str:
    """Its place among others in order of time."""
    return f"{found.at.timestamp():020.6f}#{found.digest}"


def commit_new(made: Redemption, taken: Sequence[Part], posting: Posting) -> None:
    """Write a redemption with what it takes from stock and account: all or nothing. Raises LostRace or Contended."""
    row = _row(made)
    own: Part = lambda write: write.save(row, condition=RedemptionRow.pk.does_not_exist())  # noqa: E731 - as in activities
    tables.commit_once([own, *taken, *book.parts(posting)])
    book.log_posted(posting)


def load(place: Place) -> tuple[Redemption, Account]:
    """A redemption and its customer's account, by one consistent read. Raises Missing."""
    row, account = tables.read_together(
        [(RedemptionRow, place.pk, place.sk), book.account_key(place.shop, place.subject)]
    )
    if row is None:
        raise Missing
    return redemption_from(row), book.account_from(place.shop, place.subject, account)


def lots_taken(found: Redemption) -> Lots:
    """Which lots its points came from, as they would go back."""
    entry = book.find_entry(found.shop, found.subject, found.day, taken_by(found))
    return lots_to_return(entry.lots) if entry else {}


def commit(found: Redemption, step: Step, more: Sequence[Part] = ()) -> None:
    """Write a step: all or nothing. Raises LostRace or Contended."""
    row = _row(step.after)
    own: Part = lambda write: write.save(row, condition=RedemptionRow.version == found.version)  # noqa: E731 - as above
    parts = [own, *more]
    if step.stock > 0:
        parts.append(stock.put_back(found.shop, found.reward, found.digest, step.stock))
    if step.posting:
        parts += book.parts(step.posting)
    tables.commit_once(parts)
    if step.posting:
        book.log_posted(step.posting)


def place_of(found: Redemption) -> Place:
    return Place(found.shop, found.subject, found.reward, found.digest)


# ── rows ─────────────────────────────────────────────────────────────────────────────────────────

_SHORT = {
    "reward_version": "v",
    "kind": "k",
    "points": "p",
    "cash_minor": "c",
    "quantity": "n",
    "stock": "s",
    "balance": "b",
    "paid": "pd",
    "handed": "ho",
    "again": "ag",
    "reason": "re",
    "refund_minor": "rf",
}
"""What the facts of a row are called in it: every write is billed by its size."""


def _row(found: Redemption) -> RedemptionRow:
    facts: dict[str, Any] = {short: getattr(found, name) for name, short in _SHORT.items() if getattr(found, name)}
    facts["d"] = found.day.isoformat()
    if found.payable_until:
        facts["u"] = rfc3339(found.payable_until)
    return RedemptionRow(
        f"{found.shop}#{found.subject}",
        f"{found.reward}#{found.digest}",
        status=found.status,
        facts=to_json(facts).decode(),
        body=found.body,
        code=found.code,
        sealed=found.sealed,
        at=rfc3339(found.at),
        version=found.version,
    )


def redemption_from(row: RedemptionRow) -> Redemption:
    """The redemption in a row of the table or of its stream."""
    shop, _, subject = row.pk.partition("#")
    reward, _, digest = row.sk.partition("#")
    facts: dict[str, Any] = from_json(row.facts)
    until = facts.get("u")
    found = Redemption(
        shop=shop,
        subject=subject,
        reward=reward,
        digest=digest,
        reward_version=facts["v"],
        kind=facts["k"],
        status=row.status,  # type: ignore[arg-type]
        points=facts["p"],
        cash_minor=facts.get("c", 0),
        quantity=facts["n"],
        stock=facts.get("s", 0),
        balance=facts.get("b", 0),
        at=parse(row.at),
        day=date.fromisoformat(facts["d"]),
        body=row.body,
        payable_until=parse(until) if until else None,
        code=row.code,
        sealed=row.sealed,
        version=row.version,
    )
    return replace(
        found,
        paid=facts.get("pd", False),
        handed=facts.get("ho", False),
        again=facts.get("ag", False),
        reason=facts.get("re", ""),
        refund_minor=facts.get("rf", 0),
    )
