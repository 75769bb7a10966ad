"""The commands as they are typed: what they take, and how they explain that something is missing."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, NoRegionError

from infra.deploy import functions
from infra.deploy.__main__ import explained, main
from infra.deploy.release import Release
from infra.deploy.stage import CannotDeploy, Stage
from tests.infra.deploy.builds import all_services, write_build
from tests.support.emulator import pointed_at

STAGE = Stage("dev", "shop", "000000000000", "us-east-1")


class FakeLambda:
    """Answers an invocation, and remembers it."""

    class exceptions:  # noqa: N801 - boto3's own name
        class ResourceNotFoundException(Exception):
            pass

    def __init__(self, answer: Any, *, failed: bool = False, missing: bool = False) -> None:
        self.answer, self.failed, self.missing = answer, failed, missing
        self.asked: list[dict[str, Any]] = []

    def client(self, service_name: str, *, config: Any = None) -> "FakeLambda":
        assert (service_name, config) == ("lambda", functions.PATIENT)
        return self

    def invoke(self, **asked: Any) -> dict[str, Any]:
        if self.missing:
            raise self.exceptions.ResourceNotFoundException
        self.asked.append(asked)
        told = {"Payload": io.BytesIO(json.dumps(self.answer).encode())}
        return told | ({"FunctionError": "Unhandled"} if self.failed else {})


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "as it says"}}, "CreateChangeSet")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (NoCredentialsError(), "There are no AWS credentials. Set AWS_PROFILE"),
        (NoRegionError(), "There is no AWS region. Set AWS_REGION"),
        (refused("ExpiredToken"), "AWS does not accept these credentials: as it says"),
        (refused("AccessDenied"), "AWS refused CreateChangeSet: as it says"),
        (EndpointConnectionError(endpoint_url="https://x"), "Could not connect"),
        (CannotDeploy("Left as it was."), "Left as it was."),
    ],
)
def test_what_is_missing_is_explained_in_a_sentence(error: Exception, told: str) -> None:
    assert explained(error).startswith(told)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (["deploy", "--stage=staging"], "invalid choice: 'staging'"),
        (["deploy", "--stage=dev", "--domain=shop.example"], "a domain needs its certificate"),
        (["republish", "--stage=dev", "--since="], "republish needs SINCE"),
        (["republish", "--stage=dev", "--since=yesterday"], "'yesterday' is no moment with its zone"),
        (["republish", "--stage=dev", "--since=2026-11-25T08:00:00"], "is no moment with its zone"),
    ],
)
def test_what_was_typed_wrong_is_said_before_anything_is_asked_of_aws(
    given: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(given)

    assert told in capsys.readouterr().err


@pytest.mark.emulator
def test_credentials_of_another_account_end_it(emulator: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pointed_at(emulator):
        assert main(["deploy", "--stage=dev", "--account=111111111111", "--email="]) == 1

    assert "not of 111111111111" in capsys.readouterr().err


def test_there_must_be_a_build_and_it_must_be_the_stages(tmp_path: Path) -> None:
    with pytest.raises(CannotDeploy, match="make build STAGE=dev"):
        Release.load(tmp_path, "dev")

    write_build(tmp_path, all_services(), stage="prod")
    with pytest.raises(CannotDeploy, match="built for prod, not for dev"):
        Release.load(tmp_path, "dev")


def test_the_platforms_key_is_handed_over_once() -> None:
    first, second = FakeLambda({"platform_key": "rgp_x"}), FakeLambda({"platform_key": None})

    assert functions.bootstrap(first, STAGE) == "rgp_x"
    assert functions.bootstrap(second, STAGE) is None
    assert first.asked == [{"FunctionName": "shop-admin-bootstrap", "Payload": b"{}"}]


def test_a_lost_platform_key_is_replaced() -> None:
    aws = FakeLambda({"platform_key": "rgp_y"})

    assert functions.bootstrap(aws, STAGE, rotate=True) == "rgp_y"
    assert json.loads(aws.asked[0]["Payload"]) == {"rotate": True}


def test_events_are_told_again_from_a_moment_on() -> None:
    aws = FakeLambda({"published": 7})

    assert functions.republish(aws, STAGE, "2026-11-25T08:00:00Z") == 7
    assert aws.asked[0]["FunctionName"] == "shop-points-republish"
    assert json.loads(aws.asked[0]["Payload"]) == {"since": "2026-11-25T08:00:00Z"}


def test_a_function_that_fails_or_is_not_there_is_explained() -> None:
    with pytest.raises(CannotDeploy, match="shop-admin-bootstrap failed: ValueError: out of order"):
        functions.bootstrap(FakeLambda({"errorType": "ValueError", "errorMessage": "out of order"}, failed=True), STAGE)
    with pytest.raises(CannotDeploy, match="is this stage deployed"):
        functions.bootstrap(FakeLambda({}, missing=True), STAGE)
