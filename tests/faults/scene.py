"""A shop with customers, asked as API Gateway would ask, and put back to where it was in no time.

Two check-ins share each customer's account: ``daily`` pays a milestone on day 5 of a run, ``weekly`` on day 7.
Amei attended both on 2, 3, 5 and 6 November; Xin never came. It is noon of 7 November in Shanghai.
"""

import contextlib
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from chalice.config import Config
from chalice.local import LocalGateway

from shared import aws, clock
from shared.logs import log
from tests.faults.harness.injector import Crash, Injector
from tests.faults.harness.processes import Known, know, what_is_known
from tests.faults.harness.snapshot import Rows, Snapshot, rows_in_moto, take_snapshot
from tests.shared.http.routes import APPS, furnish
from tests.support import asking
from tests.support.shop import MovableClock, TestShop, forget_everything, headers, open_shop, open_signin

NOW = datetime(2026, 11, 7, 4, tzinfo=UTC)
TODAY, TOMORROW = date(2026, 11, 7), date(2026, 11, 8)
ATTENDED = tuple(date(2026, 11, day) for day in (2, 3, 5, 6))
MISSED = date(2026, 11, 4)
AFTER_MIDNIGHT = timedelta(hours=13)
AMEI, XIN = "amei", "xin"
DAYS_BEFORE: Mapping[str, tuple[date, ...]] = {AMEI: ATTENDED, XIN: ()}
POINTS_BEFORE = {AMEI: 2 * (5 + 6 + 5 + 6), XIN: 0}
MILESTONES = {"daily": 5, "weekly": 7}
TRIES = 6

_GATEWAYS = {service: LocalGateway(app, Config()) for service, app in APPS.items()}


@dataclass(frozen=True)
class Reply:
    """What came back over HTTP."""

    status: int
    body: str
    replayed: bool

    @property
    def told(self) -> Any:
        return json.loads(self.body)

    @property
    def code(self) -> str:
        """The problem's code; empty for a success."""
        return str(self.told.get("code", "")) if self.body else ""

    @property
    def what(self) -> tuple[int, str]:
        """The reply without the mark of a repeat."""
        return self.status, self.body


@dataclass(frozen=True)
class Wish:
    """What a customer wants: to check in, or to make up a day."""

    customer: str = AMEI
    activity: str = "daily"
    make_up: date | None = None

    @property
    def input(self) -> dict[str, str]:
        return {"make_up": self.make_up.isoformat()} if self.make_up else {}


class Overheard(logging.Handler):
    """The product's log lines, kept instead of printed."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Mapping[str, Any]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(getattr(record, "facts", {}))

    def named(self, event: str) -> list[Mapping[str, Any]]:
        return [line for line in self.lines if line.get("event") == event]


class Scene:
    """The shop, its clock and its customers' requests."""

    def __init__(self, shop: TestShop, time: MovableClock, injector: Injector, heard: Overheard) -> None:
        self.shop = shop
        self.clock = time
        self.injector = injector
        self.heard = heard
        self.names: Mapping[str, str] = {}
        """Ids and secrets of what the good requests of tests/shared/http/routes.py name."""
        self.invoked: list[str] = []
        """The functions that were set off since the beginning."""
        self.while_dead = timedelta()
        """How much later what died is set off again."""
        self._start: Snapshot = take_snapshot()
        self._known: Known = []

    def fresh(self, *, warm: bool = False, start: Snapshot | None = None) -> None:
        """Everything as in the beginning; ``warm``: the process already knows keys, shop, definitions, subjects."""
        (start or self._start).restore()
        self.clock.at = NOW
        self.while_dead = timedelta()
        self.restart()
        self.injector.tokens.forget()
        self.heard.lines.clear()
        self.invoked.clear()
        if warm:
            know(self._known)

    def prepared(self, act: Callable[[], object]) -> Snapshot:
        """The beginning, and what ``act`` makes of it."""
        self.fresh()
        act()
        return take_snapshot()

    @property
    def entered(self) -> set[str]:
        """The handlers that have run since the beginning, as the product's own log and our invocations have it."""
        return {f"{line['method']} {line['route']}" for line in self.heard.named("request")} | set(self.invoked)

    def furnish(self) -> None:
        """Make what the good requests of all routes name."""
        self.fresh()
        self.names = furnish(self.shop, AMEI)
        self.keep()

    def keep(self) -> None:
        """Let the state of now be what :meth:`fresh` goes back to, and learn what a warm process knows by then."""
        self._start = take_snapshot()
        self.fresh()
        for customer in (AMEI, XIN):
            for activity in MILESTONES:
                self.look(customer, activity)
        for who, path in (("owner", "/admin/v1/operators/me"), ("platform", "/admin/v1/shops")):
            assert self.http("GET", path, self.bearer(who)).status == 200
        self._known = what_is_known()

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """For the block, :meth:`fresh` goes back to the state of now."""
        start = self._start
        self._start = take_snapshot()
        try:
            yield
        finally:
            self._start = start

    def restart(self) -> None:
        """A new process: nothing is remembered."""
        forget_everything()
        aws.queue_url.cache_clear()

    def died(self) -> None:
        """The process died; whoever set it off does so again after a while."""
        self.restart()
        self.clock.at += self.while_dead

    def rows(self) -> Rows:
        return rows_in_moto()

    def bearer(self, who: str, customer: str | None = None) -> str | None:
        """The credential of one who may call a route for ``who``; a shop's back end and strangers bring none."""
        if who in ("anyone", "shop"):
            return None
        if who == "public":
            return self.shop.token(customer) if customer else None
        if who == "customer":
            return self.shop.token(customer or AMEI)
        return self.shop.platform_key if who.startswith("platform") else self.shop.owner_key

    def http(
        self,
        method: str,
        path: str,
        bearer: str | None,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        **more: str,
    ) -> Reply:
        """One request to ``/{service}/v1/…``; every answer is held to the API document."""
        service, _, rest = path.lstrip("/").partition("/")
        asked = f"/{rest}?{urlencode(query)}" if query else f"/{rest}"
        sent = json.dumps(body).encode() if body is not None else b""
        given = {
            name: value for name, value in headers(bearer or "", **more).items() if bearer or name != "Authorization"
        }
        answer = _GATEWAYS[service].handle_request(method, asked, given, sent)
        marks: Mapping[str, Any] = {**answer["headers"], **answer["multiValueHeaders"]}
        told = {name.lower(): value for name, value in marks.items()}
        asking.check(service, method, f"/{rest}", asking.Reply(answer["statusCode"], told, answer["body"].encode()))
        return Reply(answer["statusCode"], answer["body"], told.get("idempotent-replayed") == "true")

    def ask(self, wish: Wish, key: str) -> Reply:
        """Take part."""
        path = f"/activities/v1/activities/{wish.activity}/participations"
        token = self.shop.token(wish.customer)
        return self.http("POST", path, token, {"input": wish.input}, Idempotency_Key=key)

    def look(self, customer: str = AMEI, activity: str = "daily") -> Any:
        """The customer's state in an activity, as the customer sees it."""
        return self.get(f"/activities/v1/activities/{activity}", customer)["state"]

    def account(self, customer: str = AMEI) -> Any:
        return self.get("/points/v1/me/account", customer)

    def inbox(self, customer: str = AMEI) -> Any:
        return self.get("/notifications/v1/me/inbox", customer)

    def get(self, path: str, customer: str = AMEI) -> Any:
        reply = self.http("GET", path, self.shop.token(customer))
        assert reply.status == 200, reply
        return reply.told

    def persist(
        self, act: Callable[[], Reply], *, restart: bool = True, again: tuple[str, ...] = ("conflict",)
    ) -> Reply:
        """Ask again, as a widget does, until there is an answer that is not "try again" (a code in ``again``).

        After a crash the next process is a new one, or (``restart=False``) one that has been running for a while.
        """
        for _ in range(TRIES):
            try:
                reply = act()
            except Crash:
                if restart:
                    self.died()
                continue
            if reply.status < 500 and reply.code not in again:
                return reply
        raise AssertionError(f"no answer after {TRIES} tries")


@contextlib.contextmanager
def overhearing() -> Iterator[Overheard]:
    """The product's log goes to a list."""
    heard, before = Overheard(), (log.handlers[:], log.propagate)
    # Nobody else keeps the lines: thousands of orders make millions of them.
    log.handlers[:], log.propagate = [heard], False
    try:
        yield heard
    finally:
        log.handlers[:], log.propagate = before


@contextlib.contextmanager
def a_scene(injector: Injector) -> Iterator[Scene]:
    """The shop of this module, on a platform that is there and empty."""
    with clock.using(MovableClock()) as time, overhearing() as heard:
        assert isinstance(time, MovableClock)
        forget_everything()
        shop = open_shop()
        for activity, days in MILESTONES.items():
            open_signin(activity=activity, config=_rules(days))
        scene = Scene(shop, time, injector, heard)
        for day in ATTENDED:
            time.at = datetime(day.year, day.month, day.day, 4, tzinfo=UTC)
            for activity in MILESTONES:
                assert scene.ask(Wish(activity=activity), f"{day}").status == 201
        scene.keep()
        yield scene


def _rules(milestone: int) -> dict[str, Any]:
    return {
        "reward": {"first": 5, "step": 1, "cap": 10},
        "cycle_days": None,
        "milestones": [{"days": milestone, "points": 20, "make_up_cards": 1}],
        "make_up": {"within_days": 7, "cards_at_start": 1},
    }
