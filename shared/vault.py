"""Sealing: what may only be read with a key that KMS guards.

``seal_secret`` lets KMS itself encrypt a secret, so that a shopper's request, which needs one to know
the shopper by, loads no cipher. ``seal`` wraps a fresh data key for values of any size (audit). A subject's
personal content uses that subject's own data key, kept wrapped in the ``keys`` table: once that row is
gone, nobody can read the content again, wherever a copy of it lies.
"""

import contextlib
import secrets
from collections.abc import Mapping
from typing import Any, Literal, get_args

from shared import aws
from shared.cache import Recent
from shared.schema import DataKeyRow, ShopRow
from shared.settings import settings
from shared.tables import LostRace, find, save

NONCE_BYTES = 12
NO_DATA_KEY = bytes(2)
"""Two bytes say how long the wrapped data key is that follows them; without one, KMS sealed what follows itself."""


def seal(plaintext: bytes, context: Mapping[str, str]) -> bytes:
    """``plaintext`` under a fresh data key. ``context`` must be given again to open it (KMS encryption context)."""
    made = _data_key(context)
    wrapped: bytes = made["CiphertextBlob"]
    return len(wrapped).to_bytes(2) + wrapped + _encrypt(made["Plaintext"], plaintext)


def seal_secret(secret: bytes, context: Mapping[str, str]) -> bytes:
    """As :func:`seal`, for secrets (KMS takes up to 4 KB), which open by one call and no code of ours."""
    return NO_DATA_KEY + _encrypt_by_kms(secret, context)


def unseal(sealed: bytes, context: Mapping[str, str]) -> bytes:
    """What :func:`seal` or :func:`seal_secret` sealed under the same context. Raises when either was altered."""
    if sealed.startswith(NO_DATA_KEY):
        return _decrypt_by_kms(sealed[2:], context)
    begins = 2 + int.from_bytes(sealed[:2])
    return _decrypt(_decrypt_by_kms(sealed[2:begins], context), sealed[begins:])


def seal_for(shop: str, subject: str, plaintext: bytes) -> bytes:
    """Personal content under the subject's own key, made at the first use."""
    return _encrypt(_subject_key(shop, subject, make=True), plaintext)


def unseal_for(shop: str, subject: str, sealed: bytes) -> bytes:
    """What :func:`seal_for` sealed. Raises LookupError when the subject's key is gone."""
    return _decrypt(_subject_key(shop, subject, make=False), sealed)


_subject_keys: Recent[bytes] = Recent(seconds=60, limit=1_000)


def _subject_key(shop: str, subject: str, *, make: bool) -> bytes:
    def fetch() -> bytes:
        row = find(DataKeyRow, f"{shop}#{subject}") or (_new_subject_key(shop, subject) if make else None)
        if row is None:
            msg = "the key of this subject is gone"
            raise LookupError(msg)
        return _decrypt_by_kms(row.wrapped, {"shop": shop, "subject": subject})

    return _subject_keys.get((shop, subject), fetch)


def _new_subject_key(shop: str, subject: str) -> DataKeyRow | None:
    made = _data_key({"shop": shop, "subject": subject})
    row = DataKeyRow(f"{shop}#{subject}", wrapped=made["CiphertextBlob"])
    try:
        save(row, DataKeyRow.pk.does_not_exist())
    except LostRace:
        return find(DataKeyRow, f"{shop}#{subject}")
    return row


def _data_key(context: Mapping[str, str]) -> Any:
    return aws.client("kms").generate_data_key(
        KeyId=settings.kms_key, KeySpec="AES_256", EncryptionContext=dict(context)
    )


def _encrypt_by_kms(plaintext: bytes, context: Mapping[str, str]) -> bytes:
    answer = aws.client("kms").encrypt(KeyId=settings.kms_key, Plaintext=plaintext, EncryptionContext=dict(context))
    return bytes(answer["CiphertextBlob"])


def _decrypt_by_kms(sealed: bytes, context: Mapping[str, str]) -> bytes:
    answer = aws.client("kms").decrypt(KeyId=settings.kms_key, CiphertextBlob=sealed, EncryptionContext=dict(context))
    return bytes(answer["Plaintext"])


def _encrypt(key: bytes, plaintext: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - 50 ms that most requests never need

    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, None)


def _decrypt(key: bytes, sealed: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - as above

    return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)


InstallationSecret = Literal["cursor", "session"]

_installation: Recent[bytes] = Recent(seconds=3600)


def installation_secret(name: InstallationSecret) -> bytes:
    """256 random bits that all processes of this installation share under ``name``. Raises LookupError before
    bootstrap.
    """

    def fetch() -> bytes:
        row = find(ShopRow, "platform", f"secret#{name}")
        if row is None:
            msg = f"this installation has no secret {name!r}: bootstrap makes it"
            raise LookupError(msg)
        return unseal(row.sealed or b"", {"secret": name})

    return _installation.get(name, fetch)


def make_installation_secrets() -> None:
    """Make those that are not there yet. Only bootstrap does: what serves requests has no right to write them."""
    for name in get_args(InstallationSecret):
        if find(ShopRow, "platform", f"secret#{name}") is None:
            row = ShopRow("platform", f"secret#{name}", sealed=seal_secret(secrets.token_bytes(32), {"secret": name}))
            # Another bootstrap may have made it first, and its cursors may already be out.
            with contextlib.suppress(LostRace):
                save(row, ShopRow.pk.does_not_exist())


def clear_caches() -> None:
    _subject_keys.clear()
    _installation.clear()
