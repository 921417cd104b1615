"""Every server knows of all of them, and says which one a figure is of."""

import re

import aiohttp
import pytest

from messenger.actors import elsewhere
from messenger.cluster.nodes import Node
from tests.live.conftest import Stage
from tests.waiting import until


def known(stage: Stage) -> list[Node]:
    return stage.server.peers.known()


async def test_servers_are_listed_and_forgotten(
    near: Stage, far: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    await far.client("bob")
    for one in (near, far):
        await until(lambda one=one: sum(node.connections for node in known(one)) == 1)
    ours, theirs = known(near)
    assert ours.lag_ms is None
    assert theirs.lag_ms is not None
    assert ours.version == theirs.version
    assert [node.leads for node in known(near)].count(True) <= 1
    await far.server.stop()
    monkeypatch.setattr(elsewhere, "SILENT", 0.5)
    await until(lambda: len(known(near)) == 1)


async def test_metrics_say_of_which_server_they_are(near: Stage) -> None:
    async with aiohttp.ClientSession() as http, http.get(f"{near.base}/metrics") as answer:
        lines = [line for line in (await answer.text()).splitlines() if line[0] != "#"]
    assert lines
    assert all(re.search(r'[{,]node="[^"]+"[,}]', line) for line in lines)


async def test_what_a_server_of_another_version_says_of_itself_is_left_out(near: Stage) -> None:
    near.server.directory.presence.elsewhere.tell_of("other", ["in", "words", 1])
    assert len(known(near)) == 1
