"""A service's routes: a Chalice app that takes contracts."""

from collections.abc import Callable
from typing import Any

from chalice.app import Chalice, CORSConfig, Response
from pydantic import BaseModel

from shared import logs
from shared.http import handling
from shared.http.contract import BODY_MAX, Contract, View, WhoCalls
from shared.http.routes import Routes

CORS = CORSConfig(
    allow_origin="*",
    allow_headers=["Authorization", "Content-Type", "Accept-Language", "Idempotency-Key"],
    expose_headers=["Idempotent-Replayed", "X-Request-Id", "Retry-After", "RateLimit", "RateLimit-Policy"],
    max_age=7200,
)


class Api(Chalice):
    """A Chalice app whose routes are contracts."""

    def __init__(self, service: str) -> None:
        super().__init__(app_name=f"regulars-{service}", configure_logs=False)
        self.service = service
        self.contracts: list[Contract] = []
        logs.install()

    def get(self, path: str, **declared: Any) -> Callable[[View], View]:
        return self._declare("GET", path, **declared)

    def post(self, path: str, **declared: Any) -> Callable[[View], View]:
        return self._declare("POST", path, **declared)

    def put(self, path: str, **declared: Any) -> Callable[[View], View]:
        return self._declare("PUT", path, **declared)

    def delete(self, path: str, **declared: Any) -> Callable[[View], View]:
        return self._declare("DELETE", path, **declared)

    def add(self, routes: Routes) -> None:
        """Take the routes that another module of the service declares."""
        for method, path, declared, view in routes:
            self._declare(method, path, **declared)(view)

    def _declare(
        self,
        method: str,
        path: str,
        *,
        who: WhoCalls,
        body: Any = None,
        query: type[BaseModel] | None = None,
        returns: type[BaseModel] | None = None,
        status: int = 200,
        idempotent: bool = False,
        refuses: tuple[str, ...] = (),
        body_max: int = BODY_MAX,
    ) -> Callable[[View], View]:
        def register(view: View) -> View:
            contract = Contract(
                self.service, method, path, who, body, query, returns, status, idempotent, refuses, view, body_max
            )
            self.contracts.append(contract)
            # Chalice's own 415 is not problem+json: it lets every type pass and our own check judges it.
            self.route(path, methods=[method], cors=CORS, content_types=["*/*"], name=view.__name__)(
                self._serving(contract)
            )
            return view

        return register

    def _serving(self, contract: Contract) -> Callable[..., Response]:
        handle = handling.handler(contract)

        def serve(**path: str) -> Response:
            request = self.current_request
            assert request is not None  # noqa: S101 - Chalice sets it for every view
            return handle(request, path)

        return serve
