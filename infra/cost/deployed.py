"""What of a stage costs something though nobody comes: counted from the platform's template and the services' apps."""

import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from chalice.app import DynamoDBEventConfig, ScheduledEventConfig, SQSEventConfig

from infra.alarms import template as alarms
from infra.openapi import SERVICES
from infra.package.functions import functions_of
from infra.template import read_template

PLATFORM = Path(__file__).resolve().parents[1] / "platform.yaml"
DAY_S = 86_400


@dataclass(frozen=True)
class Deployed:
    """What is paid for by the month. ``polled`` are the queues Lambda takes messages from, ``ticks`` how often a day
    each scheduled function is started.
    """

    polled: int
    ticks: Mapping[str, float]
    alarms: int
    keys: int
    dashboards: int


@cache
def stage() -> Deployed:
    """What every stage has."""
    platform = read_template(PLATFORM.read_text("utf-8"))
    services = {name: outline(name) for name in SERVICES}
    watching = alarms.make(platform, services)
    return Deployed(
        polled=sum(len(_queues(each)) for each in services.values()),
        ticks={name: often for each in services.values() for name, often in _ticks(each)},
        alarms=_count("AWS::CloudWatch::Alarm", watching),
        keys=_count("AWS::KMS::Key", platform, watching),
        dashboards=_count("AWS::CloudWatch::Dashboard", watching),
    )


def outline(service: str) -> dict[str, Any]:
    """As much of a service's template as says what is started by what, made without building it."""
    app: Any = importlib.import_module(f"services.{service}.app").app
    resources: dict[str, Any] = {"RestAPI": _resource("ApiGateway::RestApi", Name=_named(f"${{Prefix}}-{service}"))}
    logical = {each.name: each.logical_id for each in functions_of(service)}
    for function in functions_of(service):
        resources[function.logical_id] = _resource("Lambda::Function", FunctionName=_named(function.deployed_name))
    for each in app.event_sources:
        resources[f"{logical[each.name]}Source"] = source(each, logical[each.name])
    return {"Resources": resources}


def source(config: Any, function: str) -> dict[str, Any]:
    """What starts a function. Raises TypeError for something this bill knows nothing of."""
    match config:
        case ScheduledEventConfig():
            targets = [{"Id": "1", "Arn": {"Fn::GetAtt": [function, "Arn"]}}]
            return _resource("Events::Rule", ScheduleExpression=config.schedule_expression, Targets=targets)
        case DynamoDBEventConfig():
            started = {"FunctionName": {"Ref": function}, "StartingPosition": config.starting_position}
            return _resource("Lambda::EventSourceMapping", **started)
        case SQSEventConfig():
            return _resource("Lambda::EventSourceMapping", FunctionName={"Ref": function})
    raise TypeError(f"{type(config).__name__}: say in infra/cost/deployed.py what it costs.")


def _resource(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def _named(name: str) -> dict[str, str]:
    return {"Fn::Sub": name}


def _queues(service: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Those of a service: streams have a place to start from, and are read for nothing."""
    return [each for each in _of("AWS::Lambda::EventSourceMapping", service) if "StartingPosition" not in each]


def _ticks(service: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    """Each scheduled function, as `compliance-tick`, and how often a day it is started."""
    for rule in _of("AWS::Events::Rule", service):
        for target in rule["Targets"]:
            function = service["Resources"][target["Arn"]["Fn::GetAtt"][0]]["Properties"]["FunctionName"]["Fn::Sub"]
            yield function.removeprefix(alarms.PREFIX), DAY_S / alarms.every_s(rule, function)


def _of(kind: str, template: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == kind]


def _count(kind: str, *templates: Mapping[str, Any]) -> int:
    return sum(len(_of(kind, each)) for each in templates)
