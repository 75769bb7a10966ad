"""`/_local/*`: what the demo page and the console ask of the local stack, and only a page of this host may."""

import math
import re
import threading
from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from functools import partial
from urllib.parse import parse_qs, urlsplit

from infra.local import demo_clock, demo_shop, token
from infra.local.feed import Feed
from infra.local.paths import StateDir, read_json
from infra.local.problems import Reply, json_reply, problem
from infra.local.till import CannotSell, Till

LONG_POLL_S = 20.0
SCORED_AT = time(0, 31)
"""A minute after the night's scoring is due."""
Query = Mapping[str, str]
Language = str | None
Route = tuple[str, Callable[[Query, Language], Reply]]
"""The method, and who answers it."""
_ORDER = re.compile(r"/_local/order/([A-Za-z0-9-]{1,64})/([a-z]+)")
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Control:
    """The demo page's and the console's own routes. They exist on the local stack only."""

    def __init__(
        self, state: StateDir, clock: demo_clock.DemoClock, feed: Feed, opened: threading.Event, till: Till
    ) -> None:
        self._state = state
        self._till = till
        self._clock = clock
        self._feed = feed
        self._opened = opened
        self._routes: dict[str, Route] = {
            "/_local/session": ("GET", self._session),
            "/_local/token": ("GET", self._token),
            "/_local/operator": ("GET", self._operator),
            "/_local/feed": ("GET", self._events),
            "/_local/checkout": ("POST", self._checkout),
            "/_local/clock/next-day": ("POST", self._next_day),
            "/_local/clock/tonight": ("POST", self._tonight),
        }

    def answer(self, method: str, target: str, headers: Mapping[str, str]) -> Reply:
        """The answer to one request under ``/_local/``."""
        language = headers.get("accept-language")
        if not same_host(headers):
            return problem("forbidden", language)
        url = urlsplit(target)
        route = self._order_route(url.path) or self._routes.get(url.path)
        if route is None:
            return problem("not_found", language)
        allowed, view = route
        if method != allowed:
            refusal = problem("method_not_allowed", language)
            return Reply(refusal.status, (*refusal.headers, ("Allow", allowed)), refusal.body)
        return view({name: values[-1] for name, values in parse_qs(url.query).items()}, language)

    def _session(self, _: Query, language: Language) -> Reply:
        # The page waits for this answer: before the shop is open its first click would find half of it.
        if not self._opened.is_set():
            return problem("not_ready", language)
        return json_reply(
            {
                "shop": {"id": demo_shop.SHOP_ID, "name": demo_shop.SHOP_NAME, "timezone": demo_shop.TIMEZONE},
                "activities": {"signin": demo_shop.SIGNIN_ACTIVITY},
                "teas": [vars(tea) for tea in demo_shop.TEAS],
                "currency": demo_shop.CURRENCY,
                "personas": [vars(persona) for persona in demo_shop.PERSONAS],
                **self._time(),
            }
        )

    def _token(self, query: Query, language: Language) -> Reply:
        if query.get("persona") not in {persona.id for persona in demo_shop.PERSONAS}:
            return problem("not_found", language)
        credentials = read_json(self._state.credentials)
        if credentials is None:
            return problem("not_ready", language)
        return json_reply({"token": token.mint(credentials, query["persona"])})

    def _operator(self, _: Query, language: Language) -> Reply:
        """The owner's key: whoever runs the stack has it in a file anyway, and the console signs in by itself."""
        credentials = read_json(self._state.credentials)
        if credentials is None:
            return problem("not_ready", language)
        return json_reply({"operator_key": credentials["operator_key"]})

    def _events(self, query: Query, language: Language) -> Reply:
        after = query.get("after", "0")
        if not (after.isascii() and after.isdigit()):
            return problem("malformed", language)
        return json_reply(self._feed.after(int(after), LONG_POLL_S))

    def _checkout(self, query: Query, language: Language) -> Reply:
        """Buy: ``?persona=amei&longjing=2``."""
        counts = {tea.id: query.get(tea.id, "0") for tea in demo_shop.TEAS}
        if not all(count.isascii() and count.isdigit() for count in counts.values()):
            return problem("malformed", language)
        try:
            basket = {tea: int(count[:3]) for tea, count in counts.items()}
            return json_reply({"order_id": self._till.sell(query.get("persona", ""), basket)})
        except CannotSell as refusal:
            return problem(refusal.code, language)

    def _order_route(self, path: str) -> Route | None:
        order = _ORDER.fullmatch(path)
        return ("POST", partial(self._follow_up, order[1], order[2])) if order else None

    def _follow_up(self, order_id: str, step: str, query: Query, language: Language) -> Reply:
        try:
            self._till.follow_up(query.get("persona", ""), order_id, step)
        except CannotSell as refusal:
            return problem(refusal.code, language)
        return json_reply({"order_id": order_id})

    def _next_day(self, *_: object) -> Reply:
        demo_clock.advance(self._state.clock, demo_clock.DAY_S)
        return json_reply(self._time())

    def _tonight(self, *_: object) -> Reply:
        now = self._clock.now()
        tomorrow = now.astimezone(demo_shop.ZONE).date() + timedelta(days=1)
        scored = datetime.combine(tomorrow, SCORED_AT, demo_shop.ZONE)
        # Rounded up: a second early would still be before that minute.
        demo_clock.advance(self._state.clock, math.ceil((scored - now).total_seconds()))
        return json_reply(self._time())

    def _time(self) -> dict[str, str]:
        now = self._clock.now().astimezone(demo_shop.ZONE)
        return {"now": now.isoformat(timespec="seconds"), "today": now.date().isoformat()}


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
