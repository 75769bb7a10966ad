"""Requests touch what they touch: orders are skipped only where nobody could tell them apart."""

import pytest

from tests.faults.harness.hook import Call
from tests.faults.harness.places import meet, places_of

ITEM = {"pk": {"S": "tea"}, "sk": {"S": "settings"}}
OF_TEA = {"ExpressionAttributeNames": {"#0": "pk", "#1": "sk"}, "ExpressionAttributeValues": {":0": {"S": "tea"}}}


@pytest.mark.parametrize(
    ("operation", "body", "places"),
    [
        ("GetItem", {"TableName": "t", "Key": ITEM}, [("t", "tea", "settings")]),
        ("PutItem", {"TableName": "t", "Item": {**ITEM, "body": {"S": "{}"}}}, [("t", "tea", "settings")]),
        ("PutItem", {"TableName": "t", "Item": {"pk": {"S": "tea"}}}, [("t", "tea")]),
        ("Query", {"TableName": "t", "KeyConditionExpression": "#0 = :0", **OF_TEA}, [("t", "tea")]),
        ("Query", {"TableName": "t", "KeyConditionExpression": "#1 = :0", **OF_TEA}, [("t",)]),
        ("Query", {"TableName": "t", "IndexName": "due", "KeyConditionExpression": "#0 = :0", **OF_TEA}, [("t",)]),
        ("Scan", {"TableName": "t"}, [("t",)]),
        ("BatchGetItem", {"RequestItems": {"t": {"Keys": [ITEM]}}}, [("t", "tea", "settings")]),
        ("BatchWriteItem", {"RequestItems": {"t": [{"PutRequest": {"Item": ITEM}}]}}, [("t", "tea", "settings")]),
        (
            "TransactWriteItems",
            {"TransactItems": [{"Put": {"TableName": "t", "Item": ITEM}}, {"Delete": {"TableName": "u", "Key": ITEM}}]},
            [("t", "tea", "settings"), ("u", "tea", "settings")],
        ),
        ("SendMessage", {"QueueUrl": "https://queue"}, [("https://queue",)]),
        ("Unheard", {}, []),
    ],
)
def test_a_request_touches_items_partitions_or_tables(operation: str, body: dict, places: list) -> None:
    assert list(places_of(operation, body)) == places


def test_a_partition_holds_its_items_and_a_table_its_partitions() -> None:
    item, other, partition, table = ("t", "a", "b"), ("t", "a", "c"), ("t", "a"), ("t",)

    assert meet([item], [item])
    assert meet([item], [partition])
    assert meet([partition], [table])
    assert meet([item], [()])
    assert not meet([item], [other])
    assert not meet([item], [("t", "b")])


def test_reads_commute_and_so_do_messages_but_a_write_does_not() -> None:
    read = Call("dynamodb.GetItem", reads=frozenset({("t", "a", "b")}))
    write = Call("dynamodb.PutItem", writes=frozenset({("t", "a", "b")}))
    elsewhere = Call("dynamodb.PutItem", writes=frozenset({("t", "a", "c")}))
    sent = Call("sqs.SendMessageBatch", writes=frozenset({("q",)}))

    assert read.commutes_with(read)
    assert elsewhere.commutes_with(write)
    assert sent.commutes_with(sent)
    assert not read.commutes_with(write)
    assert not write.commutes_with(write)
