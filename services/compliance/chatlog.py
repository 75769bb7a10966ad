"""One message of a chat log: as it is sent to us, as we keep it, and its canonical bytes. Pure.

The same form reads a line of a file and an item of an ingest call, so the two refuse the same things.
"""

import re
from collections.abc import Callable
from datetime import datetime, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, NotRequired

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, TypeAdapter, WithJsonSchema, with_config
from pydantic_core import PydanticCustomError
from typing_extensions import TypedDict

from shared.forms import Zone

NS = 1_000_000_000
TEXT_MAX = 10_000
FIRST_YEAR, LAST_YEAR = 2002, 2199
"""Between these every time has 19 digits of nanoseconds, so canonical bytes order as time does."""

_MINUTE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d", re.ASCII)
_OFFSET = re.compile(r"[Zz]|[+-]\d\d:\d\d", re.ASCII)
_SECONDS = {f":{second:02}": second * NS for second in range(60)}
_FINEST = 9


def instant_ns(value: Any) -> int:
    """An RFC 3339 time as nanoseconds since 1970, nothing cut off. For pydantic: raises its errors.

    Cut into pieces by place: the minute is looked up, because a log has few minutes and many lines.
    """
    if not isinstance(value, str):
        raise _unreadable()
    behind = -1 if value[-1:] in "Zz" else -6
    second, fraction = _SECONDS.get(value[16:19]), value[19:behind]
    if second is None:
        raise _unreadable()
    return _minute_ns(value[:16], value[behind:]) + second + (_fraction_ns(fraction) if fraction else 0)


@lru_cache(maxsize=100_000)
def _minute_ns(minute: str, offset: str) -> int:
    """The beginning of ``2026-03-18T10:00`` at an offset."""
    if not _MINUTE.fullmatch(minute):
        raise _unreadable()
    if not _OFFSET.fullmatch(offset):
        raise PydanticCustomError("timezone_aware", "the offset is missing")
    try:
        at = datetime.fromisoformat(minute + offset.upper())
    except ValueError:
        raise _unreadable() from None
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise PydanticCustomError("time_range", "not in {first} to {last}", {"first": FIRST_YEAR, "last": LAST_YEAR})
    return int(at.timestamp()) * NS


@lru_cache(maxsize=4096)
def _fraction_ns(text: str) -> int:
    digits = text[1:]
    if text[0] != "." or not (digits.isdigit() and digits.isascii()):
        raise _unreadable()
    kept = digits.rstrip("0")
    if len(kept) > _FINEST:
        raise PydanticCustomError("time_too_fine", "finer than nanoseconds")
    return int(kept.ljust(_FINEST, "0"))


def _unreadable() -> PydanticCustomError:
    return PydanticCustomError("datetime_parsing", "not an RFC 3339 time")


def rfc3339(at_ns: int, zone: tzinfo) -> str:
    """The time as RFC 3339 on the clocks of ``zone``, with as many digits as it has."""
    seconds, fraction = divmod(at_ns, NS)
    text = datetime.fromtimestamp(seconds, zone).isoformat()
    digits = f".{fraction:09}".rstrip("0") if fraction else ""
    return text[:19] + digits + text[19:]


Instant = Annotated[int, BeforeValidator(instant_ns), WithJsonSchema({"type": "string", "format": "date-time"})]
Id = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,128}$")]
Sender = Literal["customer", "agent", "bot", "system"]
Surface = Literal["chat", "review_reply", "sms", "email", "call", "push"]
Kind = Literal["service", "marketing", "transactional", "refusal"]


class Message(NamedTuple):
    """A message as we keep it. ``at_ns`` counts nanoseconds since 1970; absent texts are empty."""

    message_id: str
    customer_id: str
    at_ns: int
    sender: str
    agent_id: str
    surface: str
    kind: str
    customer_tz: str
    image_qr: str
    text: str


SEPARATOR = "\x1f"
"""ASCII's unit separator. Only the last field, the text, may have it inside."""


def canonical(message: Message) -> bytes:
    """The one spelling of a message: its fields in order, UTF-8. The same content is the same bytes, whatever offset
    its time was written with and whichever defaults were left out; another content is other bytes.
    """
    return SEPARATOR.join([*message[:2], str(message.at_ns), *message[3:]]).encode()


def anonymous(message: Message) -> bytes:
    """The canonical bytes without the customer's id: what digests are made of."""
    it, to = message, SEPARATOR
    return (
        f"{it.message_id}{to}{it.at_ns}{to}{it.sender}{to}{it.agent_id}{to}{it.surface}{to}{it.kind}{to}"
        f"{it.customer_tz}{to}{it.image_qr}{to}{it.text}"
    ).encode()


# Not a class: a line has a field `from`. Not a model: reading a million of them takes two thirds of the time so.
ChatLine = TypedDict(
    "ChatLine",
    {
        "message_id": Annotated[Id, Field(description="The shop's id of the message; a repeated one counts once.")],
        "customer_id": Annotated[Id, Field(description="The shop's own id of the customer.")],
        "at": Annotated[Instant, Field(description="When it was sent, with its offset.")],
        "from": Annotated[Sender, Field(description="`agent` is a person who works for the shop.")],
        "agent_id": NotRequired[
            Annotated[Id | None, Field(description="Which agent or sub-account; all count as the shop.")]
        ],
        "text": NotRequired[
            Annotated[str | None, Field(max_length=TEXT_MAX, description="Needed but for calls, which carry none.")]
        ],
        "surface": NotRequired[Annotated[Surface, Field(description="`chat` if it is not said.")]],
        "kind": NotRequired[
            Annotated[
                Kind,
                Field(description="`service` if it is not said. `refusal`: the customer wants no more marketing."),
            ]
        ],
        "customer_tz": NotRequired[Annotated[Zone | None, Field(description="The customer's time zone, if known.")]],
        "image_qr": NotRequired[
            Annotated[
                str | None,
                Field(max_length=4096, pattern=r"^[^\x1f]*$", description="What a QR code in a sent picture says."),
            ]
        ],
    },
)
ChatLine.__doc__ = "One message between the shop and a customer."
with_config(ConfigDict(extra="forbid", strict=True))(ChatLine)


def _message(line: ChatLine) -> Message:
    """What a line says, once its fields fit together."""
    surface, kind, text = line.get("surface", "chat"), line.get("kind", "service"), line.get("text")
    if surface == "call":
        if text:
            raise PydanticCustomError("call_with_text", "calls carry no text")
    elif text is None:
        raise PydanticCustomError("text_missing", "a message needs its text")
    if kind == "refusal" and line["from"] != "customer":
        raise PydanticCustomError("refusal_not_by_customer", "only a customer can refuse")
    return Message(
        line["message_id"],
        line["customer_id"],
        line["at"],
        line["from"],
        line.get("agent_id") or "",
        surface,
        kind,
        line.get("customer_tz") or "",
        line.get("image_qr") or "",
        text or "",
    )


if TYPE_CHECKING:
    Line = Message
else:
    # Reading a line gives a message.
    Line = Annotated[ChatLine, AfterValidator(_message)]

parse: Callable[[bytes | str], Message] = TypeAdapter(Line).validator.validate_json
"""The message that one JSON object says. Raises pydantic's ValidationError with every fault."""
