"""Units are counted from requests by DynamoDB's published rules: checked against sums done by hand."""

import contextlib
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.faults.harness.item_size import Item, item_bytes, number_bytes
from tests.faults.harness.planted import BALANCE, MARK, Bank
from tests.faults.harness.units import Units, count_units

KIB = 1_024


def a_row(size: int) -> dict:
    """A row of exactly ``size`` bytes: names of 2 + 1, a key of 1, and the rest text."""
    return {"pk": {"S": "a"}, "t": {"S": "x" * (size - 4)}}


@pytest.mark.parametrize(
    ("text", "size"),
    [("0", 1), ("5", 2), ("12", 2), ("123", 3), ("1200", 2), ("-5", 3), ("0.05", 2), ("1e10", 2), ("12345678", 5)],
)
def test_a_number_takes_a_byte_for_two_digits_and_one_more(text: str, size: int) -> None:
    assert number_bytes(text) == size


def test_an_item_is_its_names_and_values() -> None:
    item: Item = {
        "pk": {"S": "青禾"},  # 2 + 6
        "ok": {"BOOL": True},  # 2 + 1
        "raw": {"B": "AAAA"},  # 3 + 3
        "many": {"SS": ["ab", "c"]},  # 4 + 3
        "lots": {"M": {"2026": {"N": "5"}}},  # 4 + 3 + 1 + 4 + 2
        "list": {"L": [{"NULL": True}]},  # 4 + 3 + 1 + 1
    }

    assert item_bytes(item) == 8 + 3 + 6 + 7 + 14 + 9


@pytest.mark.parametrize(("size", "units"), [(10, 1), (KIB, 1), (KIB + 1, 2)])
def test_a_write_costs_a_unit_for_each_begun_kilobyte(bank: Bank, size: int, units: int) -> None:
    with count_units() as counted:
        bank.client.put_item(TableName="marks", Item=a_row(size))

    assert (counted.writes, counted.reads) == (units, 0)


def test_the_larger_of_before_and_after_is_billed(bank: Bank) -> None:
    bank.client.put_item(TableName="marks", Item=a_row(3 * KIB))

    with count_units() as shrunk:
        bank.client.put_item(TableName="marks", Item=a_row(10))
    with count_units() as grown:
        grow = {"Key": {"pk": {"S": "a"}}, "ExpressionAttributeValues": {":t": {"S": "x" * 2_000}}}
        bank.client.update_item(TableName="marks", UpdateExpression="SET t = :t", **grow)

    assert (shrunk.writes, grown.writes) == (3, 2)


def test_a_transaction_costs_twice_even_when_it_is_cancelled(bank: Bank) -> None:
    with count_units() as won:
        bank.keyed()
    with count_units() as lost:
        bank.keyed()

    assert [won.writes, lost.writes] == [4, 4]
    assert [units.of("marks").writes for units in (won, lost)] == [2, 2]
    assert won.calls == {"dynamodb.TransactWriteItems": 1}


def test_a_failed_condition_is_billed(bank: Bank) -> None:
    bank.client.put_item(TableName="marks", Item=MARK)

    with count_units() as counted, pytest.raises(ClientError):
        bank.client.put_item(TableName="marks", Item=MARK, ConditionExpression="attribute_not_exists(pk)")

    assert counted.writes == 1


def test_reads_cost_by_four_kilobytes_and_half_when_eventual(bank: Bank) -> None:
    bank.client.put_item(TableName="marks", Item=a_row(5 * KIB))
    key = {"pk": {"S": "a"}}

    with count_units() as eventual:
        bank.client.get_item(TableName="marks", Key=key)
    with count_units() as consistent:
        bank.client.get_item(TableName="marks", Key=key, ConsistentRead=True)
    with count_units() as transacted:
        bank.client.transact_get_items(TransactItems=[{"Get": {"TableName": "marks", "Key": key}}])

    assert [eventual.reads, consistent.reads, transacted.reads] == [1, 2, 4]


def test_a_batch_read_rounds_each_item_up_by_itself_and_missing_ones_too(bank: Bank) -> None:
    bank.keyed()
    asked = {
        "balances": {"Keys": [BALANCE, {"pk": {"S": "nobody"}}], "ConsistentRead": True},
        "marks": {"Keys": [MARK]},
    }

    with count_units() as counted:
        bank.client.batch_get_item(RequestItems=asked)

    assert (counted.of("balances").reads, counted.of("marks").reads) == (2, 0.5)


def test_a_query_is_billed_for_what_a_filter_or_projection_hides(bank: Bank) -> None:
    bank.client.put_item(TableName="marks", Item=a_row(9 * KIB))

    with count_units() as counted:
        bank.client.query(
            TableName="marks",
            KeyConditionExpression="pk = :a",
            FilterExpression="#n = :never",
            ProjectionExpression="pk",
            ExpressionAttributeNames={"#n": "t"},
            ExpressionAttributeValues={":a": {"S": "a"}, ":never": {"S": ""}},
            ConsistentRead=True,
        )

    assert counted.reads == 3


def an_indexed_table(projection: str) -> Any:
    """A table ``indexed`` whose items are also found by ``due``, if they have one."""
    dynamodb = boto3.client("dynamodb")
    with contextlib.suppress(dynamodb.exceptions.ResourceNotFoundException):
        dynamodb.delete_table(TableName="indexed")
    dynamodb.create_table(
        TableName="indexed",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "due")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "due",
                "KeySchema": [{"AttributeName": "due", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": projection}
                | ({"NonKeyAttributes": ["t"]} if projection == "INCLUDE" else {}),
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return dynamodb


@pytest.mark.parametrize(
    ("old_due", "new_due", "writes"),
    [(None, None, 1), (None, "a", 2), ("a", "a", 2), ("a", "b", 3), ("a", None, 2)],
)
def test_an_index_costs_a_write_for_each_entry_put_or_removed(
    bank: Bank, old_due: str | None, new_due: str | None, writes: int
) -> None:
    dynamodb = an_indexed_table("ALL")
    items = [
        {"pk": {"S": "a"}, "t": {"S": each or "-"}} | ({"due": {"S": each}} if each else {})
        for each in (old_due, new_due)
    ]
    items[1]["t"] = {"S": "changed"}
    dynamodb.put_item(TableName="indexed", Item=items[0])

    with count_units() as counted:
        dynamodb.put_item(TableName="indexed", Item=items[1])

    assert counted.writes == writes


def test_an_index_of_keys_costs_nothing_when_only_the_rest_of_the_item_changes(bank: Bank) -> None:
    dynamodb = an_indexed_table("KEYS_ONLY")
    items = [{"pk": {"S": "a"}, "due": {"S": "d"}, "t": {"S": text}} for text in ("x" * 3_000, "y" * 3_000)]

    with count_units() as counted:
        for item in items:
            dynamodb.put_item(TableName="indexed", Item=item)

    assert counted.writes == 3 + 1 + 3


def test_reading_an_index_costs_half_of_a_consistent_read(bank: Bank) -> None:
    dynamodb = an_indexed_table("ALL")
    dynamodb.put_item(TableName="indexed", Item={"pk": {"S": "a"}, "due": {"S": "a"}})

    with count_units() as counted:
        dynamodb.query(
            TableName="indexed",
            IndexName="due",
            KeyConditionExpression="due = :a",
            ExpressionAttributeValues={":a": {"S": "a"}},
        )

    assert counted.reads == 0.5


def test_an_index_of_some_attributes_is_refused_until_it_is_counted(bank: Bank) -> None:
    dynamodb = an_indexed_table("INCLUDE")

    with count_units(), pytest.raises(NotImplementedError, match="indexed has an index of some"):
        dynamodb.put_item(TableName="indexed", Item=MARK)


def test_nothing_is_billed_for_a_refused_request() -> None:
    assert Units().writes == Units().of("marks").writes == 0
