"""CloudFormation templates as plain values, for programs that ask what a template declares."""

from typing import Any

import yaml


def read_template(body: str) -> dict[str, Any]:
    """A template as plain values: ``!Ref X`` reads as "X", ``!Sub "…"`` as its text."""
    template: dict[str, Any] = yaml.load(body, _Loader)  # noqa: S506 - it is a SafeLoader
    return template


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # yaml ships no types
    """YAML with CloudFormation's tags read as the plain values they stand before."""


def _plain(loader: Any, _tag: str, node: Any) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    return loader.construct_sequence(node, deep=True)


_Loader.add_multi_constructor("!", _plain)
