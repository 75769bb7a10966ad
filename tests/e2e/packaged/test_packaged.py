"""What `make build` makes, deployed from its templates, with nobody allowed more than the policies say."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from infra.openapi import SERVICES, contracts
from infra.package.functions import Function, all_functions
from tests.compliance.chat import a_line, an_answer
from tests.e2e.packaged.errands import ERRANDS
from tests.e2e.packaged.installation import PREFIX, Refused
from tests.e2e.packaged.world import SHOP, World
from tests.faults.harness.effort import effort

FUNCTIONS = {f"{function.service}.{function.name}": function for function in all_functions()}
Permission = tuple[str, str, str]
"""Function, action, resource."""


def named(resource: str) -> str:
    """``table/entries`` or ``notifications``: a resource without the account, or the installation's prefix."""
    name = re.sub(rf"^arn:[^:]+:[^:]+:[^:]*:[^:]*:|{PREFIX}-", "", resource)
    # A bucket's name has the account and region in it, and what lies in it is granted as a whole.
    return re.sub(r"^(anchors)-[^/]+/.+$", r"\1/*", name)


class TestTheFirstWalk:
    def test_a_shopper_checks_in_and_is_told_so_and_a_second_click_changes_nothing(self, world: World) -> None:
        customer = world.new("xiaolin")
        token, path = world.token(customer), f"/activities/v1/activities/{world.activity}/participations"

        first = world.at.ask("POST", path, token, {"input": {}}, Idempotency_Key="k1")
        clicked = world.at.ask("POST", path, token, {"input": {}}, Idempotency_Key="k1")
        tabbed = world.at.ask("POST", path, token, {"input": {}}, Idempotency_Key="k2")

        assert (first.status, first.told["balance"]) == (201, 5)
        assert (clicked.told, clicked.headers["idempotent-replayed"]) == (first.told, "true")
        assert (tabbed.status, tabbed.told["code"]) == (409, "already_participated")
        assert world.at.done("GET", "/points/v1/me/account", token)["available"] == 5
        # By the stream, the relay, the queue and the consumer, none of which anybody here calls.
        (item,) = world.at.eventually(lambda: inbox(world, token, "zh-CN"))
        assert item["title"] == "签到成功：+5 积分"

    def test_nobody_without_a_credential_gets_past_the_gateway(self, world: World) -> None:
        reply = world.at.ask("GET", "/points/v1/me/account", Accept_Language="zh-CN")

        assert (reply.status, reply.told["code"]) == (401, "unauthenticated")
        assert reply.headers["content-type"] == "application/problem+json"


def inbox(world: World, token: str, language: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = world.at.done("GET", "/notifications/v1/me/inbox", token, Accept_Language=language)[
        "items"
    ]
    return items


class TestTheNight:
    def test_chat_becomes_a_score_by_itself(self, world: World) -> None:
        """In by a signed call, packed and scored by the queues."""
        day, path = "2026-02-02", "/compliance/v1/admin/scores"
        said = [
            a_line(f"{day}T10:00:00+08:00", customer_id="a"),
            an_answer(f"{day}T10:00:30+08:00", customer_id="a"),
            a_line(f"{day}T11:00:00+08:00", customer_id="b"),
        ]

        world.signed(f"/compliance/v1/shops/{SHOP}/messages", {"type": "chat.messages", "messages": said})

        scored = world.at.eventually(lambda: world.at.ask("GET", f"{path}/{day}", world.owner).told.get("reply"))
        assert scored["rate"] == "1/2"

    def test_what_falls_due_is_scored(self, world: World) -> None:
        (tick,) = ERRANDS["compliance.tick"]

        tick(world)

        queued = world.at.client("sqs").get_queue_url(QueueName=f"{PREFIX}-scoring")["QueueUrl"]
        world.at.eventually(lambda: left(world, queued) == 0)


def left(world: World, queue: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    told = world.at.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return sum(int(count) for count in told.values())


@pytest.fixture(scope="module")
def busy(world: World) -> World:
    """Everything that functions do was done once."""
    for each in ERRANDS.values():
        for errand in each:
            errand(world)
    return world


class TestPermissions:
    def test_every_function_has_its_errands(self) -> None:
        assert ERRANDS.keys() == FUNCTIONS.keys()

    def test_every_route_was_asked_and_answered(self, busy: World) -> None:
        unasked = [
            f"{contract.method} /{contract.service}{contract.path}"
            for contract in contracts()
            if not any(asked(contract.method, f"/{contract.service}{contract.path}", *each) for each in busy.at.routes)
        ]

        assert unasked == []

    def test_nothing_is_granted_that_is_not_used(self, busy: World) -> None:
        granted = {name: set(own_permissions(busy, function)) for name, function in FUNCTIONS.items()}
        used: dict[str, set[tuple[str, str]]] = {name: set() for name in FUNCTIONS}
        for session, action, resource in busy.at.permissions_used():
            used[by_session()[session]].add((action, named(resource)))

        assert used == granted

    @pytest.mark.parametrize("service", SERVICES)
    def test_a_permission_taken_away_is_missed_and_given_back_heals(self, world: World, service: str) -> None:
        mine = [function for function in FUNCTIONS.values() if function.service == service]
        every = [(each, *permission) for each in mine for permission in sorted(own_permissions(world, each))]
        # One in the middle of each service, on every run.
        some = every if effort(0, 1) else every[len(every) // 2 :][:1]

        for function, action, resource in some:
            whole = world.at.policy(function)[2]
            world.at.set_policy(function, without(whole, action, resource))
            assert not runs(world, function), f"{service}.{function.name} does without {action} on {resource}"
            world.at.set_policy(function, whole)
            assert runs(world, function), f"{service}.{function.name} did not heal"


def asked(method: str, template: str, done: str, path: str) -> bool:
    return done == method and re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", template), path) is not None


def by_session() -> dict[str, str]:
    """What a role session is called → function."""
    return {function.deployed_name.removeprefix("${Prefix}-"): name for name, function in FUNCTIONS.items()}


def own_permissions(world: World, function: Function) -> Iterator[tuple[str, str]]:
    """What the policy file grants. What Lambda needs besides, the emulator does not ask for."""
    own = {each["Sid"] for each in json.loads(function.policy_file.read_text("utf-8"))["Statement"]}
    for statement in world.at.policy(function)[2]["Statement"]:
        if statement["Sid"] in own:
            # Nobody lists a bucket; but who may not is told that what is missing is forbidden.
            asked = (action for action in statement["Action"] if action != "s3:ListBucket")
            yield from ((action, named(statement["Resource"])) for action in asked)


def without(policy: dict[str, Any], action: str, resource: str) -> dict[str, Any]:
    """The policy without one action on one resource."""

    def cut(statement: dict[str, Any]) -> dict[str, Any]:
        if named(statement["Resource"]) != resource:
            return statement
        return statement | {"Action": [each for each in statement["Action"] if each != action]}

    statements: Sequence[dict[str, Any]] = [cut(each) for each in policy["Statement"]]
    return policy | {"Statement": [each for each in statements if each["Action"]]}


def runs(world: World, function: Function) -> bool:
    """Whether the function does what it is asked to."""
    try:
        for errand in ERRANDS[f"{function.service}.{function.name}"]:
            errand(world)
    except Refused:
        return False
    return True
