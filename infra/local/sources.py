"""What a Chalice app listens to besides HTTP, as plain data a process can send."""

from dataclasses import dataclass


@dataclass(frozen=True)
class QueueSource:
    """A function fed from an SQS queue."""

    function: str
    queue: str
    batch_size: int


@dataclass(frozen=True)
class StreamSource:
    """A function fed from a table's stream."""

    function: str
    table: str
    batch_size: int


@dataclass(frozen=True)
class ScheduleSource:
    """A function fired by the clock. ``expression`` is EventBridge's rate(…) or cron(…)."""

    function: str
    expression: str


Source = QueueSource | StreamSource | ScheduleSource
