"""Old answers where DynamoDB may give them, and nowhere else."""

from tests.faults.harness.planted import BALANCE, MARK, Bank
from tests.faults.harness.stale import stale_reads


def test_only_eventually_consistent_reads_are_old(bank: Bank) -> None:
    bank.bare_add()

    with stale_reads() as served:
        bank.bare_add()
        old = bank.client.get_item(TableName="balances", Key=BALANCE)["Item"]["points"]["N"]
        new = bank.balance()

    assert (old, new, served) == ("5", 10, ["balances"])


def test_a_batch_read_may_be_old_for_one_table_and_new_for_another(bank: Bank) -> None:
    asked = {"marks": {"Keys": [MARK]}, "balances": {"Keys": [BALANCE], "ConsistentRead": True}}

    with stale_reads():
        bank.keyed()
        found = bank.client.batch_get_item(RequestItems=asked)["Responses"]

    assert found["marks"] == []
    assert len(found["balances"]) == 1


def test_a_refused_write_makes_nothing_older(bank: Bank) -> None:
    with stale_reads():
        bank.keyed()
        again = [bank.keyed() for _ in range(3)]
        old = bank.client.get_item(TableName="balances", Key=BALANCE)

    assert again == ["already"] * 3
    assert "Item" not in old
