"""The catalogues of the widgets and of the demo page: both languages say the same, and no sentence goes unsaid."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

STOREFRONT = Path(__file__).resolve().parents[2] / "services" / "storefront"
PARTS = ["widgets", "demo", "member"]
COUNTING = ["widgets", "demo"]  # the member page's own sentences count nothing
# The plural forms that Intl.PluralRules can choose for whole numbers.
FORMS = {"en": {"one", "other"}, "zh-CN": {"other"}}
PLURAL = re.compile(r"_(zero|one|two|few|many|other)$")
PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


def leaves(node: dict[str, Any], path: str = "") -> Iterator[tuple[str, str]]:
    for name, below in node.items():
        if isinstance(below, dict):
            yield from leaves(below, f"{path}{name}.")
        else:
            yield f"{path}{name}", below


def catalogue(part: str, language: str) -> dict[str, str]:
    text = (STOREFRONT / part / "texts" / f"{language}.json").read_text(encoding="utf-8")
    return dict(leaves(json.loads(text)))


def keys_of(texts: dict[str, str]) -> set[str]:
    return {PLURAL.sub("", key) for key in texts}


def keys_used(part: str) -> set[str]:
    """Every quoted path that begins as a key of the catalogue does, in scripts and pages."""
    rooms = {key.partition(".")[0] for key in catalogue(part, "en")}
    files = [file for kind in ("*.js", "*.html") for file in (STOREFRONT / part).glob(kind)]
    quoted = {key for file in files for key in re.findall(r'"([a-z_]+\.[a-z_]+)"', file.read_text(encoding="utf-8"))}
    return {key for key in quoted if key.partition(".")[0] in rooms}


@pytest.mark.parametrize("part", PARTS)
def test_both_languages_have_the_same_keys(part: str) -> None:
    assert keys_of(catalogue(part, "en")) == keys_of(catalogue(part, "zh-CN"))


@pytest.mark.parametrize("part", COUNTING)
@pytest.mark.parametrize("language", FORMS)
def test_a_counted_sentence_has_each_form_its_language_needs_and_no_other(part: str, language: str) -> None:
    forms: dict[str, set[str]] = {}
    for key in catalogue(part, language):
        if match := PLURAL.search(key):
            forms.setdefault(PLURAL.sub("", key), set()).add(match[1])

    assert forms
    assert {key: found for key, found in forms.items() if found != FORMS[language]} == {}


@pytest.mark.parametrize("part", PARTS)
def test_a_sentence_is_counted_in_both_languages_or_in_neither(part: str) -> None:
    english, chinese = ({PLURAL.sub("", key) for key in catalogue(part, lang) if PLURAL.search(key)} for lang in FORMS)

    assert english == chinese


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", FORMS)
def test_no_text_is_empty(part: str, language: str) -> None:
    assert [key for key, text in catalogue(part, language).items() if not text.strip()] == []


@pytest.mark.parametrize("part", PARTS)
def test_every_key_in_the_sources_has_a_text(part: str) -> None:
    assert keys_used(part) - keys_of(catalogue(part, "en")) == set()


@pytest.mark.parametrize("part", PARTS)
def test_every_text_is_used_by_the_sources(part: str) -> None:
    assert keys_of(catalogue(part, "en")) - keys_used(part) == set()


@pytest.mark.parametrize("part", PARTS)
def test_both_languages_fill_in_the_same_values(part: str) -> None:
    english, chinese = catalogue(part, "en"), catalogue(part, "zh-CN")
    shared = english.keys() & chinese.keys()

    values = {key: [set(PLACEHOLDER.findall(texts[key])) for texts in (english, chinese)] for key in shared}

    assert {key: pair for key, pair in values.items() if pair[0] != pair[1]} == {}


@pytest.mark.parametrize("part", PARTS)
def test_chinese_texts_are_chinese(part: str) -> None:
    untranslated = [key for key, text in catalogue(part, "zh-CN").items() if not re.search(r"[\u4e00-\u9fff]", text)]

    assert untranslated == []
