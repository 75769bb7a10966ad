"""`make build [STAGE=dev] [ARCH=arm64]`."""

import argparse
import sys
import time

from infra.openapi import SERVICES
from infra.package.build import build
from infra.package.framework import PackageFailed
from infra.package.functions import ROOT
from infra.package.layer import MACHINES


def main() -> int:
    """Build, and say how large everything is."""
    parser = argparse.ArgumentParser(prog="make build", description="Code, templates and layer for one stage.")
    parser.add_argument("--stage", default="dev", choices=("dev", "prod"))
    parser.add_argument("--arch", default="arm64", choices=sorted(MACHINES))
    arguments = parser.parse_args()
    began = time.monotonic()
    try:
        built = build(arguments.stage, arguments.arch)
    except PackageFailed as failed:
        print(failed, file=sys.stderr)
        return 1
    for service in SERVICES:
        print(f"  {service:<14} {built.code(service).stat().st_size:>10,} bytes")
    print(f"  {'layer':<14} {built.layer.stat().st_size:>10,} bytes ({arguments.arch})")
    print(f"{built.folder.relative_to(ROOT)}: built in {time.monotonic() - began:.1f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
