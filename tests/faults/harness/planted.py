"""A check-in worth five points, written wrong in four ways and right once: what the harness must tell apart.

Two tiny tables: ``marks`` (one row a customer and day) and ``balances`` (one row a customer).
"""

import json
from collections.abc import Callable
from typing import Any

import boto3
from botocore.exceptions import ClientError

POINTS = 5
CUSTOMER = "amei"
MARK = {"pk": {"S": f"{CUSTOMER}#2026-11-20"}}
BALANCE = {"pk": {"S": CUSTOMER}}
FIVE = {":five": {"N": str(POINTS)}}

CheckIn = Callable[[], str]


class Bank:
    """The two tables, and the five ways to write them."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def make(self) -> None:
        for table in ("marks", "balances"):
            self.client.create_table(
                TableName=table,
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )

    def balance(self) -> int:
        row = self.client.get_item(TableName="balances", Key=BALANCE, ConsistentRead=True).get("Item")
        return int(row["points"]["N"]) if row else 0

    def read_then_write(self) -> str:
        """Wrong: two requests may both read that there is no mark yet."""
        if "Item" in self.client.get_item(TableName="marks", Key=MARK, ConsistentRead=True):
            return "already"
        self.client.put_item(TableName="marks", Item=MARK)
        self.bare_add()
        return "checked in"

    def bare_add(self) -> str:
        """Wrong: a lost reply makes botocore send it again, and nothing knows that it was applied."""
        self.client.update_item(
            TableName="balances",
            Key=BALANCE,
            UpdateExpression="ADD points :five",
            ExpressionAttributeValues=FIVE,
        )
        return "checked in"

    def lost_update(self) -> str:
        """Wrong: between the read and the write somebody else's points may come and are overwritten."""
        points = self.balance() + POINTS
        self.client.put_item(TableName="balances", Item={**BALANCE, "points": {"N": str(points)}})
        return f"balance {points}"

    def keyed(self, mark: dict[str, Any] = MARK) -> str:
        """Right: the mark is the key of the event, and the points come with it or not at all."""
        put = {"TableName": "marks", "Item": mark, "ConditionExpression": "attribute_not_exists(pk)"}
        add = {
            "TableName": "balances",
            "Key": BALANCE,
            "UpdateExpression": "ADD points :five",
            "ExpressionAttributeValues": FIVE,
        }
        try:
            self.client.transact_write_items(TransactItems=[{"Put": put}, {"Update": add}])
        except ClientError as error:
            if error.response["CancellationReasons"][0]["Code"] != "ConditionalCheckFailed":
                raise
            return "already"
        return "checked in"

    def swallowing_consumer(self, event: dict[str, Any]) -> dict[str, Any]:
        """Wrong: what fails is neither reported nor raised, so the queue deletes it."""
        for record in event["Records"]:
            try:
                self.keyed(json.loads(record["body"]))
            except ClientError:
                continue
        return {"batchItemFailures": []}

    def reporting_consumer(self, event: dict[str, Any]) -> dict[str, Any]:
        """Right: each message for itself, and the failed ones come again."""
        failed = []
        for record in event["Records"]:
            try:
                self.keyed(json.loads(record["body"]))
            except ClientError:
                failed.append({"itemIdentifier": record["messageId"]})
        return {"batchItemFailures": failed}


def a_bank() -> Bank:
    """A bank on whatever boto3 points to, retrying as the project's own clients do."""
    config = boto3.session.Config(retries={"mode": "standard", "total_max_attempts": 3}, parameter_validation=False)
    return Bank(boto3.client("dynamodb", config=config))
