"""Every sentence a person reads, in every language, by name. One JSON catalogue a language."""

import json
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

from shared import beside

LANGUAGES = ("en", "zh-CN")
DEFAULT = "en"


@cache
def catalogue(language: str) -> Mapping[str, str]:
    """All texts of one language. The file is read once a process."""
    loaded: dict[str, str] = json.loads(beside.read(__spec__, f"{language}.json"))
    return loaded


@lru_cache(maxsize=256)
def choose(accept_language: str | None, default: str = DEFAULT) -> str:
    """The language of ours that the Accept-Language header (RFC 9110) prefers; ``default`` when none fits."""
    best, best_weight = default, 0.0
    for part in (accept_language or "")[:200].split(","):
        tag, _, weight_text = part.partition(";q=")
        language = _match(tag.strip().lower())
        try:
            weight = float(weight_text or 1)
        except ValueError:
            continue
        if language and weight > best_weight:
            best, best_weight = language, weight
    return best


def _match(tag: str) -> str | None:
    primary = tag.split("-", maxsplit=1)[0]
    return next((ours for ours in LANGUAGES if ours.lower().split("-")[0] == primary), None)


def say(language: str, key: str, facts: Mapping[str, Any] | None = None) -> str:
    """The sentence ``key`` with its facts filled in; ``n`` among the facts picks ``key_one`` where there is one."""
    texts, given = catalogue(language), facts or {}
    form = f"{key}_one" if given.get("n") == 1 else key
    return texts.get(form, texts.get(key, key)).format_map(_Facts(given))


def knows(key: str) -> bool:
    """Whether there is such a sentence."""
    return key in catalogue(DEFAULT)


def pick(localized: Mapping[str, str], language: str) -> str:
    """The shop's own text in ``language``, else in the default language, else in any."""
    return localized.get(language) or localized.get(DEFAULT) or next(iter(localized.values()), "")


class _Facts(dict[str, Any]):
    """A sentence may leave a fact out, and must not fail when one is not given."""

    def __missing__(self, key: str) -> str:
        return f"{{{key}}}"
