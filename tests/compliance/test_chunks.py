"""Chunks: the same messages are the same bytes, and a message costs little."""

import json
import random

from hypothesis import given
from hypothesis import strategies as st

from services.compliance import chunks, store
from services.compliance.chatlog import Message
from services.compliance.chunks import Chunk
from shared import ids
from tests.compliance.chat import a_day_of_chat, a_line, an_answer, at, messages
from tests.faults.harness.units import count_units
from tests.support.shop import TestShop


def everything(found: list[Chunk]) -> list[Message]:
    return [message for chunk in found for message in chunks.unpack(chunk.packed)]


@given(st.integers(0, 99), st.randoms(use_true_random=False))
def test_the_same_messages_are_the_same_chunks_in_any_order_and_number(seed: int, draw: random.Random) -> None:
    said = messages(a_day_of_chat(seed, size=20))
    again = said + draw.choices(said, k=5)
    draw.shuffle(again)

    assert chunks.cut(again) == chunks.cut(said)
    assert chunks.pack(again) == chunks.pack(said)
    assert set(everything(chunks.cut(again))) == set(said)


def test_a_chunk_holds_one_utc_day_and_one_slice() -> None:
    said = messages(a_line(at(clock), customer_id=f"u{n}") for clock in ("07:59", "08:00") for n in range(20))

    found = chunks.cut(said)

    assert len(found) == 2 * chunks.SLICES
    for chunk in found:
        kept = list(chunks.unpack(chunk.packed))
        assert {(chunks.utc_day(each.at_ns), chunks.slice_of(each.customer_id)) for each in kept} == {
            (chunk.day, chunk.slice)
        }
        assert chunk.count == len(kept)


def test_two_contents_of_one_id_are_both_kept() -> None:
    said = messages([a_line(message_id="m1", text="a"), a_line(message_id="m1", text="b")])

    assert len(everything(chunks.cut(said))) == 2


def test_a_part_is_small_enough_for_the_queue_however_badly_it_compresses() -> None:
    draw = random.Random(7)
    noise = ["".join(chr(draw.randrange(0x4E00, 0x9FFF)) for _ in range(9_000)) for _ in range(40)]
    said = messages(a_line(text=text) for text in noise)

    parts = chunks.parts("tea", said)

    assert len(parts) > 1
    assert all(len(json.dumps(part)) <= chunks.PART_MAX_BYTES for part in parts)
    assert {message for part in parts for message in chunks.read_part(part)[1]} == set(said)
    assert all(len(chunk.packed) <= chunks.CHUNK_MAX_BYTES for chunk in chunks.cut(said))


def test_from_twenty_messages_a_chunk_a_message_costs_a_tenth_of_a_write_unit(tea: TestShop) -> None:
    (chunk,) = chunks.cut(messages(twenty_messages()))
    assert chunk.count == 20

    with count_units() as units:
        store.save_chunk("tea", chunk)

    assert units.of("messages").writes <= 0.1 * 20


def twenty_messages() -> list[dict[str, object]]:
    """A talk of ten questions and answers, with random ids and sentences of the length people write."""
    draw = random.Random(3)
    words = [
        "请问",
        "这款茶叶",
        "什么时候",
        "发货",
        "今年新茶",
        "有货吗",
        "便宜一点",
        "物流单号",
        "查询一下",
        "包装破损",
    ]

    def sentence() -> str:
        return "".join(draw.choices(words, k=draw.randrange(3, 8)))

    def asked(number: int) -> dict[str, object]:
        who = {"customer_id": "customer-8839201", "message_id": ids.digest(f"question {number}"), "text": sentence()}
        return a_line(f"10:{number:02}:{draw.randrange(60):02}.{draw.randrange(1000):03}", **who)

    def answered(number: int) -> dict[str, object]:
        who = {"customer_id": "customer-8839201", "message_id": ids.digest(f"answer {number}"), "text": sentence()}
        return an_answer(f"10:{number + 1:02}:{draw.randrange(60):02}.{draw.randrange(1000):03}", **who)

    return [each for number in range(10) for each in (asked(number), answered(number))]
