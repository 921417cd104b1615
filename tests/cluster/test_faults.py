"""Three servers under every fault in turn: `bin/test --long tests/cluster/test_faults.py`."""

import pytest

from tests.cluster.faults import run


async def test_nothing_is_lost_doubled_or_out_of_order(pytestconfig: pytest.Config) -> None:
    if not pytestconfig.getoption("--long"):
        pytest.skip("two minutes of faults: only with --long")
    report = await run(seconds=90, rate=100, seed=20_261_130, within=4.0)
    assert not report.problems
    assert report.faults >= 5
    assert report.acknowledged > 500
    assert report.moves > 100
