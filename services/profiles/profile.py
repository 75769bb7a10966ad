"""A customer's file. Pure."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from shared.errors import Fault, Invalid
from shared.forms import In, Int

LEAP_YEAR = 2000


class Birthday(In):
    """A birthday in the solar or lunar calendar; the year may stay unsaid."""

    calendar: Literal["solar", "lunar"] = "solar"
    year: Annotated[Int, Field(ge=1900, le=2100)] | None = None
    month: Int = Field(ge=1, le=12)
    day: Int = Field(ge=1, le=31)
    leap_month: bool = Field(False, description="Lunar: born in the leap month of that number.")

    @model_validator(mode="after")
    def _exists(self) -> "Birthday":
        if self.calendar == "solar":
            if self.leap_month:
                raise PydanticCustomError("leap_month", "leap month in the solar calendar")
            try:
                date(self.year or LEAP_YEAR, self.month, self.day)
            except ValueError:
                raise PydanticCustomError("no_such_date", "no such date") from None
        elif self.day > 30:  # noqa: PLR2004 - a lunar month has 29 or 30 days
            raise PydanticCustomError("no_such_date", "no such date")
        return self


class ProfileIn(In):
    """What a customer says about themself. A field that is left out or null is unsaid."""

    name: str | None = Field(default=None, min_length=1, max_length=80)
    gender: Literal["female", "male", "other"] | None = None
    birthday: Birthday | None = None
    region: str | None = Field(default=None, min_length=1, max_length=80)
    language: Literal["en", "zh-CN"] | None = None

    def check(self, today: date) -> None:
        """Raises Invalid for a birth in the future."""
        born = self.birthday
        if born is None or born.year is None:
            return
        # A lunar date is at most two months later in the solar year than its numbers say.
        known = (born.year, born.month, born.day) if born.calendar == "solar" else (born.year, 0, 0)
        if known > (today.year, today.month, today.day):
            raise Invalid(Fault("/birthday/year", "birth_year"))
