"""Every function that a service registers is deployed, under a name one can guess, with a policy of its own."""

import json
from typing import Any

import pytest

from infra.openapi import SERVICES
from infra.package.functions import Function, all_functions, functions_of
from tests.faults.harness.handlers import registered_handlers

ENTRIES_MAY = {"dynamodb:PutItem", "dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query", "dynamodb:Scan"}


def ids(function: Function) -> str:
    return f"{function.service}.{function.name}"


def own_statements(function: Function) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = json.loads(function.policy_file.read_text("utf-8"))["Statement"]
    return statements


def test_what_is_registered_is_what_is_deployed() -> None:
    """Counted another way than the build does it: by what the fault matrix finds."""
    called = {name for name in registered_handlers() if " " not in name}
    routed = {name.split(" /")[1].split("/")[0] for name in registered_handlers() if " " in name}

    assert {ids(function) for function in all_functions()} == called | {f"{service}.api" for service in routed}


@pytest.mark.parametrize("function", all_functions(), ids=ids)
def test_a_function_is_in_the_template_with_a_role_of_its_own(function: Function, templates: dict[str, Any]) -> None:
    resources = templates[function.service]["Resources"]
    deployed = resources[function.logical_id]["Properties"]
    roles = [r["Properties"]["Role"] for r in resources.values() if r["Type"] == "AWS::Lambda::Function"]

    assert deployed["Role"] == {"Fn::GetAtt": [function.role_id, "Arn"]}
    assert roles.count(deployed["Role"]) == 1
    assert deployed["Handler"] == f"app.{function.attribute}"
    assert deployed["FunctionName"] == {
        "Fn::Sub": "${Prefix}-" + f"{function.service}-{function.name}".replace("_", "-")
    }


@pytest.mark.parametrize("function", all_functions(), ids=ids)
def test_a_role_has_what_the_policy_file_says_and_what_lambda_needs(
    function: Function, templates: dict[str, Any]
) -> None:
    role = templates[function.service]["Resources"][function.role_id]["Properties"]
    (policy,) = role["Policies"]
    statements = policy["PolicyDocument"]["Statement"]
    own = own_statements(function)

    assert statements[: len(own)] == own
    assert {each["Sid"] for each in statements[len(own) :]} <= {"Logs", "Traces", "Source", "Parking"}
    assert "ManagedPolicyArns" not in role


@pytest.mark.parametrize("function", all_functions(), ids=ids)
def test_a_policy_names_exact_actions_on_exact_resources(function: Function) -> None:
    for statement in own_statements(function):
        resource = json.dumps(statement["Resource"])
        assert set(statement) == {"Sid", "Effect", "Action", "Resource"}
        # What lies in a bucket has no names of its own in the template.
        assert "*" not in resource.replace('"/*"', "") + json.dumps(statement["Action"])
        assert "${Prefix}-" in resource
        assert "arn:aws" not in resource


@pytest.mark.parametrize("function", all_functions(), ids=ids)
def test_nobody_changes_or_deletes_a_ledger_entry(function: Function) -> None:
    actions = {
        action
        for statement in own_statements(function)
        if "-entries" in json.dumps(statement["Resource"])
        for action in statement["Action"]
    }

    assert actions <= ENTRIES_MAY


@pytest.mark.parametrize("service", SERVICES)
def test_no_policy_is_left_of_a_function_that_is_gone(service: str) -> None:
    functions = functions_of(service)

    files = {path.name for path in functions[0].policy_file.parent.iterdir()}

    assert files - {"deployments"} == {"config.json", *(function.policy_file.name for function in functions)}
