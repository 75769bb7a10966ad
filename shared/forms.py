"""The pydantic pieces that requests and answers are made of, and what is wrong with a form, said in our words."""

from collections.abc import Iterable
from typing import Annotated, Any
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from shared import ids, texts
from shared.errors import Fault, Invalid, Malformed


class In(BaseModel):
    """What a caller sends. Strict: no unknown field, no text where a number belongs."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, defer_build=True)


class Out(BaseModel):
    """What a caller gets."""

    model_config = ConfigDict(frozen=True, defer_build=True)


def _whole(value: Any) -> Any:
    # JSON has one kind of number: 5.0 is the integer 5, 5.5 is none, and "5" and true are not numbers.
    return int(value) if isinstance(value, float) and value.is_integer() else value


Int = Annotated[int, BeforeValidator(_whole)]
"""A JSON number without a fraction."""

Slug = Annotated[str, Field(pattern=ids.SLUG)]
"""A name in a path: see shared.ids.SLUG."""


def _languages(value: dict[str, str]) -> dict[str, str]:
    unknown = sorted(set(value) - set(texts.LANGUAGES))
    if unknown:
        raise PydanticCustomError("unknown_language", "unknown language {language}", {"language": unknown[0]})
    if not value:
        raise PydanticCustomError("no_language", "at least one language is needed")
    return value


def localized(longest: int, shortest: int = 1) -> Any:
    """A text of the shop's own in one or both languages, each of ``shortest`` to ``longest`` characters."""
    one = Annotated[str, Field(min_length=shortest, max_length=longest)]
    return Annotated[dict[str, one], AfterValidator(_languages)]


Localized = localized(80)


def _known_zone(value: str) -> str:
    if value not in available_timezones():
        raise PydanticCustomError("unknown_zone", "no such time zone")
    return value


Zone = Annotated[str, Field(max_length=64), AfterValidator(_known_zone)]
"""An IANA time-zone name."""


def invalid(error: ValidationError, *, prefix: str = "/") -> Invalid:
    """What pydantic found wrong, as faults with pointers. Unreadable JSON is ``malformed``."""
    found = error.errors(include_url=False, include_input=False)
    if any(fault["type"] == "json_invalid" for fault in found):
        return Malformed()
    return Invalid(
        *(Fault(pointer(fault["loc"], prefix), _sentence(fault["type"]), fault.get("ctx", {})) for fault in found)
    )


def pointer(loc: Iterable[str | int], prefix: str = "/") -> str:
    """An RFC 6901 pointer to a place in the body; ``?name`` for a query parameter."""
    steps = [str(step).replace("~", "~0").replace("/", "~1") for step in loc]
    return prefix + "/".join(steps) if steps else ""


def _sentence(kind: str) -> str:
    """Which of our sentences says what pydantic's error type means."""
    return kind if texts.knows(f"validation.{kind}") else "other"
