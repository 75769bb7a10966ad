"""The Lambda functions of a service, found where they are registered: in its Chalice app."""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from infra.openapi import SERVICES

ROOT = Path(__file__).resolve().parents[2]
API = "api"


@dataclass(frozen=True)
class Function:
    """One Lambda function. ``name`` is what it was registered as (``api`` for all routes of the service together),
    ``attribute`` what the service's app.py calls it.
    """

    service: str
    name: str
    attribute: str

    @property
    def chalice_name(self) -> str:
        """What Chalice and its config.json call it."""
        return "api_handler" if self.name == API else self.name

    @property
    def logical_id(self) -> str:
        """What the template calls it; Chalice's own choice."""
        return "APIHandler" if self.name == API else _logical(self.name)

    @property
    def role_id(self) -> str:
        return f"{_logical(self.chalice_name)}Role"

    @property
    def log_group_id(self) -> str:
        return f"{_logical(self.chalice_name)}LogGroup"

    @property
    def deployed_name(self) -> str:
        """What it is called in an account, once ``Prefix`` is put in."""
        return f"${{Prefix}}-{self.service}-{self.name.replace('_', '-')}"

    @property
    def policy_file(self) -> Path:
        """What its own code may do."""
        return settings_folder(self.service) / f"policy-{self.name}.json"


def _logical(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def settings_folder(service: str) -> Path:
    """The service's .chalice folder: config.json, and a policy for each of its functions."""
    return ROOT / "services" / service / ".chalice"


def functions_of(service: str) -> tuple[Function, ...]:
    """The service's functions, its routes first."""
    app: Any = importlib.import_module(f"services.{service}.app").app
    registered = [*app.event_sources, *app.pure_lambda_functions, *app.builtin_auth_handlers]
    return (
        Function(service, API, "app"),
        *(Function(service, each.name, _attribute(each.handler_string)) for each in registered),
    )


def _attribute(handler: str) -> str:
    module, _, attribute = handler.rpartition(".")
    if module != "app":
        raise ValueError(f"{handler}: Lambda would look for it past the generated app.py.")
    return attribute


def all_functions() -> tuple[Function, ...]:
    """Every function of every service."""
    return tuple(function for service in SERVICES for function in functions_of(service))
