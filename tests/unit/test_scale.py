"""The simulation of a million sockets: what it is made of, and that the page says what it found."""

import json
import random
from pathlib import Path
from statistics import mean
from typing import Any

import msgspec
import pytest

from bench import scale
from bench.scale import Assumed, Measured, Workload

PAGE = Path(__file__).parents[2] / "docs" / "scale.md"
REPORT = PAGE.with_name("scale.measured.json")
GIVEN = Measured(
    message_us=80.0,
    delivery_us=6.0,
    database_us=40.0,
    wal_bytes=800.0,
    socket_kib=16.0,
    idle_us=2.0,
)
ASSUMED = Assumed()


@pytest.fixture
def report() -> dict[str, Any]:
    def row(measure: str, what: str, value: float) -> dict[str, Any]:
        return {"measure": measure, "what": what, "value": value}

    said = "CPU of a message {} µs, PostgreSQL's 40.0 µs, WAL 800 B"
    return {
        "rows": [
            row("D", "CPU per delivery", 6.0),
            row("E", "memory per connection of 2,000", 16.0),
            row("E", "2,000 idle", 0.4),
        ],
        "notes": [f"B: ours 9,000/s, {said.format(us)}" for us in (90.0, 80.0, 70.0)]
        + [f"B: bare 9,000/s, {said.format(10.0)}"],
    }


def test_a_report_of_the_benchmarks_is_read_in_the_units_of_the_simulation(
    report: dict[str, Any],
) -> None:
    assert scale.measured(report) == GIVEN
    for name in ("rows", "notes"):
        with pytest.raises(ValueError, match="bin/bench D E B"):
            scale.measured(report | {name: []})


def test_chats_are_as_many_and_as_large_and_as_loud_as_they_are_said_to_be() -> None:
    work = Workload()
    found = scale.chats(work)
    assert sum(each.count for each in found) == work.chats
    assert found[0].size == work.smallest
    assert work.largest / 2 < found[-1].size <= work.largest
    assert sum(each.rate for each in found) == pytest.approx(work.messages * (1 - work.direct))
    small, large = (each.rate / each.count for each in (found[0], found[-1]))
    assert large / small == pytest.approx((found[-1].size / found[0].size) ** work.talk_exponent)


@pytest.mark.parametrize(("size", "nodes"), [(10, 40), (100, 40), (5_000, 40)])
def test_as_many_nodes_read_a_chat_as_when_people_are_dealt_out(size: int, nodes: int) -> None:
    chance = random.Random(1)
    dealt = mean(len({chance.randrange(nodes) for _ in range(size)}) for _ in range(200))
    assert scale.nodes_reading(size, nodes) == pytest.approx(dealt, rel=0.03)


def test_one_process_has_no_bus_and_two_hear_of_each_other() -> None:
    small = Workload().of(10_000)
    one, two = (scale.needs(small, GIVEN, ASSUMED, nodes) for nodes in (1, 2))
    assert (one.bus, one.compared) == (0.0, 0.0)
    assert small.messages * 0.5 < two.bus < small.messages
    # The bus is what the second process costs beside.
    assert one.busy < 2 * two.busy < one.busy + two.bus * ASSUMED.bus_us / 1e6 + 1e-9


def test_the_fewest_processes_fit_and_one_less_does_not() -> None:
    work = Workload()
    found = scale.fewest(work, GIVEN, ASSUMED)
    assert scale.fits(found, ASSUMED)
    assert not scale.fits(scale.needs(work, GIVEN, ASSUMED, found.nodes - 1), ASSUMED)
    dearer = msgspec.structs.replace(GIVEN, delivery_us=12.0)
    assert scale.fewest(work, dearer, ASSUMED).nodes > found.nodes
    tight = msgspec.structs.replace(ASSUMED, node_mib=100.0)
    assert scale.fewest(work, GIVEN, tight).nodes >= 1_000_000 * 16 / 1024 / 100
    with pytest.raises(ValueError, match="do not fit"):
        scale.fewest(work, GIVEN, msgspec.structs.replace(ASSUMED, node_mib=1.0))


def test_a_reader_waits_longer_where_a_node_is_busier() -> None:
    work = Workload()
    nodes = scale.fewest(work, GIVEN, ASSUMED).nodes
    usual, many = (scale.waits(work, GIVEN, ASSUMED, count) for count in (nodes, 4 * nodes))
    assert usual[len(usual) // 2] > many[len(many) // 2] > 0
    assert usual == scale.waits(work, GIVEN, ASSUMED, nodes)


def test_what_breaks_first_is_told_first_and_holds_just_before() -> None:
    found = scale.breaks(Workload(), GIVEN, ASSUMED)
    sizes = [size for _, size in found]
    assert sizes == sorted(sizes)
    ends = dict(found)
    core = ends["one process: its core"]
    assert scale.needs(Workload().of(core), GIVEN, ASSUMED, 1).busy > ASSUMED.busy
    less = Workload().of(round(core * 0.94))
    assert scale.needs(less, GIVEN, ASSUMED, 1).busy <= ASSUMED.busy


def test_databases_are_as_many_as_their_cores_or_their_logs_need() -> None:
    found = scale.needs(Workload(), GIVEN, ASSUMED, 40)
    busy = msgspec.structs.replace(found, database_cores=30.0, wal_mib=10.0)
    written = msgspec.structs.replace(found, database_cores=1.0, wal_mib=350.0)
    assert [scale.shards(each, ASSUMED) for each in (busy, written)] == [4, 4]


def test_the_page_says_what_the_simulation_finds_for_the_measured_figures() -> None:
    given = scale.measured(json.loads(REPORT.read_text()))
    assert scale.document(given, Workload(), ASSUMED) in PAGE.read_text()
