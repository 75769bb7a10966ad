"""Tokens are what PyJWT makes and takes of HS256; whatever else a token can be is unreadable here."""

import base64
import hmac
import json
import string
from collections.abc import Mapping
from typing import Any

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import tokens
from shared.tokens import Unreadable

SECRET = b"a secret of more than thirty-two bytes, as PyJWT asks"
CLAIMS = {"aud": "tea", "sub": "u1", "exp": 1_800_000_000}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def part(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def by_hand(header: Mapping[str, Any] | bytes, claims: Mapping[str, Any] | bytes = CLAIMS) -> str:
    """A token of any content, rightly signed."""
    told = ".".join(part(raw if isinstance(raw, bytes) else json.dumps(raw).encode()) for raw in (header, claims))
    return f"{told}.{part(hmac.digest(SECRET, told.encode(), 'sha256'))}"


HEADER = {"alg": "HS256", "typ": "JWT", "kid": "k1"}
GOOD = by_hand(HEADER)


class TestBothWays:
    @given(st.dictionaries(st.text(max_size=5), JSON, max_size=4), st.binary(min_size=1, max_size=80))
    def test_what_was_signed_reads_back_under_its_secret_only(self, claims: dict[str, Any], secret: bytes) -> None:
        token = tokens.read(tokens.sign(claims, secret, key_id="k1"))

        assert (token.claims, token.header["kid"]) == (claims, "k1")
        assert token.is_signed_by(secret)
        assert not token.is_signed_by(secret + b"x")

    def test_pyjwt_takes_what_we_sign(self) -> None:
        made = tokens.sign(CLAIMS, SECRET, key_id="k1")

        assert jwt.decode(made, SECRET, ["HS256"], audience="tea") == CLAIMS
        assert jwt.get_unverified_header(made) == HEADER

    def test_we_take_what_pyjwt_signs(self) -> None:
        token = tokens.read(jwt.encode(CLAIMS, SECRET, "HS256", headers={"kid": "k1"}))

        assert (token.claims, token.header) == (CLAIMS, HEADER)
        assert token.is_signed_by(SECRET)

    def test_a_key_that_has_no_name_is_not_named(self) -> None:
        assert "kid" not in tokens.read(tokens.sign(CLAIMS, SECRET)).header

    @given(st.integers(0, len(GOOD) - 1), st.sampled_from("ABwx09-_.=+/ \n"))
    def test_no_letter_of_a_token_can_be_changed(self, place: int, letter: str) -> None:
        changed = GOOD[:place] + letter + GOOD[place + 1 :]
        try:
            held = tokens.read(changed).is_signed_by(SECRET)
        except Unreadable:
            held = False

        assert held == (changed == GOOD)


class TestUnreadable:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            ".",
            "..",
            "a.b",
            "签.到.签",
            "\ud800.e30.x",
            GOOD + ".x",
            GOOD + "=",
            GOOD + "\n",
            " " + GOOD,
            GOOD.replace(".", "..", 1),
            GOOD.rsplit(".", 1)[0] + ".",
            GOOD.rsplit(".", 1)[0] + ".A",
        ],
        ids=ascii,
    )
    def test_text_of_another_form(self, text: str) -> None:
        with pytest.raises(Unreadable):
            tokens.read(text)

    @pytest.mark.parametrize(
        "header",
        [
            {},
            {"alg": "none"},
            {"alg": "hs256"},
            {"alg": "HS512"},
            {"alg": "RS256"},
            {"alg": None},
            {"alg": ["HS256"]},
            HEADER | {"crit": ["exp"]},
            HEADER | {"b64": False},
            HEADER | {"b64": True},
        ],
        ids=str,
    )
    def test_another_algorithm_and_what_must_be_understood(self, header: dict[str, Any]) -> None:
        with pytest.raises(Unreadable):
            tokens.read(by_hand(header))

    @pytest.mark.parametrize(
        "raw",
        [
            b"",
            b"[]",
            b"null",
            b'"alg"',
            b"{",
            b'{"exp":NaN}',
            b'{"exp":Infinity}',
            b"{}{}",
            b"\xff",
            b"\xef\xbb\xbf{}",
            "{}".encode("utf-16"),
            b"[" * 3000,
            b'{"a":' * 3000,
        ],
        ids=lambda raw: ascii(raw[:20]),
    )
    def test_what_is_no_json_object(self, raw: bytes) -> None:
        for token in (by_hand(raw), by_hand(HEADER, raw)):
            with pytest.raises(Unreadable):
                tokens.read(token)

    def test_a_signature_is_spelled_in_one_way(self) -> None:
        told, last = GOOD[:-1], GOOD[-1]
        signature = base64.urlsafe_b64decode(GOOD.rpartition(".")[2] + "=")
        letters = string.ascii_letters + string.digits + "-_"
        alike = [
            other for other in letters if base64.urlsafe_b64decode((told + other).rpartition(".")[2] + "=") == signature
        ]

        assert len(alike) == 4
        for other in set(alike) - {last}:
            with pytest.raises(Unreadable):
                tokens.read(told + other)
