"""Where somebody deploys, in tests."""

import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from infra.deploy.deployment import TEMPLATES, Deployment, Options
from infra.deploy.release import Release
from infra.deploy.stage import Stage
from infra.deploy.undeployment import undeploy
from tests.infra.deploy.builds import all_services, write_build

TOLD = "somebody@example.com"
"""Whom the alarms of the standing installation tell."""


@dataclass
class Desk:
    """One installation, in an account that all tests share: a build of a few bytes, a site of three files, and
    somebody who answers.
    """

    stage: Stage
    session: boto3.Session
    folder: Path
    options: Options = field(default_factory=Options)
    says: bool = True
    """What is answered to every question."""
    asked: list[str] = field(default_factory=list)
    services: dict[str, Any] = field(default_factory=all_services)

    def __post_init__(self) -> None:
        shutil.copytree(TEMPLATES, self.templates, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
        for name in ("member/index.html", "member/member.js", "docs/missing.html"):
            self.edit_site(name, "as it was")
        self.build()

    @property
    def templates(self) -> Path:
        return self.folder / "templates"

    def build(self, **different: str) -> None:
        write_build(self.folder / "build", self.services, **different)

    def edit_site(self, name: str, text: str) -> None:
        for file in (self.folder / "services" / "storefront" / name, self.folder / "docs" / "api" / "openapi.json"):
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def edit_template(self, name: str, old: str, new: str) -> None:
        file = self.templates / name
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new, 1))

    def deploy(self) -> bool:
        release = Release.load(self.folder / "build", "dev")
        return Deployment(
            self.session, self.stage, release, self._answer, self.options, self.folder, self.templates
        ).run()

    def undeploy(self) -> bool:
        return undeploy(self.session, self.stage, self._answer)

    def stacks(self) -> dict[str, str]:
        """The installation's stacks and their states."""
        pages = self.session.client("cloudformation").get_paginator("describe_stacks").paginate()
        return {
            self.stage.part(each["StackName"]): each["StackStatus"]
            for page in pages
            for each in page["Stacks"]
            if each["StackName"].startswith(f"{self.stage.prefix}-")
        }

    def _answer(self, question: str) -> bool:
        self.asked.append(question)
        return self.says
