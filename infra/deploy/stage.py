"""Which installation is meant: a stage in an account and a region, and the names that follow from them."""

from dataclasses import dataclass
from typing import Any, Protocol

from botocore.config import Config

STAGES = ("dev", "prod")
ARTIFACTS, PLATFORM, BACKUP, ALARMS, EDGE = "artifacts", "platform", "backup", "alarms", "edge"
"""The parts that are no service."""
KEPT = (ARTIFACTS, PLATFORM, BACKUP)
"""Those that hold data, or copies of it: `make undeploy` leaves them."""
TAG = "regulars"
"""The tag by which a stack is known as ours; its value is the installation's prefix."""


class CannotDeploy(Exception):
    """It does not go on; the message is for whoever deploys."""


class Session(Protocol):
    """Where clients come from: a boto3 session."""

    def client(self, service_name: str, *, config: Config | None = None) -> Any: ...


@dataclass(frozen=True)
class Stage:
    """One installation of Regulars."""

    name: str
    prefix: str
    account: str
    region: str

    def stack(self, part: str) -> str:
        """The name of one of the installation's stacks: ``platform``, ``edge``, a service."""
        return f"{self.prefix}-{part}"

    def part(self, stack: str) -> str:
        """Which part a stack is: the other way round."""
        return stack.removeprefix(f"{self.prefix}-")

    def function(self, service: str, name: str) -> str:
        """What a Lambda function is called, as infra/package names it."""
        return f"{self.prefix}-{service}-{name}"

    @property
    def code_bucket(self) -> str:
        return f"{self.prefix}-code-{self.account}-{self.region}"

    @property
    def site_bucket(self) -> str:
        return f"{self.prefix}-site-{self.account}-{self.region}"

    @property
    def layer(self) -> str:
        return f"{self.prefix}-layer"

    def __str__(self) -> str:
        return f"{self.prefix} in account {self.account}, {self.region}"


def find_stage(session: Session, name: str, prefix: str, *, account: str | None = None) -> Stage:
    """The stage in the account that the environment's credentials are for. Raises CannotDeploy when ``account`` names
    another one.
    """
    sts = session.client("sts")
    found = sts.get_caller_identity()["Account"]
    if account and account != found:
        raise CannotDeploy(f"These are credentials of account {found}, not of {account}. Nothing was changed.")
    return Stage(name, prefix, found, sts.meta.region_name)
