"""Where a list goes on: opaque to the caller, signed, and good for one list only."""

import base64
import binascii
import hashlib
import hmac

from shared import errors, vault

SIGNATURE_BYTES = 12


def write(scope: str, position: str | None) -> str | None:
    """A cursor to ``position`` in the list ``scope`` (its route and whose it is)."""
    if position is None:
        return None
    return base64.urlsafe_b64encode(_signature(scope, position) + position.encode()).decode().rstrip("=")


def read(scope: str, cursor: str | None) -> str | None:
    """The position a cursor of this list names. Raises Invalid for any other text."""
    if cursor is None:
        return None
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        signature, position = raw[:SIGNATURE_BYTES], raw[SIGNATURE_BYTES:].decode()
    except (binascii.Error, ValueError) as error:
        raise _wrong() from error
    if not hmac.compare_digest(signature, _signature(scope, position)):
        raise _wrong()
    return position


def _signature(scope: str, position: str) -> bytes:
    told = f"{scope}\0{position}".encode()
    return hmac.digest(vault.installation_secret("cursor"), told, hashlib.sha256)[:SIGNATURE_BYTES]


def _wrong() -> errors.Invalid:
    return errors.Invalid(errors.Fault("?cursor", "cursor"))
