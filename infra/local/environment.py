"""What the processes of the local stack are told: the emulator's address and made-up AWS credentials."""

import os
from collections.abc import Mapping

from infra.local.paths import PREFIX, STATE_DIR_VARIABLE, StateDir

REGION = "us-east-1"


def for_children(endpoint: str, state: StateDir) -> dict[str, str]:
    """The variables a service, the seed or a tool needs to work on the emulator at ``endpoint``."""
    return {
        STATE_DIR_VARIABLE: str(state.path),
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        # Without these botocore looks for real credentials, or waits for an instance role that is not there.
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "REGULARS_PREFIX": PREFIX,
        "REGULARS_DELIVERIES": "record",
        "PYTHONUNBUFFERED": "1",
    }


def install(variables: Mapping[str, str]) -> None:
    """Put the variables in force in this process, and take away what would contradict them."""
    for name in ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "REGULARS_KMS_KEY"):
        os.environ.pop(name, None)
    os.environ.update(variables)
