"""What API Gateway answers by itself looks like every other refusal. The emulator does not: this reads templates."""

import json
from typing import Any

import pytest

from infra.openapi import SERVICES
from infra.package.gateway import ANY, INTEGRATION, RESPONSES
from shared import texts
from shared.http.problems import STATUS

NOT_OURS = {"INTEGRATION_FAILURE": 502, "INTEGRATION_TIMEOUT": 504}
"""Where API Gateway knows more than "internal" says."""


@pytest.fixture(params=SERVICES)
def document(request: pytest.FixtureRequest, templates: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = templates[request.param]["Resources"]["RestAPI"]["Properties"]["Body"]
    return found


def body(response: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(response["responseTemplates"]["application/json"])
    return told


def test_every_refusal_is_a_problem_with_its_own_status(document: dict[str, Any]) -> None:
    for kind, response in document[RESPONSES].items():
        told = body(response)
        assert set(told) >= {"type", "title", "status", "detail", "code"}
        assert str(told["status"]) == response["statusCode"]
        assert told["status"] == NOT_OURS.get(kind, STATUS[told["code"]])
        assert response["responseParameters"]["gatewayresponse.header.Content-Type"] == "'application/problem+json'"
        assert response["responseParameters"]["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'"


def test_an_address_that_is_not_there_is_not_found(document: dict[str, Any]) -> None:
    """Without this API Gateway says 403, Missing Authentication Token."""
    for kind in ("MISSING_AUTHENTICATION_TOKEN", "INVALID_SIGNATURE", "ACCESS_DENIED", "RESOURCE_NOT_FOUND"):
        assert document[RESPONSES][kind]["statusCode"] == "404"


def test_who_is_throttled_is_told_when_to_come_back(document: dict[str, Any]) -> None:
    throttled = document[RESPONSES]["THROTTLED"]

    assert throttled["responseParameters"]["gatewayresponse.header.Retry-After"] == "'1'"
    assert body(throttled)["retry_after_s"] == 1


def test_a_refusal_is_said_in_every_language(document: dict[str, Any]) -> None:
    told = body(document[RESPONSES]["MISSING_AUTHENTICATION_TOKEN"])

    for language in texts.LANGUAGES:
        assert texts.say(language, "title.not_found") in told["title"]
        assert texts.say(language, "error.not_found") in told["detail"]


def test_no_sentence_names_a_fact_that_nobody_filled_in(document: dict[str, Any]) -> None:
    spoken = json.dumps(document[RESPONSES], ensure_ascii=False)

    assert "{request_id}" not in spoken
    assert "{limit}" not in spoken
    assert "{retry_after_s}" not in spoken
    assert "$context.requestId" in body(document[RESPONSES]["DEFAULT_5XX"])["detail"]


def test_a_method_that_an_address_does_not_take_is_405_and_named_in_allow(document: dict[str, Any]) -> None:
    for methods in document["paths"].values():
        declared = {method.upper() for method in methods} - {ANY.upper()}
        answer = methods[ANY][INTEGRATION]["responses"]["default"]
        allowed = answer["responseParameters"]["method.response.header.Allow"].strip("'")
        assert set(allowed.split(", ")) == declared
        assert (answer["statusCode"], body(answer)["code"]) == ("405", "method_not_allowed")
        # A header that the method does not declare is not sent.
        sent = {name.rpartition(".")[2] for name in answer["responseParameters"]}
        assert sent == set(methods[ANY]["responses"]["405"]["headers"])


def test_every_address_answers_a_browser_that_asks_first(document: dict[str, Any]) -> None:
    for methods in document["paths"].values():
        headers = methods["options"][INTEGRATION]["responses"]["default"]["responseParameters"]
        assert headers["method.response.header.Access-Control-Allow-Origin"] == "'*'"
        assert "Idempotency-Key" in headers["method.response.header.Access-Control-Allow-Headers"]
