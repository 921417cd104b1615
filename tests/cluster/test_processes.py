"""Several servers behind one port, killed one after the other while people write."""

from tests.faults.crashes import crash


async def test_no_acknowledged_message_is_lost_when_one_of_several_servers_is_killed() -> None:
    report = await crash(rounds=2, people=6, seed=20_261_130, within=120.0, processes=2)
    assert not report.problems
    assert report.acknowledged > 100
