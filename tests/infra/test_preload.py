"""A reload costs a service's own imports only: all it needs of others is there before the fork."""

import subprocess
import sys

import pytest

from infra.local.paths import ROOT
from infra.local.watch import services_in

PROGRAM = """
import importlib, sys
from infra.local.jobs import PRELOADED

for name in PRELOADED:
    if name != "infra.local.detached":  # takes the process out of the terminal's group
        importlib.import_module(name)
before = set(sys.modules)
importlib.import_module(f"services.{sys.argv[1]}.app")
ours = ("services", "shared", "infra", *sys.stdlib_module_names)
print(*sorted(name for name in set(sys.modules) - before if name.split(".")[0] not in ours))
"""
UNAVOIDABLE = {"pydantic.plugin._loader"}  # comes with the first model


@pytest.mark.parametrize("service", services_in(ROOT))
def test_a_service_imports_nothing_of_others_that_was_not_preloaded(service: str) -> None:
    command = [sys.executable, "-c", PROGRAM, service]

    late = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()

    assert set(late) <= UNAVOIDABLE
