"""What the templates say about everything that the emulator ignores or does not try."""

import json
import re
import sys
from typing import Any

import pytest
from cfnlint.api import ManualArgs, lint

from infra.openapi import SERVICES
from infra.package.build import Built
from infra.package.functions import ROOT, Function, all_functions
from infra.template import read_template

API_GATEWAY_WAITS_S = 29
PLATFORM = ROOT / "infra" / "platform.yaml"
FUNCTIONS = {f"{function.service}.{function.name}": function for function in all_functions()}


def of_type(template: dict[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: r["Properties"] for name, r in template["Resources"].items() if r["Type"] == kind}


def sources(templates: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Function (as ``service.LogicalId``) → the mapping that feeds it."""
    return {
        f"{service}.{mapping['FunctionName']['Ref']}": mapping
        for service, template in templates.items()
        for mapping in of_type(template, "AWS::Lambda::EventSourceMapping").values()
    }


def queues_of(templates: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: each for name, each in sources(templates).items() if "sqs" in json.dumps(each["EventSourceArn"])}


@pytest.mark.parametrize("service", SERVICES)
def test_the_linter_finds_nothing(service: str, built: Built) -> None:
    found = lint(built.template(service).read_text("utf-8"), config=ManualArgs(regions=["us-east-1"]))

    assert [str(each) for each in found] == []


@pytest.mark.parametrize("service", SERVICES)
def test_a_template_needs_no_transform_and_four_values(service: str, templates: dict[str, Any]) -> None:
    template = templates[service]

    assert "Transform" not in template
    assert set(template["Parameters"]) == {"Prefix", "CodeBucket", "CodeKey", "LayerArn"}
    assert "ApiId" in template["Outputs"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_template_is_tied_to_no_partition_region_or_account(service: str, templates: dict[str, Any]) -> None:
    spoken = json.dumps(templates[service])

    for tied in ("arn:aws", "us-east-1", "000000000000", ".amazonaws.com/", "regulars-local"):
        assert tied not in spoken


def test_every_mapping_hands_back_only_the_messages_that_failed(templates: dict[str, Any]) -> None:
    mapped = sources(templates)

    assert set(mapped) == {
        "notifications.OnEvent",
        "orders.OnEvent",
        "compliance.Pack",
        "compliance.Score",
        "points.Check",
        "points.Fulfil",
        "points.Relay",
        "points.RelayRewards",
    }
    assert all(each["FunctionResponseTypes"] == ["ReportBatchItemFailures"] for each in mapped.values())


def test_a_queue_takes_so_many_functions_at_most(templates: dict[str, Any]) -> None:
    caps = {name: each["ScalingConfig"]["MaximumConcurrency"] for name, each in queues_of(templates).items()}

    assert set(caps) == {
        "notifications.OnEvent",
        "orders.OnEvent",
        "compliance.Pack",
        "compliance.Score",
        "points.Check",
        "points.Fulfil",
    }
    assert all(2 <= cap <= 20 for cap in caps.values())


def test_batches_are_as_large_as_the_handlers_say(templates: dict[str, Any]) -> None:
    sizes = {name: each["BatchSize"] for name, each in sources(templates).items()}

    assert sizes == {
        "notifications.OnEvent": 10,
        "orders.OnEvent": 10,
        "compliance.Pack": 10,
        "compliance.Score": 1,
        "points.Check": 1,
        "points.Fulfil": 1,
        "points.Relay": 100,
        "points.RelayRewards": 100,
    }


def test_a_stream_is_read_from_its_beginning_and_a_bad_record_cannot_stop_it(templates: dict[str, Any]) -> None:
    relay = sources(templates)["points.Relay"]

    assert relay["EventSourceArn"] == {"Fn::ImportValue": {"Fn::Sub": "${Prefix}-EntriesStreamArn"}}
    assert relay["StartingPosition"] == "TRIM_HORIZON"
    assert relay["BisectBatchOnFunctionError"] is True
    assert 0 < relay["MaximumRetryAttempts"] <= 100
    assert 0 < relay["MaximumRecordAgeInSeconds"] < 24 * 3600, "the stream itself forgets after a day"
    assert json.dumps(relay["DestinationConfig"]).count("-relay-failures") == 1


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_runs_as_it_was_tested(name: str, templates: dict[str, Any], built: Built) -> None:
    function = FUNCTIONS[name]
    deployed = properties(function, templates)

    assert deployed["Runtime"] == "python{}.{}".format(*sys.version_info)
    assert deployed["Architectures"] == [built.arch]
    assert deployed["Layers"] == [{"Ref": "LayerArn"}]
    assert deployed["Environment"]["Variables"] == {
        "REGULARS_PREFIX": {"Ref": "Prefix"},
        "REGULARS_KMS_KEY": {"Fn::ImportValue": {"Fn::Sub": "${Prefix}-KeyArn"}},
    }
    assert deployed["TracingConfig"] == {"Mode": "Active"}
    assert deployed["MemorySize"] >= 512


@pytest.mark.parametrize("name", FUNCTIONS)
def test_logs_end_and_are_there_before_the_function(name: str, templates: dict[str, Any]) -> None:
    function = FUNCTIONS[name]
    group = templates[function.service]["Resources"][function.log_group_id]["Properties"]

    assert properties(function, templates)["LoggingConfig"] == {"LogGroup": {"Ref": function.log_group_id}}
    assert group["LogGroupName"] == {"Fn::Sub": f"/aws/lambda/{function.deployed_name}"}
    assert group["RetentionInDays"] == 180


@pytest.mark.parametrize("service", SERVICES)
def test_an_api_is_named_like_its_service_and_throttled_and_gone_when_the_gateway_gives_up(
    service: str, templates: dict[str, Any]
) -> None:
    template = templates[service]
    (stage,) = of_type(template, "AWS::ApiGateway::Stage").values()
    (api,) = of_type(template, "AWS::ApiGateway::RestApi").values()

    assert stage["StageName"] == service
    assert api["EndpointConfiguration"] == {"Types": ["REGIONAL"]}
    assert stage["TracingEnabled"] is True
    (throttle,) = stage["MethodSettings"]
    assert throttle["ThrottlingBurstLimit"] > 0
    assert throttle["ThrottlingRateLimit"] > 0
    assert properties(FUNCTIONS[f"{service}.api"], templates)["Timeout"] <= API_GATEWAY_WAITS_S


def test_ticks_do_not_overlap_in_production_and_are_not_tried_again_for_ever(templates: dict[str, Any]) -> None:
    tick = properties(FUNCTIONS["compliance.tick"], templates)
    (rule,) = of_type(templates["compliance"], "AWS::Events::Rule").values()

    assert tick["ReservedConcurrentExecutions"] == 1
    assert rule["ScheduleExpression"] == "rate(15 minutes)"
    assert rule["Targets"][0]["RetryPolicy"]["MaximumEventAgeInSeconds"] <= 900


def test_every_queue_hides_a_message_six_times_as_long_as_its_function_may_take(templates: dict[str, Any]) -> None:
    for name, mapping in queues_of(templates).items():
        service, logical_id = name.split(".")
        queue = declared("AWS::SQS::Queue", "QueueName")[mapping["EventSourceArn"]["Fn::Sub"].rpartition(":")[2]]
        timeout_s = templates[service]["Resources"][logical_id]["Properties"]["Timeout"]
        assert queue["VisibilityTimeout"] >= 6 * timeout_s, name
        assert queue["RedrivePolicy"]["maxReceiveCount"] == 5, name


def test_all_that_the_templates_name_is_declared_in_the_platform(templates: dict[str, Any]) -> None:
    tables, queues = declared("AWS::DynamoDB::Table", "TableName"), declared("AWS::SQS::Queue", "QueueName")
    exported = {output["Export"]["Name"] for output in read_template(PLATFORM.read_text("utf-8"))["Outputs"].values()}
    spoken = json.dumps(templates)

    assert {"${Prefix}-entries"} < set(re.findall(r":table/(\$\{Prefix\}-[\w-]+)", spoken)) <= tables.keys()
    assert {"${Prefix}-chat"} < set(re.findall(r":sqs:.*?(\$\{Prefix\}-[\w-]+)", spoken)) <= queues.keys()
    assert {"${Prefix}-KeyArn"} < set(re.findall(r'"Fn::ImportValue": \{"Fn::Sub": "([^"]+)"', spoken)) <= exported


def declared(kind: str, name: str) -> dict[str, dict[str, Any]]:
    """What the platform declares of a kind, by name."""
    resources = read_template(PLATFORM.read_text("utf-8"))["Resources"].values()
    return {each["Properties"][name]: each["Properties"] for each in resources if each["Type"] == kind}


def properties(function: Function, templates: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = templates[function.service]["Resources"][function.logical_id]["Properties"]
    return found
