"""Everything that is deployed is watched."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint_file

from infra.alarms.kinds import DAY_S
from infra.alarms.template import CannotWatch, make
from infra.local.paths import ROOT
from infra.openapi import SERVICES
from infra.package.functions import all_functions
from infra.template import read_template
from tests.infra.deploy.builds import a_function, a_service, named
from tests.support.packaged import built_services

FIRST_BUILD_S = 400
PLATFORM = read_template((ROOT / "infra" / "platform.yaml").read_text("utf-8"))
STREAM = {
    "Type": "AWS::Lambda::EventSourceMapping",
    "Properties": {"FunctionName": {"Ref": "Relay"}, "StartingPosition": "TRIM_HORIZON"},
}
QUEUE = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"FunctionName": {"Ref": "Relay"}}}


def a_schedule(expression: str) -> dict[str, Any]:
    target = {"Id": "1", "Arn": {"Fn::GetAtt": ["Relay", "Arn"]}}
    return {"Type": "AWS::Events::Rule", "Properties": {"ScheduleExpression": expression, "Targets": [target]}}


def alarms_of(*services: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The alarms by name, without ${Prefix}, for services as they come."""
    made = make(PLATFORM, {str(n): service for n, service in enumerate(services)})["Resources"].values()
    found = [each["Properties"] for each in made if each["Type"] == "AWS::CloudWatch::Alarm"]
    return {each["AlarmName"]["Fn::Sub"].removeprefix("${Prefix}-"): each for each in found}


def relay(**resources: Any) -> dict[str, Any]:
    return a_service("points", Relay=a_function("points-relay"), **resources)


def test_every_function_is_watched_for_errors_and_throttles() -> None:
    alarms = alarms_of(relay(), a_service("admin", Bootstrap=a_function("admin-bootstrap")))

    assert {
        f"{name}-{kind}" for name in ("points-relay", "admin-bootstrap") for kind in ("errors", "throttles")
    } <= alarms.keys()


@pytest.mark.timeout(FIRST_BUILD_S)
def test_everything_that_is_built_is_watched() -> None:
    built = built_services()
    services = [json.loads(built.template(name).read_text("utf-8")) for name in SERVICES]

    alarms = alarms_of(*services)

    functions = [function.deployed_name.removeprefix("${Prefix}-") for function in all_functions()]
    assert {f"{name}-{kind}" for name in functions for kind in ("errors", "throttles")} <= alarms.keys()
    assert {f"{name}-server-errors" for name in SERVICES} <= alarms.keys()
    assert {"points-relay-late", "compliance-tick-silent", "orders-tick-silent"} <= alarms.keys()


def test_a_function_that_reads_a_stream_is_watched_for_being_late_long_before_the_stream_forgets() -> None:
    alarms = alarms_of(relay(Source=STREAM))

    late = alarms["points-relay-late"]
    assert late["MetricName"] == "IteratorAge"
    assert late["Threshold"] * 10 < DAY_S * 1000
    assert "points-relay-late" not in alarms_of(relay(Source=QUEUE))


@pytest.mark.parametrize(("expression", "every_s"), [("rate(15 minutes)", 900), ("rate(1 day)", 86_400)])
def test_a_schedule_that_stops_is_noticed(expression: str, every_s: int) -> None:
    silent = alarms_of(relay(Rule=a_schedule(expression)))["points-relay-silent"]

    assert (silent["Period"], silent["TreatMissingData"]) == (every_s, "breaching")
    assert (silent["ComparisonOperator"], silent["Threshold"]) == ("LessThanThreshold", 1)


def test_every_api_is_watched_for_errors_of_ours() -> None:
    assert alarms_of(a_service("points"))["points-server-errors"]["Dimensions"] == [
        {"Name": "ApiName", "Value": named("points")}
    ]


def test_every_queue_is_watched_for_its_age_and_the_last_ones_for_anything_in_them() -> None:
    alarms = alarms_of()

    for queue in ("notifications", "chat", "scoring", "orders"):
        assert {f"{queue}-waiting", f"{queue}-dlq-filled", f"{queue}-dlq-expiring"} <= alarms.keys()
    assert {"relay-failures-filled", "relay-failures-expiring"} <= alarms.keys()
    queues = [each for each in PLATFORM["Resources"].values() if each["Type"] == "AWS::SQS::Queue"]
    aged = [each for each in alarms.values() if each["MetricName"] == "ApproximateAgeOfOldestMessage"]
    assert len(aged) == len(queues)


def test_waiting_is_counted_from_a_second_failure_on() -> None:
    alarms = alarms_of()

    queues = [each["Properties"] for each in PLATFORM["Resources"].values() if each["Type"] == "AWS::SQS::Queue"]
    for queue in queues:
        if "RedrivePolicy" in queue:
            alarm = alarms[queue["QueueName"].removeprefix("${Prefix}-") + "-waiting"]
            assert alarm["Threshold"] >= 2 * queue["VisibilityTimeout"]


def test_what_no_alarm_can_be_made_for_is_refused() -> None:
    nameless = a_function("x")
    del nameless["Properties"]["FunctionName"]

    with pytest.raises(CannotWatch, match="Relay has no FunctionName"):
        alarms_of(a_service("points", Relay=nameless))
    with pytest.raises(CannotWatch, match="only rate"):
        alarms_of(relay(Rule=a_schedule("cron(0 3 * * ? *)")))


def test_every_alarm_tells_the_topic_when_it_begins_and_when_it_ends_and_says_where_to_read() -> None:
    for alarm in alarms_of(relay(Source=STREAM, Rule=a_schedule("rate(1 hour)"))).values():
        assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "Topic"}]
        assert "docs/operations.md" in alarm["AlarmDescription"]


def test_no_two_alarms_share_a_name_in_the_template() -> None:
    made = make(PLATFORM, {"points": relay(Source=STREAM), "admin": a_service("admin")})["Resources"]
    names = Counter(str(each["Properties"].get("AlarmName")) for each in made.values())

    assert [name for name, count in names.items() if count > 1 and name != "None"] == []
    assert all(re.fullmatch("[A-Za-z0-9]+", name) for name in made)


def test_what_alarms_say_is_encrypted_by_a_key_that_alarms_may_use() -> None:
    resources = make(PLATFORM, {})["Resources"]

    _, alarms = resources["TopicKey"]["Properties"]["KeyPolicy"]["Statement"]
    assert resources["Topic"]["Properties"]["KmsMasterKeyId"] == {"Ref": "TopicKey"}
    assert alarms["Principal"] == {"Service": "cloudwatch.amazonaws.com"}


def test_the_dashboard_shows_every_alarm_and_every_table() -> None:
    resources = make(PLATFORM, {"points": relay(Source=STREAM)})["Resources"]
    board = json.loads(resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])["widgets"]

    lamps, *graphs = [each["properties"] for each in board]
    names = {each["Properties"].get("AlarmName", {}).get("Fn::Sub") for each in resources.values()} - {None}
    assert {arn.rpartition(":")[2] for arn in lamps["alarms"]} == names
    written = next(graph for graph in graphs if graph["title"] == "Write units")
    assert len(written["metrics"]) == 10
    late = next(graph for graph in graphs if graph["title"].startswith("Behind"))
    assert late["metrics"] == [["AWS/Lambda", "IteratorAge", "FunctionName", "${Prefix}-points-relay"]]


def test_the_template_is_one_that_cloudformation_takes(tmp_path: Path) -> None:
    file = tmp_path / "alarms.json"
    file.write_text(json.dumps(make(PLATFORM, {"points": relay(Source=STREAM, Rule=a_schedule("rate(1 hour)"))})))

    assert [str(match) for match in lint_file(file, config=ManualArgs(regions=["us-east-1"]))] == []


def test_nothing_on_the_dashboard_lies_over_anything_else() -> None:
    resources = make(PLATFORM, {"points": relay()})["Resources"]
    board = json.loads(resources["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"])["widgets"]

    taken = [
        (x, y)
        for each in board
        for x in range(each["x"], each["x"] + each["width"])
        for y in range(each["y"], each["y"] + each["height"])
    ]
    assert len(taken) == len(set(taken))
    assert max(x for x, _ in taken) < 24
