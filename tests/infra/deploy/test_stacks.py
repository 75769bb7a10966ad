"""Stacks in the states that the emulator passes through too fast to be seen in, played by a fake CloudFormation."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from infra.deploy.stacks import Stacks, Wanted
from infra.deploy.stage import TAG, CannotDeploy, Stage

STAGE = Stage("dev", "shop", "000000000000", "us-east-1")
POINTS = Wanted("shop-points", {"TemplateBody": "{}"}, {"Prefix": "shop", "Email": None, "Fresh": None})
STACK_ID = "arn:aws:cloudformation:us-east-1:000000000000:stack/shop-points/1"
NO_CHANGES = "The submitted information didn't contain changes. Submit different information to create a change set."


class Pages:
    def __init__(self, pages: list[dict[str, Any]]) -> None:
        self._pages = pages

    def paginate(self, **_: Any) -> Iterator[dict[str, Any]]:
        return iter(self._pages)


class FakeCloudFormation:
    """One stack. ``change_sets`` are the descriptions a change set has one after the other; ``events`` are lists of
    events, one more of which is known at each look, the oldest first.
    """

    def __init__(self, status: str | None = "UPDATE_COMPLETE", *, ours: bool = True) -> None:
        self.status = status
        self.tags = [{"Key": TAG, "Value": "shop"}] if ours else []
        self.change_sets: list[list[dict[str, Any]]] = [[{"Status": "CREATE_COMPLETE", "Changes": []}]]
        self.events: list[list[dict[str, Any]]] = [[]]
        self.calls: list[tuple[str, dict[str, Any]]] = []

    def describe_stacks(self, StackName: str) -> dict[str, Any]:  # noqa: N803 - boto3's own name
        if self.status is None:
            told = {"Code": "ValidationError", "Message": f"Stack with id {StackName} does not exist"}
            raise ClientError({"Error": told}, "DescribeStacks")
        stack = {"StackName": StackName, "StackId": STACK_ID, "StackStatus": self.status, "Tags": self.tags}
        return {"Stacks": [{**stack, "Parameters": [{"ParameterKey": "Email", "ParameterValue": "x"}]}]}

    def get_paginator(self, name: str) -> Pages:
        if name == "describe_change_set":
            return Pages(self.change_sets.pop(0) if len(self.change_sets) > 1 else self.change_sets[0])
        known = self.events.pop(0) if len(self.events) > 1 else self.events[0]
        return Pages([{"StackEvents": known[::-1]}])

    def __getattr__(self, name: str) -> Any:
        def call(**asked: Any) -> dict[str, str]:
            self.calls.append((name, asked))
            return {"Id": "change-set", "StackId": STACK_ID}

        return call

    def asked(self, name: str) -> list[dict[str, Any]]:
        return [asked for called, asked in self.calls if called == name]


def stacks(cloudformation: FakeCloudFormation, pauses: list[float] | None = None) -> Stacks:
    return Stacks(cloudformation, STAGE, (pauses if pauses is not None else []).append)


def event(number: int, status: str, what: str = "shop-points", why: str = "") -> dict[str, Any]:
    is_stack = what == "shop-points"
    return {
        "EventId": str(number),
        "LogicalResourceId": what,
        "PhysicalResourceId": STACK_ID if is_stack else what,
        "ResourceType": "AWS::CloudFormation::Stack" if is_stack else "AWS::Lambda::Function",
        "ResourceStatus": status,
        "ResourceStatusReason": why,
    }


def test_a_change_set_is_waited_for_longer_and_longer() -> None:
    cloudformation, pauses = FakeCloudFormation(), list[float]()
    unsettled = [{"Status": "CREATE_IN_PROGRESS", "Changes": []}]
    cloudformation.change_sets[:0] = [[{"Status": "CREATE_PENDING", "Changes": []}], unsettled, unsettled]
    ours = stacks(cloudformation, pauses)

    found = ours.work_out(ours.ask(POINTS))

    assert found
    assert pauses == sorted(pauses)
    assert len(set(pauses)) == 3


def test_changes_are_read_from_every_page() -> None:
    cloudformation = FakeCloudFormation()
    change = {"Action": "Add", "ResourceType": "AWS::Lambda::Function"}
    cloudformation.change_sets = [
        [
            {"Status": "CREATE_COMPLETE", "Changes": [{"ResourceChange": {**change, "LogicalResourceId": name}}]}
            for name in ("One", "Two")
        ]
    ]
    ours = stacks(cloudformation)

    found = ours.work_out(ours.ask(POINTS))

    assert found
    assert [each.logical_id for each in found.changes] == ["One", "Two"]


def test_a_change_set_without_changes_is_nothing_and_is_thrown_away() -> None:
    cloudformation = FakeCloudFormation()
    cloudformation.change_sets = [[{"Status": "FAILED", "StatusReason": NO_CHANGES, "Changes": []}]]
    ours = stacks(cloudformation)

    assert ours.work_out(ours.ask(POINTS)) is None
    assert (len(cloudformation.asked("delete_change_set")), cloudformation.asked("delete_stack")) == (1, [])


def test_a_change_set_that_failed_says_why_and_leaves_no_stack_that_is_only_a_name() -> None:
    cloudformation = FakeCloudFormation(status=None)
    cloudformation.change_sets = [[{"Status": "FAILED", "StatusReason": "No export named shop-KeyArn", "Changes": []}]]
    ours = stacks(cloudformation)

    with pytest.raises(CannotDeploy, match="shop-points: No export named shop-KeyArn"):
        ours.work_out(ours.ask(POINTS))

    assert cloudformation.asked("delete_stack") == [{"StackName": STACK_ID}]


def test_a_stack_of_which_there_is_only_a_forgotten_change_set_is_a_new_one() -> None:
    cloudformation = FakeCloudFormation("REVIEW_IN_PROGRESS")

    assert stacks(cloudformation).ask(POINTS).new

    (asked,) = cloudformation.asked("create_change_set")
    assert asked["ChangeSetType"] == "CREATE"


def test_what_is_not_said_stays_or_is_the_templates_default() -> None:
    cloudformation = FakeCloudFormation()

    stacks(cloudformation).ask(POINTS)

    (asked,) = cloudformation.asked("create_change_set")
    assert asked["Parameters"] == [
        {"ParameterKey": "Prefix", "ParameterValue": "shop"},
        {"ParameterKey": "Email", "UsePreviousValue": True},
    ]


@pytest.mark.parametrize(
    ("status", "told"),
    [
        ("UPDATE_IN_PROGRESS", "being worked on"),
        ("ROLLBACK_COMPLETE", "aws cloudformation delete-stack --stack-name shop-points"),
        ("UPDATE_ROLLBACK_FAILED", "aws cloudformation continue-update-rollback --stack-name shop-points"),
        ("DELETE_FAILED", "aws cloudformation delete-stack --stack-name shop-points"),
        ("IMPORT_ROLLBACK_FAILED", "IMPORT_ROLLBACK_FAILED"),
    ],
)
def test_a_stack_that_cannot_be_changed_says_what_to_do(status: str, told: str) -> None:
    with pytest.raises(CannotDeploy, match=told):
        stacks(FakeCloudFormation(status)).ask(POINTS)


def test_somebody_elses_stack_is_not_touched() -> None:
    cloudformation = FakeCloudFormation(ours=False)

    with pytest.raises(CannotDeploy, match="not ours"):
        stacks(cloudformation).ask(POINTS)

    assert cloudformation.calls == []


def test_an_end_of_the_time_before_is_not_taken_for_the_end() -> None:
    cloudformation = FakeCloudFormation()
    before, begun, done = event(1, "UPDATE_COMPLETE"), event(2, "UPDATE_IN_PROGRESS"), event(3, "UPDATE_COMPLETE")
    # Just after it was asked for, nothing has happened yet.
    cloudformation.events = [[before], [before], [before, begun], [before, begun, done]]
    pauses: list[float] = []
    ours = stacks(cloudformation, pauses)

    ours.execute([ours.ask(POINTS)])

    assert len(pauses) == 2


def test_a_failure_is_told_by_its_first_cause_and_a_stack_that_was_new_is_cleared_away(
    capsys: pytest.CaptureFixture[str],
) -> None:
    cloudformation = FakeCloudFormation(status=None)
    ours = stacks(cloudformation)
    asked = ours.ask(POINTS)
    cloudformation.status = "ROLLBACK_COMPLETE"
    happened = [
        event(1, "CREATE_FAILED", "Relay", "no such role"),
        event(2, "CREATE_FAILED", "Api", "Resource creation cancelled"),
        event(3, "ROLLBACK_COMPLETE"),
    ]
    cloudformation.events = [[], happened, happened, [*happened, event(4, "DELETE_COMPLETE")]]

    with pytest.raises(CannotDeploy, match=r"^shop-points failed: Relay: no such role$"):
        ours.execute([asked])

    assert cloudformation.asked("execute_change_set") == [{"ChangeSetName": "change-set", "RetainExceptOnCreate": True}]
    assert len(cloudformation.asked("delete_stack")) == 1
    assert "Relay CREATE_FAILED: no such role" in capsys.readouterr().out
