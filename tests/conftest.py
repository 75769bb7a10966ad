"""The environment every test starts in, and the rule that no test is left out silently."""

import os
from collections.abc import Generator

import pytest

# Before any project module is imported: shared.settings reads these once.
os.environ.setdefault("REGULARS_PREFIX", "test")
# Tests ask faster than people; those of the limit itself set their own.
os.environ.setdefault("REGULARS_RATE_LIMIT", "1000000")
os.environ.update(
    AWS_ACCESS_KEY_ID="test",
    AWS_SECRET_ACCESS_KEY="test",
    AWS_REGION="us-east-1",
    AWS_DEFAULT_REGION="us-east-1",
)
for leftover in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL"):
    os.environ.pop(leftover, None)

pytest_plugins = ["tests.support.figures", "tests.support.fixtures", "tests.support.browser"]


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Report a skipped or expected-to-fail test as failed: a test that does not run proves nothing."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.__dict__.pop("wasxfail", None)  # with it, pytest would not count the failure
        report.longrepr = f"{item.nodeid} was skipped or is expected to fail: mend it or delete it."
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Report a module that skips itself as broken."""
    report = yield
    if report.skipped:
        report.outcome = "failed"
        report.longrepr = f"{collector.nodeid} skips itself: mend it or delete it."
    return report
