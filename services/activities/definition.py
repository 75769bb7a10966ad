"""What an operator says an activity is. Pure."""

from collections.abc import Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import AwareDatetime, Field, create_model, model_validator

from services.activities.kinds import KINDS
from shared.clock import rfc3339
from shared.definitions import stored
from shared.definitions.stored import Changed, check_window
from shared.errors import Fault, Invalid, Refused
from shared.forms import In, Slug, localized

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
        check_window(self.opens_at, self.closes_at)
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


class ChangedActivity(Changed):
    """A new version of an activity. `based_on` is the version that was changed, so that nobody's work is lost."""

    definition: AnyDefinition


class Stored(stored.Stored):
    """An activity as it is kept, with its id, version and status."""

    NEXT: ClassVar[Mapping[Status, tuple[Status, ...]]] = NEXT

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

    def with_status(self, wanted: Status, now: datetime) -> "Stored":
        """The next version, in the wanted status. Raises Conflict when it cannot become that, and
        Invalid for scheduling what has no time ahead to open at.
        """
        after = super().with_status(wanted, now)
        if wanted == "scheduled" and not self._opens_after(now):
            raise Invalid(Fault("/status", "no_opening"))
        return after
