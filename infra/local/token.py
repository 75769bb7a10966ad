"""Mints shoppers' tokens for the demo shop, as the shop's own backend would: `make token CUSTOMER=xiaolin`."""

import argparse
import sys
import time
from pathlib import Path
from typing import Any

import jwt

from infra.local.paths import ROOT, StateDir, read_json

LIFE_S = 600
"""Tokens may end at most 15 minutes ahead; the widgets renew theirs."""


def mint(credentials: dict[str, Any], customer_id: str, *, at: float | None = None) -> str:
    """A token for the shop's customer, by the machine's clock: credentials know nothing of the demo clock."""
    issued = int(time.time() if at is None else at)
    claims = {"aud": credentials["shop"], "sub": customer_id, "iat": issued, "exp": issued + LIFE_S}
    headers = {"kid": credentials["customer_key_id"]}
    return jwt.encode(claims, credentials["customer_key_secret"], "HS256", headers=headers)


def main() -> int:
    """Print one token, or say what to start first."""
    parser = argparse.ArgumentParser(prog="make token", description="A shopper's token for the demo shop.")
    parser.add_argument("--customer", required=True, help="the shop's own customer id, e.g. xiaolin")
    parser.add_argument("--state-dir", type=Path, default=ROOT / ".local")
    arguments = parser.parse_args()
    if not arguments.customer:
        print("Name a customer: make token CUSTOMER=xiaolin", file=sys.stderr)
        return 2
    credentials = read_json(StateDir(arguments.state_dir).credentials)
    if credentials is None:
        print("There is no demo shop yet: start it with `make run`.", file=sys.stderr)
        return 1
    print(mint(credentials, arguments.customer))
    return 0


if __name__ == "__main__":
    sys.exit(main())
