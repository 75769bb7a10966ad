"""Profiles: who the customer is."""

from datetime import datetime
from typing import Literal

from services.profiles import store
from services.profiles.profile import Birthday, ProfileIn
from services.profiles.store import Kept
from shared import clock, shops
from shared.forms import Out
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
