"""The counter shows what its visitor sets off, not what the seed or an earlier run once did."""

from itertools import permutations
from typing import Any

import pytest

from infra.local.backlog import KEPT, SEED, Backlog


def posted(entry: str) -> tuple[str, dict[str, Any]]:
    return "activities", {"event": "entry_posted", "id": entry}


def published(entry: str) -> tuple[str, dict[str, Any]]:
    return "points", {"event": "published", "id": entry}


def written(entry: str) -> tuple[str, dict[str, Any]]:
    return "notifications", {"event": "inbox_written", "id": entry}


def shown(backlog: Backlog, *lines: tuple[str, dict[str, Any]]) -> list[str]:
    return [line["event"] for service, said in lines for _, line in backlog.news(service, said)]


def test_the_telling_of_what_nobody_posted_in_this_run_is_no_news() -> None:
    assert shown(Backlog(), published("old"), written("old"), published("older")) == []


def test_what_a_service_posted_is_followed_to_the_inbox() -> None:
    lines = [posted("new"), published("old"), published("new"), written("old"), written("new")]

    assert shown(Backlog(), *lines) == ["entry_posted", "published", "inbox_written"]


@pytest.mark.parametrize("order", list(permutations(["entry_posted", "published", "inbox_written"])))
def test_in_whatever_order_the_pipes_bring_it_everything_is_shown_once_it_is_news(order: tuple[str, ...]) -> None:
    lines = {"entry_posted": posted("new"), "published": published("new"), "inbox_written": written("new")}

    seen = shown(Backlog(), *(lines[event] for event in order))

    assert sorted(seen) == sorted(order)
    assert seen[0] == "entry_posted"


def test_what_is_told_again_is_shown_once() -> None:
    lines = [posted("new"), published("new"), published("new"), written("new"), written("new")]

    assert shown(Backlog(), *lines) == ["entry_posted", "published", "inbox_written"]


def test_what_the_seed_posts_is_history() -> None:
    backlog = Backlog()

    backlog.news(SEED, posted("seeded")[1])

    assert shown(backlog, published("seeded")) == []


def test_other_lines_are_shown_all_the_while() -> None:
    assert shown(Backlog(), ("activities", {"event": "request"}), ("points", {"event": "crashed"})) == [
        "request",
        "crashed",
    ]


def test_a_long_history_is_not_kept_for_ever() -> None:
    backlog = Backlog()

    for number in range(KEPT + 1):
        shown(backlog, published(str(number)))

    assert shown(backlog, posted("0"), posted("1")) == ["entry_posted", "entry_posted", "published"]
