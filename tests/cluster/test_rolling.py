"""Two servers are replaced under load, there and back; `tests.cluster.rolling` does more of it."""

import pytest

from messenger.protocol.events import API_LEVEL
from tests.cluster.rolling import run


@pytest.mark.alone
async def test_nobody_is_refused_anything_while_servers_are_replaced() -> None:
    report = await run(rounds=2, rate=100, servers=2, seed=20_261_130)
    assert not report.problems
    assert report.restarts == 4
    assert report.levels == {API_LEVEL, API_LEVEL + 1}
    assert report.acknowledged > 500
    assert report.moves > 50
    assert report.calls > 50
