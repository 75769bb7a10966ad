"""Batches as Lambda hands them to queue and stream handlers."""

import json
from collections.abc import Iterable
from typing import Any

import boto3

from shared.settings import settings


def stream_batch(items: Iterable[dict[str, Any]], *, kind: str = "INSERT", first: int = 1) -> dict[str, Any]:
    """Raw items of the entries table as records of its stream, numbered from ``first``."""
    return {
        "Records": [
            {
                "eventID": str(number),
                "eventName": kind,
                "awsRegion": "us-east-1",
                "eventSourceARN": settings.stream("entries"),
                "dynamodb": {
                    "ApproximateCreationDateTime": 1,
                    "Keys": {"pk": item.get("pk"), "sk": item.get("sk")},
                    "NewImage": item,
                    "SequenceNumber": str(number),
                    "SizeBytes": 1,
                    "StreamViewType": "NEW_IMAGE",
                },
            }
            for number, item in enumerate(items, start=first)
        ]
    }


def queue_batch(bodies: Iterable[str]) -> dict[str, Any]:
    """Message bodies as records of a queue, with the ids m0, m1 …"""
    return {
        "Records": [
            {"messageId": f"m{number}", "receiptHandle": "r", "body": body, "attributes": {}}
            for number, body in enumerate(bodies)
        ]
    }


def failed(answer: Any) -> list[str]:
    """Which messages or records a handler hands back."""
    return [each["itemIdentifier"] for each in answer["batchItemFailures"]]


def raw_items(table: str) -> list[dict[str, Any]]:
    """All rows of a table as they travel, by their keys."""
    items: list[dict[str, Any]] = boto3.client("dynamodb").scan(TableName=settings.table(table))["Items"]
    return sorted(items, key=lambda item: (item["pk"]["S"], item.get("sk", {}).get("S", "")))


def messages_in(url: str) -> list[Any]:
    """Every message waiting in a queue, read once."""
    sqs, found = boto3.client("sqs"), []
    while batch := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(message["Body"]) for message in batch]
    return found
