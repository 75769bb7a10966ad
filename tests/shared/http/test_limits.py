"""How often one caller may ask."""

from datetime import datetime, timedelta

import pytest

from shared import clock
from shared.errors import RateLimited
from shared.http import limits
from shared.http.limits import WINDOW_S, Limit
from tests.support.asking import ask
from tests.support.shop import MovableClock, TestShop, activities


class Ticking(MovableClock):
    """Machine time that stands until it is moved."""

    def machine_now(self) -> datetime:
        return self.at


def test_the_quota_is_counted_down_in_every_answer() -> None:
    limit = Limit(3)

    with clock.using(Ticking()):
        told = [limit.count("amei")["RateLimit"] for _ in range(3)]

    assert told == ['"caller";r=2;t=10', '"caller";r=1;t=10', '"caller";r=0;t=10']


def test_one_over_the_quota_is_told_when_to_come_back_and_then_is_let_in() -> None:
    limit, time = Limit(2), Ticking()

    with clock.using(time):
        limit.count("amei")
        time.at += timedelta(seconds=4)
        limit.count("amei")
        with pytest.raises(RateLimited) as refused:
            limit.count("amei")
        time.at += timedelta(seconds=WINDOW_S - 4)
        again = limit.count("amei")

    assert refused.value.facts["retry_after_s"] == WINDOW_S - 4
    assert again["RateLimit"] == '"caller";r=1;t=10'


def test_one_caller_does_not_use_up_anothers_quota() -> None:
    limit = Limit(1)

    limit.count("amei")
    limit.count("laozhou")

    with pytest.raises(RateLimited):
        limit.count("amei")


def test_the_answer_is_a_problem_with_retry_after_in_the_callers_language(tea: TestShop) -> None:
    before, limits.callers = limits.callers, Limit(1)
    try:
        first = ask(activities, "GET", "/v1/activities", bearer=tea.token())
        refused = ask(activities, "GET", "/v1/activities", bearer=tea.token(), language="zh-CN")
        somebody_else = ask(activities, "GET", "/v1/activities", bearer=tea.token("u2"))
    finally:
        limits.callers = before

    assert (first.status, refused.status, somebody_else.status) == (200, 429, 200)
    assert first.headers["ratelimit-policy"] == '"caller";q=1;w=10'
    assert refused.code == "rate_limited"
    assert 1 <= int(refused.headers["retry-after"]) <= WINDOW_S
    assert "秒后再试" in refused.json["detail"]


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("203.0.113.7, 130.176.0.1", "203.0.113.7"),  # through CloudFront
        ("10.9.9.9, 203.0.113.7, 130.176.0.1", "203.0.113.7"),  # and a proxy before it, or a lie
        ("2001:db8::7,130.176.0.1", "2001:db8::7"),
        ("130.176.0.1", "130.176.0.1"),  # straight to the API
        (None, "130.176.0.1"),
        ("x" * 5000 + ", 130.176.0.1", "x" * 45),
    ],
)
def test_a_visitor_is_who_asked_cloudfront_not_cloudfront(forwarded: str | None, counted: str) -> None:
    headers = {} if forwarded is None else {"x-forwarded-for": forwarded}

    assert limits.address(headers, {"identity": {"sourceIp": "130.176.0.1"}}) == counted


def test_visitors_behind_the_same_edge_do_not_use_up_each_others_quota(tea: TestShop) -> None:
    before, limits.callers = limits.callers, Limit(1)
    try:
        answers = [
            ask(
                activities,
                "GET",
                "/v1/activities",
                query={"shop": tea.id},
                headers={"X-Forwarded-For": f"{who}, 130.1.1.1"},
            )
            for who in ("203.0.113.7", "203.0.113.8", "203.0.113.7")
        ]
    finally:
        limits.callers = before

    assert [answer.status for answer in answers] == [200, 200, 429]
