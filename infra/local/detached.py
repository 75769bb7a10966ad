"""Imported by the fork server only: takes it, and so its children, out of the terminal's process group.

Ctrl-C, a closed terminal or `timeout` signal the whole group; services must outlive the pollers that call them, so
only the supervisor is to hear it. It tells its children; should it die unheard, their pipes to it close.
"""

import contextlib
import os

with contextlib.suppress(PermissionError):  # already a session of its own
    os.setsid()
