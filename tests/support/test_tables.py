"""The platform of the tests is the one that infra/platform.yaml declares."""

from collections.abc import Iterator

import boto3
import pytest

from shared import aws
from shared.settings import settings
from tests.support.emulator import platform_on_emulator, running_emulator
from tests.support.tables import Platform, platform_in_moto

NAMES = {"shops", "customers", "keys", "activities", "accounts", "entries", "outreach", "messages"}


@pytest.fixture(scope="module")
def made() -> Iterator[Platform]:
    with platform_in_moto() as platform:
        yield platform


def test_every_declared_table_and_queue_is_there(made: Platform) -> None:
    assert set(made.tables) >= NAMES
    assert made.tables["accounts"] == settings.table("accounts")
    assert made.queues.keys() >= {
        f"{name}{end}" for name in ("notifications", "chat", "scoring") for end in ("", "-dlq")
    }


def test_entries_stream_their_new_image_and_the_inbox_expires(made: Platform) -> None:
    dynamodb = boto3.client("dynamodb")

    entries = dynamodb.describe_table(TableName=made.tables["entries"])["Table"]
    ttl = dynamodb.describe_time_to_live(TableName=made.tables["outreach"])["TimeToLiveDescription"]

    assert entries["StreamSpecification"] == {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    assert (ttl["AttributeName"], ttl["TimeToLiveStatus"]) == ("expires_at", "ENABLED")


def test_the_queue_hands_its_failures_to_the_dead_letters(made: Platform) -> None:
    sqs = boto3.client("sqs")

    found = sqs.get_queue_attributes(QueueUrl=aws.queue_url("notifications"), AttributeNames=["All"])["Attributes"]

    assert found["VisibilityTimeout"] == "60"
    assert f'{settings.prefix}-notifications-dlq"' in found["RedrivePolicy"]
    assert '"maxReceiveCount": 5' in found["RedrivePolicy"]


def test_the_key_answers_to_its_alias(made: Platform) -> None:
    key = aws.client("kms").generate_data_key(KeyId=settings.kms_key, KeySpec="AES_256")

    assert len(key["Plaintext"]) == 32


def test_fresh_leaves_nothing_behind(made: Platform) -> None:
    leave_something(made)

    made.fresh()

    assert what_is_left(made) == (0, 0)


@pytest.mark.emulator
def test_the_emulator_has_the_same_platform_and_empties_it_too() -> None:
    with running_emulator() as endpoint:
        with platform_on_emulator(endpoint) as first:
            leave_something(first)
            first.fresh()
            left = what_is_left(first)
        with platform_on_emulator(endpoint) as second:
            names = set(second.tables)

    assert left == (0, 0)
    assert names >= NAMES


def leave_something(platform: Platform) -> None:
    item = {"pk": {"S": "a"}, "sk": {"S": "b"}}
    boto3.client("dynamodb").put_item(TableName=platform.tables["entries"], Item=item)
    boto3.client("sqs").send_message(QueueUrl=platform.queues["notifications"], MessageBody="hello")


def what_is_left(platform: Platform) -> tuple[int, int]:
    """Rows in the entries table, messages in the queue."""
    rows = boto3.client("dynamodb").scan(TableName=platform.tables["entries"])["Count"]
    messages = boto3.client("sqs").receive_message(QueueUrl=platform.queues["notifications"]).get("Messages", [])
    return rows, len(messages)
