"""A fault is what the network, the process or the service would have done."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import boto3
import botocore.endpoint
import pytest
from botocore.endpoint import Endpoint
from botocore.exceptions import ClientError
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.models import Model

from tests.faults.harness.injector import CONFLICT, Crash, Fault, Injector, conflicts, every_fault, fault_injection
from tests.faults.harness.planted import BALANCE, MARK, POINTS, Bank, a_bank
from tests.faults.harness.replies import THROTTLED, cancelled
from tests.faults.harness.stale import stale_reads
from tests.support.emulator import pointed_at, running_emulator


def test_a_crash_passes_every_except_exception(injector: Injector, bank: Bank) -> None:
    with injector.armed(Fault(0, "before", "crash")), pytest.raises(Crash, match=r"dynamodb\.PutItem"):
        bank.client.put_item(TableName="marks", Item=MARK)


def test_a_time_out_is_retried_by_botocore_with_the_same_token(injector: Injector, bank: Bank) -> None:
    with injector.armed(Fault(0, "after", "time-out")):
        answer = bank.keyed()

    assert answer == "checked in"
    assert [call.name for call in injector.calls] == ["dynamodb.TransactWriteItems"] * 2


def test_a_forgotten_token_is_no_idempotency(injector: Injector, bank: Bank) -> None:
    bank.client.transact_write_items(TransactItems=[plain_add()], ClientRequestToken="one")
    bank.client.transact_write_items(TransactItems=[plain_add()], ClientRequestToken="one")
    within_ten_minutes = bank.balance()
    injector.tokens.forget()
    bank.client.transact_write_items(TransactItems=[plain_add()], ClientRequestToken="one")

    assert (within_ten_minutes, bank.balance()) == (POINTS, 2 * POINTS)


def test_a_token_with_another_body_is_refused(injector: Injector, bank: Bank) -> None:
    bank.client.transact_write_items(TransactItems=[plain_add()], ClientRequestToken="one")

    with pytest.raises(bank.client.exceptions.IdempotentParameterMismatchException):
        bank.client.transact_write_items(TransactItems=[plain_add(), a_mark()], ClientRequestToken="one")


def test_a_service_error_has_the_shape_aws_gives_it(injector: Injector, bank: Bank) -> None:
    with injector.armed(Fault(0, "before", cancelled("None", CONFLICT))), pytest.raises(ClientError) as caught:
        bank.keyed()

    assert caught.type.__name__ == "TransactionCanceledException"
    assert [reason["Code"] for reason in caught.value.response["CancellationReasons"]] == ["None", CONFLICT]


def test_a_fault_may_wait_for_a_call_by_name(injector: Injector, bank: Bank) -> None:
    with injector.armed(Fault(0, "before", "crash", only="dynamodb.UpdateItem")), pytest.raises(Crash):
        bank.read_then_write()

    assert [call.name for call in injector.calls] == ["dynamodb.GetItem", "dynamodb.PutItem", "dynamodb.UpdateItem"]


def test_pynamodb_and_resources_pass_the_injector_too(injector: Injector, bank: Bank) -> None:
    resource = boto3.resource("dynamodb").Table("balances")

    def both() -> None:
        BalanceRow("amei").update([BalanceRow.points.add(POINTS)])
        resource.update_item(Key={"pk": "amei"}, UpdateExpression="SET seen = :o", ExpressionAttributeValues={":o": 1})

    for fault in every_fault(len(injector.calls_of(both)), hows=["time-out", THROTTLED]):
        with injector.armed(fault):
            both()
        assert injector.fired
        assert [call.name for call in injector.calls] == ["dynamodb.UpdateItem"] * 3


def test_a_long_exploration_never_spends_the_retry_quota(bank: Bank) -> None:
    # A crash during a retry keeps its share of the quota, which is enough for 50 time-outs.
    with fault_injection() as outer, fault_injection() as inner:
        for _ in range(60):
            lost, died = Fault(0, "before", "time-out"), Fault(0, "before", "crash")
            with outer.armed(died), inner.armed(lost), pytest.raises(Crash):
                bank.balance()


def test_retries_do_not_sleep(injector: Injector) -> None:
    assert botocore.endpoint.time is not time


def test_conflicts_strike_at_the_rate_asked_and_repeatably(bank: Bank) -> None:
    first, second = (refused_of_100(bank) for _ in range(2))

    assert first == second
    assert 20 <= len(first) <= 40


def test_botocore_is_left_as_it_was_found(bank: Bank) -> None:
    before = Endpoint._do_get_response

    with pytest.raises(ZeroDivisionError), fault_injection(), conflicts(0.5, seed=1), stale_reads():
        raise ZeroDivisionError

    assert Endpoint._do_get_response is before


def plain_add() -> dict:
    add = {"TableName": "balances", "Key": BALANCE, "UpdateExpression": "ADD points :five"}
    return {"Update": add | {"ExpressionAttributeValues": {":five": {"N": "5"}}}}


def a_mark() -> dict:
    return {"Put": {"TableName": "marks", "Item": MARK}}


def refused_of_100(bank: Bank) -> list[int]:
    refused = []
    with conflicts(0.3, seed=7):
        for number in range(100):
            try:
                bank.keyed({"pk": {"S": f"{number}"}})
            except bank.client.exceptions.TransactionCanceledException:
                refused.append(number)
    return refused


class BalanceRow(Model):
    class Meta:
        table_name = "balances"
        region = "us-east-1"

    pk = UnicodeAttribute(hash_key=True)
    points = NumberAttribute(default=0)


@pytest.mark.emulator
def test_the_same_faults_strike_over_http_and_under_threads() -> None:
    with running_emulator() as endpoint, pointed_at(endpoint):
        bank = a_bank()
        bank.make()
        with fault_injection(over_moto=False) as injector, injector.armed(Fault(0, "after", "time-out")):
            bank.bare_add()
        with conflicts(0.3, seed=3) as refused, ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: patiently(bank.keyed), range(32)))

        assert answers.count("checked in") == 1
        assert bank.balance() == 3 * POINTS
        assert refused


def patiently(check_in: Callable[[], str]) -> str:
    while True:
        try:
            return check_in()
        except ClientError as error:
            if "TransactionConflict" not in str(error):
                raise
