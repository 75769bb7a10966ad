"""Reads infra/platform.yaml as CloudFormation would, as far as tests need it: references, not conditions."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

PLATFORM = Path(__file__).parents[2] / "infra" / "platform.yaml"
NO_VALUE = {"Ref": "AWS::NoValue"}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short tags, which become their long forms: ``!Ref X`` is ``{"Ref": "X"}``."""


def _short_tag(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        assert isinstance(node, yaml.MappingNode)
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _short_tag)


class Template:
    """A template, its parameters, and what is known by now of the resources made from it."""

    def __init__(self, path: Path, **parameters: str) -> None:
        # The loader is SafeLoader with tags that build plain data.
        self._body: dict[str, Any] = yaml.load(path.read_text(), _Loader)  # noqa: S506
        defaults = {name: str(each.get("Default", "")) for name, each in self._body.get("Parameters", {}).items()}
        self._known: dict[str, str] = {
            "AWS::Region": "us-east-1",
            "AWS::Partition": "aws",
            **defaults,
            **parameters,
        }

    def of_type(self, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
        """The logical ids and resolved properties of the resources of one type."""
        for logical_id, resource in self._body["Resources"].items():
            if resource["Type"] == kind:
                yield logical_id, self._resolved(resource.get("Properties", {}))

    def learn(self, logical_id: str, ref: str, **attributes: str) -> None:
        """Let ``!Ref`` and ``!GetAtt`` find a resource that was just made."""
        self._known[logical_id] = ref
        self._known.update({f"{logical_id}.{name}": value for name, value in attributes.items()})

    def ref(self, logical_id: str) -> str:
        """What ``!Ref`` gives for a resource that was made."""
        return self._known[logical_id]

    def _resolved(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self._resolved(each) for each in value if each != NO_VALUE]
        return self._resolved_object(value) if isinstance(value, dict) else value

    def _resolved_object(self, value: dict[str, Any]) -> Any:
        match value:
            case {"Ref": str(name)}:
                return self._known.get(name, name)
            case {"Fn::GetAtt": [str(name), str(attribute)]}:
                return self._known.get(f"{name}.{attribute}", f"{name}.{attribute}")
            case {"Fn::Sub": str(text)}:
                return re.sub(r"\$\{([\w:.]+)\}", lambda found: self._known.get(found[1], found[0]), text)
            case {"Fn::If": [_, _, otherwise]}:
                # Conditions switch on what production adds: tests run without it.
                return self._resolved(otherwise)
        return {name: self._resolved(each) for name, each in value.items() if each != NO_VALUE}
