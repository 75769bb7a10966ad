"""A client that a generator made from the API document, at work: the document says what the services do."""

import importlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from infra.local.paths import ROOT
from tests.embedding.street import Street

NAME = "regulars_client"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("generated")
    command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none"]
    document, target = ROOT / "docs" / "api" / "openapi.json", folder / NAME
    # The generator tidies up with ruff, which it looks for on the path.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    made = subprocess.run(
        [*command, "--path", str(document), "--output-path", str(target)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path},
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert "Warning" not in made.stdout, made.stdout
    sys.path.insert(0, str(folder))
    yield importlib.import_module(NAME)
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] == NAME]:
        del sys.modules[name]


def part(generated: ModuleType, name: str) -> ModuleType:
    return importlib.import_module(f"{generated.__name__}.{name}")


def test_a_shopper_of_a_generated_client_checks_in_and_reads_the_statement(
    generated: ModuleType, street: Street
) -> None:
    client = part(generated, "client").AuthenticatedClient(base_url=street.url, token=street.shop.token("generated"))
    models = part(generated, "models")
    body = models.ParticipationIn(input_=models.ParticipationInInput())
    participate = part(generated, "api.activities.participate")

    with client:
        done = participate.sync("daily", client=client, body=body, idempotency_key="generated-1")
        again = participate.sync("daily", client=client, body=body, idempotency_key="generated-2")
        entries = part(generated, "api.points.list_entries").sync(client=client, accept_language="zh-CN")

    assert (done.balance, done.outcome.streak) == (5, 1)
    assert (again.code, again.retry_at is not None) == ("already_participated", True)
    assert [(line.points, line.reason) for line in entries.items] == [(5, "每日签到，第 1 天")]


def test_every_route_of_the_document_has_its_function(generated: ModuleType) -> None:
    functions = {file.stem for file in Path(str(generated.__file__)).parent.glob("api/*/*.py")} - {"__init__"}

    assert {"participate", "get_account", "get_inbox", "get_me", "make_link", "ingest", "create_shop"} <= functions
