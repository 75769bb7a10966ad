"""What AWS asks for what is used: list prices, before free tiers, volume discounts and taxes.

AWS's public on-demand prices of us-east-1, written down in November 2026. Nothing looks them up: whoever relies on
a bill checks them first.
"""

from dataclasses import dataclass

MILLION = 1_000_000


@dataclass(frozen=True)
class Price:
    """``usd`` for ``per`` of what ``what`` counts. ``service`` is the line of the bill it goes to."""

    service: str
    what: str
    usd: float
    per: int = MILLION

    def of(self, used: float) -> float:
        """Dollars for so many."""
        return used * self.usd / self.per


WRITES = Price("DynamoDB", "write request units", 0.625)
READS = Price("DynamoDB", "read request units", 0.125)
TABLE_GB = Price("DynamoDB", "GB kept for a month", 0.25, 1)
RESTORABLE_GB = Price("DynamoDB", "GB kept restorable to any second, for a month", 0.20, 1)
INVOCATIONS = Price("Lambda", "invocations", 0.20)
GB_SECONDS = Price("Lambda", "GB-seconds on arm64", 13.3334)
API_REQUESTS = Price("API Gateway", "requests to a REST API, the first 333 million a month", 3.50)
CDN_REQUESTS = Price("CloudFront", "HTTPS requests from the United States, Mexico and Canada", 0.01, 10_000)
CDN_GB = Price("CloudFront", "GB sent there, the first 10 TB a month after the free one", 0.085, 1)
SQS_REQUESTS = Price("SQS", "requests to a standard queue", 0.40)
KMS_REQUESTS = Price("KMS", "requests", 0.03, 10_000)
KMS_KEYS = Price("KMS", "keys for a month", 1.00, 1)
LOG_GB = Price("CloudWatch", "GB of logs taken in", 0.50, 1)
LOG_KEPT_GB = Price("CloudWatch", "GB of logs kept for a month", 0.03, 1)
ALARMS = Price("CloudWatch", "alarms for a month", 0.10, 1)
DASHBOARDS = Price("CloudWatch", "dashboards for a month", 3.00, 1)
TRACES = Price("X-Ray", "traces recorded", 5.00)
S3_GB = Price("S3", "GB kept for a month", 0.023, 1)
S3_PUTS = Price("S3", "objects put", 0.005, 1_000)
S3_GETS = Price("S3", "objects read", 0.0004, 1_000)

PRICES = (
    WRITES,
    READS,
    TABLE_GB,
    RESTORABLE_GB,
    INVOCATIONS,
    GB_SECONDS,
    API_REQUESTS,
    CDN_REQUESTS,
    CDN_GB,
    SQS_REQUESTS,
    KMS_REQUESTS,
    KMS_KEYS,
    LOG_GB,
    LOG_KEPT_GB,
    ALARMS,
    DASHBOARDS,
    TRACES,
    S3_GB,
    S3_PUTS,
    S3_GETS,
)
SERVICES = tuple(dict.fromkeys(price.service for price in PRICES))
