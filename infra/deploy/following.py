"""Stacks on their way: their events as lines, and how they end."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.deploy.stage import Stage
from infra.local.console import say

SUCCEEDED = {"CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE"}
STACK = "AWS::CloudFormation::Stack"
FIRST_WAIT_S = 0.1
LONGEST_WAIT_S = 3.0
GROWTH = 1.5


def waits() -> Iterator[float]:
    """How long to wait before looking again (s): longer and longer, for ever."""
    wait_s = FIRST_WAIT_S
    while True:
        yield wait_s
        wait_s = min(LONGEST_WAIT_S, wait_s * GROWTH)


@dataclass
class Underway:
    """A stack that something is done to. ``seen``: the ids of its events that are known."""

    name: str
    stack_id: str
    seen: set[str]
    status: str = ""
    reason: str = ""
    """Its first failure: what fails after it was cancelled because of it."""

    @property
    def ended(self) -> bool:
        return bool(self.status) and not self.status.endswith("IN_PROGRESS")

    @property
    def succeeded(self) -> bool:
        return self.status in SUCCEEDED


class Follower:
    """Follows stacks by their events. The stack's status alone would not do: just after something was begun it is
    still that of the time before.
    """

    def __init__(self, cloudformation: Any, stage: Stage, pause: Callable[[float], None]) -> None:
        self._cloudformation = cloudformation
        self._stage = stage
        self._pause = pause

    def follow(self, name: str, stack_id: str) -> Underway:
        """Begin, before anything is done to the stack: what happened until now is not news."""
        return Underway(name, stack_id, {event["EventId"] for event in self._news(stack_id, set())})

    def until_all_end(self, stacks: Sequence[Underway]) -> None:
        """Print what happens to them until nothing does any more."""
        for wait_s in waits():
            for stack in stacks:
                if not stack.ended:
                    self._listen(stack)
            if all(stack.ended for stack in stacks):
                return
            self._pause(wait_s)

    def _listen(self, stack: Underway) -> None:
        for event in self._news(stack.stack_id, stack.seen):
            stack.seen.add(event["EventId"])
            if event["ResourceType"] == STACK and event["PhysicalResourceId"] == stack.stack_id:
                stack.status = event["ResourceStatus"]
                self._tell(stack, "the stack", event, "bold")
            else:
                self._tell(stack, event["LogicalResourceId"], event, "dim")

    def _tell(self, stack: Underway, what: str, event: Mapping[str, Any], style: str) -> None:
        status, why = event["ResourceStatus"], event.get("ResourceStatusReason") or "no reason given"
        if status.endswith("FAILED"):
            stack.reason = stack.reason or f"{what}: {why}"
            say(self._stage.part(stack.name), f"{what} {status}: {why}", "red")
        elif not status.endswith("IN_PROGRESS"):
            say(self._stage.part(stack.name), f"{what} {status}", style)

    def _news(self, stack_id: str, seen: set[str]) -> list[dict[str, Any]]:
        """The stack's events that are not ``seen``, the oldest first."""
        news: list[dict[str, Any]] = []
        for page in self._cloudformation.get_paginator("describe_stack_events").paginate(StackName=stack_id):
            fresh = [event for event in page["StackEvents"] if event["EventId"] not in seen]
            news += fresh
            if len(fresh) < len(page["StackEvents"]):
                break
        return news[::-1]
