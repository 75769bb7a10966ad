"""`/_local/*`: what the demo page asks of the local stack, and only a page of this host may ask."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from infra.local import demo_clock, demo_shop, token
from infra.local.feed import Feed
from infra.local.paths import StateDir, read_json
from infra.local.problems import Reply, json_reply, problem

LONG_POLL_S = 20.0
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Control:
    """The demo page's own routes. They exist on the local stack only."""

    def __init__(
        self, state: StateDir, clock: demo_clock.DemoClock, feed: Feed, opened: threading.Event
    ) -> None:
        self._state = state
        self._clock = clock
        self._feed = feed
        self._opened = opened

    def answer(  # noqa: PLR0911 - one return a route
        self, method: str, target: str, headers: Mapping[str, str]
    ) -> Reply:
        """The answer to one request under ``/_local/``."""
        language = headers.get("accept-language")
        if not same_host(headers):
            return problem("forbidden", language)
        url = urlsplit(target)
        query = {name: values[-1] for name, values in parse_qs(url.query).items()}
        match (method, url.path):
            case ("GET", "/_local/session") if not self._opened.is_set():
                # The page waits for this answer: until then its first click would find half a shop.
                return problem("not_ready", language)
            case ("GET", "/_local/session"):
                return json_reply(self._session())
            case ("GET", "/_local/token"):
                return self._token(query, language)
            case ("GET", "/_local/feed"):
                return self._events(query, language)
            case ("POST", "/_local/clock/next-day"):
                demo_clock.advance(self._state.clock, demo_clock.DAY_S)
                return json_reply(self._time())
            case (_, "/_local/session" | "/_local/token" | "/_local/feed" | "/_local/clock/next-day"):
                return problem("method_not_allowed", language)
        return problem("not_found", language)

    def _session(self) -> dict[str, Any]:
        return {
            "shop": {"id": demo_shop.SHOP_ID, "name": demo_shop.SHOP_NAME, "timezone": demo_shop.TIMEZONE},
            "activities": {"signin": demo_shop.SIGNIN_ACTIVITY},
            "personas": [vars(persona) for persona in demo_shop.PERSONAS],
            **self._time(),
        }

    def _time(self) -> dict[str, str]:
        now = self._clock.now().astimezone(demo_shop.ZONE)
        return {"now": now.isoformat(timespec="seconds"), "today": now.date().isoformat()}

    def _token(self, query: Mapping[str, str], language: str | None) -> Reply:
        if query.get("persona") not in {persona.id for persona in demo_shop.PERSONAS}:
            return problem("not_found", language)
        credentials = read_json(self._state.credentials)
        if credentials is None:
            return problem("not_ready", language)
        return json_reply({"token": token.mint(credentials, query["persona"])})

    def _events(self, query: Mapping[str, str], language: str | None) -> Reply:
        after = query.get("after", "0")
        if not (after.isascii() and after.isdigit()):
            return problem("malformed", language)
        return json_reply(self._feed.after(int(after), LONG_POLL_S))


def same_host(headers: Mapping[str, str]) -> bool:
    """Whether this host's own page (or a tool without a browser) asks.

    Any page the developer has open elsewhere could post here or, by a name that resolves to 127.0.0.1, read a token.
    """
    host = headers.get("host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    origin = headers.get("origin")
    return (
        name in LOCAL_HOSTS
        and (origin is None or origin == f"http://{host}")
        and headers.get("sec-fetch-site", "none") in {"same-origin", "none"}
    )


def storefront(root: Path) -> Path:
    """Where the static service keeps its pages."""
    return root / "services" / "storefront"
