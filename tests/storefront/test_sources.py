"""What the browser gets: few bytes, no markup built from strings, nothing a strict policy would stop."""

import gzip
import re
from pathlib import Path

import pytest

STOREFRONT = Path(__file__).resolve().parents[2] / "services" / "storefront"
SCRIPTS = sorted(STOREFRONT.glob("*/*.js"))
PAGES = sorted(STOREFRONT.glob("*/*.html"))
SPENDING = ("account", "reward", "money.js", "pages.js")
"""The files of the account and the rewards; all others every widget stands on, or the other widgets."""
SPENDING_BUDGET_BYTES, OTHERS_BUDGET_BYTES, LANGUAGE_BUDGET_BYTES = 14_000, 31_000, 3_000  # gzipped file by file

FORBIDDEN = ["innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", ".style."]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_builds_no_markup_from_strings_and_sets_no_inline_style(script: Path) -> None:
    text = script.read_text(encoding="utf-8")

    assert [word for word in FORBIDDEN if word in text] == []


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_stays_below_300_lines(script: Path) -> None:
    assert len(script.read_text(encoding="utf-8").splitlines()) < 300


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_a_script_imports_only_files_of_this_service(script: Path) -> None:
    imported = re.findall(r'(?:from|import) "([^"]+)"', script.read_text(encoding="utf-8"))

    files = [
        STOREFRONT / "widgets" / name.removeprefix("/widgets/v1/") if name.startswith("/") else script.parent / name
        for name in imported
    ]

    assert [str(file) for file in files if not file.is_file()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_a_page_has_nothing_inline(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert re.findall(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", text) == []


def test_all_widgets_and_one_language_fit_the_budget() -> None:
    size = {file.name: len(gzip.compress(file.read_bytes())) for file in (STOREFRONT / "widgets").glob("*.js")}
    texts = (STOREFRONT / "widgets" / "texts").glob("*.json")
    spending = sum(bytes_ for name, bytes_ in size.items() if name.startswith(SPENDING))

    assert 0 < spending < SPENDING_BUDGET_BYTES
    assert sum(size.values()) - spending < OTHERS_BUDGET_BYTES
    assert max(len(gzip.compress(file.read_bytes())) for file in texts) < LANGUAGE_BUDGET_BYTES
