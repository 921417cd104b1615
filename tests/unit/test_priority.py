"""Work that comes last: how long it rests, and what the system is told."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from messenger import priority
from messenger.priority import LONGEST, SCHED_SETATTR, step_session_back
from messenger.store.archive import pacing
from messenger.store.archive.pacing import Pace

SAYS = (
    "import os, pathlib; from messenger.priority import step_back; step_back(*{given});"
    " group = pathlib.Path('/proc/self/autogroup');"
    " print(os.nice(0), group.read_text() if group.exists() else 'nice ' + str(os.nice(0)))"
)
MAKES_ROOM = pytest.mark.skipif(
    os.uname().machine not in SCHED_SETATTR or not sys.platform.startswith("linux"),
    reason="it cannot be asked for here",
)


def makes_room(pid: int) -> bool:
    """Whether a process leaves its processor at once; how long its slice is, where that shows."""
    told = Path(f"/proc/{pid}/sched")
    lines = told.read_text().splitlines() if told.exists() else []
    slices = [int(line.split()[-1]) for line in lines if line.startswith("se.slice")]
    return os.sched_getscheduler(pid) == os.SCHED_BATCH and slices in ([], [LONGEST])


@pytest.mark.parametrize(
    ("share", "worked", "rested"),
    [(0.0, 3.0, []), (1.0, 0.25, [0.25]), (2.0, 0.25, [0.5]), (1.0, 60.0, [pacing.AT_MOST])],
)
def test_a_run_rests_by_what_it_has_worked(
    monkeypatch: pytest.MonkeyPatch, share: float, worked: float, rested: list[float]
) -> None:
    times, slept = iter([10.0, 10.0 + worked, 99.0]), []
    monkeypatch.setattr(pacing, "monotonic", lambda: next(times))
    monkeypatch.setattr(pacing, "sleep", slept.append)
    Pace(share).rest()
    assert slept == rested


@pytest.mark.parametrize(("given", "niceness"), [([], 19), ([10], 10)])
def test_who_leads_a_session_has_it_step_back(given: list[int], niceness: int) -> None:
    ran = subprocess.run(
        [sys.executable, "-P", "-c", SAYS.format(given=given)],
        capture_output=True, text=True, start_new_session=True,
    )  # fmt: skip
    assert ran.stdout.startswith(f"{niceness} "), ran
    assert ran.stdout.strip().endswith(f"nice {niceness}")


def test_whoever_sends_pushes_comes_after_the_server_also_in_a_session_of_its_own() -> None:
    worker = "from messenger.push import worker"
    says = f"{worker}; worker.main(lambda: print(open('/proc/self/autogroup').read()) or exit())"
    ran = subprocess.run(
        [sys.executable, "-P", "-c", says], capture_output=True, text=True, start_new_session=True
    )
    if not Path("/proc/self/autogroup").exists():
        pytest.skip("no autogroups here")
    assert ran.stdout.strip().endswith("nice 10"), ran


@MAKES_ROOM
@pytest.mark.parametrize("leads", [True, False])
@pytest.mark.parametrize(
    "steps_back",
    [
        "from messenger.priority import step_back; step_back(10); wait()",
        "from messenger.push import worker; worker.main(wait)",
    ],
)
def test_who_steps_back_makes_room_at_once(steps_back: str, leads: bool) -> None:
    says = f"wait = lambda: print('there', flush=True) or input(); {steps_back}"
    with subprocess.Popen(
        [sys.executable, "-P", "-c", says],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        start_new_session=leads,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stdout.readline() == b"there\n"
        assert makes_room(running.pid)
        assert os.getpriority(os.PRIO_PROCESS, running.pid) == 10
        running.kill()


@MAKES_ROOM
def test_what_is_begun_in_a_session_that_steps_back_makes_room_at_once() -> None:
    says = "import os; print(os.getpid()) or input(); os.fork() and os._exit(0); print(os.getpid())"
    with subprocess.Popen(
        [sys.executable, "-c", f"{says}; input()"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        bufsize=1, start_new_session=True,
    ) as running:  # fmt: skip
        assert running.stdout is not None
        assert running.stdin is not None
        running.stdout.readline()
        step_session_back(running.pid, 10)
        running.stdin.write("go on\n")
        assert makes_room(int(running.stdout.readline()))
        running.kill()


def test_a_session_of_others_stays_as_it_is() -> None:
    group = Path("/proc/self/autogroup")
    before = group.read_text() if group.exists() else None
    says = SAYS.format(given=[])
    ran = subprocess.run([sys.executable, "-P", "-c", says], capture_output=True, text=True)
    assert ran.stdout.startswith("19 "), ran
    assert before == (group.read_text() if group.exists() else None)
    assert os.nice(0) < 19


def test_who_may_not_step_back_yet_does_it_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Linux lets all who are not root change a session ten times a second together (EAGAIN)."""
    pid, slept, told = os.getpid(), [], iter([False, False, True])
    monkeypatch.setattr(os, "getsid", lambda _: pid)
    monkeypatch.setattr(os, "nice", lambda _: 0)
    monkeypatch.setattr(priority, "sleep", slept.append)
    monkeypatch.setattr(priority, "step_session_back", lambda *_: next(told))
    priority.step_back(10)
    assert slept == [priority.AGAIN] * 2
    assert list(told) == []


def test_a_session_that_may_not_be_changed_yet_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(path: Path, _: str) -> None:
        assert path == Path("/proc/7/autogroup")
        raise BlockingIOError

    monkeypatch.setattr(priority, "give_way", lambda _: None)
    monkeypatch.setattr(Path, "write_text", refuses)
    assert not step_session_back(7)
