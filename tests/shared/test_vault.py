"""Sealing: what KMS is asked, and that nothing opens under another key, another context or after a change."""

import secrets
from collections.abc import Callable, Iterator, Mapping

import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber
from cryptography.exceptions import InvalidTag

from shared import aws, vault
from shared.schema import DataKeyRow
from shared.settings import settings
from tests.support.shop import MovableClock
from tests.support.tables import Platform

Seal = Callable[[bytes, Mapping[str, str]], bytes]
KEY, CONTEXT = secrets.token_bytes(32), {"shop": "tea", "key": "k1"}
MADE = {"CiphertextBlob": b"wrapped", "Plaintext": KEY, "KeyId": "k"}


@pytest.fixture
def kms() -> Iterator[Stubber]:
    """KMS as scripted answers."""
    aws.disconnect()
    with Stubber(aws.client("kms")) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()
    aws.disconnect()


@pytest.fixture
def ready(platform: Platform, time: MovableClock) -> None:
    vault.clear_caches()


class TestWhatKmsIsAsked:
    def test_sealing_asks_for_a_data_key_bound_to_the_context(self, kms: Stubber) -> None:
        asked = {"KeyId": settings.kms_key, "KeySpec": "AES_256", "EncryptionContext": CONTEXT}
        kms.add_response("generate_data_key", MADE, asked)

        sealed = vault.seal(b"secret", CONTEXT)

        assert sealed[2:9] == b"wrapped"
        assert b"secret" not in sealed
        assert KEY not in sealed

    def test_opening_unwraps_the_data_key_under_the_same_context(self, kms: Stubber) -> None:
        kms.add_response("generate_data_key", MADE, {"KeyId": ANY, "KeySpec": ANY, "EncryptionContext": ANY})
        asked = {"KeyId": settings.kms_key, "CiphertextBlob": b"wrapped", "EncryptionContext": CONTEXT}
        kms.add_response("decrypt", {"Plaintext": KEY}, asked)

        assert vault.unseal(vault.seal(b"secret", CONTEXT), CONTEXT) == b"secret"

    def test_a_secret_is_sealed_and_opened_by_kms_itself(self, kms: Stubber) -> None:
        asked = {"KeyId": settings.kms_key, "EncryptionContext": CONTEXT}
        kms.add_response("encrypt", {"CiphertextBlob": b"sealed"}, asked | {"Plaintext": b"secret"})
        kms.add_response("decrypt", {"Plaintext": b"secret"}, asked | {"CiphertextBlob": b"sealed"})

        assert vault.unseal(vault.seal_secret(b"secret", CONTEXT), CONTEXT) == b"secret"

    def test_a_refusal_of_kms_is_raised_as_it_is(self, kms: Stubber) -> None:
        kms.add_client_error("generate_data_key", "AccessDeniedException", http_status_code=400)

        with pytest.raises(ClientError, match="AccessDenied"):
            vault.seal(b"secret", CONTEXT)


@pytest.mark.usefixtures("ready")
@pytest.mark.parametrize("seal", [vault.seal, vault.seal_secret])
class TestSeal:
    def test_what_was_sealed_opens_again(self, seal: Seal) -> None:
        assert vault.unseal(seal("茶".encode(), CONTEXT), CONTEXT) == "茶".encode()

    def test_it_opens_under_no_other_context(self, seal: Seal) -> None:
        with pytest.raises(ClientError):
            vault.unseal(seal(b"secret", CONTEXT), CONTEXT | {"shop": "coffee"})

    def test_a_changed_byte_does_not_open(self, seal: Seal) -> None:
        sealed = bytearray(seal(b"secret", CONTEXT))
        sealed[-1] ^= 1

        with pytest.raises((InvalidTag, ClientError)):
            vault.unseal(bytes(sealed), CONTEXT)


@pytest.mark.usefixtures("ready")
class TestSubjectKeys:
    def test_every_subject_has_a_key_of_its_own(self) -> None:
        one = vault.seal_for("tea", "s1", b"secret")
        vault.seal_for("tea", "s2", b"other")

        assert vault.unseal_for("tea", "s1", one) == b"secret"
        with pytest.raises(InvalidTag):
            vault.unseal_for("tea", "s2", one)

    def test_a_wrapped_key_under_another_subjects_name_does_not_open(self) -> None:
        vault.seal_for("tea", "s1", b"secret")
        moved = DataKeyRow.get("tea#s1").wrapped
        DataKeyRow("tea#s2", wrapped=moved).save()

        with pytest.raises(ClientError):
            vault.seal_for("tea", "s2", b"other")

    def test_the_key_is_made_once(self) -> None:
        vault.seal_for("tea", "s1", b"a")
        first = DataKeyRow.get("tea#s1").wrapped
        vault.clear_caches()

        vault.seal_for("tea", "s1", b"b")

        assert DataKeyRow.get("tea#s1").wrapped == first

    def test_opening_never_makes_a_key(self) -> None:
        with pytest.raises(LookupError):
            vault.unseal_for("tea", "s1", b"x" * 40)

        assert list(DataKeyRow.scan()) == []

    def test_a_key_that_is_gone_is_gone_everywhere_within_a_minute(self, time: MovableClock) -> None:
        sealed = vault.seal_for("tea", "s1", b"secret")
        DataKeyRow("tea#s1").delete()

        time.forward(seconds=61)

        with pytest.raises(LookupError):
            vault.unseal_for("tea", "s1", sealed)


@pytest.mark.usefixtures("ready")
class TestInstallationSecret:
    def test_all_processes_share_it(self) -> None:
        vault.make_installation_secrets()
        first = vault.installation_secret("cursor")
        vault.clear_caches()

        assert vault.installation_secret("cursor") == first
        assert vault.installation_secret("session") != first
        assert len(first) == 32

    def test_it_is_made_once(self) -> None:
        vault.make_installation_secrets()
        first = vault.installation_secret("cursor")
        vault.clear_caches()

        vault.make_installation_secrets()

        assert vault.installation_secret("cursor") == first

    def test_it_is_never_made_in_passing(self) -> None:
        with pytest.raises(LookupError, match="bootstrap"):
            vault.installation_secret("cursor")
