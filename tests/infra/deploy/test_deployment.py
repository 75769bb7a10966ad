"""A whole deployment against the emulator: what it shows, asks, changes, and leaves alone."""

import json
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from infra.deploy.deployment import TEMPLATES, Deployment
from infra.deploy.release import Release
from infra.deploy.stage import TAG, CannotDeploy, find_stage
from infra.deploy.website import UNTIL_CHANGED
from infra.openapi import SERVICES
from infra.site import FOR_EVER
from tests.infra.deploy.builds import a_function, a_role
from tests.infra.deploy.desk import TOLD, Desk

pytestmark = pytest.mark.emulator
PARTS = {"artifacts", "platform", *SERVICES, "alarms", "edge"}

NO_SUCH_LAYER = ["arn:aws:lambda:us-east-1:000000000000:layer:no-such:1"]
BROKEN = {"Type": "AWS::Lambda::Function", "Properties": {"Code": {"ZipFile": "pass"}, "Layers": NO_SUCH_LAYER}}
"""Makes the stack that it is in fail."""


def put_row(desk: Desk, name: str) -> None:
    tables = desk.session.client("dynamodb")
    tables.put_item(TableName=f"{desk.stage.prefix}-accounts", Item={"pk": {"S": name}})


def rows(desk: Desk) -> list[str]:
    tables = desk.session.client("dynamodb")
    return [item["pk"]["S"] for item in tables.scan(TableName=f"{desk.stage.prefix}-accounts")["Items"]]


def layers_in_use(desk: Desk) -> list[str]:
    """The versions of the layer that a function runs on."""
    name = desk.stage.function("admin", "bootstrap")
    found = desk.session.client("lambda").get_function_configuration(FunctionName=name)["Layers"]
    return [layer["Arn"].rpartition(":")[2] for layer in found]


def test_the_first_deployment_makes_everything_and_asks_before_each_of_its_three_steps(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert desk.deploy()

    assert desk.stacks() == dict.fromkeys(PARTS, "CREATE_COMPLETE")
    assert len(desk.asked) == 3
    told = capsys.readouterr().out
    assert f"{desk.stage.prefix}-platform (new stack)" in told
    assert "Accounts, Activities, Customers, Entries" in told
    assert told.index("(new stack)") < told.index("CREATE_COMPLETE")


def test_deploying_again_changes_nothing_asks_nothing_and_keeps_what_the_stage_was_told(standing: Desk) -> None:
    before = standing.stacks()

    assert not standing.deploy()

    assert (standing.asked, standing.stacks()) == ([], before)
    alarms = standing.stage.stack("alarms")
    stack = standing.session.client("cloudformation").describe_stacks(StackName=alarms)["Stacks"][0]
    assert {"ParameterKey": "Email", "ParameterValue": TOLD} in stack["Parameters"]


def test_new_code_changes_the_function_that_runs_it_and_nothing_else(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.deploy()
    desk.asked.clear()
    capsys.readouterr()
    desk.build(code="def answer(event, context):\n    return {'platform_key': None}\n")

    assert desk.deploy()

    assert {part for part, state in desk.stacks().items() if state == "UPDATE_COMPLETE"} == {"admin"}
    told = capsys.readouterr().out
    assert f"{desk.stage.prefix}-admin (update)\n  ~ Lambda::Function" in told
    assert "Bootstrap: Code\n" in told
    assert len(desk.asked) == 1


def test_a_new_layer_is_another_version_and_going_back_takes_the_one_before(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.deploy()
    desk.build(layer="# newer")

    desk.deploy()
    newer = layers_in_use(desk)
    desk.build()
    desk.deploy()

    assert "Bootstrap: Layers\n" in capsys.readouterr().out
    assert (newer, layers_in_use(desk)) == (["2"], ["1"])


def test_who_says_no_finds_everything_as_it_was(desk: Desk) -> None:
    desk.says = False

    with pytest.raises(CannotDeploy, match="Left as it was"):
        desk.deploy()

    assert desk.stacks() == {}


def test_a_table_is_not_replaced_whatever_is_answered(standing: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    put_row(standing, "kept")
    # Another name is another table.
    standing.edit_template("platform.yaml", '"${Prefix}-accounts"', '"${Prefix}-ledgers"')

    with pytest.raises(CannotDeploy, match="platform: Accounts") as refused:
        standing.deploy()

    assert "REPLACED" in capsys.readouterr().out
    assert "docs/operations.md" in str(refused.value)
    assert (standing.asked, rows(standing)) == ([], ["kept"])


def test_a_table_is_not_dropped_either(standing: Desk) -> None:
    text = (standing.templates / "platform.yaml").read_text()
    start, end = text.index("  # One item a customer: totals"), text.index("  # Immutable ledger lines")
    (standing.templates / "platform.yaml").write_text(text[:start] + text[end:].replace("!GetAtt Accounts.Arn", "gone"))

    with pytest.raises(CannotDeploy, match="platform: Accounts"):
        standing.deploy()


def test_a_template_that_cannot_be_is_refused_before_anything_changes(desk: Desk) -> None:
    desk.services["profiles"]["Resources"]["Odd"] = {"Type": "AWS::No::Such"}
    desk.build()

    with pytest.raises(ClientError, match="AWS::No::Such"):
        desk.deploy()

    assert desk.stacks().keys() == {"artifacts", "platform"}


def test_a_stack_that_fails_says_why_and_the_next_try_begins_afresh(desk: Desk) -> None:
    desk.services["profiles"]["Resources"]["Lost"] = a_function("profiles-lost", Layers=NO_SUCH_LAYER)
    desk.build()

    with pytest.raises(CannotDeploy, match="profiles failed: Lost: "):
        desk.deploy()

    assert "profiles" not in desk.stacks()
    del desk.services["profiles"]["Resources"]["Lost"]
    desk.build()
    assert desk.deploy()
    assert desk.stacks().keys() == PARTS


def test_a_first_platform_that_fails_leaves_no_table_in_the_way_of_the_next_try(desk: Desk) -> None:
    good = (desk.templates / "platform.yaml").read_text()
    (desk.templates / "platform.yaml").write_text(
        good.replace("\nOutputs:", f"\n  Zoo: {json.dumps(BROKEN)}\n\nOutputs:", 1)
    )

    with pytest.raises(CannotDeploy, match="platform failed: Zoo"):
        desk.deploy()

    assert desk.stacks().keys() == {"artifacts"}
    tables = desk.session.client("dynamodb").get_paginator("list_tables").paginate()
    assert not [name for page in tables for name in page["TableNames"] if name.startswith(desk.stage.prefix)]


def test_somebody_elses_stack_is_left_alone(desk: Desk) -> None:
    body = json.dumps({"Resources": {"Role": a_role()}})
    cloudformation = desk.session.client("cloudformation")
    cloudformation.create_stack(StackName=desk.stage.stack("platform"), TemplateBody=body)

    with pytest.raises(CannotDeploy, match=f"not ours .no tag {TAG}={desk.stage.prefix}"):
        desk.deploy()


def test_a_stack_that_never_came_to_be_is_explained(desk: Desk) -> None:
    body = json.dumps({"Resources": {"Broken": BROKEN}})
    desk.session.client("cloudformation").create_stack(
        StackName=desk.stage.stack("platform"),
        TemplateBody=body,
        Tags=[{"Key": TAG, "Value": desk.stage.prefix}],
    )

    with pytest.raises(CannotDeploy, match=r"ROLLBACK_COMPLETE.*aws cloudformation delete-stack --stack-name"):
        desk.deploy()


def test_credentials_of_another_account_are_refused(standing: Desk) -> None:
    with pytest.raises(CannotDeploy, match=f"credentials of account {standing.stage.account}, not of 111111111111"):
        find_stage(standing.session, "dev", standing.stage.prefix, account="111111111111")


def test_only_prod_keeps_copies_of_its_keys(standing: Desk) -> None:
    prod = replace(standing.stage, name="prod")
    release = Release.load(standing.folder / "build", "dev")
    names = {
        stage.name: [each.name for each in Deployment(standing.session, stage, release, lambda _: False)._foundations()]
        for stage in (standing.stage, prod)
    }

    assert names["dev"] == [standing.stage.stack(part) for part in ("artifacts", "platform")]
    assert names["prod"] == [*names["dev"], standing.stage.stack("backup")]


def test_templates_that_are_sent_along_are_small_enough_to_be() -> None:
    sizes = [(TEMPLATES / f"{part}.yaml").stat().st_size for part in ("artifacts", "platform", "backup")]

    assert max(sizes) < 51_200


def test_every_file_of_the_site_has_its_type_and_says_how_long_it_may_be_kept(standing: Desk) -> None:
    s3 = standing.session.client("s3")
    keys = {each["Key"] for each in s3.list_objects_v2(Bucket=standing.stage.site_bucket)["Contents"]}
    (bundled,) = (key for key in keys if key.startswith("widgets/"))
    forms = {key: s3.head_object(Bucket=standing.stage.site_bucket, Key=key) for key in ("member/index.html", bundled)}
    assert [(each["ContentType"], each["CacheControl"]) for each in forms.values()] == [
        ("text/html; charset=utf-8", UNTIL_CHANGED),
        ("text/javascript; charset=utf-8", FOR_EVER),
    ]


def test_an_edited_page_is_uploaded_a_removed_one_goes_and_an_old_bundle_stays(desk: Desk) -> None:
    desk.deploy()
    s3 = desk.session.client("s3")
    s3.put_object(Bucket=desk.stage.site_bucket, Key="widgets/0123456789abcdef/regulars.js", Body=b"old")
    desk.edit_site("member/index.html", "<!doctype html>new")
    (desk.folder / "services/storefront/member/member.js").unlink()

    assert desk.deploy()

    keys = {each["Key"] for each in s3.list_objects_v2(Bucket=desk.stage.site_bucket)["Contents"]}
    assert {"member/index.html", "widgets/0123456789abcdef/regulars.js"} <= keys
    assert "member/member.js" not in keys
    page = s3.get_object(Bucket=desk.stage.site_bucket, Key="member/index.html")["Body"].read()
    assert page == b"<!doctype html>new"


def test_undeploying_keeps_every_row_and_says_so_and_deploying_brings_the_rest_back(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.deploy()
    put_row(desk, "kept")

    assert desk.undeploy()

    assert desk.stacks().keys() == {"artifacts", "platform"}
    assert rows(desk) == ["kept"]
    assert f"{desk.stage.prefix}-accounts" in capsys.readouterr().out.partition("Kept")[2]
    assert not desk.undeploy()
    assert desk.deploy()
    assert rows(desk) == ["kept"]
    assert desk.stacks().keys() == PARTS


def test_nothing_is_taken_away_from_who_says_no(standing: Desk) -> None:
    standing.says = False

    with pytest.raises(CannotDeploy, match="Left as it was"):
        standing.undeploy()

    assert standing.stacks().keys() == PARTS
