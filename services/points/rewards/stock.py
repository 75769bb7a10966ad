"""How many are left: counted in shards, each a row and partition of its own, or lying there as codes.

Every shard is changed only together with the redemption that takes from it or gives back to it, so none of this can
happen twice; a conflict says nothing about what is left, and is tried again.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.points.rewards.definition import SHARDS_MAX, Stored
from shared import ids, tables
from shared.cache import Recent
from shared.errors import Conflict, Refused
from shared.rows import Part
from shared.schema import CodeRow, StockRow

CODE_SLICES = 8
LOOKED_AT = 24
"""So many free codes of a slice are looked at: claimants at the same moment choose different ones."""


@dataclass(frozen=True)
class Claim:
    """What a redemption takes from stock: the parts that take it, how many of a counted stock, and the code."""

    parts: Sequence[Part] = ()
    counted: int = 0
    code: str | None = None


def claim(shop: str, stored: Stored, digest: str, quantity: int) -> Claim:
    """Find ``quantity`` of a reward for the redemption ``digest``, which says where to look first.

    Raises Refused sold_out, when every shard or slice was read and is empty.
    """
    given = stored.definition
    if given.pooled:
        return _claim_code(shop, stored.id, digest)
    code = new_code() if given.codes == "generated" else None
    if given.stock is None:
        return Claim(code=code)
    return Claim(take(shop, stored, digest, quantity), quantity, code)


# ── counted ──────────────────────────────────────────────────────────────────────────────────────


def take(shop: str, stored: Stored, digest: str, quantity: int) -> list[Part]:
    """Take ``quantity`` of a counted stock, from wherever they lie. Raises Refused sold_out."""
    return [_take(shop, stored.id, shard, count) for shard, count in _find(shop, stored, digest, quantity)]


def _find(shop: str, stored: Stored, digest: str, quantity: int) -> list[tuple[int, int]]:
    """The shards to take from, and how many of each: one where one has enough."""
    shards = stored.definition.shards
    own = ids.slice_of(digest, shards)
    row = tables.find(StockRow, *_key(shop, stored.id, own))
    if row and row.left >= quantity:
        return [(own, quantity)]
    left = read_shards(shop, stored.id, shards)
    order = [(own + n) % shards for n in range(shards)]
    whole = next((shard for shard in order if left[shard] >= quantity), None)
    if whole is not None:
        return [(whole, quantity)]
    if sum(left) < quantity:
        raise Refused("sold_out")
    return _gather(order, left, quantity)


def _gather(order: Iterable[int], left: Sequence[int], quantity: int) -> list[tuple[int, int]]:
    taken = []
    for shard in order:
        count = min(left[shard], quantity)
        quantity -= count
        if count:
            taken.append((shard, count))
    return taken


def read_shards(shop: str, reward: str, shards: int) -> list[int]:
    """How many are left in each shard, by one consistent read."""
    keys = [(StockRow, *_key(shop, reward, shard)) for shard in range(shards)]
    return [row.left if row else 0 for row in tables.read_together(keys)]


def _take(shop: str, reward: str, shard: int, count: int) -> Part:
    row = StockRow(*_key(shop, reward, shard))
    return lambda write: write.update(row, StockRow.left.set(StockRow.left - count), StockRow.left >= count)


def put_back(shop: str, reward: str, digest: str, count: int) -> Part:
    """Give ``count`` back. The first shard is always there, however many there are meanwhile."""
    row = StockRow(*_key(shop, reward, 0))
    del digest
    return lambda write: write.update(row, StockRow.left.set(StockRow.left + count), StockRow.pk.exists())


def changed(shop: str, before: Stored | None, after: Stored) -> list[Part]:
    """The shards as a changed definition has them: what is left grows or shrinks as the stock does, and is spread anew.

    Raises Conflict when fewer are wanted than were redeemed already.
    """
    old = before.definition if before else None
    wanted, shards = after.definition.stock, after.definition.shards
    if wanted is None or (old and (old.stock, old.shards) == (wanted, shards)):
        return []
    # Shards of any earlier version: they lie there still, through a time without a stock too.
    rows = tables.read_together([(StockRow, *_key(shop, after.id, shard)) for shard in range(SHARDS_MAX)])
    total = wanted
    if old and old.stock is not None:
        total = sum(row.left for row in rows[: old.shards] if row) + wanted - old.stock
    if total < 0:
        raise Conflict("stock_redeemed", redeemed=wanted - total)
    kept = [(n, row) for n, row in enumerate(rows) if n < shards or (row and row.left)]
    return [_spread(shop, after.id, n, row, _share(total, shards, n)) for n, row in kept]


def _share(total: int, shards: int, shard: int) -> int:
    return total // shards + (shard < total % shards) if shard < shards else 0


def _spread(shop: str, reward: str, shard: int, seen: StockRow | None, left: int) -> Part:
    row = StockRow(*_key(shop, reward, shard), left=left)
    unchanged = StockRow.left == seen.left if seen else StockRow.pk.does_not_exist()
    return lambda write: write.save(row, condition=unchanged)


def _key(shop: str, reward: str, shard: int) -> tuple[str, str]:
    return f"{shop}#{reward}#stock#{shard}", "stock"


# ── codes ────────────────────────────────────────────────────────────────────────────────────────

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
"""Without what could be read as something else."""


def new_code() -> str:
    """80 random bits, as four groups of four."""
    letters = [secrets.choice(ALPHABET) for _ in range(16)]
    return "-".join("".join(letters[n : n + 4]) for n in range(0, 16, 4))


def _claim_code(shop: str, reward: str, digest: str) -> Claim:
    own = ids.slice_of(digest, CODE_SLICES)
    for n in range(CODE_SLICES):
        free = _free(shop, reward, (own + n) % CODE_SLICES, LOOKED_AT)
        if free:
            row = free[ids.slice_of(digest, 1 << 16) % len(free)]
            return Claim([_remove(row)], code=row.sk)
    raise Refused("sold_out")


def _free(shop: str, reward: str, number: int, limit: int) -> list[CodeRow]:
    pk = f"{shop}#{reward}#{number}"
    return list(CodeRow.query(pk, limit=limit, page_size=limit, consistent_read=True))


def _remove(row: CodeRow) -> Part:
    return lambda write: write.delete(row, condition=CodeRow.pk.exists())


# ── shown ────────────────────────────────────────────────────────────────────────────────────────

_left: Recent[int] = Recent(seconds=10, limit=1_000)


def left(shop: str, stored: Stored) -> int | None:
    """How many are left, at most ten seconds old: to be shown, never to decide. None: no limit."""
    if stored.definition.stock is None and not stored.definition.pooled:
        return None
    return _left.get((shop, stored.id, stored.version), lambda: left_now(shop, stored))


def left_now(shop: str, stored: Stored) -> int:
    """How many are left now, of a reward that has a stock."""
    if stored.definition.pooled:
        return sum(CodeRow.count(f"{shop}#{stored.id}#{number}") for number in range(CODE_SLICES))
    return sum(read_shards(shop, stored.id, stored.definition.shards))


def clear_cache() -> None:
    _left.clear()
