"""Rows hold integers as integers, and become items as PynamoDB's own models do."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pynamodb.attributes import BinaryAttribute, BooleanAttribute, ListAttribute, MapAttribute, UnicodeAttribute
from pynamodb.exceptions import AttributeNullError
from pynamodb.models import Model

from shared import schema
from shared.rows import IntegerAttribute, IntegerMapAttribute, Row
from shared.schema import AccountRow, InboxRow, ShopRow

DECLARED = [each for each in vars(schema).values() if isinstance(each, type) and issubclass(each, Row) and each != Row]
VALUES: dict[type, st.SearchStrategy[Any]] = {
    UnicodeAttribute: st.text(max_size=5),
    IntegerAttribute: st.integers(),
    IntegerMapAttribute: st.dictionaries(st.text(max_size=5), st.integers(), max_size=3),
    BinaryAttribute: st.binary(max_size=5),
    BooleanAttribute: st.booleans(),
}


@st.composite
def rows(draw: st.DrawFn) -> tuple[type[Row], dict[str, Any]]:
    """A row's class, and values for its key and some of its other attributes."""
    model = draw(st.sampled_from(DECLARED))
    wanted = {
        name: VALUES[type(attribute)]
        for name, attribute in model.get_attributes().items()
        if attribute.is_hash_key or attribute.is_range_key or draw(st.booleans())
    }
    return model, draw(st.fixed_dictionaries(wanted))


def of_pynamodb(model: type[Row], attributes: dict[str, Any]) -> Row:
    """The row as PynamoDB's own constructor makes it."""
    row = model.__new__(model)
    Model.__init__(row, **attributes)
    return row


def outcome(act: Any) -> Any:
    try:
        return act()
    except AttributeNullError as error:
        return str(error)


class TestIntegers:
    @pytest.mark.parametrize("value", [5.0, 5.5, True, False, "5", None])
    def test_a_number_that_is_no_integer_is_refused(self, value: Any) -> None:
        attribute = IntegerAttribute()

        with pytest.raises(TypeError):
            attribute.serialize(value)

    @pytest.mark.parametrize("value", [0, -1, 10**30])
    def test_an_integer_comes_back_exactly(self, value: int) -> None:
        attribute = IntegerAttribute()

        assert attribute.deserialize(attribute.serialize(value)) == value

    @pytest.mark.parametrize("value", [5.5, True, "5"])
    def test_neither_do_maps_take_anything_else(self, value: Any) -> None:
        with pytest.raises(TypeError):
            IntegerMapAttribute().serialize({"never": value})

    def test_a_fraction_in_the_table_is_no_integer(self) -> None:
        with pytest.raises(ValueError, match=r"5\.5"):
            IntegerAttribute().deserialize("5.5")


class TestItems:
    @given(rows())
    def test_a_row_becomes_the_item_that_pynamodb_would_write(self, made: tuple[type[Row], dict[str, Any]]) -> None:
        model, attributes = made
        ours, theirs = model(**attributes), of_pynamodb(model, attributes)

        assert ours.attribute_values == theirs.attribute_values
        for null_check in (True, False):
            written = outcome(lambda check=null_check: ours.serialize(null_check=check))
            assert written == outcome(lambda check=null_check: Model.serialize(theirs, null_check=check))

    @given(rows())
    def test_an_item_becomes_the_row_that_pynamodb_would_read(self, made: tuple[type[Row], dict[str, Any]]) -> None:
        model, attributes = made
        item = model(**attributes).serialize(null_check=False) | {"other": {"NULL": True}, "body": {"NULL": True}}

        read = model.from_raw_data(item)

        theirs = model.__new__(model)
        Model.__init__(theirs)
        Model.deserialize(theirs, item)
        assert read.attribute_values == theirs.attribute_values

    def test_no_row_has_attributes_with_attributes(self) -> None:
        kinds = {type(attribute) for model in DECLARED for attribute in model.get_attributes().values()}

        assert kinds <= VALUES.keys()
        assert not any(issubclass(kind, (ListAttribute, MapAttribute)) for kind in kinds)

    def test_keys_may_be_given_by_place(self) -> None:
        assert ShopRow("tea", "settings").attribute_values.items() >= {"pk": "tea", "sk": "settings"}.items()
        assert AccountRow("tea#s1").pk == "tea#s1"

    def test_an_attribute_that_is_none_is_refused(self) -> None:
        with pytest.raises(ValueError, match="AccountRow has no available"):
            AccountRow("tea#s1", available=5)

    def test_an_attribute_that_must_be_there_is_missed_by_name(self) -> None:
        with pytest.raises(AttributeNullError, match="at"):
            InboxRow("tea#s1", "inbox#1").serialize()

    def test_defaults_are_not_shared(self) -> None:
        one, other = AccountRow("a"), AccountRow("b")

        one.lots["never"] = 1

        assert other.lots == {}
