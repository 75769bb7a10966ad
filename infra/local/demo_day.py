"""Every demo day begins with its full service chat, whichever way the clock came to it."""

import threading
from collections.abc import Callable
from datetime import date, datetime

from infra.local import demo_chat, demo_shop
from infra.local.paths import StateDir, read_json

LOOK_EVERY_S = 0.25
AGAIN_S = 2.0


class DemoDay:
    """Sends a day's chat when the demo clock shows a new day. Sending a day twice changes nothing."""

    def __init__(self, state: StateDir, now: Callable[[], datetime], address: Callable[[], str]) -> None:
        """``address`` is where the compliance service answers now; it raises OSError while it does not."""
        self._state = state
        self._now = now
        self._address = address
        self._told: date | None = None

    def follow(self, stopping: threading.Event, say: Callable[[str], None]) -> None:
        """Keep up with the clock until ``stopping``."""
        wait_s = 0.0
        while not stopping.wait(wait_s):
            wait_s = LOOK_EVERY_S
            try:
                self.keep_up()
            except OSError as error:
                say(f"the day's chat could not be sent yet: {error}")
                wait_s = AGAIN_S

    def keep_up(self) -> bool:
        """Send today's chat unless that was done; whether it was sent. Raises OSError."""
        today = self._now().astimezone(demo_shop.ZONE).date()
        credentials = read_json(self._state.credentials)
        if today == self._told or credentials is None:
            return False
        demo_chat.send(self._address(), credentials["shop"], credentials["webhook_secret"], today)
        self._told = today
        return True
