"""What `make build` left for a stage, and its way into the account: code and templates to S3, the layer to Lambda."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.stage import CannotDeploy, Session, Stage
from infra.local.console import say

RUNTIME = "python3.11"


@dataclass(frozen=True)
class Release:
    """A build. Everything in it is known by the hash of its content."""

    folder: Path

    @classmethod
    def load(cls, folder: Path, stage: str) -> "Release":
        """The build in ``folder``. Raises CannotDeploy when there is none, or one for another stage."""
        release = cls(folder)
        if not (folder / "manifest.json").is_file():
            raise CannotDeploy(f"There is nothing to deploy in {folder}: make build STAGE={stage}")
        if release.manifest["stage"] != stage:
            raise CannotDeploy(f"What is in {folder} was built for {release.manifest['stage']}, not for {stage}.")
        return release

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """``stage``, ``arch``, ``services`` and ``sha256``: file → hash."""
        manifest: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text("utf-8"))
        return manifest

    @property
    def arch(self) -> str:
        return str(self.manifest["arch"])

    @property
    def services(self) -> list[str]:
        return list(self.manifest["services"])

    @property
    def layer(self) -> str:
        return f"layer-{self.arch}.zip"

    @property
    def layer_hash(self) -> str:
        return str(self.manifest["sha256"][self.layer])

    def template(self, service: str) -> dict[str, Any]:
        template: dict[str, Any] = json.loads((self.folder / service / "template.json").read_text("utf-8"))
        return template

    def code_key(self, service: str) -> str:
        """Where the service's code lies in the bucket."""
        return f"code/{self.manifest['sha256'][f'{service}/code.zip']}.zip"

    def code(self, service: str) -> bytes:
        return (self.folder / service / "code.zip").read_bytes()


def layer_versions(client: Any, stage: Stage) -> list[dict[str, Any]]:
    """The layer's versions, the latest first."""
    try:
        pages = list(client.get_paginator("list_layer_versions").paginate(LayerName=stage.layer))
    except client.exceptions.ResourceNotFoundException:
        return []
    return [version for page in pages for version in page["LayerVersions"]]


class Uploads:
    """Puts things into the bucket of artifacts. What is there is never changed, so nothing that runs notices."""

    def __init__(self, session: Session, stage: Stage) -> None:
        self._s3 = session.client("s3")
        self._lambda = session.client("lambda")
        self._stage = stage

    def code(self, release: Release) -> None:
        """The services' zips."""
        for service in release.services:
            self._put(release.code_key(service), release.code(service), f"code of {service}")

    def template(self, name: str, body: bytes, digest: str) -> Mapping[str, str]:
        """A template; returns how CloudFormation is told of it: those that are sent along must be small."""
        key = f"templates/{digest}.json"
        self._put(key, body, f"template of {name}")
        return {"TemplateURL": f"{self._s3.meta.endpoint_url}/{self._stage.code_bucket}/{key}"}

    def layer(self, release: Release) -> str:
        """The ARN of the layer's version with this content, which is published if there is none.

        No stack holds it: a stack would delete the version before, to which a service that fails must go back.
        """
        known = f"sha256 {release.layer_hash}"
        for version in layer_versions(self._lambda, self._stage):
            if version.get("Description") == known:
                return str(version["LayerVersionArn"])
        key = f"layers/{release.layer_hash}.zip"
        self._put(key, (release.folder / release.layer).read_bytes(), "layer")
        published = self._lambda.publish_layer_version(
            LayerName=self._stage.layer,
            Description=known,
            Content={"S3Bucket": self._stage.code_bucket, "S3Key": key},
            CompatibleRuntimes=[RUNTIME],
            CompatibleArchitectures=[release.arch],
        )
        return str(published["LayerVersionArn"])

    def _put(self, key: str, body: bytes, what: str) -> None:
        bucket = self._stage.code_bucket
        try:
            self._s3.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] not in {"404", "NoSuchKey"}:
                raise
            self._s3.put_object(Bucket=bucket, Key=key, Body=body)
            say("artifacts", f"uploaded {what} ({len(body):,} bytes)", "dim")
