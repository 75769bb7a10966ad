"""What infra/platform.yaml promises about data, read from the template itself."""

import re
from typing import Any

import pytest

from infra.local.stack import TEMPLATE
from infra.template import read_template
from services.points.app import app as points
from shared import outbound

FUNCTION_TIMEOUT_S = {"Notifications": 10, "Chat": 60, "Scoring": 900, "OrderEvents": 30, "Fulfilment": 30}
BODY = TEMPLATE.read_text(encoding="utf-8")
RESOURCES: dict[str, dict[str, Any]] = read_template(BODY)["Resources"]
TABLES = {name: r["Properties"] for name, r in RESOURCES.items() if r["Type"] == "AWS::DynamoDB::Table"}
QUEUES = {name: r["Properties"] for name, r in RESOURCES.items() if r["Type"] == "AWS::SQS::Queue"}


BARE = {"KeyAlias", "AnchorsPolicy"}
"""What has no data of its own: it goes with what it belongs to."""


def short(properties: dict[str, Any]) -> str:
    return str(properties.get("TableName") or properties.get("QueueName")).removeprefix("${Prefix}-")


def test_the_tables_are_the_ones_the_services_use_with_their_keys() -> None:
    keys = {short(table): [key["AttributeName"] for key in table["KeySchema"]] for table in TABLES.values()}

    assert keys == {
        "shops": ["pk", "sk"],
        "customers": ["pk", "sk"],
        "keys": ["pk"],
        "activities": ["pk", "sk"],
        "accounts": ["pk"],
        "entries": ["pk", "sk"],
        "orders": ["pk", "sk"],
        "rewards": ["pk", "sk"],
        "outreach": ["pk", "sk"],
        "messages": ["pk", "sk"],
    }


def test_every_table_can_be_restored_but_the_one_whose_erased_keys_must_stay_erased() -> None:
    restorable = {
        short(table)
        for table in TABLES.values()
        if table.get("PointInTimeRecoverySpecification") == {"PointInTimeRecoveryEnabled": True}
    }

    assert restorable == {short(table) for table in TABLES.values()} - {"keys"}


def test_items_expire_in_shops_outreach_and_messages_only() -> None:
    expiring = {short(t): t["TimeToLiveSpecification"] for t in TABLES.values() if "TimeToLiveSpecification" in t}

    assert expiring == {
        name: {"AttributeName": "expires_at", "Enabled": True} for name in ("shops", "outreach", "messages")
    }


def test_entries_and_rewards_are_streamed_and_the_stream_carries_the_new_row() -> None:
    streamed = {short(t): t["StreamSpecification"] for t in TABLES.values() if "StreamSpecification" in t}

    assert streamed == {name: {"StreamViewType": "NEW_IMAGE"} for name in ("entries", "rewards")}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_is_encrypted_and_paid_by_use_and_protected_in_prod(name: str) -> None:
    table = TABLES[name]

    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"] == ["IsProd", True, False]


@pytest.mark.parametrize("name", [name for name in RESOURCES if name not in BARE])
def test_what_holds_data_outlives_its_stack(name: str) -> None:
    assert RESOURCES[name]["DeletionPolicy"] == "Retain"
    assert RESOURCES[name]["UpdateReplacePolicy"] == "Retain"


@pytest.mark.parametrize("name", ["Shops", "Rewards"])
def test_what_waits_is_found_by_when_it_is_due(name: str) -> None:
    (index,) = TABLES[name]["GlobalSecondaryIndexes"]

    assert [key["AttributeName"] for key in index["KeySchema"]] == ["due", "due_at"]
    assert (index["IndexName"], index["Projection"]) == ("due", {"ProjectionType": "ALL"})


def test_orders_are_found_by_whose_they_are_and_by_when_they_are_due_at_the_price_of_keys() -> None:
    indexes = TABLES["Orders"]["GlobalSecondaryIndexes"]

    assert {each["IndexName"]: [key["AttributeName"] for key in each["KeySchema"]] for each in indexes} == {
        "customer": ["shop", "whose"],
        "due": ["due", "due_at"],
    }
    assert all(each["Projection"] == {"ProjectionType": "KEYS_ONLY"} for each in indexes)


@pytest.mark.parametrize("name", FUNCTION_TIMEOUT_S)
def test_a_message_that_fails_five_times_moves_to_the_dead_letters(name: str) -> None:
    redrive = RESOURCES[name]["Properties"]["RedrivePolicy"]

    assert redrive == {"deadLetterTargetArn": f"{name}DeadLetters.Arn", "maxReceiveCount": 5}


@pytest.mark.parametrize("name", FUNCTION_TIMEOUT_S)
def test_a_message_stays_hidden_six_times_as_long_as_its_function_may_take(name: str) -> None:
    assert QUEUES[name]["VisibilityTimeout"] >= 6 * FUNCTION_TIMEOUT_S[name]


def test_an_address_that_does_not_answer_keeps_no_other_shops_message_waiting() -> None:
    sources: list[Any] = points.event_sources
    (fulfil,) = (each for each in sources if each.name == "fulfil")

    assert fulfil.batch_size == 1
    assert FUNCTION_TIMEOUT_S["Fulfilment"] > 2 * outbound.DEADLINE_S


def test_dead_letters_are_kept_longer_than_the_queue_keeps() -> None:
    kept = {short(queue): queue["MessageRetentionPeriod"] for queue in QUEUES.values()}

    assert all(
        kept[f"{name}-dlq"] > kept[name] for name in ("notifications", "chat", "scoring", "orders", "fulfilment")
    )
    assert kept["relay-failures"] == kept["chat-dlq"]
    assert all(queue["SqsManagedSseEnabled"] for queue in QUEUES.values())


def test_the_key_rotates_and_has_the_alias_the_services_ask_for() -> None:
    assert RESOURCES["Key"]["Properties"]["EnableKeyRotation"] is True
    assert RESOURCES["KeyAlias"]["Properties"] == {"AliasName": "alias/${Prefix}", "TargetKeyId": "Key"}


def test_no_name_is_tied_to_one_partition_or_one_stage() -> None:
    names = {name: named for name, r in RESOURCES.items() if (named := _name(r["Properties"]))}

    assert "arn:aws:" not in BODY
    assert "amazonaws.com" not in BODY
    assert RESOURCES.keys() - names.keys() == {"Key", "AnchorsPolicy"}  # they have none
    assert all("${Prefix}" in name for name in names.values())


def _name(properties: dict[str, Any]) -> str | None:
    naming = ("TableName", "QueueName", "AliasName", "BucketName")
    return next((properties[name] for name in naming if name in properties), None)


def test_nobody_shortens_the_life_of_an_anchor_in_prod() -> None:
    anchors = RESOURCES["Anchors"]["Properties"]

    retention = anchors["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert retention == ["IsProd", {"Mode": "COMPLIANCE", "Years": 5}, {"Mode": "GOVERNANCE", "Days": 1}]
    assert (anchors["ObjectLockEnabled"], anchors["VersioningConfiguration"]) == (True, {"Status": "Enabled"})


def test_anchors_are_nobodys_but_ours_and_travel_by_tls_only() -> None:
    (only_by_tls,) = RESOURCES["AnchorsPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    assert set(RESOURCES["Anchors"]["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}
    assert (only_by_tls["Effect"], only_by_tls["Principal"], only_by_tls["Action"]) == ("Deny", "*", "s3:*")
    assert only_by_tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}


def test_every_table_queue_key_and_bucket_is_exported_for_the_service_stacks() -> None:
    outputs = read_template(BODY)["Outputs"]

    assert {f"{name}Arn" for name in RESOURCES if name not in BARE} <= outputs.keys()
    assert outputs["EntriesStreamArn"]["Value"] == "Entries.StreamArn"
    assert outputs["RewardsStreamArn"]["Value"] == "Rewards.StreamArn"
    assert all(re.fullmatch(r"\$\{Prefix\}-\w+", out["Export"]["Name"]) for out in outputs.values())
