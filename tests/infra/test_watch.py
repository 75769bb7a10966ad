"""An edit reloads the services it concerns, and no others."""

from pathlib import Path

import pytest

from infra.local.watch import concerned, services_in, snapshot

SERVICES = ("activities", "points")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for file in (
        "services/__init__.py",
        "services/points/app.py",
        "services/points/texts/en.json",
        "services/activities/app.py",
        "services/storefront/demo/demo.js",
        "shared/http/contract.py",
        "infra/local/run.py",
    ):
        path = tmp_path / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("1")
    return tmp_path


def test_a_service_is_a_folder_with_an_app(project: Path) -> None:
    assert services_in(project) == SERVICES


@pytest.mark.parametrize(
    ("edited", "reloaded"),
    [
        ("services/points/app.py", {"points"}),
        ("services/points/texts/en.json", {"points"}),
        ("services/points/new.py", {"points"}),
        ("shared/http/contract.py", {"activities", "points"}),
        ("services/__init__.py", {"activities", "points"}),
        ("services/storefront/demo/demo.js", set()),
        ("services/points/README.md", set()),
        ("services/points/__pycache__/x.py", set()),
        ("infra/local/run.py", set()),
    ],
)
def test_an_edit_concerns_its_own_service_or_all_when_shared(project: Path, edited: str, reloaded: set[str]) -> None:
    before = snapshot(project)
    path = project / edited
    path.parent.mkdir(exist_ok=True)
    path.write_text("22")

    assert concerned(before, snapshot(project), SERVICES) == reloaded


def test_a_deleted_file_concerns_its_service_too(project: Path) -> None:
    before = snapshot(project)
    (project / "services/points/texts/en.json").unlink()

    assert concerned(before, snapshot(project), SERVICES) == {"points"}


def test_nothing_edited_concerns_nobody(project: Path) -> None:
    assert concerned(snapshot(project), snapshot(project), SERVICES) == set()
