"""What the pages tell people to type exists."""

import re
from pathlib import Path

import pytest

from infra.alarms.kinds import KINDS
from infra.local.paths import ROOT
from services.admin.messages import NewShop

TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
FOLDERS = (ROOT / "docs", ROOT / "infra", ROOT / "services", ROOT / "tests")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(page for each in FOLDERS for page in each.rglob("*.md"))]
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
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
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")

    assert [kind.name for kind in KINDS if f"| `{kind.name}` |" not in page] == []


def test_the_shop_that_the_guide_opens_is_one_that_the_api_takes() -> None:
    page = (ROOT / "docs" / "operations.md").read_text("utf-8")
    (body,) = re.findall(r"-d '(\{.*\})'", page)

    assert NewShop.model_validate_json(body).id == "green-field-tea"
