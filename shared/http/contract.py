"""What a route declares, and what passes between it and its view: one declaration serves the running route, the OpenAPI
document and the tests that walk all routes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field

from shared import auth, errors, identity, ids
from shared.forms import In

WhoCalls = Literal["anyone", "public", "customer", "shop", "viewer", "editor", "owner", "platform", "platform_or_owner"]
BODY_MAX = 256 * 1024


@dataclass(frozen=True)
class Anyone:
    """Whoever asks: the body is the credential."""

    shop: str = ""


B = TypeVar("B")
Q = TypeVar("Q")


class Paging(In):
    """How much of a list, and from where."""

    limit: int = Field(20, ge=1, le=100, strict=False, description="At most this many items.")
    cursor: str | None = Field(None, max_length=1024, description="`next_cursor` of the page before.")


@dataclass(frozen=True)
class Contract:
    """One route, declared."""

    service: str
    method: str
    path: str
    who: WhoCalls
    body: Any
    query: type[BaseModel] | None
    returns: type[BaseModel] | None
    status: int
    idempotent: bool
    refuses: tuple[str, ...]
    view: Callable[..., Any]
    body_max: int = BODY_MAX


@dataclass(frozen=True)
class Answer:
    """A view's answer when it is more than a body: another status, more headers."""

    body: BaseModel | None
    status: int | None = None
    headers: Mapping[str, str] | None = None


class Call(Generic[B, Q]):
    """One request, verified and parsed."""

    def __init__(self, *, caller: Any, body: B, query: Q, language: str, key: str | None, request_id: str) -> None:
        self.caller = caller
        self.body = body
        self.query = query
        self.language = language
        self.idempotency_key = key or ""
        self.request_id = request_id

    @property
    def shop(self) -> str:
        return str(self.caller.shop)

    @property
    def subject(self) -> str | None:
        """The customer's subject, or None as long as nobody keeps a file (visitors have none)."""
        return getattr(self.caller, "subject", None)

    def require_subject(self) -> str:
        """The customer's subject, for things only somebody with a file can have. Raises Missing."""
        if self.subject is None:
            raise errors.Missing
        return self.subject

    @property
    def is_customer(self) -> bool:
        """On public routes: whether a customer asks rather than a visitor."""
        return isinstance(self.caller, auth.Customer)

    def make_subject(self) -> str:
        """The customer's subject, made if need be: call this only when something will be written."""
        return self.subject or identity.make_subject(self.caller.shop, self.caller.customer_id)

    def body_hash(self) -> str:
        """A digest of what the body says, however it was spaced."""
        body: Any = self.body
        return ids.digest(ids.canonical(body.model_dump(mode="json")))


View = Callable[..., BaseModel | Answer | None]
