"""Identifiers: random where they must not be guessed, digests where they must repeat."""

import base64
import hashlib
import json
import secrets
from typing import Any

SLUG = r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$"
"""What shops and operators may name things: 1 to 40 of a-z, 0-9 and inner hyphens."""


def random_id() -> str:
    """128 random bits as 26 letters and digits: a subject, an audit entry, a request."""
    return base64.b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


def secret() -> str:
    """256 random bits, URL-safe: what only its holder may know."""
    return secrets.token_urlsafe(32)


def canonical(value: Any) -> bytes:
    """The one JSON text of a value: sorted keys, no spaces, UTF-8. The same value is the same bytes."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(*parts: str | bytes) -> str:
    """128 bits of SHA-256 over the parts as 26 letters and digits. Parts cannot run into each other."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        state.update(len(data).to_bytes(4, "big") + data)
    return base64.b32encode(state.digest()[:16]).decode().rstrip("=").lower()


def slice_of(subject: str, slices: int) -> int:
    """Which of ``slices`` partitions holds this subject; evenly spread and fixed for ever."""
    return int.from_bytes(hashlib.sha256(subject.encode()).digest()[:4], "big") % slices


def webhook_secret() -> str:
    """256 random bits in the base64 form of Standard Webhooks, without its ``whsec_``."""
    return base64.b64encode(secrets.token_bytes(32)).decode()
