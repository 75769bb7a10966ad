"""A change set's changes, as a person reads them; and which of them are never made."""

from typing import Any

import pytest

from infra.deploy.changes import Change, read_change, written

TABLE = "AWS::DynamoDB::Table"
FUNCTION = "AWS::Lambda::Function"


def detail(name: str | None, attribute: str = "Properties", **more: str) -> dict[str, Any]:
    return {"Target": {"Attribute": attribute} | ({"Name": name} if name else {}), **more}


def described(**change: Any) -> dict[str, Any]:
    return {"Type": "Resource", "ResourceChange": {"LogicalResourceId": "It", "ResourceType": FUNCTION, **change}}


def test_a_change_names_each_property_once_and_each_attribute_that_is_none() -> None:
    details = [
        detail("Code", ChangeSource="DirectModification"),
        detail("Code", ChangeSource="ParameterReference"),
        detail("Layers"),
        detail(None, "Tags"),
    ]

    change = read_change(described(Action="Modify", Replacement="False", Details=details))

    assert change == Change("Modify", "It", FUNCTION, "False", ("Code", "Layers", "Tags"))


def test_what_is_new_in_a_stack_stands_together_by_type() -> None:
    changes = [Change("Add", "B", TABLE), Change("Add", "A", FUNCTION), Change("Add", "C", TABLE)]

    lines = list(written("shop-platform", changes, new=True))

    assert [line.split() for line in lines] == [
        ["shop-platform", "(new", "stack)"],
        ["+", "DynamoDB::Table", "B,", "C"],
        ["+", "Lambda::Function", "A"],
    ]


def test_a_change_says_what_happens_to_what_and_by_which_properties() -> None:
    changes = [
        Change("Modify", "Relay", FUNCTION, "False", ("Code", "Layers")),
        Change("Modify", "Shops", TABLE, "Conditional", ("AttributeDefinitions",)),
        Change("Modify", "Old", TABLE, "True", ("KeySchema",)),
        Change("Remove", "Gone", FUNCTION),
    ]

    _, *lines = [" ".join(line.split()) for line in written("shop-points", changes, new=False)]

    assert lines == [
        "~ Lambda::Function Relay: Code, Layers",
        "~ DynamoDB::Table Shops: AttributeDefinitions perhaps replaced",
        "~ DynamoDB::Table Old: KeySchema REPLACED",
        "- Lambda::Function Gone",
    ]


def test_no_line_is_wider_than_a_terminal() -> None:
    changes = [Change("Add", f"AQuiteLongNameOfAnAlarm{n}", "AWS::CloudWatch::Alarm") for n in range(50)]

    assert max(len(line) for line in written("shop-alarms", changes, new=True)) <= 116


@pytest.mark.parametrize("kind", ["AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::S3::Bucket", "AWS::SQS::Queue"])
@pytest.mark.parametrize(
    ("action", "replacement", "loses"),
    [
        ("Modify", "True", True),
        ("Remove", "False", True),
        ("Modify", "Conditional", False),
        ("Modify", "False", False),
        ("Add", "False", False),
    ],
)
def test_what_holds_data_is_neither_replaced_nor_dropped(kind: str, action: str, replacement: str, loses: bool) -> None:  # noqa: FBT001 - a column of the table above
    assert Change(action, "It", kind, replacement).loses_data is loses


def test_a_function_may_be_replaced() -> None:
    assert not Change("Modify", "It", FUNCTION, "True").loses_data
