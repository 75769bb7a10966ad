"""The peer: what a team would write instead with FastAPI, Mangum, PynamoDB, PyJWT and pydantic.

It asks AWS the same, checks the same token, takes the same body and writes the same three rows. Its rule is a sum: the
streaks, cards and cycles of our own are not counted against it.
"""

import base64
import json
import os
from collections.abc import Mapping
from typing import Annotated, Any

import boto3
import jwt
from fastapi import FastAPI, Header, HTTPException
from mangum import Mangum
from pydantic import BaseModel, ConfigDict
from pynamodb.attributes import MapAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.connection import Connection
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from tests.bench.child.canned import CONVERSATION

REGION = os.environ["AWS_REGION"]
CALLS = {call["operation"]: json.loads(call["body"]) for call in CONVERSATION["calls"]}
READS = [json.loads(call["body"]) for call in CONVERSATION["calls"] if call["operation"] == "GetItem"]
WRITES = [item["Put"] for item in CALLS["TransactWriteItems"]["TransactItems"]]


def _row(table: str, like: Mapping[str, Mapping[str, Any]]) -> type[Model]:
    """A model with the attributes of a row of that table."""
    kinds: dict[str, Any] = {"S": UnicodeAttribute, "N": NumberAttribute, "M": MapAttribute}
    keys: dict[str, Any] = {"pk": {"hash_key": True}, "sk": {"range_key": True}}
    meta = type("Meta", (), {"table_name": table, "region": REGION})
    attributes = {name: kinds[next(iter(value))](**keys.get(name, {})) for name, value in like.items()}
    return type("Row", (Model,), {"Meta": meta, **attributes})


def _plain(value: Mapping[str, Any]) -> Any:
    ((kind, held),) = value.items()
    return {name: _plain(each) for name, each in held.items()} if kind == "M" else int(held) if kind == "N" else held


ROWS = [(_row(put["TableName"], put["Item"]), {name: _plain(v) for name, v in put["Item"].items()}) for put in WRITES]
connection = Connection(region=REGION)
dynamodb = boto3.client("dynamodb", region_name=REGION)
kms = boto3.client("kms", region_name=REGION)
secrets: dict[str, str] = {}
kept: list[Any] = []


class Participation(BaseModel):
    """The body."""

    model_config = ConfigDict(extra="forbid")
    input: dict[str, Any]


class Participated(BaseModel):
    """The answer."""

    kind: str
    points: int
    balance: int


app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)


@app.post("/v1/activities/{activity_id}/participations", status_code=201)
def participate(
    activity_id: str,
    body: Participation,
    authorization: Annotated[str, Header()],
    idempotency_key: Annotated[str, Header()],
) -> Participated:
    """Check in."""
    _customer(authorization.removeprefix("Bearer "))
    if not kept:
        kept.extend(dynamodb.get_item(**read) for read in READS[1:])
    found = dynamodb.batch_get_item(**CALLS["BatchGetItem"])["Responses"]
    with TransactWrite(connection=connection) as write:
        for model, values in ROWS:
            write.save(model(**values), condition=model.pk.does_not_exist())  # type: ignore[attr-defined]
    return Participated(kind=f"{activity_id}:{len(body.input)}{idempotency_key[:0]}", points=len(found), balance=1)


def _customer(token: str) -> str:
    shop = CONVERSATION["shop"]
    key_id = jwt.get_unverified_header(token)["kid"]
    if key_id not in secrets:
        dynamodb.get_item(**READS[0])
        asked = dict(CALLS["Decrypt"])
        kms.decrypt(**asked | {"CiphertextBlob": base64.b64decode(asked["CiphertextBlob"])})
        secrets[key_id] = shop["secret"]
    try:
        return str(jwt.decode(token, secrets[key_id], algorithms=["HS256"], audience=shop["id"])["sub"])
    except jwt.PyJWTError as error:
        raise HTTPException(401) from error


_served = Mangum(app, lifespan="off", api_gateway_base_path="/activities")


def handler(event: Any, context: Any) -> Any:
    """A check-in by the peer."""
    return _served(event, context)
