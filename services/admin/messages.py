"""What travels over HTTP."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, ValidationError
from pydantic_core import PydanticCustomError, Url

from shared.clock import rfc3339
from shared.forms import In, Int, Localized, Out, Slug, Zone
from shared.keys import Purpose, Role
from shared.shops import Shop

RESERVED = ("platform",)


def _not_reserved(value: str) -> str:
    if value in RESERVED:
        raise PydanticCustomError("shop_reserved", "reserved")
    return value


def _https(value: str) -> str:
    """The address as browsers write it: theirs is the reading that counts."""
    try:
        address = Url(value)
    except ValidationError:
        address = None
    if address is None or address.scheme != "https" or address.username is not None or address.password is not None:
        raise PydanticCustomError("not_https", "not an https address")
    return str(address)


HttpsAddress = Annotated[str, Field(max_length=500, json_schema_extra={"format": "uri"}), AfterValidator(_https)]
"""An https address without a user's name in it."""


class ShopSettings(In):
    """What an owner decides about the shop. Another time zone starts with the shop's next midnight."""

    name: Localized = Field(description="The shop's name as customers read it.")
    timezone: Zone = Field("Asia/Shanghai", description="A day is the shop's day.")
    language: Literal["en", "zh-CN"] = "zh-CN"
    login_url: HttpsAddress | None = Field(
        None, description="Where customers log in: an https address. Visitors of widgets and member page get a link."
    )


class NewShop(ShopSettings):
    """A new shop. Its id and currency are for good."""

    id: Annotated[Slug, AfterValidator(_not_reserved)]
    currency: str = Field("CNY", pattern=r"^[A-Z]{3}$", description="ISO 4217.")


class ChangedShop(In):
    """The shop's settings, changed from the version `based_on`."""

    based_on: Int = Field(ge=1)
    settings: ShopSettings


class ShopOut(Out):
    """A shop. `next_timezone` is the zone that starts with the shop's next midnight, if one is waiting."""

    id: str
    name: dict[str, str]
    timezone: str
    next_timezone: str | None
    currency: str
    language: str
    login_url: str | None
    created_at: datetime
    version: int


class SecretOut(Out):
    """A key, and its secret: shown this once."""

    id: str
    secret: str


class NewShopOut(Out):
    """A new shop with what its owner and developer need, shown this once."""

    shop: ShopOut
    owner_key: SecretOut
    customer_key: SecretOut
    webhook_key: SecretOut


class ShopLine(Out):
    id: str
    created_at: datetime


class ShopList(Out):
    items: list[ShopLine]
    next_cursor: str | None


class NewKeyIn(In):
    """`customer` keys sign shoppers' tokens, `webhook` keys sign what shop and Regulars send each other."""

    purpose: Purpose


class KeyLine(Out):
    id: str
    purpose: Purpose
    created_at: datetime


class KeyList(Out):
    items: list[KeyLine]


class NewOperatorIn(In):
    """Somebody who may work for the shop."""

    name: str = Field(min_length=1, max_length=80)
    role: Role


class NewOwnerIn(In):
    """Another owner for a shop whose keys were lost."""

    name: str = Field("owner", min_length=1, max_length=80)


class OperatorLine(Out):
    id: str
    name: str
    role: Role
    created_at: datetime


class OperatorList(Out):
    items: list[OperatorLine]


class WhoAmI(Out):
    """The operator a key belongs to."""

    shop: str
    id: str
    name: str
    role: Role


class AuditLine(Out):
    """One change: who, what, before and after."""

    id: str
    at: datetime
    who: str
    action: str
    target: str
    before: Any
    after: Any


class AuditList(Out):
    items: list[AuditLine]
    next_cursor: str | None


def shop(found: Shop, now: datetime) -> ShopOut:
    """The shop as its owner sees it."""
    waiting = [change.zone for change in found.calendar.changes if change.at > now]
    return ShopOut(
        id=found.id,
        name=dict(found.name),
        timezone=found.calendar.zone_at(now).key,
        next_timezone=waiting[-1] if waiting else None,
        currency=found.currency,
        language=found.language,
        login_url=found.login_url,
        created_at=found.created_at,
        version=found.version,
    )


def audited(found: Shop) -> dict[str, Any]:
    """The shop's settings as the audit keeps them."""
    calendar = found.calendar
    return {
        "name": dict(found.name),
        "timezone": [calendar.zone, *([rfc3339(change.at), change.zone] for change in calendar.changes)],
        "language": found.language,
        "login_url": found.login_url,
    }
