"""Admin: shops, keys, operators, audit. Operator routes of a thing live with the service that owns it."""

from dataclasses import replace
from functools import partial
from typing import Any

from services.admin import messages, store
from services.admin.messages import (
    AuditLine,
    AuditList,
    ChangedShop,
    KeyLine,
    KeyList,
    NewKeyIn,
    NewOperatorIn,
    NewOwnerIn,
    NewShop,
    NewShopOut,
    OperatorLine,
    OperatorList,
    SecretOut,
    ShopLine,
    ShopList,
    ShopOut,
    WhoAmI,
)
from shared import audit, auth, clock, keys, minting, shops
from shared.calendar import ShopCalendar
from shared.errors import Conflict, Missing, Unauthenticated
from shared.http import Api, Call, Paging, cursor
from shared.shops import Shop

app = Api("admin")


@app.lambda_function(name="bootstrap")
def bootstrap(event: Any, context: Any) -> dict[str, str | None]:
    """Make the platform's key, once: `{"platform_key": …}`, null when there already is one. With `{"rotate": true}` a
    new one is made in any case, and those before it are withdrawn.
    """
    del context
    return {"platform_key": store.rotate_platform_key() if (event or {}).get("rotate") is True else store.bootstrap()}


# ── shops ────────────────────────────────────────────────────────────────────────────────────────


@app.post("/v1/shops", who="platform", body=NewShop, returns=NewShopOut, status=201, refuses=("conflict",))
def create_shop(call: Call[NewShop, None]) -> NewShopOut:
    """Open a shop. The answer is the only time its first keys are shown."""
    asked = call.body
    shop = Shop(
        id=asked.id,
        name=asked.name,
        calendar=ShopCalendar(asked.timezone),
        currency=asked.currency,
        language=asked.language,
        login_url=asked.login_url,
        created_at=clock.now(),
    )
    opened = store.create_shop(shop, who=call.caller.who)
    return NewShopOut(
        shop=messages.shop(shop, clock.now()),
        owner_key=_secret(opened.owner),
        customer_key=_secret(opened.customer),
        webhook_key=_secret(opened.webhook),
    )


@app.get("/v1/shops", who="platform", query=Paging, returns=ShopList)
def list_shops(call: Call[None, Paging]) -> ShopList:
    """All shops of this installation, by id."""
    page = store.list_shops(limit=call.query.limit, after=cursor.read("shops", call.query.cursor))
    return ShopList(
        items=[ShopLine(id=shop_id, created_at=clock.parse(facts["created_at"])) for shop_id, facts in page.shops],
        next_cursor=cursor.write("shops", page.after),
    )


@app.get("/v1/shops/{shop}", who="viewer", returns=ShopOut)
def get_shop(call: Call[None, None], shop: str) -> ShopOut:
    """The caller's shop and its settings."""
    return messages.shop(shops.load_fresh(_own(call, shop)), clock.now())


@app.put("/v1/shops/{shop}", who="owner", body=ChangedShop, returns=ShopOut, refuses=("conflict",))
def change_shop(call: Call[ChangedShop, None], shop: str) -> ShopOut:
    """Change the shop's settings. A new time zone starts with the shop's next midnight."""
    before, now, asked = shops.load_fresh(_own(call, shop)), clock.now(), call.body.settings
    if call.body.based_on != before.version:
        raise Conflict("version_conflict", current=before.version)
    moves = asked.timezone != before.calendar.zone_at(before.calendar.next_midnight(now)).key
    after = replace(
        before,
        name=asked.name,
        calendar=before.calendar.moved_to(asked.timezone, now=now) if moves else before.calendar,
        language=asked.language,
        login_url=asked.login_url,
        version=before.version + 1,
    )
    note = _note(call, "shop.changed", f"shop:{shop}", before=messages.audited(before), after=messages.audited(after))
    store.save_shop(after, note)
    return messages.shop(after, now)


@app.post("/v1/shops/{shop}/owners", who="platform", body=NewOwnerIn, returns=SecretOut, status=201)
def add_owner(call: Call[NewOwnerIn, None], shop: str) -> SecretOut:
    """Let a shop whose keys were lost in again: a key for one more owner, shown this once. The shop's log says so."""
    if not auth.is_shop_id(shop) or shop in messages.RESERVED:
        raise Missing
    return _secret(store.add_owner(shops.load_fresh(shop).id, call.body.name, who=call.caller.who))


# ── keys ─────────────────────────────────────────────────────────────────────────────────────────


@app.get("/v1/keys", who="owner", returns=KeyList)
def list_keys(call: Call[None, None]) -> KeyList:
    """The shop's signing keys, without their secrets."""
    kept = store.list_kept(call.shop, "key#")
    return KeyList(
        items=[
            KeyLine(id=key_id, purpose=facts["purpose"], created_at=clock.parse(facts["created_at"]))
            for key_id, facts in kept
        ]
    )


@app.post("/v1/keys", who="owner", body=NewKeyIn, returns=SecretOut, status=201)
def create_key(call: Call[NewKeyIn, None]) -> SecretOut:
    """Make a signing key. Its secret is shown this once."""
    key = minting.new_signing_key(call.shop, call.body.purpose)
    store.add(key, _note(call, "key.created", f"key:{key.id}", after={"purpose": call.body.purpose}))
    return _secret(key)


@app.delete("/v1/keys/{key_id}", who="owner", status=204, refuses=("conflict",))
def delete_key(call: Call[None, None], key_id: str) -> None:
    """Withdraw a signing key. What it signed is refused within a minute."""
    store.remove(call.shop, "key#", key_id, lambda was: _note(call, "key.deleted", f"key:{key_id}", before=was))


# ── operators ────────────────────────────────────────────────────────────────────────────────────


@app.get("/v1/operators", who="owner", returns=OperatorList)
def list_operators(call: Call[None, None]) -> OperatorList:
    """Who works for the shop."""
    return OperatorList(items=[_operator(key_id, facts) for key_id, facts in store.list_kept(call.shop, "operator#")])


@app.get("/v1/operators/me", who="viewer", returns=WhoAmI)
def who_am_i(call: Call[None, None]) -> WhoAmI:
    """The operator whose key this is."""
    facts = dict(store.list_kept(call.shop, "operator#")).get(call.caller.id)
    if facts is None:
        # Removed elsewhere within the last minute.
        raise Unauthenticated
    return WhoAmI(shop=call.shop, id=call.caller.id, name=facts["name"], role=facts["role"])


@app.post("/v1/operators", who="owner", body=NewOperatorIn, returns=SecretOut, status=201)
def create_operator(call: Call[NewOperatorIn, None]) -> SecretOut:
    """Let somebody work for the shop. The key is shown this once."""
    key = minting.new_operator_key(call.shop, call.body.role, call.body.name)
    store.add(key, _note(call, "operator.created", f"operator:{key.id}", after=call.body.model_dump()))
    return _secret(key)


@app.delete("/v1/operators/{operator_id}", who="owner", status=204, refuses=("conflict",))
def delete_operator(call: Call[None, None], operator_id: str) -> None:
    """Withdraw an operator's key, within a minute. A shop keeps at least one owner."""
    note = partial(_note, call, "operator.deleted", f"operator:{operator_id}")
    store.remove(call.shop, "operator#", operator_id, lambda was: note(before=was))


# ── audit ────────────────────────────────────────────────────────────────────────────────────────


@app.get("/v1/audit", who="owner", query=Paging, returns=AuditList)
def list_audit(call: Call[None, Paging]) -> AuditList:
    """Who changed what, the latest first."""
    return _audit(call.shop, call.query)


@app.get("/v1/platform/audit", who="platform", query=Paging, returns=AuditList)
def list_platform_audit(call: Call[None, Paging]) -> AuditList:
    """What was done with the platform's key, the latest first."""
    return _audit(keys.PLATFORM, call.query)


def _audit(log: str, asked: Paging) -> AuditList:
    scope = f"audit:{log}"
    page = audit.list_entries(log, limit=asked.limit, after=cursor.read(scope, asked.cursor))
    return AuditList(
        items=[
            AuditLine(
                id=entry.id,
                at=entry.at,
                who=entry.who,
                action=entry.action,
                target=entry.target,
                before=entry.before,
                after=entry.after,
            )
            for entry in page.entries
        ],
        next_cursor=cursor.write(scope, page.after),
    )


def _own(call: Call[Any, Any], shop: str) -> str:
    """Somebody else's shop answers like one that does not exist."""
    if shop != call.shop:
        raise Missing
    return shop


def _note(call: Call[Any, Any], action: str, target: str, *, before: Any = None, after: Any = None) -> Any:
    return audit.part(call.shop, who=call.caller.who, action=action, target=target, before=before, after=after)


def _secret(key: minting.NewKey) -> SecretOut:
    return SecretOut(id=key.id, secret=key.secret)


def _operator(key_id: str, facts: dict[str, Any]) -> OperatorLine:
    return OperatorLine(id=key_id, name=facts["name"], role=facts["role"], created_at=clock.parse(facts["created_at"]))
