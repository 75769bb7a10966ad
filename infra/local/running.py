"""Runs a module against the stack that `make run` holds up: `python -m infra.local.running infra.local.seed`."""

import argparse
import runpy
import sys
from pathlib import Path

from infra.local import environment
from infra.local.demo_clock import DemoClock
from infra.local.paths import ROOT, StateDir, read_json


def main() -> int:
    """Put the stack's addresses and demo clock in force, then run the module as a program. What this one does not
    know of the command line is the module's.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module")
    parser.add_argument("--state-dir", type=Path, default=ROOT / ".local")
    arguments, theirs = parser.parse_known_args()
    state = StateDir(arguments.state_dir.resolve())
    stack = read_json(state.running)
    if stack is None:
        print("No stack is running: start it with `make run` in another terminal.", file=sys.stderr)
        return 1
    environment.install(environment.for_children(stack["endpoint"], state))
    from shared import clock  # noqa: PLC0415 - shared reads the environment when it is imported

    clock.use(DemoClock(state.clock))
    sys.argv = [arguments.module, *theirs]
    runpy.run_module(arguments.module, run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
