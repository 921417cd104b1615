"""A few kills in every test run; `python -m tests.faults.crashes` does twenty."""

from tests.faults.crashes import crash


async def test_no_acknowledged_message_is_lost_to_kill_9() -> None:
    report = await crash(rounds=2, people=6, seed=20_261_121, within=30.0)
    assert not report.problems
    assert report.acknowledged > 100
