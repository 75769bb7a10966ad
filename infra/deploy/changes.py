"""What a stack is about to change, in CloudFormation's own words, made readable; and what must not happen at all."""

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

KEEP_DATA = ("AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::S3::Bucket", "AWS::SQS::Queue")
MARKS = {"Add": "+", "Modify": "~", "Remove": "-", "Import": "<", "Dynamic": "?"}
WIDTH = 116
TYPE_WIDTH = 35


@dataclass(frozen=True)
class Change:
    """One resource of a change set. ``properties`` are what changes in it; ``replacement`` is CloudFormation's
    ``True``, ``False`` or ``Conditional``: whether a new one takes its place.
    """

    action: str
    logical_id: str
    type: str
    replacement: str = "False"
    properties: tuple[str, ...] = ()

    @property
    def loses_data(self) -> bool:
        """A replaced or dropped table is an empty one, or none. ``Conditional`` is not counted: these things have
        names of their own, so CloudFormation would fail to make a second one and roll back.
        """
        return self.type in KEEP_DATA and (self.action == "Remove" or self.replacement == "True")


def read_change(described: Mapping[str, Any]) -> Change:
    """A change from an entry of DescribeChangeSet's ``Changes``."""
    change = described["ResourceChange"]
    targets = [detail["Target"] for detail in change.get("Details", [])]
    names = (target.get("Name") or target["Attribute"] for target in targets)
    return Change(
        change["Action"],
        change["LogicalResourceId"],
        change["ResourceType"],
        change.get("Replacement", "False"),
        tuple(dict.fromkeys(names)),
    )


def written(stack: str, changes: Sequence[Change], *, new: bool) -> Iterator[str]:
    """The changes of a stack as lines. What is added stands together, by type: a new stack would fill the screen."""
    yield f"{stack} ({'new stack' if new else 'update'})"
    for kind, names in sorted(_added(changes).items()):
        yield from _line("+", kind, ", ".join(names))
    for change in changes:
        if change.action != "Add":
            yield from _line(MARKS.get(change.action, change.action), change.type, _what(change))


def _added(changes: Iterable[Change]) -> dict[str, list[str]]:
    added = defaultdict(list)
    for change in changes:
        if change.action == "Add":
            added[change.type].append(change.logical_id)
    return added


def _what(change: Change) -> str:
    replaced = {"True": "  REPLACED", "Conditional": "  perhaps replaced"}.get(change.replacement, "")
    return f"{change.logical_id}{': ' if change.properties else ''}{', '.join(change.properties)}{replaced}"


def _line(mark: str, kind: str, text: str) -> list[str]:
    head = f"  {mark} {kind.removeprefix('AWS::'):<{TYPE_WIDTH}} "
    return textwrap.wrap(text, WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_on_hyphens=False)
