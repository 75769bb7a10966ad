"""One page that shows a stage at a glance: what is wrong, what is asked, what runs, what waits."""

import json
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

WIDTH = 24
HEIGHT = 6
ACROSS = 3
PERIOD_S = 300


class Watched(Protocol):
    """An alarm, as far as a dashboard shows it."""

    @property
    def name(self) -> str: ...
    @property
    def subject(self) -> str: ...
    @property
    def kind(self) -> Any: ...


def resource(tables: Sequence[str], alarms: Sequence[Watched]) -> dict[str, Any]:
    """The dashboard as a resource. Names have ${Prefix} in them, which the stack fills in."""
    body = {"widgets": [_board(alarms), *_placed(_graphs(tables, alarms))]}
    properties = {
        "DashboardName": {"Ref": "Prefix"},
        "DashboardBody": {"Fn::Sub": json.dumps(body, ensure_ascii=False, indent=1)},
    }
    return {"Type": "AWS::CloudWatch::Dashboard", "Properties": properties}


def _board(alarms: Iterable[Watched]) -> dict[str, Any]:
    """All alarms as lamps."""
    arn = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:"
    lamps = {"title": "Alarms", "alarms": [f"{arn}{alarm.name}" for alarm in alarms]}
    return {"type": "alarm", "x": 0, "y": 0, "width": WIDTH, "height": HEIGHT, "properties": lamps}


def _placed(graphs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    width = WIDTH // ACROSS
    return [
        {
            "type": "metric",
            "x": n % ACROSS * width,
            "y": HEIGHT * (1 + n // ACROSS),
            "width": width,
            "height": HEIGHT,
            "properties": graph,
        }
        for n, graph in enumerate(graphs)
    ]


def _graphs(tables: Sequence[str], alarms: Sequence[Watched]) -> list[dict[str, Any]]:
    apis = ("AWS/ApiGateway", "ApiName", _subjects(alarms, "AWS/ApiGateway"))
    functions = ("AWS/Lambda", "FunctionName", _subjects(alarms, "AWS/Lambda"))
    streamed = ("AWS/Lambda", "FunctionName", [each.subject for each in alarms if each.kind.metric == "IteratorAge"])
    queues = ("AWS/SQS", "QueueName", _subjects(alarms, "AWS/SQS"))
    stored = ("AWS/DynamoDB", "TableName", tables)
    return [
        _graph("Requests", apis, "Count", "Sum"),
        _graph("Answered with 5xx", apis, "5XXError", "Sum"),
        _graph("Time to answer, 95th percentile (ms)", apis, "Latency", "p95"),
        _graph("Function errors", functions, "Errors", "Sum"),
        _graph("Functions throttled", functions, "Throttles", "Sum"),
        _graph("Functions at once", functions, "ConcurrentExecutions", "Maximum"),
        _graph("Messages waiting", queues, "ApproximateNumberOfMessagesVisible", "Maximum"),
        _graph("Oldest message (s)", queues, "ApproximateAgeOfOldestMessage", "Maximum"),
        _graph("Behind the streams (ms)", streamed, "IteratorAge", "Maximum"),
        _graph("Read units", stored, "ConsumedReadCapacityUnits", "Sum"),
        _graph("Write units", stored, "ConsumedWriteCapacityUnits", "Sum"),
        _graph("Writes refused by DynamoDB", stored, "WriteThrottleEvents", "Sum"),
    ]


def _subjects(alarms: Iterable[Watched], namespace: str) -> list[str]:
    return list(dict.fromkeys(alarm.subject for alarm in alarms if alarm.kind.namespace == namespace))


def _graph(title: str, of: tuple[str, str, Sequence[str]], metric: str, statistic: str) -> dict[str, Any]:
    """A metric of several subjects. ``of``: namespace, dimension, subjects."""
    namespace, dimension, subjects = of
    return {
        "title": title,
        "region": "${AWS::Region}",
        "metrics": [[namespace, metric, dimension, subject] for subject in subjects],
        "stat": statistic,
        "period": PERIOD_S,
    }
