"""A service as Chalice wants it: config and policies in .chalice, code under vendor, an app.py that names handlers."""

import json
import shutil
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import grimp
import yaml

from infra.package.functions import ROOT, Function, settings_folder

BASE = Path(__file__).with_name("service-base.yaml")
LEFT_OUT = ("__pycache__", "*.pyc", "*.md", "py.typed", ".chalice", "tests", "console")
"""``console`` is static pages, served from elsewhere."""


def read_base() -> dict[str, Any]:
    """What every service shares."""
    base: dict[str, Any] = yaml.safe_load(BASE.read_text("utf-8"))
    return base


def merged(under: Any, over: Any) -> Any:
    """``over`` put on ``under``: dictionaries are joined, anything else is replaced."""
    if not (isinstance(under, Mapping) and isinstance(over, Mapping)):
        return over
    joined = {name: merged(value, over[name]) if name in over else value for name, value in under.items()}
    return joined | {name: value for name, value in over.items() if name not in under}


def assemble(service: str, functions: Iterable[Function], arch: str, folder: Path) -> None:
    """Make ``folder`` anew from the service's sources: the modules its app imports, and the data beside them."""
    shutil.rmtree(folder, ignore_errors=True)
    ignore = _ignore_but(_needed(service))
    for tree in (Path("shared"), Path("services", service)):
        shutil.copytree(ROOT / tree, folder / "vendor" / tree, ignore=ignore)
    shutil.copy(ROOT / "services" / "__init__.py", folder / "vendor" / "services")
    names = ", ".join(sorted(function.attribute for function in functions))
    (folder / "app.py").write_text(f"from services.{service}.app import {names}\n", "utf-8")
    _settle(service, functions, arch, folder / ".chalice")


def _needed(service: str) -> frozenset[str]:
    """The modules that the service's app imports, directly or not, wherever in its code, and their packages."""
    app = f"services.{service}.app"
    modules = {app, *_imports().find_upstream_modules(app)}
    return frozenset(module.rsplit(".", n)[0] for module in modules for n in range(module.count(".") + 1))


@cache
def _imports() -> grimp.ImportGraph:
    return grimp.build_graph("services", "shared", cache_dir=None)


def _ignore_but(needed: frozenset[str]) -> Callable[[str, list[str]], set[str]]:
    patterns = shutil.ignore_patterns(*LEFT_OUT)

    def ignore(folder: str, names: list[str]) -> set[str]:
        package = ".".join(Path(folder).relative_to(ROOT).parts)
        modules = {name: f"{package}.{name[:-3]}".removesuffix(".__init__") for name in names if name.endswith(".py")}
        return patterns(folder, names) | {name for name, module in modules.items() if module not in needed}

    return ignore


def _settle(service: str, functions: Iterable[Function], arch: str, folder: Path) -> None:
    folder.mkdir()
    own = json.loads((settings_folder(service) / "config.json").read_text("utf-8"))
    given = {
        "api_gateway_stage": service,  # the address begins with it, as on the local stack
        "lambda_architecture": arch,
        "lambda_functions": {each.chalice_name: {"iam_policy_file": each.policy_file.name} for each in functions},
    }
    config = merged(merged(read_base()["config"], given), own)
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    for function in functions:
        shutil.copy(function.policy_file, folder)
