"""Where a shop's deliveries go: its owner names the addresses, and whoever delivers reads them."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from shared import audit, outbound, tables, vault
from shared.errors import Conflict
from shared.forms import In, Int, Out
from shared.schema import ShopRow

ROW = "delivery"


@dataclass(frozen=True)
class Addresses:
    """Where a shop's deliveries go; empty: they are only recorded. ``token`` is what its providers know it by."""

    shop: str = ""
    red_packet: str = ""
    data_top_up: str = ""
    token: str = ""


def load(shop: str) -> Addresses:
    """Where the shop's deliveries go."""
    row = tables.find(ShopRow, shop, ROW)
    if row is None:
        return Addresses()
    token = vault.unseal(row.sealed, _context(shop)).decode() if row.sealed else ""
    return Addresses(**json.loads(row.body), token=token)


def _context(shop: str) -> Mapping[str, str]:
    return {"shop": shop, "delivery": "token"}


def _allowed(url: str) -> str:
    if not outbound.allows(url):
        raise PydanticCustomError("forbidden_address", "not an address to call")
    return url


Address = Annotated[
    str,
    Field(pattern=r"^https://[!-~]+$", max_length=300, json_schema_extra={"format": "uri"}),
    AfterValidator(_allowed),
]


class DeliveryIn(In):
    """Where deliveries go; null: people deliver and say so. `shop` is called, signed, for whatever no provider
    delivers and for money that has to go back; the others are providers.
    """

    shop: Address | None = None
    red_packet: Address | None = None
    data_top_up: Address | None = None
    token: str | None = Field(
        None, pattern=r"^[!-~]{8,400}$", description="What providers know the shop by; never shown. Null: as before."
    )


class DeliveryAddressesOut(Out):
    """The addresses, whether providers have a token, and the version that a change must be based on (0: none yet)."""

    delivery: DeliveryIn
    has_token: bool
    version: int


class ChangedDelivery(In):
    """The addresses, changed from the version `based_on`."""

    based_on: Int = Field(ge=0)
    delivery: DeliveryIn


def told(shop: str) -> DeliveryAddressesOut:
    """The addresses as the owner sees them."""
    return _told(tables.find(ShopRow, shop, ROW))


def _told(row: ShopRow | None) -> DeliveryAddressesOut:
    return DeliveryAddressesOut(
        delivery=DeliveryIn(token=None, **_named(row)),
        has_token=bool(row and row.sealed),
        version=row.version if row else 0,
    )


def _named(row: ShopRow | None) -> dict[str, Any]:
    return {name: url for name, url in json.loads(row.body).items() if url} if row else {}


def change(shop: str, changed: ChangedDelivery, *, who: str) -> DeliveryAddressesOut:
    """Write the addresses, with an audit entry that tells of a new token but not which. Raises Conflict."""
    before, asked = tables.find(ShopRow, shop, ROW), changed.delivery
    version = before.version if before else 0
    if changed.based_on != version:
        raise Conflict("version_conflict", current=version)
    sealed = vault.seal(asked.token.encode(), _context(shop)) if asked.token else before and before.sealed
    body = asked.model_dump(exclude={"token"}, exclude_none=True)
    row = ShopRow(shop, ROW, body=json.dumps(body), sealed=sealed, version=version + 1)
    unchanged = ShopRow.version == version if before else ShopRow.pk.does_not_exist()
    note = body | ({"token": "changed"} if asked.token else {})
    entry = audit.part(
        shop, who=who, action="delivery.changed", target=f"shop:{shop}", before=_named(before), after=note
    )
    try:
        tables.commit([lambda write: write.save(row, condition=unchanged), entry])
    except tables.LostRace as error:
        raise Conflict from error
    return _told(row)
