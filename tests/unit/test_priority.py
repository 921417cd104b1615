"""Work that comes last: how long it rests, and what the system is told."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from messenger.store.archive import pacing
from messenger.store.archive.pacing import Pace

SAYS = (
    "import os, pathlib; from messenger.priority import step_back; step_back(*{given});"
    " group = pathlib.Path('/proc/self/autogroup');"
    " print(os.nice(0), group.read_text() if group.exists() else 'nice ' + str(os.nice(0)))"
)


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


def test_a_session_of_others_stays_as_it_is() -> None:
    group = Path("/proc/self/autogroup")
    before = group.read_text() if group.exists() else None
    says = SAYS.format(given=[])
    ran = subprocess.run([sys.executable, "-P", "-c", says], capture_output=True, text=True)
    assert ran.stdout.startswith("19 "), ran
    assert before == (group.read_text() if group.exists() else None)
    assert os.nice(0) < 19
