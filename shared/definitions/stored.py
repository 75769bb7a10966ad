"""A definition with its id, version and status, and what it may become. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, ClassVar, Self

from pydantic import Field
from pydantic_core import PydanticCustomError

from shared.errors import Conflict
from shared.forms import In, Int


class Changed(In):
    """A new version of something. `based_on` is the version that was changed, so that nobody's work is lost."""

    based_on: Int = Field(ge=1)
    definition: Any


class Stored(In):
    """A definition as it is kept. ``NEXT`` says what each status may become."""

    NEXT: ClassVar[Mapping[Any, tuple[Any, ...]]] = {}

    id: str
    version: int
    status: Any
    definition: Any

    def status_at(self, now: datetime) -> Any:
        """The status with the opening times applied."""
        raise NotImplementedError

    @property
    def public(self) -> bool:
        """Whether customers may know of it."""
        return bool(self.status != "draft")

    def with_status(self, wanted: Any, now: datetime) -> Self:
        """The next version, in the wanted status. Raises Conflict when it cannot become that."""
        current = self.status_at(now)
        if wanted not in self.NEXT[current]:
            raise Conflict("status_change", current=current, allowed=", ".join(self.NEXT[current]) or "-")
        return self.model_copy(update={"status": wanted, "version": self.version + 1})

    def changed(self, change: Changed) -> Self:
        """The next version, with another definition. Raises Conflict when it was changed meanwhile."""
        if change.based_on != self.version:
            raise Conflict("version_conflict", current=self.version)
        return type(self)(id=self.id, version=self.version + 1, status=self.status, definition=change.definition)


def check_window(opens_at: datetime | None, closes_at: datetime | None) -> None:
    """For validators: what opens must close later."""
    if opens_at and closes_at and closes_at <= opens_at:
        raise PydanticCustomError("closes_before_opens", "closes before it opens")
