"""From the templates of the platform and the services to the one that watches them."""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from infra.alarms import dashboard
from infra.alarms.kinds import (
    ERRORS,
    EXPIRING,
    FILLED,
    LATE,
    MINUTE_S,
    SERVER_ERRORS,
    SILENT,
    THROTTLES,
    WAITING,
    Kind,
)

BASE = Path(__file__).with_name("base.yaml")
PREFIX = "${Prefix}-"
UNITS_S = {"minute": MINUTE_S, "hour": 60 * MINUTE_S, "day": 24 * 60 * MINUTE_S}

Template = Mapping[str, Any]


class CannotWatch(Exception):
    """Something is deployed that no alarm can be made for; the message names it."""


@dataclass(frozen=True)
class Alarm:
    """One alarm: ``subject`` is the full name of what it watches, with ${Prefix} in it."""

    kind: Kind
    subject: str

    @property
    def name(self) -> str:
        return f"{self.subject}-{self.kind.name}"

    @property
    def logical_id(self) -> str:
        words = re.findall(r"[A-Za-z0-9]+", self.name.removeprefix(PREFIX))
        return "".join(word[0].upper() + word[1:] for word in words)


def make(platform: Template, services: Mapping[str, Template]) -> dict[str, Any]:
    """The template of a stage's alarms and dashboard. ``platform`` is as read by infra.template, ``services`` are the
    built templates by service. Raises CannotWatch.
    """
    made: dict[str, Any] = yaml.safe_load(BASE.read_text("utf-8"))
    alarms = [*_queues(platform), *(alarm for template in services.values() for alarm in _service(template))]
    made["Resources"] |= {alarm.logical_id: _resource(alarm) for alarm in alarms}
    made["Resources"]["Dashboard"] = dashboard.resource(_tables(platform), alarms)
    return made


def _resource(alarm: Alarm) -> dict[str, Any]:
    kind = alarm.kind
    tell = [{"Ref": "Topic"}]
    properties = {
        "AlarmName": {"Fn::Sub": alarm.name},
        "AlarmDescription": f"{kind.means} What to do: docs/operations.md, “{kind.name}”.",
        "Namespace": kind.namespace,
        "MetricName": kind.metric,
        "Dimensions": [{"Name": kind.dimension, "Value": {"Fn::Sub": alarm.subject}}],
        "Statistic": kind.statistic,
        "ComparisonOperator": "LessThanThreshold" if kind.below else "GreaterThanThreshold",
        "Threshold": kind.threshold,
        "Period": kind.period_s,
        "EvaluationPeriods": kind.periods,
        "TreatMissingData": "breaching" if kind.below else "notBreaching",
        "AlarmActions": tell,
        "OKActions": deepcopy(tell),
    }
    return {"Type": "AWS::CloudWatch::Alarm", "Properties": properties}


def _of_type(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    return {name: each["Properties"] for name, each in template["Resources"].items() if each["Type"] == kind}


def _tables(platform: Template) -> list[str]:
    return [str(table["TableName"]) for table in _of_type(platform, "AWS::DynamoDB::Table").values()]


def _queues(platform: Template) -> Iterator[Alarm]:
    """A queue that hands its failures on is worked on; one that does not is where they end."""
    for queue in _of_type(platform, "AWS::SQS::Queue").values():
        name = queue["QueueName"]
        if "RedrivePolicy" in queue:
            # Twice the time after which a failed message is handed out again: it has failed twice.
            late_s = max(WAITING.threshold, 2 * queue["VisibilityTimeout"])
            yield Alarm(replace(WAITING, threshold=late_s), name)
        else:
            yield Alarm(FILLED, name)
            yield Alarm(EXPIRING, name)


def _service(template: Template) -> Iterator[Alarm]:
    functions = {name: _sub(each, "FunctionName", name) for name, each in _functions(template).items()}
    for function in functions.values():
        yield Alarm(ERRORS, function)
        yield Alarm(THROTTLES, function)
    for source in _of_type(template, "AWS::Lambda::EventSourceMapping").values():
        if "StartingPosition" in source:  # streams have one, queues do not
            yield Alarm(LATE, functions[source["FunctionName"]["Ref"]])
    for name, rule in _of_type(template, "AWS::Events::Rule").items():
        for target in rule["Targets"]:
            silent = replace(SILENT, period_s=every_s(rule, name))
            yield Alarm(silent, functions[target["Arn"]["Fn::GetAtt"][0]])
    for name, api in _of_type(template, "AWS::ApiGateway::RestApi").items():
        yield Alarm(SERVER_ERRORS, _sub(api, "Name", name))


def _functions(template: Template) -> dict[str, dict[str, Any]]:
    return _of_type(template, "AWS::Lambda::Function")


def _sub(properties: Mapping[str, Any], which: str, logical_id: str) -> str:
    """A name that is known before the thing exists. Raises CannotWatch for one that AWS would choose."""
    match properties.get(which):
        case {"Fn::Sub": str(name)} if name.startswith(PREFIX):
            return name
    raise CannotWatch(f"{logical_id} has no {which} of the form {PREFIX}…")


def every_s(rule: Mapping[str, Any], name: str) -> int:
    """The seconds from one start of a schedule to the next. Raises CannotWatch."""
    found = re.fullmatch(r"rate\((\d+) (minute|hour|day)s?\)", str(rule.get("ScheduleExpression")))
    if not found:
        raise CannotWatch(f"{name}: only rate(…) says how long nothing may happen.")
    return int(found[1]) * UNITS_S[found[2]]
