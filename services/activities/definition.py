"""What an operator says an activity is. Pure."""

from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AwareDatetime, Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from services.activities.kinds import KINDS
from shared.clock import rfc3339
from shared.errors import Conflict, Fault, Invalid, Refused
from shared.forms import In, Int, Slug, localized

Status = Literal["draft", "scheduled", "live", "paused", "ended"]

NEXT: dict[Status, tuple[Status, ...]] = {
    "draft": ("scheduled", "live", "ended"),
    "scheduled": ("live", "paused", "ended"),
    "live": ("paused", "ended"),
    "paused": ("scheduled", "live", "ended"),
    "ended": (),
}
"""What each status may become."""


class DefinitionIn(In):
    """An activity as its operator writes it. Every kind adds its own `config`."""

    title: localized(80) = Field(description="What customers see above it.")  # type: ignore[valid-type]
    description: localized(500, 0) = Field(default={"en": ""}, description="One or two sentences.")  # type: ignore[valid-type]
    rules: localized(5000, 0) = Field(default={"en": ""}, description="The rules, for customers.")  # type: ignore[valid-type]
    edition: str = Field("1", pattern=r"^[a-z0-9-]{1,12}$", description="A new edition starts everybody anew.")
    opens_at: AwareDatetime | None = Field(None, description="Opens by itself at this time.")
    closes_at: AwareDatetime | None = Field(None, description="Ends by itself at this time.")
    kind: Any
    config: Any

    @model_validator(mode="after")
    def _window(self) -> "DefinitionIn":
        if self.opens_at and self.closes_at and self.closes_at <= self.opens_at:
            raise PydanticCustomError("closes_before_opens", "closes before it opens")
        return self


def _form(name: str) -> type[DefinitionIn]:
    config = KINDS[name].Config
    return create_model(
        f"{name.title().replace('_', '')}Definition",
        __base__=DefinitionIn,
        __doc__=config.__doc__,
        kind=(Literal[name], ...),
        config=(config, ...),
    )


FORMS = {name: _form(name) for name in KINDS}
if TYPE_CHECKING:
    AnyDefinition = DefinitionIn
else:
    # Pydantic sees the union of all kinds' forms, so a wrong config is named field by field.
    _forms = reduce(or_, FORMS.values())
    AnyDefinition = Annotated[_forms, Field(discriminator="kind")] if len(FORMS) > 1 else _forms


class NewActivity(In):
    """A new activity: its id for good, and its first version."""

    id: Slug
    definition: AnyDefinition


class ChangedActivity(In):
    """A new version of an activity. `based_on` is the version that was changed, so that nobody's work is lost."""

    based_on: Int = Field(ge=1)
    definition: AnyDefinition


class Stored(In):
    """A definition as it is kept, with its id, version and status."""

    id: str
    version: int
    status: Status
    definition: AnyDefinition

    @property
    def kind(self) -> str:
        return str(self.definition.kind)

    def status_at(self, now: datetime) -> Status:
        """The status with the window applied: a scheduled activity opens and a live one ends by itself."""
        given: DefinitionIn = self.definition
        if self.status in ("scheduled", "live", "paused") and given.closes_at and now >= given.closes_at:
            return "ended"
        if self.status == "scheduled" and given.opens_at and now >= given.opens_at:
            return "live"
        if self.status == "live" and given.opens_at and now < given.opens_at:
            return "scheduled"
        return self.status

    def next_statuses(self, now: datetime) -> tuple[Status, ...]:
        """What it can become now: scheduled while it is to open by itself, live otherwise."""
        left_out = "live" if self._opens_after(now) else "scheduled"
        return tuple(status for status in NEXT[self.status_at(now)] if status != left_out)

    def _opens_after(self, now: datetime) -> bool:
        opens_at = self.definition.opens_at
        return opens_at is not None and opens_at > now

    def check_open(self, now: datetime) -> None:
        """Raises Refused with the reason why nobody can take part now."""
        status, opens_at = self.status_at(now), self.definition.opens_at
        if status == "live":
            return
        if status == "scheduled" and opens_at:
            raise Refused("not_open", "not_open.early", retry_at=rfc3339(opens_at))
        raise Refused("not_open", "not_open.ended" if status == "ended" else "not_open.paused")

    @property
    def public(self) -> bool:
        """Whether customers may know of it."""
        return self.status != "draft"

    def with_status(self, wanted: Status, now: datetime) -> "Stored":
        """The next version, in the wanted status. Raises Conflict when it cannot become that, and
        Invalid for scheduling what has no time ahead to open at.
        """
        current = self.status_at(now)
        if wanted not in NEXT[current]:
            raise Conflict("status_change", current=current, allowed=", ".join(NEXT[current]) or "-")
        if wanted == "scheduled" and not self._opens_after(now):
            raise Invalid(Fault("/status", "no_opening"))
        return self.model_copy(update={"status": wanted, "version": self.version + 1})

    def changed(self, change: ChangedActivity) -> "Stored":
        """The next version, with another definition. Raises Conflict when it was changed meanwhile."""
        if change.based_on != self.version:
            raise Conflict("version_conflict", current=self.version)
        return Stored(id=self.id, version=self.version + 1, status=self.status, definition=change.definition)
