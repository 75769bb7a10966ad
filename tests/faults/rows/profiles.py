"""The handlers of profiles in the fault matrix."""

from http import HTTPStatus

from services.profiles import links
from shared import auth
from tests.faults.matrix.rows import Asked, OnlyReads, Row
from tests.faults.scene import AMEI, XIN, Scene


def a_fresh_link(scene: Scene) -> None:
    """A link's code holds for ten minutes of the machine's time, which all the other handlers may take."""
    scene.names = {**scene.names, "code": links.make(auth.ShopCaller(scene.shop.id, "fresh"), AMEI).code}


ROWS: list[Row] = [
    OnlyReads(handler="GET /profiles/v1/me"),
    OnlyReads(handler="GET /profiles/v1/shop"),
    Asked(handler="PUT /profiles/v1/me", again="anew", whole=False),
    Asked(handler="PUT /profiles/v1/me", case="a customer nobody knows", by=XIN, again="anew", whole=False),
    Asked(handler="POST /profiles/v1/shops/{shop}/links", again=HTTPStatus.CONFLICT),
    Asked(handler="POST /profiles/v1/sessions", prepare=a_fresh_link, again=HTTPStatus.UNAUTHORIZED),
    OnlyReads(handler="POST /profiles/v1/sessions/renew"),
]
