"""How often one caller may ask: a fixed window for each caller, told in every answer's RateLimit fields.

The count is kept by each process for itself, so behind many of them a caller may do a multiple of it. It keeps one
broken script from starving a shop's other callers; the limit for all together is API Gateway's throttle.
Fields: draft-ietf-httpapi-ratelimit-headers (RateLimit-Policy, RateLimit), RFC 9110 (Retry-After).
"""

import math
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from shared import clock
from shared.errors import RateLimited
from shared.settings import settings

WINDOW_S = 10
CALLERS_MAX = 10_000
ADDRESS_MAX = 45
"""An IPv6 address at its longest."""


@dataclass
class Window:
    """What one caller asked since ``began`` (seconds of machine time)."""

    began: float
    asked: int = 0


@dataclass
class Limit:
    """At most ``quota`` requests in WINDOW_S seconds for each caller; the least recent callers are forgotten."""

    quota: int
    _windows: OrderedDict[str, Window] = field(default_factory=OrderedDict)

    def count(self, caller: str) -> Mapping[str, str]:
        """Count one request; returns the fields for its answer. Raises RateLimited with ``retry_after_s``."""
        now = clock.machine_now().timestamp()
        window = self._windows.get(caller)
        if window is None or now - window.began >= WINDOW_S:
            window = self._windows[caller] = Window(now)
            self._windows.move_to_end(caller)
            if len(self._windows) > CALLERS_MAX:
                self._windows.popitem(last=False)
        window.asked += 1
        ends_s = max(1, math.ceil(window.began + WINDOW_S - now))
        if window.asked > self.quota:
            raise RateLimited(retry_after_s=ends_s, limit=self.quota)
        return {
            "RateLimit-Policy": f'"caller";q={self.quota};w={WINDOW_S}',
            "RateLimit": f'"caller";r={self.quota - window.asked};t={ends_s}',
        }

    def clear(self) -> None:
        self._windows.clear()


def address(headers: Mapping[str, str], context: Mapping[str, Any]) -> str:
    """A visitor's address. Deployed, API Gateway sees that of CloudFront, which puts the visitor's at the end of
    X-Forwarded-For, before its own. Whoever goes past CloudFront can write there what they like, and gains another
    counter by it, no more.
    """
    passed_on = [each.strip() for each in headers.get("x-forwarded-for", "").split(",")]
    source = (context.get("identity") or {}).get("sourceIp") or ""
    return (passed_on[-2] if len(passed_on) > 1 else source)[:ADDRESS_MAX]


callers = Limit(settings.rate_limit)
