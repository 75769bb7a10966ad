"""Customer files, sealed under each customer's own key."""

from dataclasses import dataclass
from datetime import datetime

from services.profiles.profile import ProfileIn
from shared import clock, tables, vault
from shared.clock import parse, rfc3339
from shared.errors import Conflict
from shared.schema import CustomerRow
from shared.tables import LostRace

PROFILE = "profile"


@dataclass(frozen=True)
class Kept:
    """A file as it is kept: what the customer said, and when last."""

    profile: ProfileIn
    updated_at: datetime
    version: int


def find_profile(shop: str, subject: str) -> Kept | None:
    """The customer's file, or None."""
    row = tables.find(CustomerRow, f"{shop}#{subject}", PROFILE)
    if row is None or row.sealed is None:
        return None
    opened = vault.unseal_for(shop, subject, row.sealed)
    return Kept(ProfileIn.model_validate_json(opened), parse(row.at), row.version)


def save_profile(shop: str, subject: str, profile: ProfileIn) -> Kept:
    """Put ``profile`` in the place of what was there."""
    for _ in tables.attempts():
        before = tables.find(CustomerRow, f"{shop}#{subject}", PROFILE)
        version, now = (before.version if before else 0) + 1, clock.now()
        row = CustomerRow(
            f"{shop}#{subject}",
            PROFILE,
            subject=subject,
            sealed=vault.seal_for(shop, subject, profile.model_dump_json().encode()),
            version=version,
            at=rfc3339(now),
        )
        unchanged = CustomerRow.version == before.version if before else CustomerRow.pk.does_not_exist()
        try:
            tables.save(row, unchanged)
        except LostRace:
            continue
        return Kept(profile, now, version)
    raise Conflict
