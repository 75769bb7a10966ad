"""Tables brought back row by row from restored copies beside them."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from infra.deploy.restoring import BATCH_READ, BATCH_WRITE, differences, restore
from infra.deploy.stage import CannotDeploy, Stage
from tests.support.emulator import pointed_at

pytestmark = pytest.mark.emulator
STAGE = Stage("dev", "restore-dev", "000000000000", "us-east-1")
ENTRIES = f"{STAGE.prefix}-entries"


class Tables:
    """Tables by their full names, each with rows of key and value."""

    def __init__(self, session: boto3.Session) -> None:
        self.dynamodb = session.client("dynamodb")
        self.made: list[str] = []

    def make(self, name: str, rows: dict[str, str]) -> None:
        self.dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )
        self.made.append(name)
        items = [{"pk": {"S": "shop"}, "sk": {"S": sk}, "value": {"S": value}} for sk, value in rows.items()]
        for start in range(0, len(items), BATCH_WRITE):
            puts = [{"PutRequest": {"Item": item}} for item in items[start : start + BATCH_WRITE]]
            self.dynamodb.batch_write_item(RequestItems={name: puts})

    def rows(self, name: str) -> dict[str, str]:
        pages = self.dynamodb.get_paginator("scan").paginate(TableName=name)
        return {item["sk"]["S"]: item["value"]["S"] for page in pages for item in page["Items"]}


@pytest.fixture
def tables(emulator: str, session: boto3.Session) -> Iterator[Tables]:
    with pointed_at(emulator):
        tables = Tables(session)
        yield tables
        for name in tables.made:
            tables.dynamodb.delete_table(TableName=name)


def yes(question: str) -> bool:
    return True


def no(question: str) -> bool:
    return False


def test_changed_and_lost_rows_come_back_and_newer_ones_go(
    tables: Tables, session: boto3.Session, capsys: pytest.CaptureFixture[str]
) -> None:
    tables.make(ENTRIES, {"same": "1", "changed": "wrong", "newer": "1"})
    tables.make(f"{ENTRIES}-restored", {"same": "1", "changed": "right", "lost": "1"})

    assert restore(session, STAGE, yes)

    assert tables.rows(ENTRIES) == {"same": "1", "changed": "right", "lost": "1"}
    assert f"{ENTRIES}: 2 rows to put back, 1 to take away" in capsys.readouterr().out
    assert not restore(session, STAGE, no)


def test_only_what_differs_is_written(tables: Tables) -> None:
    rows = {f"{n:03}": "same" for n in range(2 * BATCH_READ + 5)}
    tables.make(ENTRIES, rows | {"000": "wrong"})
    tables.make(f"{ENTRIES}-restored", rows)

    found = differences(tables.dynamodb, ENTRIES)

    written: list[Any] = [row["sk"]["S"] for row in found.puts]
    assert (written, list(found.removals)) == (["000"], [])


def test_nothing_is_written_for_who_says_no(tables: Tables, session: boto3.Session) -> None:
    tables.make(ENTRIES, {"a": "wrong"})
    tables.make(f"{ENTRIES}-restored", {"a": "right"})

    with pytest.raises(CannotDeploy, match="Left as it was"):
        restore(session, STAGE, no)

    assert tables.rows(ENTRIES) == {"a": "wrong"}


def test_thrown_away_keys_do_not_come_back(tables: Tables, session: boto3.Session) -> None:
    for name in ("keys", "entries"):
        tables.make(f"{STAGE.prefix}-{name}", {"a": "wrong"})
        tables.make(f"{STAGE.prefix}-{name}-restored", {"a": "right"})

    with pytest.raises(CannotDeploy, match="erased keys stay erased"):
        restore(session, STAGE, yes)

    assert tables.rows(ENTRIES) == {"a": "wrong"}


def test_without_a_copy_there_is_nothing_to_go_by(tables: Tables, session: boto3.Session) -> None:
    tables.make(ENTRIES, {})

    with pytest.raises(CannotDeploy, match="has a copy called"):
        restore(session, STAGE, yes)
