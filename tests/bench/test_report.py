"""The arithmetic and the words of docs/bench.md; what is measured is measured by `make bench`."""

import pytest

from tests.bench.measure import ratio
from tests.bench.report import Bench, Target, text

ROUNDS = {"floor": [1.0, 2.0, 4.0, 1.0], "ours": [1.1, 2.2, 4.4, 1.1], "peer": [2.0, 4.0, 8.0, 2.0]}


def a_bench(*targets: Target) -> Bench:
    return Bench("B0: nothing", ROUNDS, targets, "ms", 1_000)


def test_a_ratio_is_taken_pair_by_pair_so_that_a_slow_round_counts_on_both_sides() -> None:
    found = ratio(ROUNDS, "ours", "floor")

    assert (found.low, found.median, found.high) == pytest.approx((1.1, 1.1, 1.1))


@pytest.mark.parametrize(("most", "verdict"), [(1.11, "reached"), (1.09, "missed")])
def test_a_target_says_whether_it_was_reached(most: float, verdict: str) -> None:
    told = a_bench(Target("ours", "floor", most)).ratios()

    assert f"| ours ÷ floor | 1.10 | 1.10 to 1.10 | ≤ {most:.2f} | {verdict} |" in told


def test_the_document_holds_figures_ratios_and_reasons() -> None:
    told = text([a_bench(Target("ours", "peer", 0.6))], "## Why\n\nBecause.")

    assert "4 rounds of each" in told
    assert "| ours | 1650.0 |" in told
    assert told.index("## B0: nothing") < told.index("## Why") < told.index("## What is not measured")
