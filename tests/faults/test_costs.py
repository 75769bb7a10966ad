"""What infra/cost says that an operation of a customer takes is what it takes: counted, and compared."""

from collections.abc import Callable

import pytest

from infra.cost import operations
from infra.cost.operations import Operation
from shared.settings import settings
from tests.faults import pipe
from tests.faults.harness.item_size import item_bytes
from tests.faults.harness.units import Units, count_units
from tests.faults.pipe import Pipe, stream_records
from tests.faults.scene import AMEI, MISSED, XIN, Scene, Wish

OVERHEAD_BYTES = 100
"""What DynamoDB adds to an item when it bills for keeping it."""

ASKED: dict[Operation, Callable[[Scene], object]] = {
    operations.ACTIVITY: lambda scene: scene.look(AMEI),
    operations.ACCOUNT: lambda scene: scene.account(AMEI),
    operations.STATEMENT: lambda scene: scene.get("/points/v1/me/entries"),
    operations.INBOX: lambda scene: scene.inbox(AMEI),
    operations.CHECK_IN: lambda scene: scene.ask(Wish(AMEI), "k1"),
    operations.MAKE_UP: lambda scene: scene.ask(Wish(AMEI, make_up=MISSED), "k1"),
    operations.FIRST_CHECK_IN: lambda scene: scene.ask(Wish(XIN), "k1"),
}


def counted(act: Callable[[], object]) -> Units:
    with count_units() as units:
        act()
    return units


def told(each: Operation) -> tuple[float, float, dict[str, int]]:
    """What the table says."""
    return each.writes, each.reads, dict(each.calls)


def found(units: Units) -> tuple[float, float, dict[str, int]]:
    """What was counted."""
    return units.writes, units.reads, dict(units.calls)


@pytest.mark.parametrize("each", ASKED, ids=lambda each: each.name)
def test_a_request_takes_what_the_table_of_costs_says(scene: Scene, each: Operation) -> None:
    scene.fresh(warm=True)

    assert found(counted(lambda: ASKED[each](scene))) == told(each)


def test_a_process_that_does_not_remember_looks_up_no_more_than_the_table_says(scene: Scene) -> None:
    known = [each for each in ASKED if each is not operations.FIRST_CHECK_IN]

    extra = {each: _looked_up(scene, each) for each in known}

    assert extra[operations.CHECK_IN] == told(operations.NEWS)
    assert max(reads for _, reads, _ in extra.values()) == operations.NEWS.reads


def _looked_up(scene: Scene, each: Operation) -> tuple[float, float, dict[str, int]]:
    """What a new process takes more than one that remembers."""
    scene.fresh(warm=True)
    warm = counted(lambda: ASKED[each](scene))
    scene.fresh()
    cold = counted(lambda: ASKED[each](scene))
    return cold.writes - warm.writes, cold.reads - warm.reads, dict(cold.calls - warm.calls)


def test_an_entry_is_told_for_what_the_table_says(scene: Scene) -> None:
    chain = Pipe(scene)
    pipe.cold()
    chain.relay(stream_records()[:1])
    chain.sent()

    relayed = counted(lambda: chain.relay(stream_records()[-1:]))
    bodies = chain.sent()
    written = counted(lambda: chain.deliver(bodies))

    assert (found(relayed), found(written)) == (told(operations.RELAY), told(operations.MESSAGE))
    assert operations.MESSAGE.taken == len(bodies)


def test_rows_are_no_larger_than_the_table_says(scene: Scene) -> None:
    chain = Pipe(scene)
    chain.relay(stream_records())
    chain.deliver(chain.sent())

    def largest(table: str) -> int:
        rows = scene.rows()[settings.table(table)].items()
        return OVERHEAD_BYTES + max(item_bytes(row) for key, row in rows if table != "activities" or "state" in row)

    assert largest("entries") <= operations.CHECK_IN.kept_bytes
    assert sum(map(largest, ("accounts", "activities", "customers", "outreach"))) <= operations.MEMBER_BYTES
