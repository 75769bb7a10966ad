"""How a row becomes what DynamoDB takes, and comes back: attributes, the base of every row, and what a transaction
is made of. PynamoDB declares the rows and writes the expressions.
"""

from collections.abc import Callable, Mapping
from typing import Any, Self

from pynamodb.attributes import Attribute
from pynamodb.connection import TableConnection
from pynamodb.constants import MAP, NULL, NUMBER
from pynamodb.exceptions import AttributeNullError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action, Update
from pynamodb.models import Model

from shared import aws


def _integer(value: int) -> str:
    if isinstance(value, bool) or not isinstance(value, int):
        msg = f"an integer is needed, not {value!r}"
        raise TypeError(msg)
    return str(value)


class IntegerAttribute(Attribute[int]):
    """A DynamoDB number that is an integer and nothing else: points and money never pass through float."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        return _integer(value)

    def deserialize(self, value: str) -> int:
        return int(value)


class IntegerMapAttribute(Attribute[dict[str, int]]):
    """A DynamoDB map from text to integers."""

    attr_type = MAP

    def serialize(self, value: dict[str, int]) -> dict[str, dict[str, str]]:
        return {key: {NUMBER: _integer(number)} for key, number in value.items()}

    def deserialize(self, value: Mapping[str, Mapping[str, str]]) -> dict[str, int]:
        return {key: int(number[NUMBER]) for key, number in value.items()}


class Row(Model):
    """A row whose table shares the process's one connection.

    Its attributes are flat: none holds attributes of PynamoDB's own. That lets three methods be a third of the work
    that they are for documents of any depth, with the same result.
    """

    def __init__(self, hash_key: str | None = None, range_key: str | None = None, **attributes: Any) -> None:
        """A row under its key, with what its attributes are unless they are given."""
        keys = {self._hash_keyname: hash_key, self._range_keyname: range_key}
        given = attributes | {name: value for name, value in keys.items() if name and value is not None}
        known = self.get_attributes()
        if unknown := given.keys() - known.keys():
            raise ValueError(f"{type(self).__name__} has no {', '.join(sorted(unknown))}")
        self.attribute_values = _defaults(known) | given

    @classmethod
    def _get_connection(cls) -> TableConnection:
        bound = super()._get_connection()
        shared = aws.connection()
        if bound.connection is not shared:
            meta = bound.connection.get_meta_table(bound.table_name)
            # Several rows may share a table, and only some know its index: theirs is the description that is kept.
            if bound.table_name not in shared._tables or cls._indexes:  # noqa: SLF001 - there is no other way to ask
                shared._tables[bound.table_name] = meta  # noqa: SLF001 - nor to replace one
            bound.connection = shared
        return bound

    def serialize(self, null_check: bool = True) -> dict[str, dict[str, Any]]:  # noqa: FBT001, FBT002 - as inherited
        """The item. Raises AttributeNullError for an attribute that must not be missing."""
        item = {}
        for name, attribute in self.get_attributes().items():
            value = self.attribute_values.get(name)
            serialized = None if value is None else attribute.serialize(value)
            if serialized is not None:
                item[attribute.attr_name] = {attribute.attr_type: serialized}
            elif null_check and not attribute.null:
                raise AttributeNullError(name)
        return item

    @classmethod
    def from_raw_data(cls, data: Mapping[str, Any]) -> Self:
        """The row in an item."""
        row = cls()
        for name, attribute in cls.get_attributes().items():
            value = data.get(attribute.attr_name)
            if value and NULL not in value:
                row.attribute_values[name] = attribute.deserialize(attribute.get_value(value))
        return row


def _defaults(attributes: Mapping[str, Attribute[Any]]) -> dict[str, Any]:
    wanted = ((name, attribute.default) for name, attribute in attributes.items() if attribute.default is not None)
    return {name: default() if callable(default) else default for name, default in wanted}


class Writes:
    """What one transaction writes: the share of every part, in the order in which they came."""

    def __init__(self) -> None:
        self.items: list[dict[str, Any]] = []

    def save(self, row: Row, condition: Condition | None = None) -> None:
        """Put a row."""
        self._add("Put", row, condition, Item=row.serialize())

    def delete(self, row: Row, condition: Condition | None = None) -> None:
        """Delete the row under this one's key."""
        self._add("Delete", row, condition, Key=_key_of(row))

    def update(self, row: Row, action: Action, condition: Condition) -> None:
        """Change the row under this one's key by what ``action`` says, whatever else it holds."""
        names: dict[str, str] = {}
        values: dict[str, Any] = {}
        told: dict[str, Any] = {
            "UpdateExpression": Update(action).serialize(names, values),
            "ConditionExpression": condition.serialize(names, values),
            "ExpressionAttributeNames": {placeholder: name for name, placeholder in names.items()},
            "ExpressionAttributeValues": values,
        }
        self.items.append({"Update": {"TableName": row.Meta.table_name, "Key": _key_of(row), **told}})

    def check(self, row: Row, condition: Condition) -> None:
        """Leave the row under this one's key as it is, but let nothing be written unless ``condition`` holds for it."""
        self._add("ConditionCheck", row, condition, Key=_key_of(row))

    def _add(self, action: str, row: Row, condition: Condition | None, **what: Any) -> None:
        self.items.append({action: {"TableName": row.Meta.table_name, **what, **_expression(condition)}})


Part = Callable[[Writes], None]
"""One item's share of a transaction. Whoever owns the item makes the part; whoever commits joins them."""


def _key_of(row: Row) -> dict[str, Any]:
    item, attributes = row.serialize(null_check=False), row.get_attributes().values()
    return {each.attr_name: item[each.attr_name] for each in attributes if each.is_hash_key or each.is_range_key}


def _expression(condition: Condition | None) -> dict[str, Any]:
    if condition is None:
        return {}
    names: dict[str, str] = {}
    values: dict[str, Any] = {}
    told: dict[str, Any] = {"ConditionExpression": condition.serialize(names, values)}
    told["ExpressionAttributeNames"] = {placeholder: name for name, placeholder in names.items()}
    return told | ({"ExpressionAttributeValues": values} if values else {})
