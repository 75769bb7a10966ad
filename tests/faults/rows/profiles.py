"""The handlers of profiles in the fault matrix."""

from http import HTTPStatus

from tests.faults.matrix.rows import Asked, OnlyReads, Row
from tests.faults.scene import XIN

ROWS: list[Row] = [
    OnlyReads(handler="GET /profiles/v1/me"),
    OnlyReads(handler="GET /profiles/v1/shop"),
    Asked(handler="PUT /profiles/v1/me", again="anew", whole=False),
    Asked(handler="PUT /profiles/v1/me", case="a customer nobody knows", by=XIN, again="anew", whole=False),
    Asked(handler="POST /profiles/v1/shops/{shop}/links", again=HTTPStatus.CONFLICT),
    Asked(handler="POST /profiles/v1/sessions", again=HTTPStatus.UNAUTHORIZED),
    OnlyReads(handler="POST /profiles/v1/sessions/renew"),
]
