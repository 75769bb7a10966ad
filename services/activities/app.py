"""Activities: what customers take part in. Routes only: the engine decides, the store writes."""

from typing import Any

from services.activities import engine, messages, store
from services.activities.definition import ChangedActivity, NewActivity, Stored
from services.activities.messages import (
    ActivityList,
    ActivityOut,
    DefinitionList,
    DefinitionOut,
    Look,
    ParticipationIn,
    ParticipationOut,
    StatusIn,
    VersionList,
)
from shared import clock, shops
from shared.http import Answer, Api, Call, Paging, cursor

app = Api("activities")


class PublicPaging(Paging):
    """How much of a shop's list, and from where."""

    shop: str | None = None


@app.get("/v1/activities", who="public", query=PublicPaging, returns=ActivityList)
def list_activities(call: Call[None, PublicPaging]) -> ActivityList:
    """The shop's activities, without drafts and ended ones."""
    scope = f"activities:{call.shop}"
    page = store.list_definitions(call.shop, limit=call.query.limit, after=cursor.read(scope, call.query.cursor))
    now = clock.now()
    shown = [stored for stored in page.definitions if stored.public and stored.status_at(now) != "ended"]
    return ActivityList(
        items=[messages.line(stored, call.language, now) for stored in shown],
        next_cursor=cursor.write(scope, page.after),
    )


@app.get("/v1/activities/{activity_id}", who="public", query=Look, returns=ActivityOut)
def get_activity(call: Call[None, Look], activity_id: str) -> ActivityOut:
    """One activity, and the caller's own state in it."""
    stored = engine.find_public(call.shop, activity_id)
    shop = shops.load(call.shop)
    state = engine.look(shop, stored, call.subject, call.query.year_month) if call.is_customer else None
    return messages.activity(stored, shop, call.language, clock.now(), state)


@app.post(
    "/v1/activities/{activity_id}/participations",
    who="customer",
    body=ParticipationIn,
    returns=ParticipationOut,
    status=201,
    idempotent=True,
    refuses=("not_open", "not_eligible", "already_participated", "conflict"),
)
def participate(call: Call[ParticipationIn, None], activity_id: str) -> Answer:
    """Take part. Repeat with the same Idempotency-Key for the same answer."""
    done = engine.participate(
        engine.Request(
            shop=call.shop,
            activity=activity_id,
            customer_id=call.caller.customer_id,
            subject=call.subject,
            given=call.body.input,
            key=call.idempotency_key,
            body_hash=call.body_hash(),
        )
    )
    return Answer(messages.participation(done), headers={"Idempotent-Replayed": "true"} if done.replayed else None)


# ── for operators ────────────────────────────────────────────────────────────────────────────────


@app.get("/v1/admin/activities", who="viewer", query=Paging, returns=DefinitionList)
def list_definitions(call: Call[None, Paging]) -> DefinitionList:
    """All activities of the shop, by id."""
    scope = f"definitions:{call.shop}"
    page = store.list_definitions(call.shop, limit=call.query.limit, after=cursor.read(scope, call.query.cursor))
    now = clock.now()
    return DefinitionList(
        items=[messages.definition(stored, now) for stored in page.definitions],
        next_cursor=cursor.write(scope, page.after),
    )


@app.get("/v1/admin/activities/{activity_id}", who="viewer", returns=DefinitionOut)
def get_definition(call: Call[None, None], activity_id: str) -> DefinitionOut:
    """One activity as it is now."""
    return messages.definition(store.load_fresh(call.shop, activity_id), clock.now())


@app.get("/v1/admin/activities/{activity_id}/versions", who="viewer", query=Paging, returns=VersionList)
def list_versions(call: Call[None, Paging], activity_id: str) -> VersionList:
    """Every version of one activity, the latest first."""
    store.load_fresh(call.shop, activity_id)
    scope = f"versions:{call.shop}:{activity_id}"
    page = store.list_versions(
        call.shop, activity_id, limit=call.query.limit, after=cursor.read(scope, call.query.cursor)
    )
    return VersionList(
        items=[messages.version(stored) for stored in page.definitions],
        next_cursor=cursor.write(scope, page.after),
    )


@app.post(
    "/v1/admin/activities", who="editor", body=NewActivity, returns=DefinitionOut, status=201, refuses=("conflict",)
)
def create_activity(call: Call[NewActivity, None]) -> DefinitionOut:
    """Write a new activity, as a draft."""
    stored = Stored(id=call.body.id, version=1, status="draft", definition=call.body.definition)
    return _save(call, stored, action="activity.created", before=None)


@app.put(
    "/v1/admin/activities/{activity_id}",
    who="editor",
    body=ChangedActivity,
    returns=DefinitionOut,
    refuses=("conflict",),
)
def change_activity(call: Call[ChangedActivity, None], activity_id: str) -> DefinitionOut:
    """Change an activity by a new version; those who took part keep what they got."""
    before = store.load_fresh(call.shop, activity_id)
    return _save(call, before.changed(call.body), action="activity.changed", before=before)


@app.post(
    "/v1/admin/activities/{activity_id}/status",
    who="editor",
    body=StatusIn,
    returns=DefinitionOut,
    refuses=("conflict",),
)
def set_status(call: Call[StatusIn, None], activity_id: str) -> DefinitionOut:
    """Publish, pause, resume or end an activity. Asking for the status it has changes nothing."""
    before = store.load_fresh(call.shop, activity_id)
    if before.status == call.body.status:
        return messages.definition(before, clock.now())
    after = before.with_status(call.body.status, clock.now())
    return _save(call, after, action=f"activity.{call.body.status}", before=before)


def _save(call: Call[Any, Any], stored: Stored, *, action: str, before: Stored | None) -> DefinitionOut:
    store.save_definition(call.shop, stored, who=call.caller.who, action=action, before=before)
    return messages.definition(stored, clock.now())
