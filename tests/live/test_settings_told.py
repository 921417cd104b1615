"""What an administrator changes reaches whoever is connected at once, and others with a welcome."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from messenger import runtime
from messenger.store.rows.organisation import Organisations
from tests.live.client import Client
from tests.live.conftest import Stage

NOW = datetime(2026, 11, 21, tzinfo=UTC)


async def test_changes_are_told_to_everybody_and_in_the_next_welcome(
    stage: Stage, alice: Client, bob: Client
) -> None:
    server = stage.server
    assert alice.welcome["settings"]["direct_chats"] is True
    await server.runtime.change({"DIRECT_CHATS": "off", "MESSAGE_MAX_LENGTH": "300"}, None, NOW)
    for each in (alice, bob):
        told = (await each.expect_signal("public_settings.changed"))["settings"]
        assert (told["direct_chats"], told["message_max_length"]) == (False, 300)
    # By another process, as the command line is one.
    await runtime.change(server.database, server.settings, {"REGISTRATION": "closed"}, None, NOW)
    told = (await alice.expect_signal("public_settings.changed"))["settings"]
    assert (told["registration"], told["direct_chats"]) == ("closed", False)
    other = Organisations(server.database)
    root = (await stage.person("root", "admin")).user_id
    await other.change({"name": "North", "accent": "rose"}, root, NOW)
    told = (await alice.expect_signal("public_settings.changed"))["settings"]
    assert told["organisation"] == {"name": "North", "accent": "rose", "locale": "ru"}
    carol = await stage.client("carol")
    assert carol.welcome["settings"] == told


async def test_what_is_no_business_of_clients_is_not_told(stage: Stage, alice: Client) -> None:
    await stage.server.runtime.change({"MAX_OPEN_TASKS_PER_CHAT": "7"}, None, NOW)
    await alice.expect_nothing()
    assert not alice.signals


@pytest.mark.parametrize("what", ["runtime", "organisation"])
async def test_what_was_read_before_a_change_does_not_undo_it(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """After each change a server reads all of it again, and somebody may change more meanwhile."""
    server, root = stage.server, (await stage.person("root", "admin")).user_id
    read, go_on, fetch_one = asyncio.Event(), asyncio.Event(), server.database.fetch_one

    async def held(*given: Any, **values: Any) -> Any:
        row = await fetch_one(*given, **values)
        if not read.is_set():
            read.set()
            await go_on.wait()
        return row

    monkeypatch.setattr(server.database, "fetch_one", held)
    changing = server.runtime if what == "runtime" else server.public._organisations
    reading = asyncio.create_task(changing.refresh())
    await read.wait()
    if what == "runtime":
        await server.runtime.change({"MESSAGE_MAX_LENGTH": "300"}, root, NOW)
    else:
        await server.public._organisations.change({"accent": "rose"}, root, NOW)
    go_on.set()
    await reading
    now = server.public.current()
    assert (now.message_max_length, now.organisation.accent) == (
        (300, "teal") if what == "runtime" else (server.settings.message_max_length, "rose")
    )
