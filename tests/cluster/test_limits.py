"""Several servers are not as many guesses at a password."""

from typing import Any

import aiohttp
import pytest

from messenger.http.plumbing import keys
from messenger.http.plumbing.limits import Limits
from messenger.rules.accounts import username_key
from tests.live.conftest import Stage
from tests.waiting import until


@pytest.fixture
def settings(settings: dict[str, str]) -> dict[str, str]:
    return settings | {"AUTH_RATE_LIMIT_MAX_REQUESTS": "4"}


def limits_of(stage: Stage) -> Limits:
    found: Limits = stage.server.runner.app[keys.LIMITS]
    return found


async def guess(stage: Stage) -> int:
    given = {"username": "alice", "password": "no such password"}
    async with (
        aiohttp.ClientSession() as http,
        http.post(f"{stage.base}/api/v1/auth/login", json=given) as answer,
    ):
        return answer.status


async def test_guesses_are_counted_together(near: Stage, far: Stage) -> None:
    key = ("login", username_key("alice"), "127.0.0.1")
    for turn in range(4):
        stage = (near, far)[turn % 2]
        assert await guess(stage) == 401
        for one in (near, far):
            await until(lambda one=one, turn=turn: limits_of(one)._window.wait(key, turn + 1) > 0)
    assert [await guess(near), await guess(far)] == [429, 429]
    # Who has signed in on the one may be wrong again on both.
    limits_of(near).succeeded(username_key("alice"), "127.0.0.1")
    await until(lambda: limits_of(far)._window.wait(key, 1) == 0)
    assert await guess(far) == 401


@pytest.mark.parametrize(
    "signal",
    [["tried"], ["tried", 1, ["login"]], ["tried", False, []], ["tried", False, [["x"]]], [7]],
)
def test_a_signal_that_is_none_counts_nothing(signal: list[Any]) -> None:
    class Given:
        auth_rate_limit_max_requests = 1
        auth_rate_limit_window_seconds = 60

    limits = Limits(Given())  # type: ignore[arg-type]
    limits.hear(signal)
    assert len(limits._window) + len(limits._hour) == 0
