"""A standby takes over while people write: what was acknowledged is there, or its loss is said."""

import pytest

from tests.cluster.promotion import promote


@pytest.mark.parametrize("synchronous", [True, False])
async def test_what_a_promotion_loses_is_said(
    request: pytest.FixtureRequest, synchronous: bool
) -> None:
    if not request.config.getoption("--long"):
        pytest.skip("a minute of PostgreSQL: only with --long")
    report = await promote(synchronous, seconds=4.0)
    report.judge()
    assert not report.problems
