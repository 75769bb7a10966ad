"""What `make build` makes, for the tests that look at it."""

import json
from pathlib import Path
from typing import Any

import pytest

from infra.openapi import SERVICES
from infra.package.build import Built
from tests.support.packaged import built_services

FIRST_BUILD_S = 400
"""The first test of a fresh clone waits for the build, which downloads what goes into the layer."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.timeout(FIRST_BUILD_S))


@pytest.fixture(scope="session")
def built() -> Built:
    """Everything, built for this machine."""
    return built_services()


@pytest.fixture(scope="session")
def templates(built: Built) -> dict[str, Any]:
    """Service → its template."""
    return {service: json.loads(built.template(service).read_text("utf-8")) for service in SERVICES}
