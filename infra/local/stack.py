"""Brings the emulator's tables, queues and key to what infra/platform.yaml declares."""

import time
from pathlib import Path
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError

from infra.local.environment import REGION
from infra.local.paths import PREFIX, ROOT
from infra.template import read_template

TEMPLATE = ROOT / "infra" / "platform.yaml"
TIMEOUT_S = 30.0


class StackFailed(Exception):
    """CloudFormation gave up; the message says why."""


def client(service: str, endpoint: str) -> Any:
    """A boto3 client for the emulator. It gives up soon: everything here is on this machine."""
    import boto3  # noqa: PLC0415 - a third of a second, spent while the emulator starts

    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - the emulator takes any
        config=Config(connect_timeout=2, read_timeout=10, retries={"max_attempts": 2, "mode": "standard"}),
    )


def bring_up(endpoint: str) -> None:
    """Create or update the stack, then set what the emulator's CloudFormation leaves out. Raises StackFailed."""
    cloudformation = client("cloudformation", endpoint)
    body = TEMPLATE.read_text(encoding="utf-8")
    request = {
        "StackName": PREFIX,
        "TemplateBody": body,
        "Parameters": [{"ParameterKey": "Prefix", "ParameterValue": PREFIX}],
    }
    try:
        cloudformation.update_stack(**request)
    except ClientError as error:
        reason = error.response["Error"]["Message"]
        if "does not exist" in reason:
            cloudformation.create_stack(**request)
        elif "No updates" not in reason:
            raise StackFailed(reason) from error
    _wait(cloudformation)
    _set_time_to_live(client("dynamodb", endpoint), body)


def _wait(cloudformation: Any) -> None:
    deadline = time.monotonic() + TIMEOUT_S
    while True:
        stack = cloudformation.describe_stacks(StackName=PREFIX)["Stacks"][0]
        status = stack["StackStatus"]
        if status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
            return
        if not status.endswith("IN_PROGRESS") or time.monotonic() > deadline:
            raise StackFailed(f"{status}: {stack.get('StackStatusReason', 'no reason given')}")
        time.sleep(0.05)


def _set_time_to_live(dynamodb: Any, body: str) -> None:
    """The emulator ignores TimeToLiveSpecification in a template."""
    for name, attribute in expiring_tables(body).items():
        status = dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"]["TimeToLiveStatus"]
        if status != "ENABLED":  # AWS refuses to enable it twice
            wanted = {"Enabled": True, "AttributeName": attribute}
            dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=wanted)


def expiring_tables(body: str) -> dict[str, str]:
    """Local table name → the attribute that holds an item's end, from the template's text."""
    resources = read_template(body)["Resources"].values()
    return {
        resource["Properties"]["TableName"].replace("${Prefix}", PREFIX): wanted["AttributeName"]
        for resource in resources
        if (wanted := resource["Properties"].get("TimeToLiveSpecification"))
    }


if __name__ == "__main__":
    import sys

    bring_up(sys.argv[1])
    print(f"{Path(TEMPLATE).name} is in force at {sys.argv[1]}")
