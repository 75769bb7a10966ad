"""Taking an installation away and leaving its data."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from infra.deploy.changes import KEEP_DATA
from infra.deploy.release import layer_versions
from infra.deploy.stacks import Stacks
from infra.deploy.stage import EDGE, KEPT, TAG, CannotDeploy, Session, Stage
from infra.local.console import say

SHOWN = (*KEEP_DATA, "AWS::Backup::BackupVault")


def undeploy(session: Session, stage: Stage, ask: Callable[[str], bool]) -> bool:
    """Delete what can be made again; whether there was anything. Raises CannotDeploy."""
    cloudformation = session.client("cloudformation")
    stacks = Stacks(cloudformation, stage)
    present = _ours(cloudformation, stage)
    gone = [name for name in present if stage.part(name) not in KEPT]
    versions = layer_versions(session.client("lambda"), stage)
    if gone or versions:
        print(f"To be deleted: {', '.join([*gone, *[stage.layer] * bool(versions)])}")
        _say_kept(stacks, stage, present)
        if not ask("Delete this?"):
            raise CannotDeploy("Left as it was.")
        # The host goes first: what it would ask is about to go.
        stacks.delete([name for name in gone if stage.part(name) == EDGE])
        stacks.delete([name for name in gone if stage.part(name) != EDGE])
        _delete_layer(session.client("lambda"), stage, versions)
    return bool(gone or versions)


def _ours(cloudformation: Any, stage: Stage) -> list[str]:
    """Every stack of the installation, by its tag: services that are in no build any more, too."""
    stacks = (stack for page in cloudformation.get_paginator("describe_stacks").paginate() for stack in page["Stacks"])
    mine = {"Key": TAG, "Value": stage.prefix}
    return [stack["StackName"] for stack in stacks if mine in stack.get("Tags", []) and _is_there(stack)]


def _is_there(stack: Mapping[str, Any]) -> bool:
    return bool(stack["StackStatus"] != "DELETE_COMPLETE")


def _say_kept(stacks: Stacks, stage: Stage, present: Sequence[str]) -> None:
    print("Kept, with all that is in them:")
    for part in KEPT:
        if stage.stack(part) in present:
            print("\n".join(_contents(stacks.resources(stage.stack(part)))))
    print()


def _contents(resources: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    kept = defaultdict(list)
    for each in resources:
        if each["ResourceType"] in SHOWN:
            kept[each["ResourceType"].removeprefix("AWS::")].append(each["PhysicalResourceId"].rpartition("/")[2])
    for kind, names in kept.items():
        yield f"  {kind:<16} {', '.join(names)}"


def _delete_layer(client: Any, stage: Stage, versions: Sequence[Mapping[str, Any]]) -> None:
    for version in versions:
        client.delete_layer_version(LayerName=stage.layer, VersionNumber=version["Version"])
    if versions:
        say("layer", f"{len(versions)} versions deleted")
