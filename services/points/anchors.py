"""Anchors: what every account's head was on a night, written once into a bucket where nobody can change it. An account
that was rolled back, or written anew with all its entries, shows against them.
"""

import base64
import gzip
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from botocore.exceptions import ClientError

from shared import aws
from shared.settings import settings

ABSENT = frozenset({"NoSuchKey", "404"})
THERE = frozenset({"PreconditionFailed", "412", "ConditionalRequestConflict"})


@dataclass(frozen=True)
class Head:
    """An account on a night: its entries, the hash of the latest, and a day that no entry's shop day is later than."""

    seq: int
    hash: str
    last: date


def find(shop: str, day: date, number: int) -> Mapping[str, Head]:
    """The heads of a slice by subject on the night after ``day``; none when there was no such night."""
    try:
        answer = aws.client("s3").get_object(Bucket=_bucket(), Key=_key(shop, day, number))
    except ClientError as error:
        if error.response["Error"]["Code"] in ABSENT:
            return {}
        raise
    told: dict[str, Any] = json.loads(gzip.decompress(answer["Body"].read()))
    return {subject: Head(seq, head, date.fromisoformat(last)) for subject, (seq, head, last) in told.items()}


def save(shop: str, day: date, number: int, heads: Mapping[str, Head]) -> None:
    """Write a slice's heads, once: the first to write them is right."""
    told = {subject: [head.seq, head.hash, head.last.isoformat()] for subject, head in sorted(heads.items())}
    body = gzip.compress(json.dumps(told, separators=(",", ":")).encode(), mtime=0)
    # What is locked against change must come with its checksum.
    checksum = base64.b64encode(hashlib.sha256(body).digest()).decode()
    place = {"Bucket": _bucket(), "Key": _key(shop, day, number)}
    try:
        aws.client("s3").put_object(**place, Body=body, ChecksumSHA256=checksum, IfNoneMatch="*")
    except ClientError as error:
        if error.response["Error"]["Code"] not in THERE:
            raise


def _key(shop: str, day: date, number: int) -> str:
    return f"{shop}/{day.isoformat()}/{number:02d}.json.gz"


def _bucket() -> str:
    # A bucket's name is the world's, so it carries the account's number, and so does a queue's address.
    account = aws.queue_url("ledger-checks").split("/")[-2]
    return settings.bucket("anchors", account)
