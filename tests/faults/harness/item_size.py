"""The size of an item as DynamoDB bills it (developer guide, "DynamoDB item sizes and formats")."""

import base64
from collections.abc import Mapping
from typing import Any

Item = Mapping[str, Mapping[str, Any]]
"""Attributes as they travel: ``{"pk": {"S": "a"}, "points": {"N": "5"}}``; binary as bytes or in base64."""

CONTAINER_BYTES = 3
ELEMENT_BYTES = 1


def item_bytes(item: Item | None) -> int:
    """Names and values; 0 for no item."""
    return sum(len(name.encode()) + value_bytes(value) for name, value in (item or {}).items())


def value_bytes(value: Mapping[str, Any]) -> int:
    ((kind, content),) = value.items()
    match kind:
        case "S" | "N" | "B":
            return _scalar_bytes(kind, content)
        case "SS" | "NS" | "BS":
            return sum(_scalar_bytes(kind[0], each) for each in content)
        case "L":
            return CONTAINER_BYTES + sum(ELEMENT_BYTES + value_bytes(each) for each in content)
        case "M":
            return CONTAINER_BYTES + len(content) * ELEMENT_BYTES + item_bytes(content)
        case "BOOL" | "NULL":
            return 1
    raise ValueError(f"DynamoDB has no type {kind}")


def _scalar_bytes(kind: str, content: str | bytes) -> int:
    if isinstance(content, bytes):
        return len(content)
    match kind:
        case "S":
            return len(content.encode())
        case "B":
            return len(base64.b64decode(content))
        case _:
            return number_bytes(content)


def number_bytes(text: str) -> int:
    """One byte for two significant digits, zeros at both ends trimmed, one more byte, and one for a minus sign."""
    mantissa = text.lower().lstrip("+-").partition("e")[0]
    digits = mantissa.replace(".", "").strip("0")
    return (len(digits) + 1) // 2 + 1 + text.startswith("-")
