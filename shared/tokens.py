"""Signed tokens: JSON Web Tokens in their compact form, HS256 and nothing else (RFC 7519, RFC 7515).

Pure. The algorithm is fixed here and never taken from a token; reading proves nothing until :meth:`Token.is_signed_by`.
"""

import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json, to_json

ALGORITHM = "HS256"
_COMPACT = re.compile(rb"([\w-]+)\.([\w-]+)\.([\w-]+)", re.ASCII)


class Unreadable(ValueError):
    """The text is no token of ours."""


@dataclass(frozen=True)
class Token:
    """A token as somebody sent it: what its header and claims say, what was signed, and with what result."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes

    def is_signed_by(self, secret: bytes) -> bool:
        """Whether whoever made it knew ``secret``. Compared in a time that says nothing about the signature."""
        return hmac.compare_digest(self.signature, _signature(secret, self.signed))


def sign(claims: Mapping[str, Any], secret: bytes, *, key_id: str | None = None) -> str:
    """The token of these claims; ``key_id`` names the secret to whoever verifies it."""
    header = {"alg": ALGORITHM, "typ": "JWT", **({"kid": key_id} if key_id else {})}
    signed = b".".join(_encode(to_json(part)) for part in (header, claims))
    return (signed + b"." + _encode(_signature(secret, signed))).decode()


def read(text: str) -> Token:
    """What ``text`` says, unverified. Raises Unreadable when it is not a token of the one form we make and take:
    another algorithm, extensions that must be understood, an alphabet or numbers that are not JSON's.
    """
    parts = _COMPACT.fullmatch(text.encode(errors="replace"))
    if not parts:
        raise Unreadable
    try:
        header, claims, signature = _object(_decode(parts[1])), _object(_decode(parts[2])), _decode(parts[3])
    except ValueError as error:
        raise Unreadable from error
    # "crit" asks to be understood or refused, and an unencoded payload ("b64") is another form of signing.
    if header.get("alg") != ALGORITHM or "crit" in header or "b64" in header:
        raise Unreadable
    return Token(header, claims, parts[1] + b"." + parts[2], signature)


def _signature(secret: bytes, signed: bytes) -> bytes:
    return hmac.digest(secret, signed, hashlib.sha256)


_TO_URL, _FROM_URL = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_", b"+/")


def _encode(raw: bytes) -> bytes:
    return binascii.b2a_base64(raw, newline=False).rstrip(b"=").translate(_TO_URL)


def _decode(part: bytes) -> bytes:
    raw = binascii.a2b_base64(part.translate(_FROM_URL) + b"=" * (-len(part) % 4))
    # Bits that the last letter has too many must be zero: one token, one text.
    if _encode(raw) != part:
        raise Unreadable
    return raw


def _object(raw: bytes) -> dict[str, Any]:
    found = from_json(raw, allow_inf_nan=False)
    if not isinstance(found, dict):
        raise Unreadable
    return found
