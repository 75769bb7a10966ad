"""Many messages as one compressed piece: a row of the table, a message of the queue. Pure.

A chunk is gzip over a JSON list of messages, each a list of its fields. It is named by its content: the same messages
make the same bytes and the same name, so that writing them again changes nothing.
"""

import base64
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from services.compliance.chatlog import NS, Message, canonical
from shared import ids

SLICES = 4
"""Partitions of a shop's day, by customer. Fixed for ever: readers ask for each."""
PART_MAX_BYTES = 200_000
CHUNK_MAX_BYTES = 300_000
"""DynamoDB takes 400 KB an item."""


@dataclass(frozen=True)
class Chunk:
    """Messages of one UTC day and slice. ``name`` is the digest of what it says."""

    day: date
    slice: int
    name: str
    packed: bytes
    count: int


def pack(messages: Iterable[Message]) -> bytes:
    """The messages, each different one once and in canonical order, compressed. The same set is the same bytes."""
    return _pack(_in_order(messages))


def unpack(packed: bytes) -> Iterator[Message]:
    """What :func:`pack` packed."""
    return map(Message._make, json.loads(gzip.decompress(packed)))


def _in_order(messages: Iterable[Message]) -> list[Message]:
    return sorted(set(messages), key=canonical)


def _spell(messages: Sequence[Message]) -> bytes:
    return json.dumps(messages, ensure_ascii=False, separators=(",", ":")).encode()


def _pack(messages: Sequence[Message]) -> bytes:
    # No time in the header: it would make the same content different bytes.
    return gzip.compress(_spell(messages), mtime=0)


def cut(messages: Iterable[Message]) -> list[Chunk]:
    """The chunks that hold these messages, by UTC day and slice."""
    groups: defaultdict[tuple[date, int], list[Message]] = defaultdict(list)
    for message in messages:
        groups[utc_day(message.at_ns), slice_of(message.customer_id)].append(message)
    return [chunk for (day, number), group in sorted(groups.items()) for chunk in _chunks(day, number, group)]


def _chunks(day: date, number: int, messages: Sequence[Message]) -> Iterator[Chunk]:
    for packed, kept in _fitting(_in_order(messages), CHUNK_MAX_BYTES):
        yield Chunk(day, number, ids.digest(_spell(kept)), packed, len(kept))


def _fitting(messages: Sequence[Message], most_bytes: int) -> Iterator[tuple[bytes, Sequence[Message]]]:
    """Packed pieces of at most ``most_bytes``, by halving; a single message always fits."""
    packed = _pack(messages)
    if len(packed) <= most_bytes or len(messages) == 1:
        yield packed, messages
        return
    middle = len(messages) // 2
    yield from _fitting(messages[:middle], most_bytes)
    yield from _fitting(messages[middle:], most_bytes)


def utc_day(at_ns: int) -> date:
    return datetime.fromtimestamp(at_ns // NS, UTC).date()


def slice_of(customer_id: str) -> int:
    return ids.slice_of(customer_id, SLICES)


# ── the queue between ingest and packer ──────────────────────────────────────────────────────────


def parts(shop: str, messages: Iterable[Message]) -> list[dict[str, Any]]:
    """The messages as bodies of queue messages, each of at most 200 KB."""
    room = (PART_MAX_BYTES - 200) * 3 // 4  # base64 makes four of three; the rest is the envelope
    return [
        {"type": "chat.part", "version": 1, "shop": shop, "gzip": base64.b64encode(packed).decode()}
        for packed, _ in _fitting(_in_order(messages), room)
    ]


def read_part(body: Mapping[str, Any]) -> tuple[str, list[Message]]:
    """The shop and the messages of one part."""
    return str(body["shop"]), list(unpack(base64.b64decode(body["gzip"])))
