"""Whom to deliver to: what each kind must know of the customer. Pure."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from services.points.rewards.definition import RewardIn
from shared.errors import Fault, Invalid

NEEDED: Mapping[str, tuple[str, ...]] = {"data_top_up": ("phone",)}
"""What must be said; of the rest the shop knows its customer."""
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "red_packet": ("account",),
    "data_top_up": ("phone",),
    "product": ("name", "phone", "address"),
}


def of(given: BaseModel | None) -> dict[str, str]:
    """What was given of it."""
    return given.model_dump(exclude_none=True) if given else {}


def check(given: RewardIn, contact: Mapping[str, Any]) -> None:
    """Raises Invalid for every part that is missing, and for parts that nobody needs: they should not be kept.

    A product that travels with an order goes where the order goes.
    """
    allowed = () if given.payment == "with_order" else ALLOWED.get(given.kind, ())
    faults = [Fault(f"/contact/{name}", "missing") for name in NEEDED.get(given.kind, ()) if name not in contact]
    faults += [Fault(f"/contact/{name}", "extra_forbidden") for name in contact if name not in allowed]
    if faults:
        raise Invalid(*faults)
