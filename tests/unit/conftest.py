"""Every async test of this directory runs on a simulated clock, over the in-memory model."""

import asyncio
import sys
import time
import warnings
from collections.abc import Callable, Mapping

import async_solipsism
import hypothesis
import pytest

from messenger.actors.directory import Directory
from messenger.model import Identity

from .cast import Stage, open_stage
from .memory import Memory

# What failed once fails again: nobody's change is red for what another run would not find.
hypothesis.settings.register_profile("repeatable", derandomize=True, database=None, deadline=None)
hypothesis.settings.load_profile("repeatable")


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> Mapping[str, Callable[[], asyncio.AbstractEventLoop]]:
    return {"simulated": async_solipsism.EventLoop}


@pytest.fixture(autouse=True)
def one_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the code's `monotonic` follow the loop, or an hour of it would take an hour."""
    real = time.monotonic

    def monotonic() -> float:
        try:
            return asyncio.get_running_loop().time()
        except RuntimeError:
            return real()

    # Two timers may be due a hair apart; that the clock stands still between them is no matter.
    warnings.simplefilter("ignore", async_solipsism.ResolutionWarning)
    for name, module in list(sys.modules.items()):
        if name.startswith("messenger.") and getattr(module, "monotonic", None) is real:
            monkeypatch.setattr(module, "monotonic", monotonic)


@pytest.fixture
async def stage() -> Stage:
    """Alice owns the lobby, bob is in it, carol is not; alice has written to bob."""
    stage = await open_stage()
    alice, bob, _ = [await stage.add(name) for name in ("alice", "bob", "carol")]
    stage.lobby = await stage.make_group(alice, bob)
    stage.alice_and_bob = await stage.open_direct(alice, bob)
    await stage.send(alice, stage.alice_and_bob, "hello")
    return stage


@pytest.fixture
def memory(stage: Stage) -> Memory:
    return stage.memory


@pytest.fixture
def directory(stage: Stage) -> Directory:
    return stage.directory


def named(stage: Stage, username: str) -> Identity:
    known = stage.directory.identities.by_session.values()
    return next(identity for identity in known if identity.username == username)


@pytest.fixture
def alice(stage: Stage) -> Identity:
    return named(stage, "alice")


@pytest.fixture
def bob(stage: Stage) -> Identity:
    return named(stage, "bob")


@pytest.fixture
def carol(stage: Stage) -> Identity:
    return named(stage, "carol")


@pytest.fixture
def lobby(stage: Stage) -> int:
    return stage.lobby


@pytest.fixture
def alice_and_bob(stage: Stage) -> int:
    return stage.alice_and_bob
