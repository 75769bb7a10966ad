"""One module a kind. This registration is all the rest of the service knows of them."""

from collections.abc import Mapping
from typing import cast

from services.activities.kind import Kind
from services.activities.kinds import signin

KINDS: Mapping[str, Kind] = {module.NAME: cast("Kind", module) for module in (signin,)}
