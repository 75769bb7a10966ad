"""A shop on an installation, and what is needed to act in it."""

import itertools
import json
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

import jwt
from standardwebhooks.webhooks import Webhook

from shared.keys import PLATFORM
from tests.e2e.packaged.installation import PREFIX, Installation
from tests.support.catalogue import a_reward
from tests.support.shop import a_signin

SHOP = "tea"
DAY = "2026-03-18"
"""Long over: a day that is scored as soon as its chat is there."""


@dataclass
class World:
    """One shop, its keys, and names that nobody used before."""

    at: Installation
    platform_key: str
    opened: dict[str, Any] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    def new(self, what: str) -> str:
        """A name for something new."""
        return f"{what}-{next(self._numbers)}"

    # ── who asks ─────────────────────────────────────────────────────────────────────────────────

    @property
    def owner(self) -> str:
        key: str = self.opened["owner_key"]["secret"]
        return key

    def token(self, customer: str) -> str:
        """What the shop's own back end would give the customer."""
        now, key = int(time.time()), self.opened["customer_key"]
        claims = {"aud": SHOP, "sub": customer, "iat": now, "exp": now + 600}
        return jwt.encode(claims, key["secret"], "HS256", headers={"kid": key["id"]})

    def signed(self, path: str, told: dict[str, Any]) -> Any:
        """What a signed call of the shop's back end is answered."""
        number, now, body = secrets.token_hex(8), datetime.now(UTC), json.dumps(told, ensure_ascii=False)
        signature = Webhook(self.opened["webhook_key"]["secret"]).sign(number, now, body)
        headers = {
            "webhook_id": number,
            "webhook_timestamp": str(int(now.timestamp())),
            "webhook_signature": signature,
        }
        return self.at.done("POST", path, body=body, **headers)

    # ── what is there ────────────────────────────────────────────────────────────────────────────

    @cached_property
    def activity(self) -> str:
        """A live daily check-in."""
        return self.open_signin()

    def open_signin(self) -> str:
        """A new live check-in."""
        name = self.new("daily")
        path = "/activities/v1/admin/activities"
        self.at.done("POST", path, self.owner, {"id": name, "definition": a_signin()})
        self.at.done("POST", f"{path}/{name}/status", self.owner, {"status": "live"})
        return name

    @cached_property
    def packet(self) -> str:
        """An open reward that people deliver."""
        return self.open_reward("red_packet")

    def open_reward(self, kind: str = "coupon", **changes: Any) -> str:
        """A new open reward that costs one point."""
        name, path = self.new("reward"), "/points/v1/admin/rewards"
        definition = a_reward(kind, **{"price_points": 1, **changes})
        self.at.done("POST", path, self.owner, {"id": name, "definition": definition})
        self.at.done("POST", f"{path}/{name}/status", self.owner, {"status": "open"})
        return name

    def redeem(self, customer: str, reward: str, key: str = "k1") -> Any:
        """The customer redeems a reward."""
        body = {"reward_id": reward}
        return self.at.done("POST", "/points/v1/redemptions", self.token(customer), body, Idempotency_Key=key)

    def check_in(self, customer: str, key: str = "k1") -> Any:
        """The customer checks in."""
        path = f"/activities/v1/activities/{self.activity}/participations"
        return self.at.done("POST", path, self.token(customer), {"input": {}}, Idempotency_Key=key)

    @cached_property
    def regular(self) -> str:
        """A customer who has points."""
        customer = self.new("regular")
        self.check_in(customer)
        return customer

    def subject(self, customer: str) -> str:
        """By what the tables know a customer."""
        found = self.row("customers", f"{SHOP}#id#{customer}", "subject")
        subject: str = found["subject"]["S"]
        return subject

    # ── behind the services' backs ───────────────────────────────────────────────────────────────

    def row(self, table: str, pk: str, sk: str) -> dict[str, Any]:
        """A row as it lies in its table; empty when there is none."""
        key = {"pk": {"S": pk}, "sk": {"S": sk}}
        found: dict[str, Any] = self.at.dynamodb.get_item(TableName=f"{PREFIX}-{table}", Key=key).get("Item", {})
        return found

    def rows(self, table: str, pk: str) -> list[dict[str, Any]]:
        """All rows under a partition key."""
        found: list[dict[str, Any]] = self.at.dynamodb.query(
            TableName=f"{PREFIX}-{table}",
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
        )["Items"]
        return found

    def put(self, table: str, row: dict[str, Any]) -> None:
        self.at.dynamodb.put_item(TableName=f"{PREFIX}-{table}", Item=row)

    def delete(self, table: str, row: dict[str, Any]) -> None:
        key = {name: row[name] for name in ("pk", "sk")}
        self.at.dynamodb.delete_item(TableName=f"{PREFIX}-{table}", Key=key)


def open_world(installation: Installation) -> World:
    """Bootstrap, as `make bootstrap` does it, and open the shop."""
    world = World(installation, installation.call("admin-bootstrap", {})["platform_key"])
    names = {"en": "Tea", "zh-CN": "茶"}
    world.opened = installation.done("POST", "/admin/v1/shops", world.platform_key, {"id": SHOP, "name": names})
    return world


def forget_platform(world: World) -> None:
    """As if nobody had bootstrapped yet."""
    for row in world.rows("shops", PLATFORM):
        if row["sk"]["S"].startswith(("operator#", "bootstrap", "secret#")):
            world.delete("shops", row)
