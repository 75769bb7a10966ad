"""What a redemption is called outside: ``{reward}.{digest}{mask}``. The mask is the subject under a pad that only this
installation can make, so that the name leads to the row, and tells nobody what tables key on.
"""

import base64
import binascii
import hashlib
import hmac
import re
from dataclasses import dataclass

from shared import ids, vault
from shared.errors import Missing

_FORM = re.compile(r"([a-z0-9-]{1,40})\.([a-z2-7]{26})([a-z2-7]{26})", re.ASCII)


@dataclass(frozen=True)
class Place:
    """Where a redemption lies."""

    shop: str
    subject: str
    reward: str
    digest: str

    @property
    def pk(self) -> str:
        return f"{self.shop}#{self.subject}"

    @property
    def sk(self) -> str:
        return f"{self.reward}#{self.digest}"


def name_of(place: Place) -> str:
    """The name of the redemption at ``place``."""
    return f"{place.reward}.{place.digest}{_masked(place.shop, place.digest, place.subject)}"


def find(shop: str, name: str) -> Place:
    """The place that a name leads to; whether something lies there is another question. Raises Missing."""
    parts = _FORM.fullmatch(name)
    if not parts:
        raise Missing
    reward, digest, mask = parts.groups()
    return Place(shop, _masked(shop, digest, mask), reward, digest)


def _masked(shop: str, digest: str, text: str) -> str:
    pad = hmac.digest(vault.installation_secret("cursor"), f"redemption\0{shop}\0{digest}".encode(), hashlib.sha256)
    try:
        bits = base64.b32decode(text.upper() + "======")
    except binascii.Error as error:
        raise Missing from error
    return ids.spelled(bytes(one ^ other for one, other in zip(bits, pad, strict=False)))
