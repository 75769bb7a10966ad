"""What Lambda does in a function's name besides running it: log, trace, read its source, park what fails.

A function's own code may do what its policy file says. This is derived from the template instead, so that neither can
be forgotten when a source is added.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from infra.package.functions import Function

POLL_QUEUE = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
READ_STREAM = ("dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator")


def arn(service: str, resource: str) -> dict[str, str]:
    """The ARN of something of this account and region, in whatever partition that is."""
    return {"Fn::Sub": f"arn:${{AWS::Partition}}:{service}:${{AWS::Region}}:${{AWS::AccountId}}:{resource}"}


def statements(function: Function, events: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The statements for a function and its event sources, as SAM has them."""
    logs = arn("logs", f"log-group:/aws/lambda/{function.deployed_name}:*")
    traces = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
    return [
        _allow("Logs", ("logs:CreateLogStream", "logs:PutLogEvents"), logs),
        _allow("Traces", traces, "*"),  # they have no resource
        *(statement for event in events.values() for statement in _source(event["Type"], event["Properties"])),
    ]


def _source(kind: str, properties: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    match kind:
        case "SQS":
            yield _allow("Source", POLL_QUEUE, properties["Queue"])
        case "DynamoDB":
            yield _allow("Source", READ_STREAM, properties["Stream"])
            yield _allow("Parking", ("sqs:SendMessage",), properties["DestinationConfig"]["OnFailure"]["Destination"])


def _allow(sid: str, actions: tuple[str, ...], resource: Any) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resource}
