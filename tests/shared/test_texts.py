"""Every sentence exists in both languages, says the same facts, and is used."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications import inbox
from shared import errors, texts
from shared.http.problems import STATUS

ROOT = Path(__file__).parents[2]
SOURCES = [path for folder in ("shared", "services") for path in (ROOT / folder).rglob("*.py")]
KEYS = {language: set(texts.catalogue(language)) for language in texts.LANGUAGES}
CHINESE_HAS_NO_PLURAL = "_one"
PYDANTIC = re.compile(r"^validation\.(?!other$)")


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def calls(*names: str) -> Iterator[ast.Call]:
    """Every call in the product of one of these functions or classes."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in names:
                    yield node


def literals(node: ast.expr | None) -> set[str]:
    """The texts that an argument can be: a literal, or either side of a choice."""
    if isinstance(node, ast.IfExp):
        return literals(node.body) | literals(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((given.value for given in call.keywords if given.arg == name), None)


def classes(parent: type[errors.DomainError] = errors.DomainError) -> Iterator[type[errors.DomainError]]:
    for child in parent.__subclasses__():
        yield child
        yield from classes(child)


def raised() -> set[str]:
    """The names of the sentences that errors raised in the product are told by."""
    names = {child.__name__ for child in classes()} - {"LostRace"}
    # Refused has no code of its own: each is raised with one.
    found = {child.code for child in classes()} - {errors.DomainError.code}
    for call in calls(*names):
        called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if called == "Refused":
            # The code is its own sentence where no other is named.
            found |= literals(call.args[1]) if len(call.args) > 1 else literals(call.args[0])
        elif called not in {"Invalid", "Malformed", "KeyMissing", "KeyReused"} and call.args:
            found |= literals(call.args[0])
        found |= literals(keyword(call, "text"))
    # admin/store.py hands the name on to the Conflict it raises.
    return found | {name for call in calls("_commit") for name in literals(call.args[1])}


def faults() -> set[str]:
    """The sentences of wrong places in a body, whether pydantic or a rule finds them."""
    own = {name for call in calls("Fault") if len(call.args) > 1 for name in literals(call.args[1])}
    return own | {name for call in calls("PydanticCustomError") for name in literals(call.args[0])}


def sources() -> list[tuple[ast.expr, ast.expr, ast.expr]]:
    """What, id and rule of every source of points that the product names."""
    named = [call.args for call in calls("Source") if len(call.args) > 2]
    return [(what, name, rule) for what, name, rule, *_ in named if literals(what) and literals(rule)]


class TestCatalogues:
    def test_both_languages_have_the_same_sentences(self) -> None:
        en = {key for key in KEYS["en"] if not key.endswith(CHINESE_HAS_NO_PLURAL)}
        zh = {key for key in KEYS["zh-CN"] if not key.endswith(CHINESE_HAS_NO_PLURAL)}

        assert en == zh

    @pytest.mark.parametrize("language", texts.LANGUAGES)
    def test_a_form_for_one_stands_beside_the_general_form(self, language: str) -> None:
        for key in KEYS[language]:
            if key.endswith(CHINESE_HAS_NO_PLURAL):
                general = key.removesuffix(CHINESE_HAS_NO_PLURAL)
                assert general in KEYS[language]
                one, many = (placeholders(texts.catalogue(language)[name]) for name in (key, general))
                assert one <= many

    def test_the_same_facts_are_told_in_both(self) -> None:
        en, zh = texts.catalogue("en"), texts.catalogue("zh-CN")

        differing = [key for key in KEYS["en"] & KEYS["zh-CN"] if placeholders(en[key]) != placeholders(zh[key])]

        assert differing == []

    def test_no_sentence_is_empty_or_left_in_english(self) -> None:
        assert all(sentence.strip() for language in texts.LANGUAGES for sentence in texts.catalogue(language).values())
        assert all(re.search("[\u4e00-\u9fff]", sentence) for sentence in texts.catalogue("zh-CN").values())

    @pytest.mark.parametrize("language", texts.LANGUAGES)
    def test_no_key_stands_twice_in_a_file(self, language: str) -> None:
        raw = (ROOT / "shared" / "texts" / f"{language}.json").read_text("utf-8")

        keys = re.findall(r'^\s*"([^"]+)":', raw, re.MULTILINE)

        assert len(keys) == len(set(keys))


class TestUse:
    def test_every_code_has_a_title_and_no_title_is_left_over(self) -> None:
        titles = {key.removeprefix("title.") for key in KEYS["en"] if key.startswith("title.")}

        assert titles == set(STATUS)

    def test_every_error_has_its_sentence(self) -> None:
        assert {name for name in raised() if f"error.{name}" not in KEYS["en"]} == set()

    def test_no_errors_sentence_is_left_over(self) -> None:
        told = {key.removeprefix("error.") for key in KEYS["en"] if key.startswith("error.")}

        assert told - raised() - set(STATUS) == set()

    def test_every_fault_has_its_sentence(self) -> None:
        assert {name for name in faults() if f"validation.{name}" not in KEYS["en"]} == set()

    def test_every_other_sentence_about_a_field_is_of_a_pydantic_error(self) -> None:
        from typing import get_args

        from pydantic_core.core_schema import ErrorType

        told = {key.removeprefix("validation.") for key in KEYS["en"] if PYDANTIC.match(key)}

        assert told - faults() - set(get_args(ErrorType)) == set()

    def test_every_movement_and_every_rule_that_is_posted_has_its_reason(self) -> None:
        from services.activities.kinds import KINDS
        from services.points.rewards.definition import CONFIGS

        rules = {f"{kind}.{rule}" for kind in KINDS for rule in ("daily", "milestone", "make_up")}
        posted = {".".join(min(literals(part)) for part in (what, rule)) for what, _, rule in sources()}
        rules |= {f"reward.{kind}" for kind in CONFIGS}
        kinds = {name for call in calls("then") for name in literals(call.args[0])}

        reasons = {key.removeprefix("reason.") for key in KEYS["en"] if key.startswith("reason.")}
        assert kinds | rules | {"other"} <= reasons
        assert reasons - kinds - rules - posted - {"other"} == set()

    def test_every_inbox_kind_has_title_and_body(self) -> None:
        kinds = {name for call in calls("Item") if len(call.args) > 1 for name in literals(call.args[1])}
        kinds |= inbox.KINDS | {f"redemption_{status}" for status in inbox.REDEMPTIONS}
        wanted = {f"inbox.{kind}.{part}" for kind in kinds for part in ("title", "body")}

        told = {key for key in KEYS["en"] if key.startswith("inbox.") and not key.endswith("_one")}
        assert told == wanted


class TestSay:
    def test_facts_are_filled_in_and_one_has_its_own_form(self) -> None:
        assert texts.say("en", "inbox.points.title", {"points": 5, "n": 5}) == "+5 points"
        assert texts.say("en", "inbox.points.title", {"points": 1, "n": 1}) == "+1 point"

    def test_a_fact_that_is_missing_shows_its_place_and_does_not_fail(self) -> None:
        assert texts.say("en", "reason.signin.daily") == "Daily check-in, day {streak}"

    @given(st.text())
    def test_facts_are_never_taken_for_placeholders(self, fact: str) -> None:
        told = texts.say("en", "validation.unknown_language", {"language": fact})

        assert told == f"Texts may be in en and zh-CN; “{fact}” is neither."

    @pytest.mark.parametrize(
        ("localized", "language", "picked"),
        [
            ({"en": "Tea", "zh-CN": "茶"}, "zh-CN", "茶"),
            ({"en": "Tea"}, "zh-CN", "Tea"),
            ({"zh-CN": "茶"}, "en", "茶"),
            ({}, "en", ""),
        ],
    )
    def test_a_shops_text_falls_back_to_a_language_it_has(
        self, localized: dict[str, str], language: str, picked: str
    ) -> None:
        assert texts.pick(localized, language) == picked


class TestChoose:
    @pytest.mark.parametrize(
        ("header", "language"),
        [
            (None, "en"),
            ("", "en"),
            ("zh-CN", "zh-CN"),
            ("zh", "zh-CN"),
            ("ZH-hans-cn", "zh-CN"),
            ("zh-TW,zh;q=0.9,en;q=0.8", "zh-CN"),
            ("en-GB,zh-CN;q=0.9", "en"),
            ("fr, zh;q=0.3, en;q=0.2", "zh-CN"),
            ("fr", "en"),
            ("en;q=0.1,zh-CN;q=0.2", "zh-CN"),
            ("zh;q=0,en;q=0.1", "en"),
            ("zh;q=high", "en"),
            # RFC 9110 allows spaces around the semicolon.
            ("en; q=0.1, zh-CN; q=0.9", "zh-CN"),
            ("zh-CN ;q=0.9", "zh-CN"),
        ],
    )
    def test_the_preferred_language_of_ours_is_chosen(self, header: str | None, language: str) -> None:
        assert texts.choose(header) == language

    @given(st.text(max_size=300))
    def test_any_header_gives_one_of_ours(self, header: str) -> None:
        assert texts.choose(header) in texts.LANGUAGES
