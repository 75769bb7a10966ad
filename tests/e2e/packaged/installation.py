"""The packaged services as they stand in an account: reached through API Gateway, or called as a person would."""

import http.client
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import boto3

from infra.deploy.deployment import Deployment
from infra.deploy.release import Release
from infra.deploy.stage import find_stage
from infra.openapi import SERVICES
from infra.package.build import Built
from infra.package.functions import Function
from tests.support.packaged import STAGE

PREFIX = "packaged"
WAIT_S = 60.0
"""For what happens by itself: generous, since a loaded machine starts a function slowly."""


class Refused(AssertionError):
    """A request or a function did not do what was asked; the message is its answer."""


@dataclass(frozen=True)
class Reply:
    """An answer over HTTP."""

    status: int
    headers: Mapping[str, str]
    told: Any


@dataclass
class Installation:
    """Platform and services on an emulator, as they were deployed."""

    endpoint: str
    asked: Path
    """Where the emulator writes what it was asked to allow."""
    routes: set[tuple[str, str]] = field(default_factory=set)
    """Method and address of every request that was answered as it should be."""

    def client(self, service: str) -> Any:
        """A client with the rights of the account's root."""
        return boto3.client(service)

    @cached_property
    def dynamodb(self) -> Any:
        return self.client("dynamodb")

    @cached_property
    def functions(self) -> Any:
        return self.client("lambda")

    @cached_property
    def _apis(self) -> dict[str, str]:
        cloudformation = self.client("cloudformation")
        return {service: _outputs(cloudformation, f"{PREFIX}-{service}")["ApiId"] for service in SERVICES}

    # ── asking ───────────────────────────────────────────────────────────────────────────────────

    def ask(self, method: str, path: str, bearer: str | None = None, body: Any = None, **headers: str) -> Reply:
        """One request, through API Gateway."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if bearer:
            given["Authorization"] = f"Bearer {bearer}"
        if body is not None:
            given.setdefault("Content-Type", "application/json")
        text = body if isinstance(body, str | None) else json.dumps(body, ensure_ascii=False)
        service = path.split("/")[1]
        connection = http.client.HTTPConnection(self.endpoint.removeprefix("http://"), timeout=WAIT_S)
        address = f"/_aws/execute-api/{self._apis[service]}{path}"
        try:
            connection.request(method, address, text.encode() if text is not None else None, given)
            answer = connection.getresponse()
            raw = answer.read()
        finally:
            connection.close()
        told = json.loads(raw) if raw else None
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, told)

    def done(self, method: str, path: str, bearer: str | None = None, body: Any = None, **headers: str) -> Any:
        """What a request that must succeed says. Raises Refused."""
        reply = self.ask(method, path, bearer, body, **headers)
        if reply.status >= http.client.BAD_REQUEST:
            raise Refused(f"{method} {path}: {reply.status} {reply.told}")
        self.routes.add((method, path.partition("?")[0]))
        return reply.told

    def call(self, function: str, event: Mapping[str, Any]) -> Any:
        """What a function returns. Raises Refused when it fails, or hands back part of its batch."""
        answer = self.functions.invoke(FunctionName=f"{PREFIX}-{function}", Payload=json.dumps(event))
        told = json.loads(answer["Payload"].read())
        if answer.get("FunctionError") or (isinstance(told, dict) and told.get("batchItemFailures")):
            raise Refused(f"{function}: {told}")
        return told

    def eventually(self, what: Callable[[], Any]) -> Any:
        """The first answer of ``what`` that is not empty."""
        deadline = time.monotonic() + WAIT_S
        while not (found := what()):
            if time.monotonic() > deadline:
                raise Refused(f"nothing came of it in {WAIT_S} s")
            time.sleep(0.1)
        return found

    # ── permissions ──────────────────────────────────────────────────────────────────────────────

    def permissions_used(self) -> Iterator[tuple[str, str, str]]:
        """Function, action and resource of everything that functions were allowed to do."""
        for line in self.asked.read_text("utf-8").splitlines():
            told = json.loads(line)
            session = re.search(r":assumed-role/[^/]+/(.+)$", told["who"])
            if session and told["allowed"]:
                yield session[1].removeprefix(f"{PREFIX}-"), told["action"], told["resource"]

    def policy(self, function: Function) -> tuple[str, str, dict[str, Any]]:
        """The function's role, the name of its policy, and the policy."""
        iam = self.client("iam")
        deployed = self.functions.get_function_configuration(FunctionName=_name(function))
        role = deployed["Role"].rpartition("/")[2]
        (name,) = iam.list_role_policies(RoleName=role)["PolicyNames"]
        return role, name, iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"]

    def set_policy(self, function: Function, policy: Mapping[str, Any]) -> None:
        """Put another policy in the place of the function's, and start it anew: it remembers what it once read."""
        role, name, _ = self.policy(function)
        self.client("iam").put_role_policy(RoleName=role, PolicyName=name, PolicyDocument=json.dumps(policy))
        deployed = self.functions.get_function_configuration(FunctionName=_name(function))
        self.functions.update_function_configuration(FunctionName=_name(function), Environment=deployed["Environment"])


def _name(function: Function) -> str:
    return function.deployed_name.replace("${Prefix}", PREFIX)


def _outputs(cloudformation: Any, stack: str) -> dict[str, str]:
    found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def deploy(installation: Installation, built: Built) -> None:
    """By what `make deploy` runs. As dev, because the emulator cannot take prod's backups."""
    session = boto3.Session()
    release = Release.load(built.folder, STAGE)
    Deployment(session, find_stage(session, "dev", PREFIX), release, lambda _: True).run()
