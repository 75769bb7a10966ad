"""Waiting for what comes about by itself, on a machine that may be busy with anything else."""

import time
from collections.abc import Callable

PATIENCE_S = 60.0
"""Far more than a loaded machine needs: only what never comes takes this long."""
LOOK_AGAIN_S = 0.02


def eventually(true: Callable[[], object], within_s: float = PATIENCE_S) -> bool:
    """Whether ``true()`` becomes so in time. For what other threads, processes and pages do."""
    deadline = time.monotonic() + within_s
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(LOOK_AGAIN_S)
    return True
