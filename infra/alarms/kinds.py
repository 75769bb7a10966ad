"""Every kind of alarm: what it watches, and when that is too much. docs/operations.md says what to do about each."""

from dataclasses import dataclass

MINUTE_S = 60
DAY_S = 86_400


@dataclass(frozen=True)
class Kind:
    """An alarm goes off when ``statistic`` of ``metric`` is above ``threshold`` in ``periods`` periods one after
    the other. ``dimension`` names the subject to CloudWatch; ``means`` tells whoever is woken by it.
    """

    name: str
    namespace: str
    dimension: str
    metric: str
    statistic: str
    threshold: float
    means: str
    period_s: int = 5 * MINUTE_S
    periods: int = 1
    below: bool = False
    """The alarm goes off below the threshold instead, and when there is nothing to measure."""


ERRORS = Kind(
    name="errors",
    namespace="AWS/Lambda",
    dimension="FunctionName",
    metric="Errors",
    statistic="Sum",
    threshold=0,
    means="The function crashed, ran out of time or could not start.",
)
THROTTLES = Kind(
    name="throttles",
    namespace="AWS/Lambda",
    dimension="FunctionName",
    metric="Throttles",
    statistic="Sum",
    threshold=0,
    periods=3,
    means="For a quarter of an hour Lambda has refused to run the function: the account's concurrency is used up.",
)
LATE = Kind(
    name="late",
    namespace="AWS/Lambda",
    dimension="FunctionName",
    metric="IteratorAge",
    statistic="Maximum",
    threshold=10 * MINUTE_S * 1000,
    period_s=MINUTE_S,
    periods=3,
    means="What was committed more than ten minutes ago has not been told. The stream forgets after 24 hours.",
)
SILENT = Kind(
    name="silent",
    namespace="AWS/Lambda",
    dimension="FunctionName",
    metric="Invocations",
    statistic="Sum",
    threshold=1,
    below=True,
    periods=3,
    means="A schedule has stopped starting its function.",
)
FILLED = Kind(
    name="filled",
    namespace="AWS/SQS",
    dimension="QueueName",
    metric="ApproximateNumberOfMessagesVisible",
    statistic="Maximum",
    threshold=0,
    period_s=MINUTE_S,
    means="Something was given up on, and waits for somebody to look at it.",
)
EXPIRING = Kind(
    name="expiring",
    namespace="AWS/SQS",
    dimension="QueueName",
    metric="ApproximateAgeOfOldestMessage",
    statistic="Maximum",
    threshold=7 * DAY_S,
    means="Half the time has passed after which what was given up on is forgotten.",
)
WAITING = Kind(
    name="waiting",
    namespace="AWS/SQS",
    dimension="QueueName",
    metric="ApproximateAgeOfOldestMessage",
    statistic="Maximum",
    threshold=10 * MINUTE_S,
    means="A message has been waiting for so long that it has failed more than once, or nobody takes any.",
)
SERVER_ERRORS = Kind(
    name="server-errors",
    namespace="AWS/ApiGateway",
    dimension="ApiName",
    metric="5XXError",
    statistic="Sum",
    threshold=4,
    means="Five or more requests in five minutes were answered with a 5xx.",
)

KINDS = (ERRORS, THROTTLES, LATE, SILENT, FILLED, EXPIRING, WAITING, SERVER_ERRORS)
