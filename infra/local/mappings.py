"""Feeds functions from queues, streams and the clock, as Lambda's event source mappings do in AWS."""

import threading
import time

from infra.local.console import say
from infra.local.poller import Functions, Poller, Surroundings
from infra.local.queue_poller import QueuePoller
from infra.local.schedule_poller import SchedulePoller
from infra.local.sources import QueueSource, ScheduleSource, Source, StreamSource
from infra.local.stream_poller import StreamPoller

JOIN_S = 15.0


class Mappings:
    """All pollers, by service. Safe to call from any thread."""

    def __init__(self, around: Surroundings) -> None:
        self._around = around
        self._pollers: dict[str, dict[Source, Poller]] = {}
        self._lock = threading.Lock()
        self._stopped = False

    def sync(self, service: Functions, sources: tuple[Source, ...]) -> None:
        """Feed the service from exactly these sources; pollers of unchanged ones go on undisturbed."""
        with self._lock:
            if self._stopped:
                return
            running = self._pollers.setdefault(service.name, {})
            for gone in running.keys() - set(sources):
                running.pop(gone).stopping.set()
            for source in sources:
                if source not in running:
                    running[source] = self._make(service, source)
                    running[source].start()

    def _make(self, service: Functions, source: Source) -> Poller:
        match source:
            case QueueSource():
                return QueuePoller(service, source, self._around)
            case StreamSource():
                return StreamPoller(service, source, self._around)
            case ScheduleSource():
                return SchedulePoller(service, source, self._around)

    def source_restarted(self) -> None:
        """Tell every poller that the emulator is a new one: positions in its streams mean nothing any more."""
        with self._lock:
            for running in self._pollers.values():
                for poller in running.values():
                    poller.source_restarted.set()

    def stop(self) -> None:
        """Stop reading, finish what was read, drain the streams."""
        with self._lock:
            self._stopped = True
            pollers = [poller for running in self._pollers.values() for poller in running.values()]
        for poller in pollers:
            poller.stopping.set()
        deadline = time.monotonic() + JOIN_S
        for poller in pollers:
            if not poller.join(max(0.0, deadline - time.monotonic())):
                say(poller.service.name, f"{poller.function} did not finish in time", "yellow")
