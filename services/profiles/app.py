"""Profiles: who the customer is."""

from datetime import datetime
from typing import Literal

from pydantic import Field

from services.profiles import links, store
from services.profiles.profile import Birthday, ProfileIn
from services.profiles.store import Kept
from shared import auth, clock, shops, texts
from shared.forms import In, Out, Slug
from shared.http import Api, Call

app = Api("profiles")


class ProfileOut(Out):
    """The caller's file; `updated_at` is null as long as there is none."""

    customer_id: str
    name: str | None
    gender: Literal["female", "male", "other"] | None
    birthday: Birthday | None
    region: str | None
    language: Literal["en", "zh-CN"] | None
    updated_at: datetime | None


@app.get("/v1/me", who="customer", returns=ProfileOut)
def get_me(call: Call[None, None]) -> ProfileOut:
    """The caller's file; an empty one when nothing is kept."""
    kept = store.find_profile(call.shop, call.subject) if call.subject else None
    return _told(call.caller.customer_id, kept)


@app.put("/v1/me", who="customer", body=ProfileIn, returns=ProfileOut, refuses=("conflict",))
def put_me(call: Call[ProfileIn, None]) -> ProfileOut:
    """Say who you are. Replaces the whole file; saying the same twice changes nothing but the time."""
    call.body.check(shops.load(call.shop).today(clock.now()))
    kept = store.save_profile(call.shop, call.make_subject(), call.body)
    return _told(call.caller.customer_id, kept)


# ── the shop ──────────────────────────────────────────────────────────────────────────────────────


class Which(In):
    """Which shop, where no token says so."""

    shop: str | None = None


class PublicShopOut(Out):
    """What anybody may know of a shop. `login_url` is where its customers log in, if it has such a page."""

    id: str
    name: str
    login_url: str | None


@app.get("/v1/shop", who="public", query=Which, returns=PublicShopOut)
def get_shop(call: Call[None, Which]) -> PublicShopOut:
    """The shop's name, in the caller's language, and its login."""
    found = shops.load(call.shop)
    return PublicShopOut(id=found.id, name=texts.pick(found.name, call.language), login_url=found.login_url)


# ── ways in ──────────────────────────────────────────────────────────────────────────────────────


class LinkIn(In):
    """Asks for a link that opens the hosted member page for one customer."""

    type: Literal["member.link"]
    customer_id: str = Field(pattern=auth.CUSTOMER_ID)


class LinkOut(Out):
    """`path` on this host, good once and until `expires_at`."""

    path: str
    code: str
    expires_at: datetime


class SessionIn(In):
    """The code that came with the link."""

    shop: Slug
    code: str = Field(min_length=1, max_length=128)


class SessionOut(Out):
    """A token, and what renews it until `ends_at`."""

    token: str
    expires_at: datetime
    renewal: str
    ends_at: datetime


class RenewalIn(In):
    """What the session's opening gave to renew it with."""

    renewal: str = Field(min_length=1, max_length=2048)


class TokenOut(Out):
    """A fresh token."""

    token: str
    expires_at: datetime


@app.post("/v1/shops/{shop}/links", who="shop", body=LinkIn, returns=LinkOut, status=201, refuses=("conflict",))
def make_link(call: Call[LinkIn, None], shop: str) -> LinkOut:
    """Make a single-use link to the hosted member page, for pages that cannot run the widgets."""
    link = links.make(call.caller, call.body.customer_id)
    return LinkOut(path=f"/m/{shop}#c={link.code}", code=link.code, expires_at=link.expires_at)


@app.post("/v1/sessions", who="anyone", body=SessionIn, returns=SessionOut, status=201, refuses=("unauthenticated",))
def open_session(call: Call[SessionIn, None]) -> SessionOut:
    """Turn a link's code, once, into a customer's token and what renews it."""
    opened = links.open_session(call.body.shop, call.body.code)
    return SessionOut(
        token=opened.token.token,
        expires_at=opened.token.expires_at,
        renewal=opened.renewal,
        ends_at=opened.ends_at,
    )


@app.post("/v1/sessions/renew", who="anyone", body=RenewalIn, returns=TokenOut, refuses=("unauthenticated",))
def renew_session(call: Call[RenewalIn, None]) -> TokenOut:
    """A fresh token, as long as the session runs."""
    minted = links.renew(call.body.renewal)
    return TokenOut(token=minted.token, expires_at=minted.expires_at)


def _told(customer_id: str, kept: Kept | None) -> ProfileOut:
    said = kept.profile if kept else ProfileIn()
    return ProfileOut(
        customer_id=customer_id,
        name=said.name,
        gender=said.gender,
        birthday=said.birthday,
        region=said.region,
        language=said.language,
        updated_at=kept.updated_at if kept else None,
    )
