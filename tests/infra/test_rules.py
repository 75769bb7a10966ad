"""The rules tests/conftest.py adds to pytest, seen at work on throw-away tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"


def run(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    # The project's fixtures are no part of the rules, and slow to import seven times.
    rules = [line for line in CONFTEST.read_text().splitlines() if not line.startswith("pytest_plugins")]
    (folder / "conftest.py").write_text("\n".join(rules))
    (folder / "test_it.py").write_text("import pytest\n" + text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(folder), str(folder)]
    environment = os.environ | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}  # they take seconds to import
    return subprocess.run(command, capture_output=True, text=True, cwd=folder, env=environment, check=False)


def test_a_test_that_runs_passes(tmp_path: Path) -> None:
    assert run(tmp_path, "def test(): pass\n").returncode == 0


def test_a_test_left_out_fails_the_run(tmp_path: Path) -> None:
    result = run(
        tmp_path,
        "def test_one(): pytest.skip('later')\n"
        "@pytest.mark.skip\ndef test_two(): pass\n"
        "@pytest.mark.xfail\ndef test_three(): assert False\n"
        "def test_four(): pytest.xfail('known')\n",
    )

    assert result.returncode == pytest.ExitCode.TESTS_FAILED
    assert "3 failed, 1 error" in result.stdout  # a marked skip is reported while the test is set up
    assert "mend it or delete it" in result.stdout


@pytest.mark.parametrize("text", ["pytest.skip('all', allow_module_level=True)\n", "pytest.importorskip('no_such')\n"])
def test_a_module_left_out_fails_the_run(tmp_path: Path, text: str) -> None:
    result = run(tmp_path, text)

    assert result.returncode != 0
    assert "mend it or delete it" in result.stdout
