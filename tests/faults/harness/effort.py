"""How far explorations go. ``REGULARS_PROVE=1`` makes them go further; it never adds or leaves out a test."""

import os

PROVING = os.environ.get("REGULARS_PROVE") == "1"


def effort(usual: int, proving: int) -> int:
    """A count: ``usual`` on every run, ``proving`` when somebody has the time."""
    return proving if PROVING else usual
