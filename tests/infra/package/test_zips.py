"""What is in the zips, that nothing else is, and that it is enough to run."""

import bz2
import hashlib
import json
import marshal
import os
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel

from infra.openapi import SERVICES
from infra.package import bundle
from infra.package.archive import compile_to_bytecode, write_zip
from infra.package.build import BUILD, Built
from infra.package.functions import ROOT, functions_of
from infra.package.layer import make_layer
from infra.package.operations import called_operations
from shared import aws

CODE_MAX = 100_000
LAYER_MAX = 10_000_000
FOREIGN = ("__pycache__", "tests", ".chalice", "console", "README.md")
OPEN = "import sys, json; sys.path[:0] = json.loads(sys.argv[1]); import app; print(json.dumps(dir(app)))"


def names(path: Path) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()


def kept(path: Path) -> bundle.Kept:
    """What is in the one file of a service's zip: code and data, by the paths of the sources."""
    with zipfile.ZipFile(path) as archive:
        found: bundle.Kept = marshal.loads(bz2.decompress(archive.read(bundle.MODULES)))  # noqa: S302 - we wrote it
    return found


def modules(path: Path) -> Mapping[str, CodeType]:
    """The code in the one file of a service's zip."""
    return kept(path)[0]


def spelled_out(operation: OperationModel) -> list[Any]:
    """Everything that an operation takes, gives and refuses, down to the last member."""
    shapes = [operation.input_shape, operation.output_shape, *operation.error_shapes]
    return [_shape(shape, ()) for shape in shapes]


def _shape(shape: Any, within: tuple[str, ...]) -> Any:
    if shape is None or shape.name in within:
        return shape and shape.name
    inner = {name: _shape(each, (*within, shape.name)) for name, each in getattr(shape, "members", {}).items()}
    parts = [_shape(getattr(shape, each, None), (*within, shape.name)) for each in ("member", "key", "value")]
    return shape.name, shape.type_name, shape.metadata, shape.serialization, inner, parts


@pytest.fixture(scope="session")
def layer_folder(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("layer")
    with zipfile.ZipFile(built.layer) as archive:
        archive.extractall(folder)
    return folder


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_runs_on_nothing_but_its_zip_and_the_layer(
    service: str, built: Built, layer_folder: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(built.code(service)) as archive:
        archive.extractall(tmp_path)
    paths = json.dumps([str(tmp_path), str(layer_folder / "python")])

    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-W", "error", "-c", OPEN, paths],
        env={"PATH": os.environ["PATH"], "REGULARS_PREFIX": "clean"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    handlers = {function.attribute for function in functions_of(service)}
    assert handlers <= set(json.loads(ran.stdout))


@pytest.mark.parametrize("service", SERVICES)
def test_a_zip_holds_the_service_and_what_it_imports_and_nothing_else(service: str, built: Built) -> None:
    code, data = kept(built.code(service))
    inside = [*code, *data]

    assert set(names(built.code(service))) == {"app.pyc", "bundle.pyc", bundle.MODULES}
    assert {name.split("/")[0] for name in inside} == {"services", "shared"}
    assert {name.split("/")[1] for name in inside if name.startswith("services/")} == {"__init__.py", service}
    assert not [name for name in inside if set(name.split("/")) & set(FOREIGN)]
    assert {Path(name).suffix for name in code} == {".py"}
    assert {Path(name).suffix for name in data} == {".json"}
    assert "shared/texts/zh-CN.json" in data


def test_modules_that_no_handler_imports_stay_at_home(built: Built) -> None:
    assert "services/compliance/score.py" not in modules(built.code("compliance"))
    tools = {f"services/orders/{name}.py" for name in ("importing", "history", "bulk")}
    assert tools.isdisjoint(modules(built.code("orders")))
    assert "shared/ledger/book.py" not in modules(built.code("notifications"))
    assert "shared/ledger/book.py" in modules(built.code("points"))


def test_what_makes_keys_and_tokens_is_where_they_are_handed_out_and_nowhere_else(built: Built) -> None:
    makers = {service for service in SERVICES if "shared/minting.py" in modules(built.code(service))}

    assert makers == {"admin", "profiles"}
    assert all("shared/keys.py" in modules(built.code(service)) for service in SERVICES)


@pytest.mark.parametrize("service", SERVICES)
def test_a_zip_is_small(service: str, built: Built) -> None:
    assert built.code(service).stat().st_size < CODE_MAX


def test_the_layer_has_what_runs_and_not_what_only_describes(built: Built) -> None:
    inside = names(built.layer)
    described = {
        name.split("/")[3] for name in inside if name.startswith("python/botocore/data/") and name.count("/") > 4
    }

    assert built.layer.stat().st_size < LAYER_MAX
    assert described == aws.SERVICES | {"s3"}
    assert not [name for name in inside if set(name.split("/")) & {*FOREIGN, "bin"}]
    assert "python/tzdata/zoneinfo/Asia/Shanghai" in inside
    assert "python/chalice/app.pyc" in inside


def test_the_layer_describes_what_functions_call_and_nothing_else(built: Built, layer_folder: Path) -> None:
    for service, operations in called_operations().items():
        (path,) = (layer_folder / "python" / "botocore" / "data" / service).rglob("service-2.json")
        described = json.loads(path.read_text("utf-8"))
        assert set(described["operations"]) == operations
        assert described["metadata"]["serviceId"].lower() == service


def test_what_is_described_is_described_whole(layer_folder: Path) -> None:
    """Botocore follows every shape, as making each request and reading each answer and refusal does."""
    loader = Loader([str(layer_folder / "python" / "botocore" / "data")], include_default_search_paths=False)
    for service in aws.SERVICES:
        ours, all_of_it = (
            ServiceModel(each.load_service_model(service, "service-2"), service) for each in (loader, Loader())
        )
        for name in ours.operation_names:
            assert spelled_out(ours.operation_model(name)) == spelled_out(all_of_it.operation_model(name))


def test_an_operation_of_which_nobody_speaks_is_not_there(layer_folder: Path) -> None:
    (path,) = (layer_folder / "python" / "botocore" / "data" / "dynamodb").rglob("service-2.json")

    assert "CreateTable" not in path.read_text("utf-8")


def test_the_layer_for_the_other_machine_is_as_small(tmp_path: Path) -> None:
    """The one that is shipped is not the one that tests can run."""
    shipped = tmp_path / "layer.zip"

    make_layer("arm64", shipped)

    assert shipped.stat().st_size < LAYER_MAX
    assert any("aarch64" in name for name in names(shipped))


def test_the_manifest_names_every_file_by_its_content(built: Built) -> None:
    manifest = json.loads(built.manifest.read_text("utf-8"))

    files = {path: hashlib.sha256((built.folder / path).read_bytes()).hexdigest() for path in manifest["sha256"]}

    assert files == manifest["sha256"]
    assert len(files) == 1 + 2 * len(SERVICES)
    assert manifest["services"] == list(SERVICES)


def test_the_same_sources_give_the_same_bytes_wherever_and_whenever_they_were_written(tmp_path: Path) -> None:
    digests = set()
    for place, written_at in (("here", 1_000_000_000), ("there", 1_700_000_000)):
        folder = tmp_path / place / "code"
        # Named in another order than they are found in.
        for name in sorted(("app.py", "b/__init__.py", "b/c.json"), reverse=place == "there"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text('SOME = {"x", "y", "z"}\n' if name.endswith(".py") else "{}")
            os.utime(folder / name, (written_at, written_at))
        compile_to_bytecode(folder, "/var/task", ours=True)
        write_zip(folder, tmp_path / f"{place}.zip")
        digests.add((tmp_path / f"{place}.zip").read_bytes())

    assert len(digests) == 1


def test_a_second_build_gives_the_same_bytes(built: Built, tmp_path: Path) -> None:
    from infra.package.build import build_service

    again = Built(tmp_path, built.arch)

    build_service("points", "prod", again)

    assert again.code("points").read_bytes() == built.code("points").read_bytes()
    assert again.template("points").read_bytes() == built.template("points").read_bytes()


def test_a_layer_that_was_made_before_is_not_made_again(built: Built, tmp_path: Path) -> None:
    kept = {path: path.stat().st_mtime_ns for path in (BUILD / "layers").glob("*.zip")}

    make_layer(built.arch, tmp_path / "layer.zip")

    assert (tmp_path / "layer.zip").read_bytes() == built.layer.read_bytes()
    assert {path: path.stat().st_mtime_ns for path in (BUILD / "layers").glob("*.zip")} == kept


def test_traces_name_the_places_that_lambda_unpacks_to(built: Built, layer_folder: Path) -> None:
    ids = modules(built.code("points"))["shared/ids.py"]

    assert ids.co_filename == "/var/task/shared/ids.py"
    assert b"/opt/python/pynamodb/models.py" in (layer_folder / "python" / "pynamodb" / "models.pyc").read_bytes()
    assert str(ROOT).encode() not in marshal.dumps(ids)
