"""The matrix turns red when a handler is taken out of it, when one is added to the product, and when one is broken."""

import inspect
import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest

from shared import aws
from shared.http import Api, Call
from shared.settings import settings
from tests.faults import broken
from tests.faults.harness.handlers import ROOT, registered_handlers
from tests.faults.matrix.columns import columns_of
from tests.faults.matrix.registry import UNDECLARED, Cell, cells, check, declared_rows
from tests.faults.matrix.rows import Asked, Row, ask
from tests.faults.matrix.trial import Trial
from tests.faults.rows.activities import PARTICIPATE
from tests.faults.scene import Reply, Scene

HANDLERS = registered_handlers()
ROWS = declared_rows()

PLANTED: Mapping[Callable[[], AbstractContextManager[None]], tuple[str, str]] = {
    broken.throttled_crash: ("POST /admin/v1/keys", "service_errors"),
    broken.conflict_for_a_lost_race: ("compliance.pack", "service_errors"),
    broken.audit_apart: ("POST /admin/v1/keys", "crashes"),
    broken.moved_before_asked: ("compliance.tick", "crashes"),
    broken.swallowed_message: ("notifications.on_event", "crashes"),
    broken.batch_for_one: ("notifications.on_event", "poison"),
    broken.old_news: ("notifications.on_event", "any_order"),
    broken.swallowed_batch: ("points.relay", "short"),
    broken.unreadable_for_read: ("points.relay", "unreadable"),
    broken.unconditional_definition: ("PUT /activities/v1/admin/activities/{activity_id}", "two_at_once"),
    broken.old_decision: (PARTICIPATE, "old_reads"),
    broken.missing_replay: (PARTICIPATE, "crashes"),
    broken.forgotten_at_midnight: (PARTICIPATE, "midnight"),
    broken.double_add: (PARTICIPATE, "crashes"),
    broken.lost_update: (PARTICIPATE, "two_at_once"),
}


@pytest.fixture(scope="module")
def furnished(opened_scene: Scene) -> Scene:
    opened_scene.furnish()
    return opened_scene


@pytest.mark.parametrize("bug", PLANTED, ids=lambda bug: bug.__name__)
def test_a_planted_bug_is_caught(furnished: Scene, bug: Callable[[], AbstractContextManager[None]]) -> None:
    handler, column = PLANTED[bug]
    row = next(row for row in ROWS if str(row) == handler)
    trial = Trial(furnished, row)

    with bug(), pytest.raises(AssertionError):
        columns_of(row)[column](trial)


@pytest.mark.parametrize("name", sorted(HANDLERS))
def test_taking_a_handler_out_is_noticed(name: str) -> None:
    without = [row for row in ROWS if row.handler != name]

    (cell,) = [cell for cell in cells(HANDLERS, without) if cell.row is None]

    assert cell == Cell(name, None, UNDECLARED)
    with pytest.raises(AssertionError, match="is in no fault test"):
        check(cell, HANDLERS, None)


def test_a_new_handler_is_noticed_whatever_sets_it_off() -> None:
    app = Api("example")

    @app.get("/v1/things", who="viewer")
    def things(call: Call[None, None]) -> None:
        """Nothing."""

    app.on_sqs_message(queue="q", name="taken")(print)
    app.on_dynamodb_record(stream_arn="arn:aws:dynamodb:::table/t/stream/1", name="told")(print)
    app.schedule("rate(1 day)", name="nightly")(print)
    app.lambda_function(name="by_hand")(print)
    found = registered_handlers([app])

    unknown = {cell.handler for cell in cells(HANDLERS | found, ROWS) if cell.row is None}

    assert unknown == {"GET /example/v1/things", "example.taken", "example.told", "example.nightly", "example.by_hand"}
    assert {handler.kind for handler in found.values()} == {"route", "queue", "stream", "schedule", "function"}


def test_a_row_of_a_handler_that_is_gone_is_noticed() -> None:
    left = [Asked(handler="POST /points/v1/nothing"), *ROWS]

    (cell,) = [cell for cell in cells(HANDLERS, left) if cell.row is None]

    with pytest.raises(AssertionError, match="no service has such a handler"):
        check(cell, HANDLERS, None)


@dataclass(frozen=True, kw_only=True)
class Elsewhere(Asked):
    """A row that sets off another handler than it says."""

    def attempt(self, scene: Scene) -> Reply:
        return ask(scene, "POST /admin/v1/keys")


def test_a_row_that_never_comes_to_its_handler_is_noticed(furnished: Scene) -> None:
    row: Row = Elsewhere(handler="POST /admin/v1/operators")

    with pytest.raises(AssertionError, match="never came to its handler"):
        Trial(furnished, row)


@dataclass(frozen=True, kw_only=True)
class Undescribed(Asked):
    """A row whose handler asks AWS what no policy allows."""

    def attempt(self, scene: Scene) -> Reply:
        aws.client("dynamodb").describe_table(TableName=settings.table("shops"))
        return ask(scene, self.handler)


def test_a_call_that_the_layer_does_not_describe_is_noticed(furnished: Scene) -> None:
    row: Row = Undescribed(handler="POST /admin/v1/operators")

    with pytest.raises(AssertionError, match="the layer does not describe"):
        Trial(furnished, row)


def test_every_planted_bug_is_in_the_manual() -> None:
    manual = (ROOT / "tests" / "faults" / "harness" / "README.md").read_text("utf-8")
    planted = {
        name for name, bug in vars(broken).items() if inspect.isfunction(bug) and bug.__module__ == broken.__name__
    }

    assert set(re.findall(r"^\| `(\w+)` \|", manual.partition("## Planted bugs")[2], re.MULTILINE)) == planted - {
        "installed"
    }
