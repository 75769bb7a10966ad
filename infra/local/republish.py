"""`make republish STAGE=local`: what the deployed function does, on the stack that `make run` holds up."""

import argparse

from services.points import outbox
from shared import clock


def main() -> None:
    """Tell again what was committed since a moment."""
    parser = argparse.ArgumentParser(prog="make republish", description=__doc__)
    parser.add_argument("--since", type=clock.parse, required=True, help="from when on, RFC 3339")
    arguments = parser.parse_args()
    print(f"{outbox.republish(arguments.since)} events told again since {arguments.since.isoformat()}.")


if __name__ == "__main__":
    main()
