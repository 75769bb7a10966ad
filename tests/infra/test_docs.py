"""What the pages tell people to type exists."""

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from chalice.app import SQSEventConfig

from infra.alarms.kinds import KINDS
from infra.cost import deployed
from infra.deploy.restoring import NEVER
from infra.local.paths import ROOT
from infra.openapi import SERVICES
from infra.package.functions import functions_of, settings_folder
from infra.template import read_template
from services.admin.messages import NewShop

TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
FOLDERS = (ROOT / "docs", ROOT / "infra", ROOT / "services", ROOT / "tests")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(page for each in FOLDERS for page in each.rglob("*.md"))]
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
GUIDE = (ROOT / "docs" / "operations.md").read_text("utf-8")
PLATFORM = read_template((ROOT / "infra" / "platform.yaml").read_text("utf-8"))["Resources"].values()
TABLES = {each["Properties"]["TableName"].partition("-")[2] for each in PLATFORM if "DynamoDB" in each["Type"]}
MAKE = re.compile(r"(?<![\w-])make ([a-z][a-z-]*)")


def told(text: str) -> set[str]:
    """The targets of make that a page names in its code."""
    return {target for code in CODE.findall(text) for target in MAKE.findall(code)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_make_target_that_a_page_names_exists(page: Path) -> None:
    assert told(page.read_text("utf-8")) - TARGETS == set()


def test_a_target_that_does_not_exist_would_be_found() -> None:
    assert told("`make run`, then:\n```sh\nmake fly STAGE=dev\n```\nmake believe") == {"run", "fly"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_page_that_a_page_links_to_exists(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", page.read_text("utf-8"))

    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_kind_of_alarm_is_explained_to_whoever_is_woken() -> None:
    assert [kind.name for kind in KINDS if f"| `{kind.name}` |" not in GUIDE] == []


def test_every_queue_is_explained_with_the_function_that_takes_from_it() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| `([a-z-]+)` \|", GUIDE, re.MULTILINE))

    taken = {each["queue"].partition("-")[2]: each["function"] for each in _taken()}
    assert taken.items() <= rows.items()


def test_every_schedule_is_explained_with_its_period() -> None:
    told = re.findall(r"^\| `([a-z-]+)` \| (\d+) minutes \|", GUIDE, re.MULTILINE)

    assert {name: 24 * 60 / int(minutes) for name, minutes in told} == deployed.stage().ticks


def test_every_table_but_that_of_keys_is_restored() -> None:
    loops = re.findall(r"for t in ([a-z ]+)$", GUIDE, re.MULTILINE)

    assert len(loops) == 2
    assert {frozenset(loop.split()) for loop in loops} == {frozenset(TABLES - {NEVER})}


def test_whatever_runs_alone_in_prod_does_so_again_after_a_restore() -> None:
    (loop,) = re.findall(r"for f in ([a-z -]+)$", GUIDE, re.MULTILINE)

    alone = {
        f"{service}-{name}"
        for service in SERVICES
        for name, each in _prod(service).items()
        if each.get("reserved_concurrency") == 1
    }
    assert set(loop.split()) == alone


def test_whatever_has_dead_letters_is_named_where_they_are_redriven() -> None:
    (redriven,) = re.findall(r"^Q=regulars-prod-([a-z-]+) +# or (.*)$", GUIDE, re.MULTILINE)

    queues = {redriven[0], *(name.removeprefix("-") for name in redriven[1].split(", "))}
    assert queues == {each["queue"].partition("-")[2] for each in _taken()}


def _taken() -> Iterator[dict[str, str]]:
    """Each queue that Lambda takes messages from, and the function they go to."""
    for service in SERVICES:
        app: Any = importlib.import_module(f"services.{service}.app").app
        names = {each.name: each.deployed_name for each in functions_of(service)}
        for source in app.event_sources:
            if isinstance(source, SQSEventConfig):
                yield {"queue": str(source.queue), "function": names[source.name].removeprefix("${Prefix}-")}


def _prod(service: str) -> dict[str, Any]:
    """What the service's functions have in prod alone."""
    config = json.loads((settings_folder(service) / "config.json").read_text("utf-8"))
    found: dict[str, Any] = config.get("stages", {}).get("prod", {}).get("lambda_functions", {})
    return found


def test_the_shop_that_the_guide_opens_is_one_that_the_api_takes() -> None:
    (body,) = re.findall(r"-d '(\{.*\})'", GUIDE)

    assert NewShop.model_validate_json(body).id == "green-field-tea"
