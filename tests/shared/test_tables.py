"""Requests to DynamoDB are what AWS expects, and its refusals mean what we say."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from pynamodb.exceptions import PutError

from shared import aws, clock, tables
from shared.schema import AccountRow, EntryRow, ShopRow
from shared.settings import settings
from shared.tables import Contended, LostRace
from tests.support.shop import MovableClock

PUT_SHOP = {
    "TableName": settings.table("shops"),
    "Item": {
        "pk": {"S": "tea"},
        "sk": {"S": "settings"},
        "body": {"S": "{}"},
        "version": {"N": "1"},
    },
    "ConditionExpression": "attribute_not_exists (#0)",
    "ExpressionAttributeNames": {"#0": "pk"},
}


@pytest.fixture
def dynamodb() -> Iterator[Stubber]:
    """DynamoDB as scripted answers: a request that was not expected fails the test."""
    aws.disconnect()
    with Stubber(aws.client("dynamodb")) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()
    aws.disconnect()


@pytest.fixture
def patient() -> Iterator[MovableClock]:
    """Pauses take no time."""
    with clock.using(MovableClock()) as source:
        assert isinstance(source, MovableClock)
        yield source


def a_row() -> ShopRow:
    return ShopRow("tea", "settings")


class TestSave:
    def test_it_puts_the_row_under_its_condition(self, dynamodb: Stubber) -> None:
        dynamodb.add_response("put_item", {}, PUT_SHOP)

        tables.save(a_row(), ShopRow.pk.does_not_exist())

    def test_a_row_that_somebody_else_wrote_is_a_lost_race(self, dynamodb: Stubber) -> None:
        dynamodb.add_client_error("put_item", "ConditionalCheckFailedException", http_status_code=400)

        with pytest.raises(LostRace):
            tables.save(a_row(), ShopRow.pk.does_not_exist())

    def test_a_transaction_in_the_way_is_waited_for(self, dynamodb: Stubber, patient: MovableClock) -> None:
        dynamodb.add_client_error("put_item", "TransactionConflictException", http_status_code=400)
        dynamodb.add_response("put_item", {}, PUT_SHOP)

        tables.save(a_row(), ShopRow.pk.does_not_exist())

        assert patient.paused_s > 0

    def test_one_that_stays_in_the_way_is_no_lost_race(self, dynamodb: Stubber, patient: MovableClock) -> None:
        for _ in range(tables.PATIENCE + 1):
            dynamodb.add_client_error("put_item", "TransactionConflictException", http_status_code=400)

        with pytest.raises(Contended):
            tables.save(a_row(), ShopRow.pk.does_not_exist())

    @pytest.mark.parametrize("code", ["AccessDeniedException", "ProvisionedThroughputExceededException"])
    def test_any_other_refusal_is_raised_as_it_is(self, dynamodb: Stubber, code: str) -> None:
        dynamodb.add_client_error("put_item", code, http_status_code=400)

        with pytest.raises(PutError) as caught:
            tables.save(a_row(), ShopRow.pk.does_not_exist())

        assert caught.value.cause_response_code == code


def cancelled(stubber: Stubber, *codes: str) -> None:
    """The next transaction is cancelled, with one reason for each of its parts."""
    stubber.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        f"Transaction cancelled, please refer cancellation reasons for specific reasons [{', '.join(codes)}]",
        http_status_code=400,
        modeled_fields={"CancellationReasons": [{"Code": code} for code in codes]},
    )


PASSING = [
    ("TransactionConflict", "None"),
    ("ThrottlingError",),
    ("None", "ProvisionedThroughputExceeded"),
    ("TransactionConflict", "ThrottlingError"),
]
"""Why a transaction may be cancelled although nothing is wrong with it."""


class TestCommit:
    def test_all_parts_travel_in_one_transaction(self, dynamodb: Stubber) -> None:
        asked = {name: PUT_SHOP[name] for name in ("TableName", "Item", "ConditionExpression")}
        names = {"ExpressionAttributeNames": {"#0": "pk"}}
        gone = {
            "TableName": settings.table("shops"),
            "Key": {"pk": {"S": "tea"}, "sk": {"S": "key#1"}},
            "ConditionExpression": "attribute_exists (#0)",
            **names,
        }
        dynamodb.add_response(
            "transact_write_items",
            {},
            {"TransactItems": [{"Put": asked | names}, {"Delete": gone}, {"ConditionCheck": gone}]},
        )

        tables.commit(
            [
                lambda write: write.save(a_row(), condition=ShopRow.pk.does_not_exist()),
                lambda write: write.delete(ShopRow("tea", "key#1"), condition=ShopRow.pk.exists()),
                lambda write: write.check(ShopRow("tea", "key#1"), condition=ShopRow.pk.exists()),
            ]
        )

    @pytest.mark.parametrize(
        "codes",
        [
            ("ConditionalCheckFailed",),
            ("None", "ConditionalCheckFailed"),
            ("ConditionalCheckFailed", "TransactionConflict"),
            ("ConditionalCheckFailed", "ThrottlingError"),
        ],
    )
    def test_a_failed_condition_is_a_lost_race_whatever_else_was_wrong(
        self, dynamodb: Stubber, codes: tuple[str, ...]
    ) -> None:
        cancelled(dynamodb, *codes)

        with pytest.raises(LostRace):
            tables.commit([lambda write: write.save(a_row())])

    @pytest.mark.parametrize("codes", PASSING, ids=" ".join)
    def test_what_says_nothing_of_the_conditions_is_tried_again(
        self, dynamodb: Stubber, patient: MovableClock, codes: tuple[str, ...]
    ) -> None:
        cancelled(dynamodb, *codes)
        dynamodb.add_response("transact_write_items", {})

        tables.commit([lambda write: write.save(a_row())])

        assert patient.paused_s > 0

    @pytest.mark.parametrize("codes", PASSING, ids=" ".join)
    def test_whoever_decides_again_is_told_at_once(self, dynamodb: Stubber, codes: tuple[str, ...]) -> None:
        cancelled(dynamodb, *codes)

        with pytest.raises(Contended):
            tables.commit_once([lambda write: write.save(a_row())])

    @pytest.mark.parametrize("code", ["TransactionConflictException", "TransactionInProgressException"])
    def test_a_transaction_in_the_way_is_waited_for(self, dynamodb: Stubber, patient: MovableClock, code: str) -> None:
        dynamodb.add_client_error("transact_write_items", code, http_status_code=400)
        dynamodb.add_response("transact_write_items", {})

        tables.commit([lambda write: write.save(a_row())])

        assert patient.paused_s > 0

    def test_patience_ends_and_nobody_knows_then(self, dynamodb: Stubber, patient: MovableClock) -> None:
        for _ in range(tables.PATIENCE + 1):
            cancelled(dynamodb, "TransactionConflict")

        with pytest.raises(Contended):
            tables.commit([lambda write: write.save(a_row())])

        assert patient.paused_s < 1

    @pytest.mark.parametrize(
        "codes",
        [("ValidationError", "None"), ("ItemCollectionSizeLimitExceeded",), ("TransactionConflict", "ValidationError")],
    )
    def test_a_cancellation_for_any_other_reason_is_raised_as_it_is(
        self, dynamodb: Stubber, codes: tuple[str, ...]
    ) -> None:
        cancelled(dynamodb, *codes)

        with pytest.raises(ClientError):
            tables.commit([lambda write: write.save(a_row())])

    def test_a_missing_permission_is_raised_as_it_is(self, dynamodb: Stubber) -> None:
        dynamodb.add_client_error("transact_write_items", "AccessDeniedException", http_status_code=400)

        with pytest.raises(ClientError):
            tables.commit([lambda write: write.save(a_row())])


class TestReadTogether:
    ACCOUNT: dict[str, Any] = {  # noqa: RUF012 - read only
        "pk": {"S": "tea#s1"},
        "balance": {"N": "5"},
        "lots": {"M": {"2027-11": {"N": "5"}}},
        "seq": {"N": "1"},
        "head": {"S": "h"},
    }
    KEYS: Any = ((ShopRow, "tea", "settings"), (AccountRow, "tea#s1", None))

    def asked(self, *names: str) -> dict[str, Any]:
        keys: dict[str, Any] = {
            "shops": [{"pk": {"S": "tea"}, "sk": {"S": "settings"}}],
            "accounts": [{"pk": {"S": "tea#s1"}}],
        }
        return {settings.table(name): {"Keys": keys[name], "ConsistentRead": True} for name in names}

    def test_one_consistent_read_gives_rows_in_the_order_asked(self, dynamodb: Stubber) -> None:
        dynamodb.add_response(
            "batch_get_item",
            {"Responses": {settings.table("accounts"): [self.ACCOUNT]}, "UnprocessedKeys": {}},
            {"RequestItems": self.asked("shops", "accounts")},
        )

        shop, account = tables.read_together(self.KEYS)

        assert shop is None
        assert (account.balance, account.lots, account.seq) == (5, {"2027-11": 5}, 1)

    def test_keys_left_unprocessed_are_asked_for_again(self, dynamodb: Stubber, patient: MovableClock) -> None:
        row = {"pk": {"S": "tea"}, "sk": {"S": "settings"}, "body": {"S": "{}"}, "version": {"N": "3"}}
        dynamodb.add_response(
            "batch_get_item",
            {"Responses": {settings.table("shops"): [row]}, "UnprocessedKeys": self.asked("accounts")},
            {"RequestItems": self.asked("shops", "accounts")},
        )
        dynamodb.add_response(
            "batch_get_item",
            {"Responses": {settings.table("accounts"): [self.ACCOUNT]}, "UnprocessedKeys": {}},
            {"RequestItems": self.asked("accounts")},
        )

        shop, account = tables.read_together(self.KEYS)

        assert (shop.version, account.balance) == (3, 5)
        assert patient.paused_s > 0

    def test_keys_that_stay_unprocessed_are_not_taken_for_missing(
        self, dynamodb: Stubber, patient: MovableClock
    ) -> None:
        for _ in tables.attempts():
            dynamodb.add_response(
                "batch_get_item", {"Responses": {}, "UnprocessedKeys": self.asked("shops", "accounts")}
            )

        with pytest.raises(TimeoutError):
            tables.read_together(self.KEYS)


class TestAttempts:
    def test_the_first_try_comes_at_once_and_the_others_after_short_pauses(self, patient: MovableClock) -> None:
        tries = tables.attempts(limit=5)

        assert next(tries) == 0
        assert patient.paused_s == 0
        assert list(tries) == [1, 2, 3, 4]
        assert 0 < patient.paused_s < 1

    def test_all_pauses_together_leave_the_gateway_room(self, patient: MovableClock) -> None:
        assert len(list(tables.attempts())) == 24
        assert patient.paused_s < 8


def test_rows_of_every_table_share_one_connection() -> None:
    aws.disconnect()

    assert EntryRow._get_connection().connection is AccountRow._get_connection().connection is aws.connection()
