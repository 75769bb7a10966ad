"""Builds of a few bytes: what `make build` leaves, for services that hardly do anything."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.openapi import SERVICES

CODE = """
import os

def answer(event, context):
    return {"platform_key": "rgp_once", "published": len(event), "broken": event["broken"] if "broken" in event else ""}

def crash(event, context):
    raise ValueError("out of order")
"""


def named(name: str) -> dict[str, str]:
    return {"Fn::Sub": f"${{Prefix}}-{name}"}


def a_role() -> dict[str, Any]:
    who = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [who]}},
    }


def a_function(name: str, handler: str = "app.answer", **properties: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "FunctionName": named(name),
            "Handler": handler,
            "Runtime": "python3.11",
            "Role": {"Fn::GetAtt": ["Role", "Arn"]},
            "Code": {"S3Bucket": {"Ref": "CodeBucket"}, "S3Key": {"Ref": "CodeKey"}},
            "Layers": [{"Ref": "LayerArn"}],
            **properties,
        },
    }


def a_service(name: str, **resources: Any) -> dict[str, Any]:
    """A service's template: an API without routes, and what a test puts in."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Parameters": {each: {"Type": "String"} for each in ("Prefix", "CodeBucket", "CodeKey", "LayerArn")},
        "Resources": {
            "RestAPI": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Name": named(name)}},
            "Role": a_role(),
            **resources,
        },
        "Outputs": {"ApiId": {"Value": {"Ref": "RestAPI"}}},
    }


def all_services() -> dict[str, dict[str, Any]]:
    services = {name: a_service(name) for name in SERVICES}
    services["admin"]["Resources"]["Bootstrap"] = a_function("admin-bootstrap")
    services["points"]["Resources"]["Republish"] = a_function("points-republish")
    return services


def a_zip(name: str, text: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr(zipfile.ZipInfo(name), text)
    return content.getvalue()


def write_build(
    folder: Path, services: Mapping[str, Any], *, code: str = CODE, layer: str = "", stage: str = "dev"
) -> None:
    """Write a build to ``folder``, over what is there."""
    files = {"layer-arm64.zip": a_zip("python/nothing.py", layer)}
    for name, template in services.items():
        files[f"{name}/code.zip"] = a_zip("app.py", code if name == "admin" else CODE)
        files[f"{name}/template.json"] = json.dumps(template).encode()
    for file, content in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(content)
    manifest = {
        "stage": stage,
        "arch": "arm64",
        "services": list(services),
        "sha256": {file: hashlib.sha256(content).hexdigest() for file, content in files.items()},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
