"""Installations on the emulator."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import boto3
import pytest

from infra.deploy.deployment import Options
from infra.deploy.stage import find_stage
from tests.infra.deploy.desk import TOLD, Desk
from tests.support.emulator import pointed_at

_prefixes = count(1)


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """One for all: a session reads the description of every service anew."""
    return boto3.Session()


@pytest.fixture
def desk(emulator: str, session: boto3.Session, tmp_path: Path) -> Iterator[Desk]:
    """An installation that is not there yet."""
    with pointed_at(emulator):
        yield Desk(find_stage(session, "dev", f"d{next(_prefixes)}-dev"), session, tmp_path)


@pytest.fixture(scope="module")
def standing_prefix(emulator: str, session: boto3.Session, tmp_path_factory: pytest.TempPathFactory) -> str:
    with pointed_at(emulator):
        stage = find_stage(session, "dev", f"d{next(_prefixes)}-dev")
        Desk(stage, session, tmp_path_factory.mktemp("standing"), Options(email=TOLD)).deploy()
    return stage.prefix


@pytest.fixture
def standing(emulator: str, session: boto3.Session, standing_prefix: str, tmp_path: Path) -> Iterator[Desk]:
    """An installation that is deployed, one for all tests of a module: they leave it as it is."""
    with pointed_at(emulator):
        yield Desk(find_stage(session, "dev", standing_prefix), session, tmp_path)
