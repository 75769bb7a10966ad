"""The cache forgets: by business time, by size, and at once when told to."""

from shared.cache import Recent
from tests.support.shop import MovableClock


class Source:
    """Counts how often it was asked."""

    def __init__(self, value: str | None = "a") -> None:
        self.value = value
        self.asked = 0

    def __call__(self) -> str | None:
        self.asked += 1
        return self.value


def test_a_value_is_fetched_once_within_its_minute(time: MovableClock) -> None:
    kept, source = Recent[str | None](), Source()

    found = [kept.get("k", source) for _ in range(3)]

    assert (found, source.asked) == (["a", "a", "a"], 1)


def test_an_older_one_is_fetched_again(time: MovableClock) -> None:
    kept, source = Recent[str | None](seconds=60), Source()
    kept.get("k", source)
    source.value = "b"

    time.forward(seconds=60)
    young = kept.get("k", source)
    time.forward(seconds=1)

    assert (young, kept.get("k", source)) == ("a", "b")


def test_a_clock_moved_back_makes_nothing_young_for_ever(time: MovableClock) -> None:
    kept, source = Recent[str | None](seconds=60), Source()
    kept.get("k", source)

    time.forward(days=-1)
    kept.get("k", source)

    assert source.asked == 2


def test_what_was_not_found_is_asked_again(time: MovableClock) -> None:
    kept, source = Recent[str | None](), Source(None)
    kept.get("k", source)
    source.value = "made"

    assert kept.get("k", source) == "made"


def test_only_the_latest_are_kept(time: MovableClock) -> None:
    kept, sources = Recent[str | None](limit=2), {key: Source(key) for key in "abc"}

    for key in "abca":
        kept.get(key, sources[key])

    assert {key: source.asked for key, source in sources.items()} == {"a": 2, "b": 1, "c": 1}


def test_forgetting_is_at_once(time: MovableClock) -> None:
    kept, source = Recent[str | None](), Source()
    kept.get("k", source)

    kept.forget("k")
    kept.get("k", source)

    assert source.asked == 2
