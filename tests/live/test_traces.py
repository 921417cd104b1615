"""A message's way in the log, from the door to the commit, whichever door it came by."""

import asyncio
import logging
import re

import pytest

from messenger import standing
from messenger.store.batch import Batch
from tests.live.client import Client, Refused
from tests.live.conftest import Stage
from tests.waiting import until


def lines_of(caplog: pytest.LogCaptureFixture, **ids: object) -> list[str]:
    return [
        record.name.removeprefix("messenger.")
        for record in caplog.records
        if all(getattr(record, name, None) == value for name, value in ids.items())
    ]


async def test_message_is_followed_from_the_socket_to_the_commit(
    stage: Stage, alice: Client, bob: Client, caplog: pytest.LogCaptureFixture
) -> None:
    lobby = await stage.group("alice", "bob")
    with caplog.at_level(logging.DEBUG, logger="messenger"):
        await alice.send(lobby, "hi")
    [door] = [r for r in caplog.records if r.getMessage() == "command message.send"]
    ids = {"connection_id": door.connection_id, "command_id": door.command_id}
    assert lines_of(caplog, **ids) == ["ws.dispatch", "actors.actor", "store.figures"]
    assert len(door.connection_id) == 16


async def test_failure_in_the_journal_names_whose_it_is(
    stage: Stage, alice: Client, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    lobby = await stage.group("alice")

    def broken(self: Batch) -> list[object]:
        raise ZeroDivisionError

    monkeypatch.setattr(Batch, "placed", property(broken))
    with pytest.raises(Refused), caplog.at_level(logging.DEBUG, logger="messenger"):
        await alice.send(lobby, "hi")
    [door] = [r for r in caplog.records if r.getMessage() == "command message.send"]
    [line] = [r for r in caplog.records if "cannot be stored" in r.getMessage()]
    assert (line.connection_id, line.command_id) == (door.connection_id, door.command_id)


async def test_what_everybody_is_doing_can_be_asked(
    stage: Stage, alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lobby = await stage.group("alice")
    actor = stage.server.directory.chat(lobby)
    go_on = asyncio.Event()

    load = actor.load

    async def slow() -> None:
        await go_on.wait()
        await load()

    monkeypatch.setattr(actor, "load", slow)
    actor.reload()
    waiting = asyncio.ensure_future(alice.send(lobby, "hi"))
    await until(lambda: "SendMessage" in repr(actor.turn_of()))
    told = "\n".join(standing.lines(stage.server))
    shown = repr(actor)
    go_on.set()
    await waiting
    assert re.search(rf"{re.escape(shown)}: <Envelope SendMessage of \d+> for \d+\.\d s", told)
    assert re.search(r"1 × .*_drain at actors/actor\.py:\d+", told)
    assert "background tasks\n" in told
