"""What a caller can be told. Bugs are not in this list: they crash, alarm and answer 500.

DomainError
├─ Invalid            the request is not of the form asked for, with a fault for every wrong place
├─ Unauthenticated    no credential, or one that does not hold
├─ Forbidden          yours is known, and it does not reach this far
├─ Missing            no such thing, or not yours to know of (both answer alike)
├─ Conflict           true a moment ago, not now
├─ TooLarge           the body is over the limit
├─ UnsupportedMedia   the body is not JSON
├─ RateLimited        too many requests of one caller
└─ Refused            understood; a rule says no, and says why

Each carries a stable ``code`` for programs and the name of a sentence (``text``) in
shared/texts for people; ``facts`` fill the sentence and travel in the answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fault:
    """One wrong place in a body: an RFC 6901 pointer and the sentence that explains it."""

    pointer: str
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)


class DomainError(Exception):
    """A refusal the caller can act on."""

    code = "error"

    def __init__(self, text: str = "", **facts: Any) -> None:
        """``text`` names the sentence (default: the code); ``facts`` are JSON values, times as RFC 3339."""
        self.text = text or self.code
        self.facts = facts
        super().__init__(f"{self.code}: {self.text} {facts or ''}".rstrip())


class Invalid(DomainError):
    """A body or query that does not fit. ``faults`` names every wrong place, not only the first."""

    code = "invalid"

    def __init__(self, *faults: Fault, text: str = "") -> None:
        self.faults = faults
        super().__init__(text)


class Malformed(Invalid):
    """Not readable at all: broken JSON, broken UTF-8."""

    code = "malformed"


class KeyMissing(Invalid):
    """The route moves value and needs an Idempotency-Key."""

    code = "idempotency_key_missing"


class KeyReused(Invalid):
    """The Idempotency-Key was used for another body."""

    code = "idempotency_key_reused"


class Unauthenticated(DomainError):
    code = "unauthenticated"


class Forbidden(DomainError):
    code = "forbidden"


class Missing(DomainError):
    code = "not_found"


class Conflict(DomainError):
    code = "conflict"


class TooLarge(DomainError):
    code = "too_large"


class UnsupportedMedia(DomainError):
    code = "unsupported_media_type"


class RateLimited(DomainError):
    """Too many requests of one caller; ``retry_after_s`` says when to come back."""

    code = "rate_limited"


REFUSALS = frozenset(
    {"not_eligible", "already_participated", "not_open", "sold_out", "limit_reached", "insufficient_points"}
)


class Refused(DomainError):
    """A rule of the shop says no. The code is one of REFUSALS."""

    def __init__(self, code: str, text: str = "", **facts: Any) -> None:
        if code not in REFUSALS:
            msg = f"{code!r} is not a refusal that callers know"
            raise ValueError(msg)
        self.code = code
        super().__init__(text, **facts)
