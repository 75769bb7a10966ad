"""The one session does for our services all that botocore does, and nothing that it does for others."""

from typing import Any

import pytest
from botocore import handlers
from botocore.session import Session

from shared import aws

OPERATIONS = {"dynamodb": "TransactWriteItems", "kms": "Decrypt", "sqs": "SendMessageBatch"}
MOMENTS = (
    "before-parameter-build",
    "before-call",
    "request-created",
    "choose-signer",
    "before-sign",
    "before-send",
    "response-received",
    "needs-retry",
    "after-call",
    "after-call-error",
    "provide-client-params",
    "getattr",
)


def asked(session: Session, event: str) -> list[Any]:
    """Whom botocore asks when ``event`` happens, in order."""
    emitter: Any = session.get_component("event_emitter")._emitter
    return list(emitter._handlers.prefix_search(event))


def events() -> list[str]:
    """Everything that can happen to a client of ours: what botocore listens to anywhere, and more."""
    listened = {spec[0].partition(".")[0] for spec in handlers.BUILTIN_HANDLERS} - {"docs"}
    whole = [f"{moment}.{name}.{OPERATIONS[name]}" for moment in listened | set(MOMENTS) for name in OPERATIONS]
    return sorted([*whole, "choose-service-name", *(f"creating-client-class.{name}" for name in OPERATIONS)])


def test_every_service_has_an_operation_here() -> None:
    assert set(OPERATIONS) == aws.SERVICES


@pytest.mark.parametrize("event", events())
def test_the_session_does_for_our_services_all_that_botocore_does(event: str) -> None:
    assert asked(aws._Session(), event) == asked(Session(), event)


def test_something_is_done_so_that_the_comparison_can_fail() -> None:
    assert handlers._handle_sqs_compatible_error in asked(aws._Session(), "after-call.sqs.SendMessage")
    assert handlers.inject_api_version_header_if_needed in asked(aws._Session(), "before-call.kms.Decrypt")


@pytest.mark.parametrize("event", ["before-parameter-build.s3.PutObject", "before-call.ec2.CopySnapshot"])
def test_what_is_of_use_to_others_only_is_left_out(event: str) -> None:
    general = event.partition(".")[0]

    assert asked(Session(), event) != asked(Session(), general)
    assert asked(aws._Session(), event) == asked(aws._Session(), general)
