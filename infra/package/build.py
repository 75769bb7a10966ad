"""`make build`: every service's code and template, the shared layer, and a manifest of what was made."""

import json
import shutil
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.openapi import SERVICES
from infra.package import framework, template
from infra.package.archive import compile_to_bytecode, sha256, write_zip
from infra.package.assemble import assemble, read_base
from infra.package.functions import ROOT, functions_of
from infra.package.layer import FRAMEWORK, RUNTIME, make_layer

BUILD = ROOT / "build"
CODE_FOLDER = "/var/task"
"""Where Lambda unpacks a function's code."""
AT_ONCE = 2


@dataclass(frozen=True)
class Built:
    """What one stage's build consists of, under ``folder``."""

    folder: Path
    arch: str

    @property
    def layer(self) -> Path:
        return self.folder / f"layer-{self.arch}.zip"

    def code(self, service: str) -> Path:
        return self.folder / service / "code.zip"

    def template(self, service: str) -> Path:
        return self.folder / service / "template.json"

    @property
    def manifest(self) -> Path:
        return self.folder / "manifest.json"


def build(stage: str, arch: str, root: Path = BUILD) -> Built:
    """Build everything for a stage. Raises PackageFailed, or whatever a service's app raises when it is imported."""
    built = Built(root / stage, arch)
    built.folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        layer = pool.submit(make_layer, arch, built.layer)
        for ended in [pool.submit(build_service, service, stage, built) for service in SERVICES]:
            ended.result()
        layer.result()
    _write_manifest(built, stage)
    return built


def build_service(service: str, stage: str, built: Built) -> None:
    functions = functions_of(service)
    folder = built.folder / service
    source, packaged = folder / "src", folder / "packaged"
    assemble(service, functions, built.arch, source)
    sam = framework.package(source, stage, packaged)
    _write_code(packaged / "deployment.zip", built.code(service))
    _write_json(built.template(service), template.finish(sam, service, functions, read_base()))
    shutil.rmtree(packaged)


def _write_code(deployment: Path, target: Path) -> None:
    """Chalice's zip with compiled modules, and without the framework, which is in the layer."""
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        folder = Path(scratch)
        with zipfile.ZipFile(deployment) as archive:
            archive.extractall(folder)
        if {path.name for path in (folder / FRAMEWORK).iterdir()} != set(RUNTIME):
            raise framework.PackageFailed(f"{deployment}: this version of Chalice needs more of itself in the layer.")
        shutil.rmtree(folder / FRAMEWORK)
        compile_to_bytecode(folder, CODE_FOLDER, ours=True)
        write_zip(folder, target)


def _write_manifest(built: Built, stage: str) -> None:
    files = [built.layer, *(file for service in SERVICES for file in (built.code(service), built.template(service)))]
    named = {file.relative_to(built.folder).as_posix(): sha256(file) for file in files}
    _write_json(built.manifest, {"stage": stage, "arch": built.arch, "services": list(SERVICES), "sha256": named})


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
