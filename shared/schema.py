"""Every row of every table. Tables are declared in infra/platform.yaml; nothing here creates one."""

from typing import Any

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from shared.rows import IntegerAttribute, IntegerMapAttribute, Row
from shared.settings import settings


def _meta(table: str) -> Any:
    return type("Meta", (), {"table_name": settings.table(table), "region": settings.region})


class DueIndex(GlobalSecondaryIndex["ShopRow"]):  # type: ignore[no-untyped-call]
    """Rows of timed work: ``{job}#{slice}`` / when it is due, RFC 3339 in UTC of fixed width, so that text orders as
    time does. A row without the two is not in it. Reads may be a moment old.
    """

    class Meta:
        index_name = "due"
        projection = AllProjection()

    due = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class ShopRow(Row):
    """Everything of one shop that is not a customer's: settings, keys, operators, audit, used message ids, jobs.

    ``pk`` is the shop (or ``platform`` for the platform's own key and its list of shops), ``sk`` the
    kind and id of the row: ``settings``, ``key#…``, ``operator#…``, ``audit#…``, ``adjustment#…``, ``message#…``,
    ``job#…``, ``night#…`` and ``slice#…`` (figures of the ledger), ``delivery``.
    ``body`` is JSON, ``sealed`` what only KMS opens; ``due`` and ``due_at`` belong to jobs.
    """

    Meta = _meta("shops")
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    body = UnicodeAttribute(default="{}")
    sealed = BinaryAttribute(legacy_encoding=False, null=True)
    version = IntegerAttribute(default=1)
    expires_at = IntegerAttribute(null=True)
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    by_due = DueIndex()


class CustomerRow(Row):
    """A customer's file (``{shop}#{subject}`` / ``profile``), what their purchases add up to (``{shop}#{subject}`` /
    ``purchases``, in ``body``), and the way from the shop's id to the subject (``{shop}#id#{customer_id}`` /
    ``subject``).
    """

    Meta = _meta("customers")
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    subject = UnicodeAttribute()
    sealed = BinaryAttribute(legacy_encoding=False, null=True)
    body = UnicodeAttribute(null=True)
    version = IntegerAttribute(default=1)
    at = UnicodeAttribute()


class DataKeyRow(Row):
    """The wrapped data key of one subject (``{shop}#{subject}``). Deleting it ends all that it sealed."""

    Meta = _meta("keys")
    pk = UnicodeAttribute(hash_key=True)
    wrapped = BinaryAttribute(legacy_encoding=False)


class DefinitionRow(Row):
    """A definition: current (``{shop}`` / id) or one of its versions (``{shop}#{id}#versions`` / number)."""

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    body = UnicodeAttribute()
    version = IntegerAttribute()


class ActivityRow(DefinitionRow):
    """The definition of an activity."""

    Meta = _meta("activities")


class ParticipationRow(Row):
    """A customer's state in one edition: ``{shop}#{activity}#{edition}#{slice}`` / subject.

    ``state`` belongs to the kind, ``replays`` to the engine. At most 1 KB, so that a write costs one unit.
    """

    Meta = _meta("activities")
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    state = UnicodeAttribute()
    replays = UnicodeAttribute()
    version = IntegerAttribute()


class AccountSliceIndex(GlobalSecondaryIndex["AccountRow"]):  # type: ignore[no-untyped-call]
    """The keys of a shop's accounts, in slices: ``{shop}#{slice}`` / key. Written once in an account's life."""

    class Meta:
        index_name = "by_shop"
        projection = KeysOnlyProjection()

    slice = UnicodeAttribute(hash_key=True)
    pk = UnicodeAttribute(range_key=True)


class AccountRow(Row):
    """A customer's points, one item: ``{shop}#{subject}``. ``seq`` counts its entries and guards every write.

    ``holds`` and ``months`` are compact texts of shared.ledger.book; what is nothing is left out. ``slice`` is how the
    night finds it.
    """

    Meta = _meta("accounts")
    pk = UnicodeAttribute(hash_key=True)
    balance = IntegerAttribute()
    pending = IntegerAttribute(null=True)
    debt = IntegerAttribute(null=True)
    lots = IntegerMapAttribute(default=dict)
    holds = UnicodeAttribute(null=True)
    until = UnicodeAttribute(null=True)
    months = UnicodeAttribute(null=True)
    seq = IntegerAttribute()
    head = UnicodeAttribute()
    slice = UnicodeAttribute(null=True)
    by_shop = AccountSliceIndex()


class EntryRow(Row):
    """One immutable ledger line: ``{shop}#{subject}`` / ``{day}#{event key}``. Written once, never changed."""

    Meta = _meta("entries")
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()
    points = IntegerAttribute()
    lots = IntegerMapAttribute(default=dict)
    pending = IntegerAttribute(null=True)
    held = IntegerAttribute(null=True)
    debt = IntegerAttribute(null=True)
    hold = UnicodeAttribute(null=True)
    until = UnicodeAttribute(null=True)
    source = UnicodeAttribute()
    at = UnicodeAttribute()
    seq = IntegerAttribute()
    prev = UnicodeAttribute()
    hash = UnicodeAttribute()
    fingerprint = UnicodeAttribute()
    balance_after = IntegerAttribute()
    available_after = IntegerAttribute()


class CustomerIndex(GlobalSecondaryIndex["OrderRow"]):  # type: ignore[no-untyped-call]
    """A shop's orders by whose they are and when they began. Keys only; reads may be a moment old."""

    class Meta:
        index_name = "customer"
        projection = KeysOnlyProjection()

    shop = UnicodeAttribute(hash_key=True)
    whose = UnicodeAttribute(range_key=True)


class WaitingIndex(GlobalSecondaryIndex["OrderRow"]):  # type: ignore[no-untyped-call]
    """Orders whose points wait, by when they need not wait any longer. Keys only; reads may be a moment old."""

    class Meta:
        index_name = "due"
        projection = KeysOnlyProjection()

    due = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class OrderRow(Row):
    """An order: ``{shop}#{order_id}`` / ``order``. ``whose`` is ``{subject}#{when it began}``; an order whose points
    wait for a day has ``due`` and ``due_at`` as jobs have them.
    """

    Meta = _meta("orders")
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    shop = UnicodeAttribute()
    whose = UnicodeAttribute()
    body = UnicodeAttribute()
    version = IntegerAttribute()
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    by_customer = CustomerIndex()
    by_due = WaitingIndex()


class RewardRow(DefinitionRow):
    """The definition of a reward."""

    Meta = _meta("rewards")


class StockRow(Row):
    """How many of a reward are left, a row and partition for each shard: ``{shop}#{reward}#stock#{n}`` / ``stock``."""

    Meta = _meta("rewards")
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    left = IntegerAttribute()


class CodeRow(Row):
    """A code of a reward: free (``{shop}#{reward}#{slice}`` / code; claiming deletes it), and that it was ever there
    (``{shop}#{reward}#codes`` / code, with a digest of the list it came in).
    """

    Meta = _meta("rewards")
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    batch = UnicodeAttribute(null=True)


class RedemptionRow(Row):
    """One purchase of a reward: ``{shop}#{subject}`` / ``{reward}#{digest}``, kept for ever. ``version`` guards every
    change. ``facts`` is JSON: what the first answer was drawn from, and what was decided since. ``sealed`` is personal.
    At most 1 KB, so that a write costs one unit.
    """

    Meta = _meta("rewards")
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    status = UnicodeAttribute()
    facts = UnicodeAttribute()
    body = UnicodeAttribute()
    code = UnicodeAttribute(null=True)
    sealed = BinaryAttribute(legacy_encoding=False, null=True)
    at = UnicodeAttribute()
    version = IntegerAttribute()


class RedemptionDueIndex(GlobalSecondaryIndex["RedemptionLineRow"]):  # type: ignore[no-untyped-call]
    """Redemptions that something must happen to in time, as :class:`DueIndex` has jobs."""

    class Meta:
        index_name = "due"
        projection = AllProjection()

    due = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class RedemptionLineRow(Row):
    """A redemption in its reward's list: ``{shop}#{reward}#redemptions`` / ``{at}#{digest}``. It follows the
    redemption, up to ``version``, and is all that operators' lists and the clock look through.
    """

    Meta = _meta("rewards")
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    subject = UnicodeAttribute()
    status = UnicodeAttribute()
    version = IntegerAttribute()
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    by_due = RedemptionDueIndex()


class InboxRow(Row):
    """One inbox item: ``{shop}#{subject}`` / ``inbox#{item}``. ``seq`` orders the events that may write it;
    ``sealed`` is what only the customer may read.
    """

    Meta = _meta("outreach")
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()
    facts = UnicodeAttribute(default="{}")
    at = UnicodeAttribute()
    seq = IntegerAttribute()
    sealed = BinaryAttribute(legacy_encoding=False, null=True)
    read = BooleanAttribute(default=False)
    expires_at = IntegerAttribute()


class ChunkRow(Row):
    """Service chat: ``{shop}#{UTC day}#{slice}`` / ``chunk#{digest of the content}``. Written once, never changed."""

    Meta = _meta("messages")
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    packed = BinaryAttribute(legacy_encoding=False)
    messages = IntegerAttribute()
    expires_at = IntegerAttribute()


class ScoreRow(Row):
    """A day's score (``{shop}#{date}`` / ``score#{ruleset}#{input digest}``, written once), and which of them is the
    latest (``{shop}`` / ``latest#{date}#{ruleset}``; ``version`` guards every move).
    """

    Meta = _meta("messages")
    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True)
    body = UnicodeAttribute()
    digest = UnicodeAttribute()
    at = UnicodeAttribute()
    version = IntegerAttribute(default=1)
