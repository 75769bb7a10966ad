"""A whole shop in this process: the front port, the services behind it on moto, and a browser that visits them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from infra.bundle import Bundle, make
from tests.embedding.street import Street, open_street
from tests.support.browser import a_context
from tests.support.tables import Platform

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE) and {"page", "context"} & set(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def street(moto_platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Street]:
    moto_platform.fresh()
    with open_street(tmp_path_factory.mktemp("street")) as street:
        yield street


@pytest.fixture(scope="session")
def bundle() -> Bundle:
    return make()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A phone of the test's own."""
    with a_context(browser, 390, 844) as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
