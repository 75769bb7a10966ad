"""What infra/cost says that chat and the night take is what they take: counted, and compared."""

from collections import Counter
from collections.abc import Callable

from infra.cost import operations
from infra.cost.operations import Operation
from shared.schema import ChunkRow
from shared.settings import settings
from tests.compliance.chat import deliver, tick, waiting
from tests.compliance.test_app import ingest
from tests.compliance.test_chunks import twenty_messages
from tests.faults.harness.item_size import item_bytes
from tests.faults.harness.snapshot import rows_in_moto
from tests.faults.harness.units import Units, count_units
from tests.support.shop import MovableClock, TestShop
from tests.support.tables import Platform

Figures = tuple[float, float, dict[str, int]]
OVERHEAD_BYTES = 100
READ_UNIT_BYTES = 4_096
SCORED_DAYS = 2
"""A UTC day has hours of two days in Shanghai."""


def counted(act: Callable[[], object]) -> Units:
    with count_units() as units:
        act()
    return units


def told(each: Operation) -> Figures:
    return each.writes, each.reads, dict(each.calls)


def found(units: Units) -> Figures:
    return units.writes, units.reads, dict(units.calls)


def test_twenty_messages_are_taken_in_and_packed_for_what_the_table_says(platform: Platform, tea: TestShop) -> None:
    # The first time a process also asks where its queue is, and the shop gets its job.
    ingest(tea, twenty_messages())
    deliver("pack", waiting(platform, "chat"))

    taken = counted(lambda: ingest(tea, twenty_messages()))
    bodies = waiting(platform, "chat")
    packed = counted(lambda: deliver("pack", bodies))

    assert (found(taken), found(packed)) == (told(operations.INGEST), told(operations.PACK))
    assert operations.PACK.taken == len(bodies)
    assert operations.PACK.each == sum(row.messages for row in ChunkRow.scan())


def test_a_night_takes_what_the_table_says(platform: Platform, tea: TestShop, time: MovableClock) -> None:
    ingest(tea, twenty_messages())
    deliver("pack", waiting(platform, "chat"))
    idle = counted(tick)
    time.forward(days=1)
    due = counted(tick)
    asked = waiting(platform, "scoring")
    scored = counted(lambda: deliver("score", asked))

    assert found(idle) == told(operations.TICK)
    assert (due.writes, due.reads) == (operations.DUE.writes, operations.DUE.reads + idle.reads)
    # A process asks where its queue is once in its life.
    assert due.calls - idle.calls - Counter({"sqs.GetQueueUrl": 1}) == operations.DUE.calls
    assert found(scored) == told(operations.SCORE)


def test_what_the_night_keeps_and_reads_again_is_no_larger_than_the_table_says(
    platform: Platform, tea: TestShop, time: MovableClock
) -> None:
    ingest(tea, twenty_messages())
    deliver("pack", waiting(platform, "chat"))
    time.forward(days=1)
    tick()
    deliver("score", waiting(platform, "scoring"))

    kept = rows_in_moto()[settings.table("messages")].values()
    (chunk,) = [item_bytes(row) for row in kept if "packed" in row]
    scores = sum(OVERHEAD_BYTES + item_bytes(row) for row in kept if "packed" not in row)

    assert chunk + OVERHEAD_BYTES <= operations.PACK.kept_bytes
    assert scores <= operations.SCORE.kept_bytes
    assert SCORED_DAYS * chunk <= operations.READ_CHAT.reads * READ_UNIT_BYTES
