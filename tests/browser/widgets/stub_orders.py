"""The stub shop's till and orders: teas that are bought on the demo page, and the points of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.browser.widgets.stub_talk import Answer, Asked, Json, paged

if TYPE_CHECKING:
    from tests.browser.widgets.stub_shop import StubShop

CURRENCY = "CNY"
TEAS: list[Json] = [
    {"id": "longjing", "name": {"zh-CN": "龙井", "en": "Longjing"}, "price_minor": 6_800},
    {"id": "tieguanyin", "name": {"zh-CN": "铁观音", "en": "Tieguanyin"}, "price_minor": 5_800},
    {"id": "white-tea", "name": {"zh-CN": "白毫银针", "en": "Silver Needle"}, "price_minor": 12_801},
]
MINOR_PER_POINT = 100


@dataclass
class Bought:
    """One order: what was paid and went back, in minor units, and how far it has come."""

    id: str
    persona: str
    paid_minor: int
    refunded_minor: int = 0
    steps: list[str] = field(default_factory=lambda: ["paid"])

    @property
    def earned(self) -> int:
        return self.paid_minor // MINOR_PER_POINT

    @property
    def taken_back(self) -> int:
        return self.earned * self.refunded_minor // self.paid_minor

    @property
    def told(self) -> Json:
        """As the customer reads it."""
        left, completed = self.earned - self.taken_back, "completed" in self.steps
        return {
            "order_id": self.id,
            "status": self.steps[-1],
            "at": "2026-11-22T09:30:00+08:00",
            "currency": CURRENCY,
            "paid_minor": self.paid_minor,
            "refunded_minor": self.refunded_minor,
            "points_pending": 0 if completed else left,
            "points_available": left if completed else 0,
            "points_reversed": self.taken_back,
        }


def sell(shop: "StubShop", query: Mapping[str, str]) -> Json:
    """Buy: ``persona=amei&longjing=2``."""
    paid_minor = sum(tea["price_minor"] * int(query.get(tea["id"], "0")) for tea in TEAS)
    order = Bought(f"GF-{len(shop.orders) + 1:04d}", query["persona"], paid_minor)
    shop.orders.insert(0, order)
    _heard(shop, order, "earn")
    return {"order_id": order.id}


def follow_up(shop: "StubShop", order_id: str, step: str) -> Json:
    """Ship or complete an order, or refund half of what is left of it."""
    order = next(each for each in shop.orders if each.id == order_id)
    if step == "refund":
        order.refunded_minor += -(-(order.paid_minor - order.refunded_minor) // 2)
        _heard(shop, order, "reverse")
    else:
        order.steps.append({"ship": "shipped", "complete": "completed"}[step])
        _heard(shop, order, "release" if step == "complete" else "")
    return {"order_id": order.id}


def _heard(shop: "StubShop", order: Bought, moved: str) -> None:
    """The services hear of it: the customer's points are those of all their orders, and the log tells."""
    own, customer = [each.told for each in shop.orders if each.persona == order.persona], shop.customer(order.persona)
    before = customer.points + customer.more.facts["pending"]
    customer.more.facts["pending"] = sum(each["points_pending"] for each in own)
    customer.points = sum(each["points_available"] for each in own)
    points = customer.points + customer.more.facts["pending"] - before
    shop.log(
        "request",
        service="orders",
        method="POST",
        route="/orders/v1/shops/{shop}/events",
        status=202,
        ms=12,
        request_id="",
    )
    shop.log("order_heard", status=order.steps[-1], id=order.id)
    if moved:
        shop.log("entry_posted", kind=moved, points=points, balance=customer.points, source="order")


def _mine(shop: "StubShop", asked: Asked, name: str) -> Answer:
    return Answer(200, paged([order.told for order in shop.orders if order.persona == name], asked))


ROUTES = [(lambda method, route: method == "GET" and route == "/orders/v1/me/orders", _mine)]
