"""The console's catalogues: every field an operator can meet has its words, and both languages say the same."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONSOLE = ROOT / "services" / "admin" / "console"
DOCUMENT = json.loads((ROOT / "docs" / "api" / "openapi.json").read_text(encoding="utf-8"))
LANGUAGES = ("en", "zh-CN")
# The plural forms that Intl.PluralRules can choose for whole numbers.
FORMS = {"en": {"one", "other"}, "zh-CN": {"other"}}
PLURAL = re.compile(r"_(one|other)$")
PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
FROM_DOCUMENT = ("field.", "hint.", "item.", "option.")
# What the audit shows beside the forms' values: fields of answers, and of no schema at all.
AUDITED = ("field.VersionOut.", "option.VersionOut.", "field.RewardVersionOut.", "field.Known.")
ANY = "Any"
"""The owner of words that hold for every schema's property of that name."""

Json = Any


def catalogue(language: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((CONSOLE / "texts" / f"{language}.json").read_text(encoding="utf-8"))
    return found


def keys_of(language: str) -> set[str]:
    return {PLURAL.sub("", key) for key in catalogue(language)}


def operator_bodies() -> Iterator[Json]:
    """The schema of every body that an operator's key may send."""
    for operations in DOCUMENT["paths"].values():
        for operation in operations.values():
            if any("operator" in way for way in operation.get("security", [])) and "requestBody" in operation:
                yield operation["requestBody"]["content"]["application/json"]["schema"]


def schemas_below(schema: Json, seen: dict[str, Json]) -> None:
    """Collect the named schemas that `schema` reaches."""
    if isinstance(schema, list):
        for part in schema:
            schemas_below(part, seen)
    elif isinstance(schema, dict):
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name and name not in seen:
            seen[name] = DOCUMENT["components"]["schemas"][name]
            schemas_below(seen[name], seen)
        for part in schema.values():
            schemas_below(part, seen)


def form_schemas() -> dict[str, Json]:
    found: dict[str, Json] = {}
    for body in operator_bodies():
        schemas_below(body, found)
    return found


def texts_for(owner: str, name: str, schema: Json) -> Iterator[str]:
    """The keys that one property needs."""
    yield f"field.{owner}.{name}"
    if "description" in schema:
        yield f"hint.{owner}.{name}"
    for choice in [schema, *schema.get("anyOf", [])]:
        if choice.get("type") == "array" and "$ref" in choice.get("items", {}):
            yield f"item.{owner}.{name}"
        values = [*choice.get("enum", []), *choice.get("items", {}).get("enum", [])]
        values += [choice["const"]] if "const" in choice else []
        yield from (f"option.{owner}.{name}.{value}" for value in values)


def said(key: str, known: set[str]) -> bool:
    """Whether there are words: a schema's own, or those that hold for any."""
    sort, owner, rest = key.split(".", 2)
    return key in known or (f"{sort}.{ANY}.{rest}" in known and owner != ANY)


def texts_of_forms() -> set[str]:
    return {
        key
        for owner, schema in form_schemas().items()
        for name, inner in schema.get("properties", {}).items()
        for key in texts_for(owner, name, inner)
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_field_of_every_operator_form_has_its_words(language: str) -> None:
    wanted = texts_of_forms()

    assert {
        "field.Reward.first",
        "hint.Reward.first",
        "item.SigninConfig.milestones",
        "option.NewKeyIn.purpose.webhook",
    } <= wanted
    known = set(catalogue(language))
    assert sorted(key for key in wanted if not said(key, known)) == []


def test_words_of_fields_that_are_gone_are_gone_too() -> None:
    known = {
        f"{each}.{name}"
        for owner, schema in form_schemas().items()
        for name in schema.get("properties", {})
        for each in (owner, ANY)
    }

    kept = [key for key in catalogue("en") if key.startswith(FROM_DOCUMENT) and not key.startswith(AUDITED)]

    assert [key for key in kept if ".".join(key.split(".")[1:3]) not in known] == []


def test_both_languages_have_the_same_keys_in_the_same_order() -> None:
    english, chinese = ([PLURAL.sub("", key) for key in catalogue(language)] for language in LANGUAGES)

    assert list(dict.fromkeys(english)) == list(dict.fromkeys(chinese))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_counted_sentence_has_each_form_its_language_needs(language: str) -> None:
    forms: dict[str, set[str]] = {}
    for key in catalogue(language):
        if match := PLURAL.search(key):
            forms.setdefault(PLURAL.sub("", key), set()).add(match[1])

    assert forms
    assert {key: found for key, found in forms.items() if found != FORMS[language]} == {}


def test_both_languages_fill_in_values_that_exist() -> None:
    english, chinese = catalogue("en"), catalogue("zh-CN")

    def values(texts: dict[str, str], key: str) -> set[str]:
        return {
            value for name, text in texts.items() if PLURAL.sub("", name) == key for value in PLACEHOLDER.findall(text)
        }

    differing = {key for key in keys_of("en") if values(english, key) - {"count"} != values(chinese, key) - {"count"}}

    assert differing == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty(language: str) -> None:
    assert [key for key, text in catalogue(language).items() if not text.strip()] == []


def test_chinese_texts_are_chinese() -> None:
    shared = {"text.joined", "value.comma"}

    texts = {key: text for key, text in catalogue("zh-CN").items() if key not in shared}

    assert [key for key, text in texts.items() if not re.search(r"[\u4e00-\u9fff]", text)] == []


def keys_used() -> set[str]:
    """The catalogue's keys in the sources; a key made at run time counts as a pattern for what it may become."""
    text = "\n".join(file.read_text(encoding="utf-8") for file in [*CONSOLE.glob("*.js"), *CONSOLE.glob("*/*.js")])
    quoted = set(re.findall(r'"([a-z]+\.[a-z_.]+)"', text))
    made = [re.sub(r"\\\$\\\{[^}]*\\\}", ".+", re.escape(key)) for key in re.findall(r"`([^`\s/]*\.[^`\s/]*)`", text)]
    roots = {key.partition(".")[0] for key in catalogue("en")}
    known = {key for key in keys_of("en") if any(re.fullmatch(pattern, key) for pattern in made)}
    return known | {key for key in quoted if key.partition(".")[0] in roots}


def test_every_sentence_in_the_sources_has_a_text_and_every_text_is_used() -> None:
    used = keys_used()
    own = {key for key in keys_of("en") if not key.startswith(FROM_DOCUMENT)}

    assert sorted(key for key in used - keys_of("en") if not key.startswith(FROM_DOCUMENT)) == []
    assert sorted(own - used) == []
