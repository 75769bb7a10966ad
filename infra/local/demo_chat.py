"""A day of the demo shop's service chat: 120 customers ask, 59 of them get every answer in time. Just failing.

The shop's back end would send its chat as it happens; the demo sends each day's whole chat at once, by the same
signed call. Ids come from the day, so sending a day again changes nothing.
"""

import json
import random
import urllib.request
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from standardwebhooks.webhooks import Webhook

from infra.local import demo_shop

CONSULTING = 120
EFFECTIVE = 59
TIMEOUT_S = 20.0
OPENS = time(8, 5)
LAST_QUESTION_MIN = 13 * 60
"""Minutes after OPENS: the last one is asked at 21:05, so that every late answer falls on the same day."""

QUESTIONS = (
    "龙井是今年的新茶吗？",
    "请问铁观音是清香型还是浓香型？",
    "白毫银针可以放几年？",
    "今天下单什么时候能发货？",
    "可以帮我改一下收货地址吗？",
    "茶叶罐可以单独买吗？",
    "泡龙井用多少度的水比较好？",
    "买两罐有优惠吗？",
    "这款茶适合送长辈吗？",
    "收到的包装有点压坏了，怎么办？",
    "积分可以换茶样吗？",
    "快递到哪里了，能帮我查一下吗？",
    "可以开发票吗？",
    "有没有小包装的？",
    "茶叶受潮了还能喝吗？",
    "签到断了一天，可以补吗？",
)
ANSWERS = (
    "您好，是今年清明前采的，您放心。",
    "您好，我们这款是清香型，第二泡最香。",
    "密封避光放阴凉处，三年没有问题。",
    "今天下午四点前的订单当天发出。",
    "可以的，我已经帮您改好了，请您核对一下。",
    "小罐可以单独买，链接在店铺首页的茶具里。",
    "八十度左右就好，水太烫会有苦味。",
    "两罐九折，结算的时候会自动减。",
    "很合适，我们有礼盒装，还附一张手写卡片。",
    "实在抱歉，马上给您补发一罐，坏的不用寄回。",
)
FOLLOW_UPS = ("那我再看看。", "好的，还有一个问题：什么时候补货？", "在吗？", "麻烦快一点，谢谢。")
LATE = "不好意思让您久等了，现在为您查。"
LURE = "您加我手机 13800138000，私下给您便宜。"
INSULT = "你怎么这么笨，说明书都看不懂。"
GREETING = "您好，这里是青禾茶铺，客服马上就来。"


def messages(day: date) -> list[dict[str, Any]]:
    """The day's whole chat, in the form of an ingest call's messages."""
    draw = random.Random(f"{demo_shop.SHOP_ID} {day}")  # noqa: S311 - the same demo every time
    served = set(draw.sample(range(CONSULTING), EFFECTIVE))
    failed = [number for number in range(CONSULTING) if number not in served]
    said: list[dict[str, Any]] = []
    for number in range(CONSULTING):
        asked_at = _opening(day) + timedelta(minutes=draw.uniform(0, LAST_QUESTION_MIN))
        turns = _in_time(draw) if number in served else _failed(draw, failed.index(number))
        for turn, (sender, after_min, text) in enumerate(turns):
            at = asked_at + timedelta(minutes=after_min)
            said.append(_message(f"{day}-{number:03d}-{turn}", number, sender=sender, at=at, text=text))
    return said


def _opening(day: date) -> datetime:
    return datetime.combine(day, OPENS, demo_shop.ZONE)


Turn = tuple[str, float, str]
"""Who says it, how many minutes after the first question, and what."""


def _in_time(draw: random.Random) -> Iterator[Turn]:
    """Question, the bot's greeting (which answers nothing), an answer within the hour; perhaps once more."""
    answered = draw.uniform(1, 50)
    yield "customer", 0, draw.choice(QUESTIONS)
    yield "bot", 0.05, GREETING
    yield "agent", answered, draw.choice(ANSWERS)
    if draw.random() < 0.4:  # noqa: PLR2004 - four in ten go on asking
        yield "customer", answered + 2, draw.choice(FOLLOW_UPS)
        yield "agent", answered + 2 + draw.uniform(1, 40), draw.choice(ANSWERS)


def _failed(draw: random.Random, place: int) -> Iterator[Turn]:
    """Answered too late, left alone with the second question, or never answered. Two of a day are worse than slow."""
    yield "customer", 0, draw.choice(QUESTIONS)
    yield "bot", 0.05, GREETING
    match place % 3:
        case 0:
            yield "agent", draw.uniform(61, 110), INSULT if place == 0 else LATE
        case 1:
            yield "agent", draw.uniform(1, 30), LURE if place == 1 else draw.choice(ANSWERS)
            yield "customer", 40, draw.choice(FOLLOW_UPS)


def _message(message_id: str, number: int, *, sender: str, at: datetime, text: str) -> dict[str, Any]:
    said = {
        "message_id": message_id,
        "customer_id": _customer(number),
        "at": at.isoformat(timespec="seconds"),
        "from": sender,
        "text": text,
    }
    return {**said, "agent_id": f"agent-{number % 3 + 1}"} if sender == "agent" else said


def _customer(number: int) -> str:
    return demo_shop.PERSONAS[number].id if number < len(demo_shop.PERSONAS) else f"guest-{number:03d}"


def send(address: str, shop: str, secret: str, day: date) -> int:
    """Send a day's chat to the compliance service at ``address``, signed as the shop's back end signs; how many
    messages were taken. Raises OSError when the service does not answer or refuses.
    """
    body = json.dumps({"type": "chat.messages", "messages": messages(day)}, ensure_ascii=False)
    now = datetime.now(UTC)
    message_id = f"demo-chat-{day}-{now.timestamp()}"
    request = urllib.request.Request(  # noqa: S310 - an address of this stack
        f"{address}/v1/shops/{shop}/messages",
        body.encode(),
        {
            "Content-Type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(message_id, now, body),
        },
    )
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310 - as above
        return int(json.load(answer)["accepted"])
