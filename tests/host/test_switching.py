"""Another release under a running service: killed anywhere, it ends where it should."""

import itertools
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from messenger.host import plan, releases, switching
from messenger.host.machine import Machine, Said
from messenger.host.service import Service

SCHEMAS = {"old": ["0001.a"], "new": ["0001.a", "0002.b", "0003.c"]}


class Killed(BaseException):
    """What nobody catches: `kill -9`."""


class World:
    """systemd, two releases and a database; knows nothing of what asks it.

    `breaks` is the migration that fails; `deaf`: the new release starts and is never ready.
    """

    def __init__(self, root: Path, breaks: str | None = None, deaf: bool = False) -> None:
        self.root = root
        self.breaks = breaks
        self.deaf = deaf
        self.applied = ["0001.a"]
        self.running: str | None = None
        self.orders: list[str] = []

    def __call__(self, words: Sequence[str], environ: Mapping[str, str] | None = None) -> Said:
        match list(words):
            case ["systemctl", "show", *_]:
                return Said(0, "7" if self.running else "0")
            case ["systemctl", "is-active", *_]:
                return Said(3, "")
            case ["systemctl", order, *_]:
                self.orders.append(order)
                return self.service(order)
            case ["journalctl", *_]:
                return Said(0, f"Migration {self.breaks} failed" if self.breaks else "deaf")
            case [program, "db", "newest", *_]:
                return Said(0, json.dumps({"newest": SCHEMAS[Path(program).parts[-3]][-1]}))
            case [program, "db", "rollback", "--to", schema, "--json"]:
                assert self.running is None
                assert Path(program).parts[-3] == "new"
                taken = self.applied[self.applied.index(schema) + 1 :]
                self.applied = self.applied[: self.applied.index(schema) + 1]
                return Said(0, "pg_sleep\n\n" + json.dumps({"taken_back": taken[::-1]}) + "\n")
            case [_, "install", *_]:
                return Said(0, "")
        raise AssertionError(words)

    def service(self, order: str) -> Said:
        if order in ("stop", "restart"):
            self.running = None
        if order in ("start", "restart"):
            return self.start()
        return Said(0, "")

    def start(self) -> Said:
        release = (self.root / "opt/messenger/current").readlink().name
        for each in SCHEMAS[release]:
            if each == self.breaks:
                return Said(1, "")
            if each not in self.applied:
                self.applied.append(each)
        if self.applied != SCHEMAS[release]:
            return Said(1, "")
        self.running = release
        process = self.root / "proc/7"
        process.mkdir(parents=True, exist_ok=True)
        (process / "cmdline").write_text(f"/opt/messenger/releases/{release}/bin/python\0serve")
        return Said(0, "")


class Fragile(Machine):
    """A machine on which the nth thing that is done is the last one."""

    def __init__(self, world: World, last: int | None = None) -> None:
        super().__init__(world.root, self.counted)
        self.world, self.last, self.count = world, last, 0

    def live(self, done: bool) -> None:
        self.count += 1
        if self.last is not None and self.count > self.last:
            raise Killed

    def counted(self, words: Sequence[str], environ: Mapping[str, str] | None = None) -> Said:
        self.live(False)
        said = self.world(words, environ)
        self.live(True)
        return said

    def write(self, *given: Any, **more: Any) -> None:
        self.live(False)
        super().write(*given, **more)
        self.live(True)

    def link(self, *given: Any) -> None:
        self.live(False)
        super().link(*given)
        self.live(True)

    def remove(self, *given: Any) -> None:
        self.live(False)
        super().remove(*given)
        self.live(True)


class Watched(Service):
    def is_ready(self) -> bool:
        world = self.machine.world  # type: ignore[attr-defined]
        return world.running is not None and not (world.deaf and world.running == "new")


def prepared(root: Path, **faults: Any) -> World:
    world = World(root, **faults)
    machine = Machine(root, world)
    for name in ("old", "new"):
        machine.write(f"{releases.RELEASES}/{name}/{releases.WHOLE}", "{}", 0o644)
    machine.write(f"{plan.UNITS}/messenger.service", "", 0o644)
    releases.switch(machine, "old")
    world.service("start")
    return world


def forward(service: Service) -> switching.Journal:
    return switching.forward(service, "new", "0001.a")


def ended(world: World) -> str:
    """Resume as a new process would, once; how that ended."""
    service = Watched(Fragile(world), patience=0.01)
    try:
        switching.resume(service, lambda words: None)
    except switching.WentBack:
        return "went back"
    return "done"


def upgraded(world: World, last: int | None, undo: bool = False) -> str:
    """Upgrade, killed after `last` things; then resumed, if anything was begun. How it ended."""
    service = Watched(Fragile(world, last), patience=0.01)
    try:
        first = switching.backward(service) if undo else forward(service)
        switching.resume(service, lambda words: None, first)
    except switching.WentBack:
        return "went back"
    except Killed:
        if switching.read(Machine(world.root)) is None:
            return "nothing begun" if world.running == "old" else "done"
        return ended(world)
    return "over"


def points(root: Path, **faults: Any) -> int:
    """How many things are done when nobody is killed."""
    world = prepared(root, **faults)
    machine = Fragile(world)
    service = Watched(machine, patience=0.01)
    with suppress(switching.WentBack):
        switching.resume(service, lambda words: None, forward(service))
    return machine.count


@pytest.mark.parametrize(
    ("faults", "serves"),
    [({}, "new"), ({"breaks": "0003.c"}, "old"), ({"deaf": True}, "old")],
)
def test_killed_anywhere_it_ends_as_if_it_had_not_been(
    tmp_path: Path, faults: dict[str, Any], serves: str
) -> None:
    total = points(tmp_path / "whole", **faults)
    assert total > 10
    for last in range(total + 1):
        world = prepared(tmp_path / str(last), **faults)
        how = upgraded(world, last)
        expected = "old" if how == "nothing begun" else serves
        assert (last, world.running) == (last, expected)
        assert world.applied == SCHEMAS[expected], last
        machine = Machine(world.root)
        assert releases.current(machine) == expected
        assert switching.read(machine) is None
        assert how != "went back" or serves == "old"


def test_a_good_release_is_never_left_stopped_by_a_kill(tmp_path: Path) -> None:
    """systemd's restart is one order: whoever gave it may go."""
    for last in range(points(tmp_path / "whole") + 1):
        world = prepared(tmp_path / str(last))
        service = Watched(Fragile(world, last), patience=0.01)
        with suppress(Killed):
            switching.resume(service, lambda words: None, forward(service))
        assert world.running is not None, last


def test_it_is_undone_wherever_that_is_killed(tmp_path: Path) -> None:
    for last in itertools.count():
        world = prepared(tmp_path / str(last))
        assert upgraded(world, None) == "over"
        assert world.running == "new"
        if upgraded(world, last, undo=True) == "over":
            break
        if switching.read(Machine(world.root), switching.LAST) is not None:
            assert world.running == "new"
            continue
        assert (world.running, world.applied) == ("old", SCHEMAS["old"])
    assert last > 8
    with pytest.raises(Exception, match="no upgrade to undo"):
        switching.backward(Watched(Machine(world.root, world)))


@pytest.mark.parametrize("same", [True, False])
def test_what_can_be_done_beside_the_server_is_done_before_it_stops(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, same: bool
) -> None:
    if same:
        monkeypatch.setitem(SCHEMAS, "new", SCHEMAS["old"])
    world = prepared(tmp_path)
    assert upgraded(world, None) == "over"
    asked: list[str] = []
    whole = world.__call__

    def noted(words: Sequence[str], environ: Mapping[str, str] | None = None) -> Said:
        asked.append(" ".join(words[1:3]))
        return whole(words, environ)

    machine = Fragile(world)
    machine.run = noted
    service = Watched(machine, patience=0.01)
    switching.resume(service, lambda words: None, switching.backward(service))
    changing = ["db newest", "install --files-only"]
    pause = ["restart messenger.service"]
    if not same:
        pause = ["stop messenger.service", "db rollback", "start messenger.service"]
    assert [each for each in asked if each in changing + pause] == changing + pause
    assert (world.running, world.applied) == ("old", SCHEMAS["old"])


def test_what_cannot_be_taken_back_is_left_for_a_person(tmp_path: Path) -> None:
    world = prepared(tmp_path, breaks="0003.c")
    whole = world.__call__

    def refused(words: Sequence[str], environ: Mapping[str, str] | None = None) -> Said:
        if "rollback" in words:
            return Said(1, "", "Error: Bring the archive back first")
        return whole(words, environ)

    machine = Fragile(world)
    machine.run = refused
    service = Watched(machine, patience=0.01)
    with pytest.raises(switching.Stuck, match="Bring the archive back first"):
        switching.resume(service, lambda words: None, forward(service))
    journal = switching.read(machine)
    assert journal is not None
    assert journal.stage == "back"
