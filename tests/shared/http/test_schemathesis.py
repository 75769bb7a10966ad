"""Schemathesis over the whole API document: no 5xx and no undocumented answer to whoever brings a credential.

Every case is drawn from the document alone and meets the shop as ``furnish`` leaves it; half of them name what is
there. The cases are the same on every run; REGULARS_PROVE=1 draws many more, and one for each corner of each schema.
"""

import re
import zlib
from collections.abc import Iterator, Mapping

import pytest
import schemathesis
from schemathesis import Case
from schemathesis.config import SchemathesisConfig

from shared import clock
from tests.faults.harness.effort import PROVING, effort
from tests.shared.http.routes import APPS, ROUTES, Furnished, Route, signature
from tests.support.asking import DOCUMENT, document
from tests.support.front import Front
from tests.support.shop import MovableClock
from tests.support.stage import Opened

NO_CREDENTIALS = {"with-security-parameters": False}
CONFIG = SchemathesisConfig.from_dict(
    {
        "seed": 11,
        "checks": {
            # The front shows a good credential on every request: what others meet is in test_credentials.py.
            "ignored_auth": {"enabled": False},
            # A body may fit its schema and still break a rule that no schema can tell.
            "positive_data_acceptance": {"enabled": False},
        },
        "generation": {"deterministic": True, "database": "none", "max-examples": effort(8, 500)} | NO_CREDENTIALS,
        "phases": {
            "examples": {"enabled": False},
            "stateful": {"enabled": False},
            "coverage": {"enabled": PROVING},
        },
    }
)
api = schemathesis.openapi.from_path(DOCUMENT, config=CONFIG)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "BREW")


@pytest.fixture(scope="module")
def front(opened_furnished: tuple[Opened, Furnished]) -> Iterator[Front]:
    """All services, and a caller who always brings the right credential."""
    its = opened_furnished[1]

    def credentials(method: str, path: str, body: bytes) -> Mapping[str, str]:
        route = route_of(method, path)
        return shown(route, its, body) if route else {}

    with clock.using(MovableClock()):
        yield Front(APPS, credentials)


def route_of(method: str, path: str) -> Route | None:
    """The declared route of a path that was asked for; a literal one before one that names something."""
    found = [route for route in ROUTES if route.contract.method == method and _pattern(route).fullmatch(path)]
    return min(found, key=lambda route: len(route.names), default=None)


def _pattern(route: Route) -> re.Pattern[str]:
    return re.compile(f"/{route.contract.service}" + re.sub(r"{(\w+)}", r"(?P<\1>[^/]+)", route.contract.path))


def shown(route: Route, its: Furnished, body: bytes) -> Mapping[str, str]:
    """The credential of one who may call the route."""
    match route.contract.who:
        case "anyone" | "public":
            return {}
        case "shop":
            return signature(its.shop.webhook_secret, body)
        case "customer":
            bearer = its.shop.token()
        case "platform":
            bearer = its.shop.platform_key
        case _:
            bearer = its.shop.owner_key
    return {"authorization": f"Bearer {bearer}"}


def named_well(case: Case, its: Furnished) -> Mapping[str, str]:
    """What the good request of the case's route names."""
    (route,) = [route for route in ROUTES if route.name == case.operation.label]
    found = _pattern(route).fullmatch(f"/{route.contract.service}{route.path(its.ids)}")
    return found.groupdict() if found else {}


@api.parametrize()
def test_no_case_meets_an_undocumented_answer(
    case: Case, front: Front, opened_furnished: tuple[Opened, Furnished]
) -> None:
    opened, its = opened_furnished
    opened.rows.put_back()
    if case.path_parameters and zlib.crc32(repr(case).encode()) % 2:
        case.path_parameters = dict(named_well(case, its))

    case.call_and_validate(app=front)


@pytest.mark.parametrize("path", document()["paths"])
def test_a_method_that_no_route_declares_is_not_allowed(path: str, front: Front) -> None:
    declared = {method.upper() for method in document()["paths"][path]}
    asked = re.sub(r"{\w+}", "x", path)

    for method in sorted({*METHODS} - declared):
        reply = front.answer(method, asked)
        told = dict(reply.headers)

        assert (reply.status, told["Content-Type"]) == (405, "application/problem+json"), method
        assert {*told["Allow"].replace(" ", "").split(",")} - {"OPTIONS", "HEAD"} == declared, method
