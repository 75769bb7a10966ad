"""The counter begins with what its visitor does, not with what the seed once did."""

from infra.local.backlog import LONGEST_S, QUIET_S, Backlog


class Clock:
    def __init__(self) -> None:
        self.at_s = 100.0

    def __call__(self) -> float:
        return self.at_s


PUBLISHED = {"event": "published"}
POSTED = {"event": "entry_posted"}


def test_the_telling_of_the_seed_is_hidden_and_counted() -> None:
    clock = Clock()
    backlog = Backlog(clock)

    assert backlog.hides("points", PUBLISHED)
    assert backlog.hides("notifications", {"event": "inbox_written"})
    assert backlog.hidden == 2


def test_other_lines_are_shown_all_the_while() -> None:
    assert not Backlog(Clock()).hides("activities", {"event": "request"})


def test_after_a_quiet_time_everything_is_news() -> None:
    clock = Clock()
    backlog = Backlog(clock)
    clock.at_s += QUIET_S + 0.1

    assert not backlog.hides("points", PUBLISHED)


def test_points_somebody_earns_end_the_backlog_at_once_but_not_the_seeds_own() -> None:
    backlog = Backlog(Clock())

    backlog.hides("seed", POSTED)
    assert backlog.hides("points", PUBLISHED)
    backlog.hides("activities", POSTED)
    assert not backlog.hides("points", PUBLISHED)


def test_a_slow_seed_does_not_use_up_the_quiet_time() -> None:
    clock = Clock()
    backlog = Backlog(clock)
    clock.at_s += LONGEST_S + 1
    backlog.hides("seed", {"event": "seeded"})

    backlog.begin()

    assert backlog.hides("points", PUBLISHED)


def test_no_backlog_hides_for_ever() -> None:
    clock = Clock()
    backlog = Backlog(clock)
    for _ in range(int(LONGEST_S)):
        assert backlog.hides("points", PUBLISHED)
        clock.at_s += 1.0
    clock.at_s += 1.0

    assert not backlog.hides("points", PUBLISHED)
