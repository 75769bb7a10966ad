"""The platform's tables, queues and key, made from infra/platform.yaml in moto or on the emulator."""

import contextlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from shared import aws
from shared.settings import settings
from tests.support.moto_state import empty_moto
from tests.support.template import PLATFORM, Template

_AS_DECLARED = ("TableName", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
# Long polling is left out: a test that looks into an empty queue would wait for it.
_QUEUE_ATTRIBUTES = ("VisibilityTimeout", "MessageRetentionPeriod", "DelaySeconds")


@dataclass(frozen=True)
class Platform:
    """What was made: full table names and queue URLs by their short names (``accounts``, ``notifications-dlq``)."""

    tables: dict[str, str]
    queues: dict[str, str]
    fresh: Callable[[], None]
    """Empties every table and queue."""


@contextlib.contextmanager
def platform_in_moto(template: Path = PLATFORM, prefix: str = settings.prefix) -> Iterator[Platform]:
    """The platform in moto, empty, for a block: one for a whole test module, ``fresh()`` before each test."""
    with mock_aws():
        # Clients made before moto, or for the emulator, would miss it.
        aws.disconnect()
        tables, queues = make_platform(template, prefix)
        try:
            yield Platform(tables, queues, empty_moto)
        finally:
            aws.disconnect()


def make_platform(template: Path = PLATFORM, prefix: str = settings.prefix) -> tuple[dict[str, str], dict[str, str]]:
    """Make everything the template declares with plain calls, wherever boto3 points to now."""
    account = boto3.client("sts").get_caller_identity()["Account"]
    declared = Template(template, Prefix=prefix, **{"AWS::AccountId": account})
    _make_key(declared)
    tables = {name.removeprefix(f"{prefix}-"): name for name in _make_tables(declared)}
    queues = {name.removeprefix(f"{prefix}-"): url for name, url in _make_queues(declared)}
    _make_buckets(declared)
    return tables, queues


def _make_key(declared: Template) -> None:
    kms = boto3.client("kms")
    for logical_id, _ in declared.of_type("AWS::KMS::Key"):
        made = kms.create_key()["KeyMetadata"]
        declared.learn(logical_id, made["KeyId"], Arn=made["Arn"])
    for _, properties in declared.of_type("AWS::KMS::Alias"):
        kms.create_alias(AliasName=properties["AliasName"], TargetKeyId=properties["TargetKeyId"])


def _make_tables(declared: Template) -> Iterator[str]:
    dynamodb = boto3.client("dynamodb")
    for _, properties in declared.of_type("AWS::DynamoDB::Table"):
        asked: dict[str, Any] = {name: properties[name] for name in _AS_DECLARED if name in properties}
        if stream := properties.get("StreamSpecification"):
            asked["StreamSpecification"] = {"StreamEnabled": True, **stream}
        dynamodb.create_table(BillingMode="PAY_PER_REQUEST", **asked)
        if ttl := properties.get("TimeToLiveSpecification"):
            dynamodb.update_time_to_live(TableName=asked["TableName"], TimeToLiveSpecification=ttl)
        yield asked["TableName"]


def _make_queues(declared: Template) -> Iterator[tuple[str, str]]:
    sqs = boto3.client("sqs")
    for logical_id, properties in declared.of_type("AWS::SQS::Queue"):
        attributes = {name: str(properties[name]) for name in _QUEUE_ATTRIBUTES if name in properties}
        url = sqs.create_queue(QueueName=properties["QueueName"], Attributes=attributes)["QueueUrl"]
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]
        declared.learn(logical_id, url, Arn=found["QueueArn"])
        yield properties["QueueName"], url
    # Only now every dead-letter queue has an ARN.
    for logical_id, properties in declared.of_type("AWS::SQS::Queue"):
        if redrive := properties.get("RedrivePolicy"):
            url = declared.ref(logical_id)
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"RedrivePolicy": json.dumps(redrive)})


def _make_buckets(declared: Template) -> None:
    s3 = boto3.client("s3")
    for _, properties in declared.of_type("AWS::S3::Bucket"):
        s3.create_bucket(Bucket=properties["BucketName"], ObjectLockEnabledForBucket=True)
