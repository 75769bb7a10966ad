"""Codes put into a reward's pool. Every code that ever was is remembered, so that none is given out twice."""

from collections.abc import Sequence

from services.points.rewards import stock
from shared import audit, ids, tables
from shared.errors import Conflict, Fault, Invalid
from shared.rows import Part
from shared.schema import CodeRow
from shared.tables import LostRace

AT_ONCE = 49
"""Two rows for each, and the note for the audit: a transaction takes a hundred."""
READ_AT_ONCE = 100


def add(shop: str, reward: str, codes: Sequence[str], *, who: str) -> int:
    """Put codes in. The same list again, as after a lost answer, changes nothing; returns how many it has.

    Raises Invalid with every line that was there before or stands twice in the list.
    """
    batch = ids.digest(*codes)
    known = _known(shop, reward, codes)
    repeated = [n for n, code in enumerate(codes) if known.get(code, batch) != batch or code in codes[:n]]
    if repeated:
        raise Invalid(*(Fault(f"/codes/{n}", "code_repeated") for n in repeated))
    new = [code for code in codes if code not in known]
    for start in range(0, len(new), AT_ONCE):
        chunk = new[start : start + AT_ONCE]
        note = audit.part(shop, who=who, action="reward.codes_added", target=f"reward:{reward}", after=len(chunk))
        try:
            tables.commit([note, *(part for code in chunk for part in _put(shop, reward, code, batch))])
        except LostRace as error:
            raise Conflict from error
    return len(codes)


def _known(shop: str, reward: str, codes: Sequence[str]) -> dict[str, str]:
    """Which of the codes were there before, and with which list they came."""
    wanted = list(dict.fromkeys(codes))
    found: dict[str, str] = {}
    for start in range(0, len(wanted), READ_AT_ONCE):
        keys = [(CodeRow, _ever(shop, reward), code) for code in wanted[start : start + READ_AT_ONCE]]
        found |= {row.sk: row.batch or "" for row in tables.read_together(keys) if row}
    return found


def _put(shop: str, reward: str, code: str, batch: str) -> list[Part]:
    ever = CodeRow(_ever(shop, reward), code, batch=batch)
    free = CodeRow(f"{shop}#{reward}#{ids.slice_of(code, stock.CODE_SLICES)}", code)
    new = CodeRow.pk.does_not_exist()
    return [lambda write: write.save(ever, condition=new), lambda write: write.save(free, condition=new)]


def _ever(shop: str, reward: str) -> str:
    return f"{shop}#{reward}#codes"


def generate(count: int) -> list[str]:
    """New codes, none like another."""
    made: dict[str, None] = {}
    while len(made) < count:
        made[stock.new_code()] = None
    return list(made)
