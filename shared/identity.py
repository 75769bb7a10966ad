"""From the shop's id of a customer to the random subject that every table keys on."""

from shared import clock, ids, tables
from shared.cache import Recent
from shared.schema import CustomerRow
from shared.tables import LostRace

_subjects: Recent[str | None] = Recent(seconds=60)


def find_subject(shop: str, customer_id: str) -> str | None:
    """The customer's subject, or None when no service has a file yet. Found ones are kept for a minute."""

    def fetch() -> str | None:
        row = tables.find(CustomerRow, f"{shop}#id#{customer_id}", "subject")
        return row.subject if row else None

    return _subjects.get((shop, customer_id), fetch)


def make_subject(shop: str, customer_id: str) -> str:
    """The customer's subject, made now if there is none: only a first write may call this."""
    known = find_subject(shop, customer_id)
    if known:
        return known
    row = CustomerRow(
        f"{shop}#id#{customer_id}",
        "subject",
        subject=ids.random_id(),
        at=clock.rfc3339(clock.now()),
    )
    try:
        tables.save(row, CustomerRow.pk.does_not_exist())
    except LostRace:
        # Another request of the same customer made it between our read and our write.
        winner = find_subject(shop, customer_id)
        if winner is None:
            raise
        return winner
    return row.subject


def clear_cache() -> None:
    _subjects.clear()
