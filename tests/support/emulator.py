"""The local AWS emulator for one test session: a port of its own, nothing kept, gone afterwards.

moto's transactions are not atomic under threads: whatever is truly concurrent runs here.
"""

import contextlib
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from http import HTTPStatus
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import boto3
import playwright

from infra.local.emulator import free_port
from shared import aws
from shared.settings import settings
from tests.support.tables import Platform, make_platform
from tests.support.template import PLATFORM

NODE = Path(playwright.__file__).parent / "driver"
"""CloudFront's functions need Node, and Playwright brings one."""
PYTHON = Path(__file__).parents[2] / ".venv-emulator" / "bin" / "python"
START_S = 60
STOP_S = 60
BATCH = 25
"""What one BatchWriteItem takes."""


@contextlib.contextmanager
def running_emulator(program: Sequence[str | Path] = ("-m", "ministack"), **more: str) -> Iterator[str]:
    """Start the emulator; yields its endpoint, such as ``http://127.0.0.1:40123``.

    ``program`` is what its interpreter runs, ``more`` what its environment says besides.
    """
    with tempfile.TemporaryDirectory(prefix="emulator-") as folder:
        port = free_port()
        process = subprocess.Popen(
            [PYTHON, *program],
            cwd=folder,
            env=os.environ | _environment(port, folder) | more,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        endpoint = f"http://127.0.0.1:{port}"
        try:
            _wait_until_healthy(port, process)
            yield endpoint
        finally:
            process.terminate()
            process.wait(STOP_S)


@contextlib.contextmanager
def platform_on_emulator(endpoint: str, template: Path = PLATFORM, prefix: str = settings.prefix) -> Iterator[Platform]:
    """The platform on a running emulator, and every client of the block pointed at it."""
    with pointed_at(endpoint):
        tables, queues = make_platform(template, prefix)
        dynamodb, sqs = boto3.client("dynamodb"), boto3.client("sqs")

        def fresh() -> None:
            for table in tables.values():
                _empty_table(dynamodb, table)
            for url in queues.values():
                sqs.purge_queue(QueueUrl=url)

        try:
            yield Platform(tables, queues, fresh)
        finally:
            _remove(tables, queues, alias=f"alias/{prefix}")


@contextlib.contextmanager
def pointed_at(endpoint: str) -> Iterator[None]:
    """Clients made in the block go to ``endpoint``: botocore reads it from the environment as it makes one."""
    os.environ["AWS_ENDPOINT_URL"] = endpoint
    aws.disconnect()
    try:
        yield
    finally:
        del os.environ["AWS_ENDPOINT_URL"]
        aws.disconnect()


def _environment(port: int, folder: str) -> dict[str, str]:
    return {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": "0",
        "STATE_DIR": folder,
        "TMPDIR": folder,
        "LOG_LEVEL": "WARNING",
        "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}",
    }


def _wait_until_healthy(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the emulator ended with {process.returncode}")
        with contextlib.suppress(OSError), contextlib.closing(HTTPConnection("127.0.0.1", port, timeout=2)) as http:
            http.request("GET", "/_ministack/health")
            if http.getresponse().status == HTTPStatus.OK:
                return
        time.sleep(0.05)
    raise TimeoutError(f"the emulator did not answer within {START_S} s")


def _empty_table(dynamodb: Any, table: str) -> None:
    names = [key["AttributeName"] for key in dynamodb.describe_table(TableName=table)["Table"]["KeySchema"]]
    rows = [row for page in dynamodb.get_paginator("scan").paginate(TableName=table) for row in page["Items"]]
    gone = [{"DeleteRequest": {"Key": {name: row[name] for name in names}}} for row in rows]
    for start in range(0, len(gone), BATCH):
        dynamodb.batch_write_item(RequestItems={table: gone[start : start + BATCH]})


def _remove(tables: dict[str, str], queues: dict[str, str], alias: str) -> None:
    dynamodb, sqs, kms = boto3.client("dynamodb"), boto3.client("sqs"), boto3.client("kms")
    for table in tables.values():
        dynamodb.delete_table(TableName=table)
    for url in queues.values():
        sqs.delete_queue(QueueUrl=url)
    if alias in (each["AliasName"] for each in kms.list_aliases()["Aliases"]):
        kms.delete_alias(AliasName=alias)
