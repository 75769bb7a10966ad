"""What points buy in the demo shop."""

from collections.abc import Mapping
from typing import Any

REWARDS: Mapping[str, dict[str, Any]] = {
    "coupon-3": {
        "kind": "coupon",
        "title": {"en": "¥3 off, no minimum", "zh-CN": "3 元无门槛券"},
        "description": {"en": "Off any order, however small.", "zh-CN": "任意订单立减，没有最低消费。"},
        "instructions": {
            "en": "Show or type the code at checkout.",
            "zh-CN": "结账时出示或填写券码即可使用。",
        },
        "price_points": 50,
        "per_period": {"limit": 2, "period": "month"},
        "config": {"amount_minor": 300, "valid_days": 30},
    },
    "coupon-20": {
        "kind": "coupon",
        "title": {"en": "¥20 off orders of ¥150", "zh-CN": "满 150 减 20 元券"},
        "description": {"en": "For the next time you stock up.", "zh-CN": "下次囤茶更划算。"},
        "instructions": {
            "en": "Show or type the code at checkout.",
            "zh-CN": "结账时出示或填写券码即可使用。",
        },
        "price_points": 180,
        "config": {"amount_minor": 2000, "threshold_minor": 15000, "valid_days": 60},
    },
    "red-packet": {
        "kind": "red_packet",
        "title": {"en": "Red packet of ¥1", "zh-CN": "1 元现金红包"},
        "description": {"en": "Paid out within minutes.", "zh-CN": "兑换后几分钟内到账。"},
        "price_points": 100,
        "stock": 200,
        "shards": 4,
        "per_period": {"limit": 1, "period": "day"},
        "config": {"amount_minor": 100},
    },
    "data-500": {
        "kind": "data_top_up",
        "title": {"en": "500 MB of mobile data", "zh-CN": "500 MB 手机流量"},
        "description": {"en": "For any mainland number.", "zh-CN": "支持全国手机号码。"},
        "instructions": {"en": "A text message tells you once it is there.", "zh-CN": "到账后会收到短信通知。"},
        "price_points": 120,
        "per_period": {"limit": 1, "period": "month"},
        "config": {"megabytes": 500},
    },
    "tea-sample": {
        "kind": "product",
        "title": {"en": "Longjing tea sample", "zh-CN": "龙井茶试饮装"},
        "description": {"en": "Ten grams, in the box of your next order.", "zh-CN": "10 克装，随您的下一单一起寄出。"},
        "price_points": 60,
        "stock": 100,
        "config": {"payment": "with_order"},
    },
    "tea-cup": {
        "kind": "product",
        "title": {"en": "Celadon cup: points and ¥9.90", "zh-CN": "青瓷茶杯：积分加 9.9 元"},
        "description": {"en": "A cup for members only.", "zh-CN": "会员专享茶杯。"},
        "instructions": {
            "en": "Pay within half an hour, or the points come back.",
            "zh-CN": "请在半小时内付款，超时积分自动退回。",
        },
        "price_points": 80,
        "stock": 30,
        "per_customer": 1,
        "config": {"payment": "points_and_cash", "cash_minor": 990},
    },
    "spring-tasting": {
        "kind": "perk",
        "title": {"en": "Seat at the spring tea tasting", "zh-CN": "春茶品鉴会席位"},
        "description": {"en": "One afternoon, five teas.", "zh-CN": "一个下午，五款春茶。"},
        "instructions": {"en": "Show the code at the door.", "zh-CN": "入场时出示券码。"},
        "price_points": 150,
        "stock": 20,
        "config": {"codes": "generated"},
    },
}
"""By id: definitions as an operator would write them."""
