"""The only module that reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Where this process runs. ``prefix`` starts the name of every table, queue and key alias;
    ``rate_limit`` is what one caller may ask of one process in ten seconds. ``records_deliveries``: payouts and top-ups
    that a shop named no provider for are recorded as done; only a stack that nobody's money is on does so.
    """

    prefix: str
    region: str
    kms_key: str
    log_level: str
    rate_limit: int
    records_deliveries: bool = False

    def table(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def queue(self, name: str) -> str:
        return f"{self.prefix}-{name}"

    def bucket(self, name: str, account: str) -> str:
        return f"{self.prefix}-{name}-{account}-{self.region}"

    def stream(self, table: str) -> str:
        """A placeholder that names the table; packaging puts the stream's real ARN in its place."""
        return f"arn:aws:dynamodb:{self.region}:000000000000:table/{self.table(table)}/stream/latest"


def load(environ: Mapping[str, str]) -> Settings:
    """Settings from the environment; everything has a default that fits the local stack."""
    prefix = environ.get("REGULARS_PREFIX", "regulars-local")
    return Settings(
        prefix=prefix,
        region=environ.get("AWS_REGION") or environ.get("AWS_DEFAULT_REGION") or "us-east-1",
        kms_key=environ.get("REGULARS_KMS_KEY", f"alias/{prefix}"),
        log_level=environ.get("REGULARS_LOG_LEVEL", "INFO"),
        rate_limit=int(environ.get("REGULARS_RATE_LIMIT", "100")),
        records_deliveries=environ.get("REGULARS_DELIVERIES") == "record",
    )


settings = load(os.environ)
