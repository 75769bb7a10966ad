"""What a stage is paid for at rest is what is built, though it is counted without building."""

import json
from typing import Any

import pytest

from infra.alarms import template as alarms
from infra.cost import deployed
from infra.local.paths import ROOT
from infra.openapi import SERVICES
from infra.template import read_template
from tests.support.packaged import built_services

FIRST_BUILD_S = 400


@pytest.mark.timeout(FIRST_BUILD_S)
def test_outlines_are_watched_as_the_services_that_are_built() -> None:
    platform, built = read_template((ROOT / "infra" / "platform.yaml").read_text("utf-8")), built_services()
    services = {name: json.loads(built.template(name).read_text("utf-8")) for name in SERVICES}

    outlined = alarms.make(platform, {name: deployed.outline(name) for name in SERVICES})["Resources"]

    expected = alarms.make(platform, services)["Resources"]
    # It draws the alarms in the order in which the templates have them.
    assert outlined.pop("Dashboard").keys() == expected.pop("Dashboard").keys()
    assert outlined == expected


@pytest.mark.timeout(FIRST_BUILD_S)
def test_lambda_takes_messages_from_as_many_queues_as_are_counted() -> None:
    built = built_services()
    found = [each for name in SERVICES for each in _mappings(json.loads(built.template(name).read_text("utf-8")))]

    assert deployed.stage().polled == len([each for each in found if "StartingPosition" not in each])


def test_every_queue_that_hands_its_failures_on_is_one_that_lambda_takes_messages_from() -> None:
    platform = read_template((ROOT / "infra" / "platform.yaml").read_text("utf-8"))
    queues = [each["Properties"] for each in platform["Resources"].values() if each["Type"] == "AWS::SQS::Queue"]

    assert deployed.stage().polled == len([each for each in queues if "RedrivePolicy" in each])


def test_a_source_that_the_bill_knows_nothing_of_is_not_left_out_silently() -> None:
    with pytest.raises(TypeError, match=r"object: say in infra/cost/deployed\.py"):
        deployed.source(object(), "Relay")


def _mappings(template: dict[str, Any]) -> list[dict[str, Any]]:
    resources = template["Resources"].values()
    return [each["Properties"] for each in resources if each["Type"] == "AWS::Lambda::EventSourceMapping"]
