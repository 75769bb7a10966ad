"""Ways in under faults: whatever call fails, a code opens at most one session, and a new code can be had."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from services.profiles.app import app
from shared import vault
from tests.faults.harness.handlers import breaks
from tests.faults.harness.injector import Crash, Injector, every_fault, fault_injection
from tests.profiles.test_links import a_code, asks_for_link, opens
from tests.support.asking import Reply, ask
from tests.support.shop import TestShop, forget_everything, open_shop
from tests.support.tables import Platform


@pytest.fixture
def injector(moto_platform: Platform) -> Iterator[Injector]:
    moto_platform.fresh()
    with fault_injection() as injector:
        yield injector


@pytest.fixture
def tea(injector: Injector) -> TestShop:
    forget_everything()
    return open_shop()


def answered(act: Callable[[], Reply]) -> Reply | None:
    """What was answered; None when the process died."""
    try:
        return act()
    except Crash:
        return None


@breaks("POST /profiles/v1/shops/{shop}/links")
def test_a_signed_call_is_taken_once_whatever_fails(injector: Injector, tea: TestShop) -> None:
    calls = injector.calls_of(lambda: asks_for_link(tea, message_id="sound"))
    assert calls

    for number, fault in enumerate(every_fault(len(calls))):
        message = f"call-{number}"
        forget_everything()
        with injector.armed(fault):
            first = answered(partial(asks_for_link, tea, message_id=message))
        again = asks_for_link(tea, message_id=message)

        taken = [reply for reply in (first, again) if reply and reply.status == 201]
        assert len(taken) <= 1, fault
        assert again.status in (201, 409), fault
        assert opens("tea", a_code(tea)).status == 201, fault


@breaks("POST /profiles/v1/sessions")
def test_a_code_opens_at_most_one_session_whatever_fails(injector: Injector, tea: TestShop) -> None:
    calls = injector.calls_of(lambda: opens("tea", a_code(tea)))[-8:]
    assert calls

    for fault in every_fault(len(calls)):
        code = a_code(tea)
        forget_everything()
        with injector.armed(fault):
            first = answered(partial(opens, "tea", code))
        again = opens("tea", code)

        assert sum(reply is not None and reply.status == 201 for reply in (first, again)) <= 1, fault
        assert opens("tea", code).status == 401, fault


@breaks("POST /profiles/v1/sessions/renew")
def test_a_session_is_renewed_again_after_whatever_failed(injector: Injector, tea: TestShop) -> None:
    vault.installation_secret("session")
    renewal = opens("tea", a_code(tea)).json["renewal"]

    def renew() -> Reply:
        forget_everything()
        return ask_renewal(renewal)

    calls = injector.calls_of(renew)
    assert calls

    for fault in every_fault(len(calls)):
        with injector.armed(fault):
            answered(renew)
        assert renew().status == 200, fault


def ask_renewal(renewal: str) -> Reply:
    return ask(app, "POST", "/v1/sessions/renew", body={"renewal": renewal})
