"""What `make build` makes, deployed by what `make deploy` does."""

import json
from dataclasses import replace

import pytest

from infra.alarms.template import make
from infra.deploy import functions
from infra.deploy.deployment import Deployment
from infra.deploy.release import Release
from infra.deploy.stage import CannotDeploy
from infra.local.paths import ROOT
from infra.openapi import SERVICES
from infra.template import read_template
from tests.infra.deploy.desk import Desk
from tests.support.packaged import STAGE, built_services

FIRST_BUILD_S = 400
pytestmark = [pytest.mark.emulator, pytest.mark.timeout(FIRST_BUILD_S)]


def test_it_is_deployed_changes_nothing_again_and_hands_over_its_key_once(desk: Desk) -> None:
    # As dev, because the emulator cannot take prod's backups.
    release = Release.load(built_services().folder, STAGE)
    deployment = Deployment(desk.session, desk.stage, release, lambda _: True)

    assert deployment.run()
    assert not deployment.run()

    key = functions.bootstrap(desk.session, desk.stage)
    assert key
    assert key.startswith("rgp_")
    assert functions.bootstrap(desk.session, desk.stage) is None
    assert functions.republish(desk.session, desk.stage, "2026-11-25T00:00:00Z") == 0
    with pytest.raises(CannotDeploy, match="failed"):
        functions.republish(desk.session, desk.stage, "yesterday")
    with pytest.raises(CannotDeploy, match="is this stage deployed"):
        functions.bootstrap(desk.session, replace(desk.stage, prefix="nowhere"))


def test_its_alarms_fit_into_one_template() -> None:
    built = built_services()
    services = {name: json.loads(built.template(name).read_text("utf-8")) for name in SERVICES}

    made = make(read_template((ROOT / "infra" / "platform.yaml").read_text("utf-8")), services)

    assert len(made["Resources"]) < 500
    assert len(json.dumps(made)) < 1_000_000
