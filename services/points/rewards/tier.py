"""Whether a customer's tier reaches as far as a reward asks. Pure."""

from collections.abc import Mapping
from datetime import datetime

from shared.errors import Refused
from shared.ledger.policy import Level
from shared.ledger.tiers import standing
from shared.shops import Shop


def find_level(shop: Shop, tier: str | None) -> Level | None:
    """The tier that a reward asks for, as the shop has it now; None where it asks for none, or for one that is gone."""
    return next((level for level in shop.points.tiers.levels if level.id == tier), None)


def reaches(tier: str | None, months: Mapping[str, int], shop: Shop, now: datetime) -> bool:
    """Whether the customer is in the tier or a higher one; a tier that is gone lets nobody in.

    ``months``: what tiers go by, in each month.
    """
    if tier is None:
        return True
    wanted = find_level(shop, tier)
    current = standing(shop.points.tiers, months, shop.today(now)).level
    return wanted is not None and current is not None and current.threshold >= wanted.threshold


def check_tier(tier: str | None, months: Mapping[str, int], shop: Shop, now: datetime) -> None:
    """Raises Refused not_eligible."""
    if not reaches(tier, months, shop, now):
        raise Refused("not_eligible", "not_eligible.tier", tier=tier)
