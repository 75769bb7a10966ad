"""What a shop's operators do with points: decide about them, look at a customer's, correct them."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from services.points import nights, policy_form, store
from services.points import report as reports
from services.points.policy_form import PolicyIn
from services.points.report import ReportOut, ReportQuery
from services.points.store import Given
from shared import audit, auth, clock, identity, ids, shops, tables
from shared.errors import Conflict, Fault, Invalid, KeyReused, Missing
from shared.forms import In, Int, Out
from shared.http import Answer, Call
from shared.ledger import book, movements
from shared.ledger.account import Account, Now
from shared.ledger.lots import is_over, last_day
from shared.ledger.policy import POINTS_MAX
from shared.ledger.posting import Entry, Mark, Posting, Source
from shared.ledger.settling import begin
from shared.shops import Shop

# ── the policy ───────────────────────────────────────────────────────────────────────────────────


class PolicyOut(Out):
    """The policy, and the version of the shop's settings that a change must be based on."""

    policy: PolicyIn
    currency: str
    version: int


class ChangedPolicy(In):
    """The policy, changed from the version `based_on`."""

    based_on: Int = Field(ge=1)
    policy: PolicyIn


def policy(shop: Shop) -> PolicyOut:
    return PolicyOut(policy=policy_form.form_of(shop.points), currency=shop.currency, version=shop.version)


def change_policy(shop_id: str, changed: ChangedPolicy, *, who: str) -> PolicyOut:
    """Write a new version of the shop with this policy. Raises Conflict when it is based on an older one."""
    before = shops.load_fresh(shop_id)
    if changed.based_on != before.version:
        raise Conflict("version_conflict", current=before.version)
    after = replace(before, points=policy_form.policy_of(changed.policy), version=before.version + 1)
    was, becomes = (policy_form.form_of(shop.points).model_dump(mode="json") for shop in (before, after))
    note = audit.part(shop_id, who=who, action="policy.changed", target=f"shop:{shop_id}", before=was, after=becomes)
    try:
        tables.commit([shops.save_part(after), note])
    except tables.LostRace as error:
        raise Conflict from error
    shops.forget(shop_id)
    return policy(after)


class PreviewIn(In):
    """A policy to try: on an order of one line, and on one customer's points."""

    policy: PolicyIn
    paid_minor: Int = Field(10_000, ge=0, le=1_000_000_000)
    category: str | None = Field(None, max_length=40)
    customer_id: str | None = Field(None, pattern=auth.CUSTOMER_ID)


class LotOut(Out):
    """Points of a customer that expire together. `after` is when they would expire under the policy tried; `changed`
    says whether that differs from now. Only points that float with the customer's activity can differ.
    """

    points: int
    now: date | None
    after: date | None
    changed: bool


class PreviewOut(Out):
    """`expires` is the last day of points given today (null: never), `order_points` what the order would earn."""

    expires: date | None
    order_points: int
    worth_minor: int | None
    currency: str
    lots: list[LotOut]


def preview(shop: Shop, asked: PreviewIn) -> PreviewOut:
    """What the policy asked for would mean; reads, and changes nothing."""
    tried, at = policy_form.policy_of(asked.policy), clock.now()
    today = shop.today(at)
    points = sum(tried.order_points([(asked.paid_minor, asked.category)]))
    until = tried.until(today)
    subject = identity.find_subject(shop.id, asked.customer_id) if asked.customer_id else None
    account = book.load_account(shop.id, subject) if subject else Account(shop.id, "")
    return PreviewOut(
        expires=last_day(tried.bucket(today), until),
        order_points=points,
        worth_minor=tried.worth_minor(points),
        currency=shop.currency,
        lots=[
            _lot(account, bucket, until) for bucket in sorted(account.lots) if not is_over(bucket, account.until, today)
        ],
    )


def _lot(account: Account, bucket: str, until: str) -> LotOut:
    """A floating lot ends later or not with the customer's next activity; every other keeps its date."""
    now, after = last_day(bucket, account.until), last_day(bucket, until or account.until)
    return LotOut(points=account.lots[bucket], now=now, after=after, changed=now != after)


# ── one customer's points ────────────────────────────────────────────────────────────────────────


def subject_of(shop: str, customer_id: str) -> str:
    """The customer's subject. Raises Missing for one that nobody keeps a file of."""
    subject = identity.find_subject(shop, customer_id)
    if subject is None:
        raise Missing
    return subject


def _not_nothing(points: int) -> int:
    if not points:
        raise PydanticCustomError("points_zero", "no points")
    return points


class AdjustmentIn(In):
    """Points to give, or to take (below zero), and why."""

    customer_id: str = Field(pattern=auth.CUSTOMER_ID)
    points: Annotated[Int, Field(ge=-POINTS_MAX, le=POINTS_MAX), AfterValidator(_not_nothing)]
    reason: str = Field(min_length=2, max_length=200, description="For the change log; the customer does not see it.")


class AdjustedOut(Out):
    """The entry that was made, and what the customer can spend after it."""

    entry_id: str
    points: int
    balance: int


def adjust(call: Call[AdjustmentIn, None]) -> Answer:
    """Post the adjustment with its audit entry. Raises Invalid for a customer nobody knows, Refused
    insufficient_points, KeyReused, Conflict.
    """
    asked, shop = call.body, shops.load(call.shop)
    subject, at = identity.find_subject(shop.id, asked.customer_id), clock.now()
    if subject is None:
        raise Invalid(Fault("/customer_id", "unknown_customer"))
    given = Given(ids.digest(call.caller.who, call.idempotency_key), subject, call.body_hash(), shop.today(at))
    for _ in tables.attempts():
        account = book.load_account(shop.id, subject, consistent=True)
        earlier = store.find_given(shop.id, given.key)
        if earlier:
            return _given_before(shop.id, earlier, given)
        posting = _adjustment(shop, account, asked.points, given, at)
        note = audit.part(
            shop.id,
            who=call.caller.who,
            action="points.adjusted",
            target=f"customer:{asked.customer_id}",
            after={"points": asked.points, "reason": asked.reason, "balance": posting.after.available},
        )
        try:
            tables.commit_once([*book.parts(posting), store.given_part(shop.id, given), note])
        except (tables.LostRace, tables.Contended):
            continue
        book.log_posted(posting)
        return Answer(_adjusted(posting.entry))
    raise Conflict


def _adjustment(shop: Shop, account: Account, points: int, given: Given, at: datetime) -> Posting:
    mark = Mark(given.entry_key, given.day, Source("operator", given.key, "adjustment"))
    return movements.adjust(begin(account, shop.points, Now(at, given.day)), points, mark)


def _given_before(shop: str, earlier: Given, given: Given) -> Answer:
    """The answer of the same call before. Raises KeyReused when that asked for something else."""
    if (earlier.subject, earlier.body_hash) != (given.subject, given.body_hash):
        raise KeyReused
    entry = book.find_entry(shop, earlier.subject, earlier.day, earlier.entry_key)
    if entry is None:
        raise Missing
    return Answer(_adjusted(entry), headers={"Idempotent-Replayed": "true"})


def _adjusted(entry: Entry) -> AdjustedOut:
    return AdjustedOut(
        entry_id=f"{entry.day.isoformat()}.{entry.seq}", points=entry.points, balance=entry.available_after
    )


# ── the report ───────────────────────────────────────────────────────────────────────────────────


def report(shop: Shop, query: ReportQuery, language: str) -> ReportOut:
    """The report of the days asked for, from what the nights have added up. Raises Invalid."""
    days = query.days(shop.today(clock.now()))
    found, latest = nights.list_nights(shop.id, *days), nights.find_last(shop.id)
    return reports.report(
        days,
        [night.figures for night in found],
        (latest.day, latest.at, latest.figures) if latest else None,
        (shop.points, shop.currency, language),
    )
