"""From Chalice's template to the one that is deployed: names, sources, permissions and answers put right, SAM gone."""

import logging
import os
from collections.abc import Mapping, Sequence
from typing import Any

from infra.package import gateway, permissions
from infra.package.assemble import merged
from infra.package.functions import Function

REGION = "us-east-1"
"""The translator wants one to choose a partition by; nothing it writes here depends on it."""

CODE = {"Bucket": {"Ref": "CodeBucket"}, "Key": {"Ref": "CodeKey"}}


def sub(text: str) -> dict[str, str]:
    return {"Fn::Sub": text}


def imported(name: str) -> dict[str, Any]:
    """A value that the platform stack exports."""
    return {"Fn::ImportValue": sub(f"${{Prefix}}-{name}")}


def finish(sam: dict[str, Any], service: str, functions: Sequence[Function], base: Mapping[str, Any]) -> dict[str, Any]:
    """The service's template as plain CloudFormation. ``base`` is infra/package/service-base.yaml."""
    template: dict[str, Any] = merged(sam, base["template"])
    resources = template["Resources"]
    for function in functions:
        _finish_function(resources, function, base["sources"])
    api = resources["RestAPI"]["Properties"]
    api["Name"] = sub(f"${{Prefix}}-{service}")
    api["DefinitionBody"] = gateway.finish(api["DefinitionBody"])
    template["Description"] = f"Regulars: the {service} service. Made by infra/package, not to be edited."
    template["Outputs"] = {"ApiId": {"Value": {"Ref": "RestAPI"}}, **_outputs(functions)}
    return _translated(template)


def _finish_function(resources: dict[str, Any], function: Function, sources: Mapping[str, Any]) -> None:
    # Named by the function's name, not by the function: the group is there before the first line is written.
    group = {"LogGroupName": sub(f"/aws/lambda/{function.deployed_name}")}
    resources[function.log_group_id]["Properties"] |= group
    properties = resources[function.logical_id]["Properties"]
    properties["FunctionName"] = sub(function.deployed_name)
    properties["CodeUri"] = CODE
    properties["LoggingConfig"] = {"LogGroup": {"Ref": function.log_group_id}}
    events = {name: _source(event, sources) for name, event in properties.get("Events", {}).items()}
    if events:
        properties["Events"] = events
    (policy,) = resources[function.role_id]["Properties"]["Policies"]
    policy["PolicyDocument"]["Statement"] += permissions.statements(function, events)


def _source(event: Mapping[str, Any], sources: Mapping[str, Any]) -> dict[str, Any]:
    properties = merged(sources[event["Type"]], event["Properties"])
    if event["Type"] == "DynamoDB":
        # arn:…:table/${Prefix}-NAME/stream/latest: a placeholder, the stream's own label is known when it exists.
        table = properties["Stream"].split("/")[1].removeprefix("${Prefix}-")
        properties["Stream"] = imported(f"{table.capitalize()}StreamArn")
    return {"Type": event["Type"], "Properties": properties}


def _outputs(functions: Sequence[Function]) -> dict[str, Any]:
    named = {f"{each.logical_id}Name": {"Value": {"Ref": each.logical_id}} for each in functions}
    return named | {f"{each.logical_id}Arn": {"Value": {"Fn::GetAtt": [each.logical_id, "Arn"]}} for each in functions}


def _translated(template: dict[str, Any]) -> dict[str, Any]:
    """What CloudFormation's SAM transform would make of it, made here: what is tested is what is deployed."""
    os.environ.setdefault("AWS_DEFAULT_REGION", REGION)
    from samtranslator.parser.parser import Parser  # noqa: PLC0415 - half a second, and it looks for a region
    from samtranslator.translator.translator import Translator  # noqa: PLC0415 - as above

    logging.getLogger("samtranslator").setLevel(logging.ERROR)  # it warns of statistics that nobody asked for
    parameters = dict.fromkeys(template["Parameters"], "")
    plain: dict[str, Any] = Translator({}, Parser()).translate(template, parameters)
    return plain
