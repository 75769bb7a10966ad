"""The shop that `make run` opens, and the people the demo page lets you be."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from shared.ledger.policy import Level, Policy, Tiers

SHOP_ID = "green-field-tea"
SHOP_NAME = {"zh-CN": "青禾茶铺", "en": "Green Field Tea"}
TIMEZONE = "Asia/Shanghai"
ZONE = ZoneInfo(TIMEZONE)
CURRENCY = "CNY"
SIGNIN_ACTIVITY = "daily-check-in"
POINTS = Policy(
    # The ¥3 coupon costs 50 points.
    value=(50, 300),
    tiers=Tiers(
        levels=(
            Level("regular", {"en": "Regular", "zh-CN": "熟客"}, 100, multiplier_percent=110, discount_percent=3),
            Level(
                "connoisseur", {"en": "Connoisseur", "zh-CN": "茶客"}, 600, multiplier_percent=125, discount_percent=5
            ),
        ),
    ),
)
"""What the shop has decided about its points; everything else is as in any new shop."""


@dataclass(frozen=True)
class Tea:
    """What the shop sells; the price is for one, in minor units."""

    id: str
    name: dict[str, str]
    category: str
    price_minor: int


TEAS = (
    Tea("longjing", {"zh-CN": "龙井", "en": "Longjing"}, "green", 6_800),
    Tea("tieguanyin", {"zh-CN": "铁观音", "en": "Tieguanyin"}, "oolong", 5_800),
    Tea("white-tea", {"zh-CN": "白毫银针", "en": "Silver Needle"}, "white", 12_800),
)


@dataclass(frozen=True)
class Persona:
    """Someone to be on the demo page. ``id`` is also the shop's customer id."""

    id: str
    name: dict[str, str]
    about: dict[str, str]


PERSONAS = (
    Persona("xiaolin", {"zh-CN": "小林", "en": "Xiao Lin"}, {"zh-CN": "新访客", "en": "new visitor"}),
    Persona("amei", {"zh-CN": "阿梅", "en": "A Mei"}, {"zh-CN": "老顾客", "en": "regular"}),
    Persona("laozhou", {"zh-CN": "老周", "en": "Lao Zhou"}, {"zh-CN": "许久未来", "en": "lapsed"}),
)
