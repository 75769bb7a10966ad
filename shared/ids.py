"""Identifiers: random where they must not be guessed, digests where they must repeat."""

import base64
import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json

SLUG = r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$"
"""What shops and operators may name things: 1 to 40 of a-z, 0-9 and inner hyphens."""


_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"
_PAIRS = [first + second for first in _LETTERS for second in _LETTERS]


def random_id() -> str:
    """128 random bits as 26 letters and digits: a subject, an audit entry, a request."""
    return spelled(secrets.token_bytes(16))


def secret() -> str:
    """256 random bits, URL-safe: what only its holder may know."""
    return secrets.token_urlsafe(32)


def canonical(value: Any) -> bytes:
    """The one JSON text of a value: sorted keys, no spaces, UTF-8. The same value is the same bytes."""
    return to_json(_in_order(value), inf_nan_mode="constants")


def _in_order(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _in_order(value[key]) for key in sorted(value)}
    if isinstance(value, (list, tuple)):
        return [_in_order(item) for item in value]
    return value


def digest(*parts: str | bytes) -> str:
    """128 bits of SHA-256 over the parts as 26 letters and digits. Parts cannot run into each other."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        state.update(len(data).to_bytes(4, "big") + data)
    return spelled(state.digest()[:16])


def spelled(bits: bytes) -> str:
    """16 bytes in base 32 (RFC 4648), lower case, without padding: two letters at a time, a fifth of the library's
    time, and a check-in has four of them.
    """
    number = int.from_bytes(bits) << 2
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])


def slice_of(subject: str, slices: int) -> int:
    """Which of ``slices`` partitions holds this subject; evenly spread and fixed for ever."""
    return int.from_bytes(hashlib.sha256(subject.encode()).digest()[:4], "big") % slices


def webhook_secret() -> str:
    """256 random bits in the base64 form of Standard Webhooks, without its ``whsec_``."""
    return base64.b64encode(secrets.token_bytes(32)).decode()
