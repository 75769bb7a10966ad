"""The checker accepts what one-at-a-time could have answered, and nothing else."""

from tests.faults.harness.linearize import History, Operation, linearizable


def test_a_stock_of_one_cannot_be_sold_out_and_then_sold() -> None:
    early_refusal = a_history(("claim", 0, 1, "sold out"), ("claim", 2, 3, "won"))
    overlapping = a_history(("claim", 0, 3, "sold out"), ("claim", 1, 2, "won"))

    assert not linearizable(early_refusal, 1, claim)
    assert linearizable(overlapping, 1, claim)


def test_an_unknown_outcome_may_have_happened_or_not() -> None:
    happened = a_history(("claim", 0, None, None), ("claim", 1, 2, "sold out"))
    never = a_history(("claim", 0, None, None), ("claim", 1, 2, "won"))

    assert linearizable(happened, 1, claim)
    assert linearizable(never, 1, claim)


def a_history(*operations: tuple) -> History:
    history: History[str, str] = History()
    history.operations = [Operation(*operation) for operation in operations]
    return history


def claim(stock: int, _: str) -> tuple[int, str]:
    return (stock - 1, "won") if stock else (stock, "sold out")
