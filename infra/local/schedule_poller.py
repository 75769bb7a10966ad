"""The clock as an event source."""

import uuid
from datetime import UTC, datetime
from typing import Any

from infra.local import schedules
from infra.local.console import say
from infra.local.environment import REGION
from infra.local.poller import Functions, Poller, Surroundings
from infra.local.sources import ScheduleSource

PAUSE_S = 0.25


class SchedulePoller(Poller):
    """A schedule, by business time: the demo clock's next day brings the night's work."""

    def __init__(self, service: Functions, source: ScheduleSource, around: Surroundings) -> None:
        super().__init__(service, source.function)
        self._now = around.now
        self._timetable = schedules.Timetable(schedules.parse(source.expression), around.now())

    def poll(self) -> None:
        at = self._timetable.due(self._now())
        if at is None:
            self.stopping.wait(PAUSE_S)
            return
        try:
            self.service.invoke(self.function, _scheduled_event(self.function, at))
        except Exception as error:  # noqa: BLE001 - the next time comes all the same
            say(self.service.name, f"{self.function}: {error}", "red")


def _scheduled_event(function: str, at: datetime) -> dict[str, Any]:
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [f"arn:aws:events:{REGION}:000000000000:rule/{function}"],
        "detail": {},
    }
