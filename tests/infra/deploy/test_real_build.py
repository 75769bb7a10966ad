"""What `make build` makes, deployed by what `make deploy` does."""

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import replace
from http.client import HTTPConnection
from urllib.parse import urlsplit

import boto3
import pytest

from infra import bundle
from infra.alarms.template import make
from infra.deploy import functions
from infra.deploy.deployment import Deployment
from infra.deploy.release import Release
from infra.deploy.stage import CannotDeploy, Session, find_stage
from infra.deploy.undeployment import undeploy
from infra.deploy.website import UNTIL_CHANGED
from infra.local.paths import ROOT
from infra.local.static import Site
from infra.openapi import SERVICES
from infra.site import EMBEDDING, FOR_EVER, PAGE_POLICY, SECURITY
from infra.template import read_template
from tests.support.emulator import pointed_at
from tests.support.packaged import STAGE, built_services

FIRST_BUILD_S = 400
pytestmark = [pytest.mark.emulator, pytest.mark.timeout(FIRST_BUILD_S)]


@pytest.fixture(scope="module")
def deployment(emulator: str, session: boto3.Session) -> Iterator[Deployment]:
    """The real build, deployed: as dev, because the emulator cannot take prod's backups."""
    with pointed_at(emulator):
        release = Release.load(built_services().folder, STAGE)
        deployment = Deployment(session, find_stage(session, "dev", "real-dev"), release, lambda _: True)
        assert deployment.run()
        yield deployment
        assert undeploy(session, deployment.stage, lambda _: True)  # its functions would go on polling


def test_deploying_it_again_changes_nothing(deployment: Deployment) -> None:
    assert not deployment.run()


def test_it_hands_over_its_key_once_and_replaces_a_lost_one(deployment: Deployment) -> None:
    session, stage = deployment.session, deployment.stage

    first, again = functions.bootstrap(session, stage), functions.bootstrap(session, stage)
    another = functions.bootstrap(session, stage, rotate=True)

    assert first
    assert again is None
    assert another
    assert first != another


def test_its_functions_are_called_by_name_and_say_what_is_wrong(deployment: Deployment) -> None:
    session, stage = deployment.session, deployment.stage

    assert functions.republish(session, stage, "2026-11-25T00:00:00Z") == 0
    with pytest.raises(CannotDeploy, match="failed"):
        functions.republish(session, stage, "yesterday")
    with pytest.raises(CannotDeploy, match="is this stage deployed"):
        functions.bootstrap(session, replace(stage, prefix="nowhere"))


class Host:
    """The one host, as the emulator's CloudFront serves it."""

    def __init__(self, deployment: Deployment) -> None:
        self.name = deployment.address.removeprefix("https://")
        self.emulator = urlsplit(os.environ["AWS_ENDPOINT_URL"]).netloc
        self._allow_reading(deployment.session, deployment.stage.site_bucket)

    def _allow_reading(self, session: Session, bucket: str) -> None:
        """The emulator takes its own reading of the bucket for one without TLS, which the policy denies."""
        s3 = session.client("s3")
        policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
        policy["Statement"] = [each for each in policy["Statement"] if each["Effect"] == "Allow"]
        s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))

    def ask(self, path: str, scheme: str = "https") -> tuple[int, dict[str, str], bytes]:
        asked = {"Host": self.name, "X-Forwarded-Proto": scheme, "Origin": "https://shop.example"}
        with contextlib.closing(HTTPConnection(self.emulator, timeout=10)) as http:
            http.request("GET", path, headers=asked)
            reply = http.getresponse()
            return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()


def test_its_host_shows_what_the_local_host_shows(deployment: Deployment) -> None:
    host, local = Host(deployment), Site(ROOT)

    for path in ("/m/green-field-tea", "/console/", "/docs", "/widgets/v1/texts/zh-CN.json", "/member/leaf.svg"):
        status, headers, body = host.ask(path)
        there = local.answer(path)
        assert there
        assert (status, headers["content-type"], body) == (200, dict(there.headers)["Content-Type"], there.body), path
        sent = {name: headers[name.lower()] for name in (*SECURITY, *EMBEDDING, "Content-Security-Policy")}
        assert sent == {**SECURITY, **EMBEDDING, "Content-Security-Policy": PAGE_POLICY}, path
        assert headers["cache-control"] == UNTIL_CHANGED, path

    assert host.ask(f"/widgets/{bundle.make().version}/regulars.js")[1]["cache-control"] == FOR_EVER
    assert [host.ask(path)[1]["location"] for path in ("/", "/console")] == ["/console/", "/console/"]
    # The emulator knows no 404 of a bucket behind CloudFront.
    assert {host.ask(path)[0] for path in ("/demo/", "/m/a/b", "/widgets/v1/", "/.hidden")} == {403}
    assert (host.ask("/console/", "http")[0], host.ask("/points/v1/me/account", "http")[0]) == (301, 403)


def test_its_alarms_fit_into_one_template() -> None:
    built = built_services()
    services = {name: json.loads(built.template(name).read_text("utf-8")) for name in SERVICES}

    made = make(read_template((ROOT / "infra" / "platform.yaml").read_text("utf-8")), services)

    assert len(made["Resources"]) < 500
    assert len(json.dumps(made)) < 1_000_000
