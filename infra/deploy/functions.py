"""The functions that a person calls: `make bootstrap` and `make republish`."""

import json
from typing import Any

from botocore.config import Config

from infra.deploy.stage import CannotDeploy, Session, Stage

LONGEST_S = 900
"""What Lambda gives a function. The answer must not be waited for a second time: asking again starts it again."""
PATIENT = Config(read_timeout=LONGEST_S + 10, retries={"total_max_attempts": 1})


def bootstrap(session: Session, stage: Stage, *, rotate: bool = False) -> str | None:
    """Make the platform's key; None when there already was one, unless it is to be replaced. Raises CannotDeploy."""
    event = {"rotate": True} if rotate else {}
    key: str | None = _invoke(session, stage.function("admin", "bootstrap"), event)["platform_key"]
    return key


def republish(session: Session, stage: Stage, since: str) -> int:
    """Tell again what was committed since a moment (RFC 3339); how many events. Raises CannotDeploy."""
    return int(_invoke(session, stage.function("points", "republish"), {"since": since})["published"])


def _invoke(session: Session, function: str, event: dict[str, Any]) -> dict[str, Any]:
    client = session.client("lambda", config=PATIENT)
    try:
        answer = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
    except client.exceptions.ResourceNotFoundException as error:
        raise CannotDeploy(f"There is no function {function} here: is this stage deployed?") from error
    told = json.loads(answer["Payload"].read())
    if "FunctionError" in answer:
        raise CannotDeploy(f"{function} failed: {told.get('errorType')}: {told.get('errorMessage')}")
    result: dict[str, Any] = told
    return result
