"""Rulesets: the product's own, and files laid over it."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from services.compliance import ruleset

FOLDER = Path(ruleset.__file__).parent / "rulesets"


def test_the_default_is_the_platforms_rule() -> None:
    found = ruleset.default()
    reply = found.reply_rate

    assert (found.id, found.version, found.tz) == ("pinduoduo-2022", "1", "Asia/Shanghai")
    assert (reply.window_start, reply.window_end, reply.window_end_inclusive) == ("08:00:00", "23:00:00", False)
    assert (reply.sla_seconds, reply.sla_inclusive, reply.require_every_message) == (3600, True, True)
    assert (reply.min_users, reply.min_rate, reply.penalty_cny, reply.reply_actors) == (100, "1/2", 1000, ("human",))


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.json")), ids=lambda file: file.stem)
def test_every_ruleset_of_the_product_is_named_as_its_file(file: Path) -> None:
    assert ruleset.load(file.stem).id == file.stem


def test_rules_of_ones_own_say_only_what_differs() -> None:
    found = ruleset.customised({"reply_rate": {"min_users": 2}, "tz": "Europe/Berlin"})

    assert (found.reply_rate.min_users, found.reply_rate.sla_seconds, found.tz) == (2, 3600, "Europe/Berlin")


def test_the_whole_default_laid_over_itself_is_the_default() -> None:
    text = (FOLDER / "pinduoduo-2022.json").read_text("utf-8")

    assert ruleset.customised(json.loads(text)) == ruleset.default()


def test_changed_rules_cannot_pass_for_the_version_they_were_made_from() -> None:
    mine, same, named = (
        ruleset.customised({"reply_rate": {"sla_seconds": seconds}, **more})
        for seconds, more in ((1800, {}), (1800, {"note": "why"}), (1800, {"version": "mine-1"}))
    )

    assert mine.version.startswith("1+")
    assert mine.version == same.version
    assert named.version == "mine-1"
    assert mine.fingerprint() == same.fingerprint() != ruleset.default().fingerprint()


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ({"reply_rat": {}}, ("reply_rat",)),
        ({"reply_rate": {"min_user": 1}}, ("reply_rate", "min_user")),
        ({"reply_rate": {"min_rate": "0.5"}}, ("reply_rate", "min_rate")),
        ({"reply_rate": {"min_rate": "1/0"}}, ("reply_rate", "min_rate")),
        ({"reply_rate": {"sla_seconds": 0}}, ("reply_rate", "sla_seconds")),
        ({"reply_rate": {"sla_seconds": "3600"}}, ("reply_rate", "sla_seconds")),
        ({"reply_rate": {"window_end": "25:00:00"}}, ("reply_rate", "window_end")),
        ({"reply_rate": {"window_start": "23:00:00"}}, ("reply_rate",)),
        ({"reply_rate": {"reply_actors": []}}, ("reply_rate", "reply_actors")),
        ({"reply_rate": {"unit": "session"}}, ("reply_rate", "unit")),
        ({"tz": "China"}, ("tz",)),
        ({"version": "a b"}, ("version",)),
    ],
)
def test_a_mistake_in_the_rules_is_named_by_its_place(given: dict[str, object], place: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError) as caught:
        ruleset.customised(given)

    assert [error["loc"] for error in caught.value.errors()] == [place]
