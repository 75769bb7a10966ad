"""CloudFormation stacks: what would change, changing it, and following it to its end."""

import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from botocore.exceptions import ClientError

from infra.deploy.changes import Change, read_change
from infra.deploy.following import Follower, waits
from infra.deploy.stage import TAG, CannotDeploy, Stage

CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
NOTHING = ("didn't contain changes", "No updates are to be performed")
SETTLED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "IMPORT_COMPLETE"}
UNBORN = "REVIEW_IN_PROGRESS"
"""The state of a stack of which there is nothing yet but a change set."""
REMEDIES = {
    "ROLLBACK_COMPLETE": "It failed when it was first made, and can only be deleted: "
    "aws cloudformation delete-stack --stack-name {name}",
    "UPDATE_ROLLBACK_FAILED": "An update failed, and so did going back: "
    "aws cloudformation continue-update-rollback --stack-name {name}",
    "DELETE_FAILED": "Deleting it failed; its events say why. "
    "Try again: aws cloudformation delete-stack --stack-name {name}",
}


@dataclass(frozen=True)
class Wanted:
    """A stack as it should be. ``template`` is a TemplateBody or TemplateURL; a parameter that is None stays as it is,
    or is the template's default.
    """

    name: str
    template: Mapping[str, str]
    parameters: Mapping[str, str | None]


@dataclass(frozen=True)
class ChangeSet:
    """What CloudFormation was asked to work out. ``new``: the stack was not there before."""

    name: str
    stack_id: str
    id: str
    new: bool
    changes: tuple[Change, ...] = ()
    """Known once it is worked out."""


class Stacks:
    """The stacks of one installation."""

    def __init__(self, cloudformation: Any, stage: Stage, pause: Callable[[float], None] = time.sleep) -> None:
        self._cloudformation = cloudformation
        self._stage = stage
        self._pause = pause
        self._follower = Follower(cloudformation, stage, pause)

    def find(self, name: str) -> dict[str, Any] | None:
        """The stack as CloudFormation describes it, or None."""
        try:
            found: dict[str, Any] = self._cloudformation.describe_stacks(StackName=name)["Stacks"][0]
        except ClientError as error:
            if "does not exist" in error.response["Error"]["Message"]:
                return None
            raise
        return None if found["StackStatus"] == "DELETE_COMPLETE" else found

    def load_ours(self, name: str) -> dict[str, Any] | None:
        """The stack if it is there, ours and at rest; None if it is not there. Raises CannotDeploy."""
        stack = self.find(name)
        if stack is None or stack["StackStatus"] == UNBORN:
            return None
        tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
        if tags.get(TAG) != self._stage.prefix:
            raise CannotDeploy(f"There is a stack {name} that is not ours (no tag {TAG}={self._stage.prefix}).")
        status = stack["StackStatus"]
        if status.endswith("IN_PROGRESS"):
            raise CannotDeploy(f"{name} is being worked on ({status}). Try again when that has ended.")
        if status not in SETTLED:
            remedy = REMEDIES.get(status, "See its events.").format(name=name)
            raise CannotDeploy(f"{name} is {status}. {remedy}")
        return stack

    def outputs(self, name: str) -> dict[str, str]:
        """What a stack that is there gives to the others."""
        stack = self.find(name) or {}
        return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}

    def ask(self, wanted: Wanted) -> ChangeSet:
        """Have CloudFormation begin to work out what it would change. Raises CannotDeploy."""
        stack = self.load_ours(wanted.name)
        asked = self._cloudformation.create_change_set(
            StackName=wanted.name,
            ChangeSetName=f"deploy-{secrets.token_hex(6)}",
            ChangeSetType="UPDATE" if stack else "CREATE",
            Parameters=list(_parameters(wanted, stack)),
            Tags=[{"Key": TAG, "Value": self._stage.prefix}],
            Capabilities=CAPABILITIES,
            **wanted.template,
        )
        return ChangeSet(wanted.name, asked["StackId"], asked["Id"], stack is None)

    def work_out(self, asked: ChangeSet) -> ChangeSet | None:
        """The change set with its changes; None when there are none. Raises CannotDeploy."""
        pages = self._described(asked)
        for wait_s in waits():
            if not pages[0]["Status"].endswith(("IN_PROGRESS", "PENDING")):
                break
            self._pause(wait_s)
            pages = self._described(asked)
        if pages[0]["Status"] == "CREATE_COMPLETE":
            return replace(asked, changes=tuple(read_change(each) for page in pages for each in page["Changes"]))
        reason = pages[0].get("StatusReason") or pages[0]["Status"]
        self.discard(asked)
        if any(words in reason for words in NOTHING):
            return None
        raise CannotDeploy(f"{asked.name}: {reason}")

    def _described(self, asked: ChangeSet) -> list[dict[str, Any]]:
        return list(self._cloudformation.get_paginator("describe_change_set").paginate(ChangeSetName=asked.id))

    def discard(self, change_set: ChangeSet) -> None:
        """Forget a change set that will not be executed, and the stack that would have come of it."""
        self._cloudformation.delete_change_set(ChangeSetName=change_set.id)
        if change_set.new:
            self._cloudformation.delete_stack(StackName=change_set.stack_id)

    def execute(self, change_sets: Sequence[ChangeSet]) -> None:
        """Change all of them at once. Raises CannotDeploy when one failed, after all have ended."""
        on_their_way = [self._follower.follow(each.name, each.stack_id) for each in change_sets]
        for each in change_sets:
            # Tables outlive their stack, but not one that never came to be: the next try could not make them.
            keep = {"RetainExceptOnCreate": True} if each.new else {}
            self._cloudformation.execute_change_set(ChangeSetName=each.id, **keep)
        self._follower.until_all_end(on_their_way)
        failed = [stack for stack in on_their_way if not stack.succeeded]
        # A stack that failed when it was new is empty, and can only be deleted.
        self.delete([stack.name for stack in failed if stack.status == "ROLLBACK_COMPLETE"])
        if failed:
            raise CannotDeploy("\n".join(f"{stack.name} failed: {stack.reason}" for stack in failed))

    def delete(self, names: Iterable[str]) -> None:
        """Delete stacks, all at once. Raises CannotDeploy when one could not be deleted."""
        present = [found for name in names if (found := self.find(name))]
        on_their_way = [self._follower.follow(found["StackName"], found["StackId"]) for found in present]
        for stack in on_their_way:
            self._cloudformation.delete_stack(StackName=stack.stack_id)
        self._follower.until_all_end(on_their_way)
        failed = [stack for stack in on_their_way if not stack.succeeded]
        if failed:
            raise CannotDeploy("\n".join(f"{stack.name} is still there: {stack.reason}" for stack in failed))

    def resources(self, name: str) -> list[dict[str, Any]]:
        """What belongs to a stack."""
        pages = self._cloudformation.get_paginator("list_stack_resources").paginate(StackName=name)
        return [each for page in pages for each in page["StackResourceSummaries"]]


def _parameters(wanted: Wanted, stack: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    known = {parameter["ParameterKey"] for parameter in (stack or {}).get("Parameters", [])}
    for name, value in wanted.parameters.items():
        if value is not None:
            yield {"ParameterKey": name, "ParameterValue": value}
        elif name in known:
            yield {"ParameterKey": name, "UsePreviousValue": True}
