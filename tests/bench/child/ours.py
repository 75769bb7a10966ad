"""The packaged function, as Lambda would import it."""

from typing import Any

import app as packaged  # type: ignore[import-not-found]  # app.py of code.zip


def handler(event: Any, context: Any) -> Any:
    """A check-in by the product."""
    return packaged.app(event, context)
