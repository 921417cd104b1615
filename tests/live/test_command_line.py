"""What an operator does by the command line, in a process of its own, reaches open sockets."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from messenger.decision import Decision, Entry
from messenger.protocol.commands import UpdateChat
from messenger.store import commits
from messenger.store.rows import chats
from tests.live.client import Client, JsonSocket
from tests.live.conftest import Stage
from tests.waiting import PATIENCE, until

Admin = Callable[..., Awaitable[Any]]


@pytest.fixture
def admin(dsn: str, tmp_path: Path) -> Admin:
    """`admin … --json` as another process on the same database; what it printed."""
    environment = {"PATH": os.environ["PATH"], "DATABASE_URL": dsn, "DATA_DIR": str(tmp_path)}

    async def run(*arguments: str) -> Any:
        command = [sys.executable, "-P", "-m", "messenger", "admin", *arguments, "--json"]
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=asyncio.subprocess.PIPE
        )
        printed, _ = await process.communicate()
        assert process.returncode == 0
        return json.loads(printed)

    return run


async def expect_cut_off(client: Client) -> None:
    """Closed at once, with a code that says not just to come back."""
    async with asyncio.timeout(PATIENCE):
        while client.closed is None:
            client.news.clear()
            await client.news.wait()
    # 4403 when the account is heard of first, 4401 when the end of its session is.
    assert client.closed.code in (4401, 4403)


async def test_the_disabled_are_cut_off(
    stage: Stage, alice: Client, bob: Client, admin: Admin
) -> None:
    await bob.subscribe_all()
    await admin("user", "disable", "bob")
    await expect_cut_off(bob)
    await alice.expect_nothing()


async def test_the_disabled_are_cut_off_before_they_subscribe(bob: Client, admin: Admin) -> None:
    await admin("user", "disable", "bob")
    await expect_cut_off(bob)


async def test_a_revoked_session_is_closed_and_the_others_stay(
    stage: Stage, bob: Client, admin: Admin
) -> None:
    tablet = await stage.client("bob", JsonSocket, own_session=True)
    await bob.subscribe_all()
    gone = tablet.welcome["session_id"]
    listed = await admin("user", "sessions", "bob")
    assert {each["id"] for each in listed} == {gone, bob.welcome["session_id"]}
    assert await admin("user", "sessions", "bob", "--revoke", gone) == {"revoked": [gone]}
    await expect_cut_off(tablet)
    await bob.expect("session.revoked", session_id=gone)


@pytest.mark.parametrize("command", [["sessions", "bob", "--revoke-all"], ["password", "bob"]])
async def test_all_sessions_are_closed(
    stage: Stage, bob: Client, admin: Admin, command: list[str]
) -> None:
    tablet = await stage.client("bob", JsonSocket, own_session=True)
    await admin("user", *command)
    await expect_cut_off(tablet)
    await expect_cut_off(bob)


async def test_a_new_role_counts_at_once(stage: Stage, bob: Client, admin: Admin) -> None:
    await admin("user", "role", "bob", "guest")
    await until(lambda: stage.identities["bob"].role == "guest")


async def test_who_is_added_is_seen_by_the_others(stage: Stage, bob: Client, admin: Admin) -> None:
    await bob.subscribe_all()
    added = await admin("user", "add", "dave", "--display-name", "Dave")
    await bob.expect("user.joined", id=added["user"]["id"], display_name="Dave")
    await bob.expect("member.joined", user_id=added["user"]["id"])


async def test_a_change_is_decided_on_what_another_process_wrote_unannounced(
    stage: Stage, alice: Client, lobby: int
) -> None:
    """Even before the notice arrives: the log itself says that it went on."""
    await alice.subscribe((lobby, None))
    seq = (await alice.send(lobby, "before"))["seq"]
    database = stage.server.database
    chat = (await chats.find(database, [lobby]))[lobby]
    renamed = msgspec.structs.replace(chat, title="Renamed elsewhere")
    entry = Entry(stream=lobby, type="chat.updated", subject=lobby, data=renamed)
    await commits.commit(database, Decision(entries=[entry]), stage.server.clock())
    updated = await stage.ask("alice", UpdateChat(chat_id=lobby, board=True))
    assert (updated.title, updated.board) == ("Renamed elsewhere", True)
    await alice.expect("message.created", seq=seq)
    await alice.expect("chat.updated", seq=seq + 1, board=False)
    await alice.expect("chat.updated", seq=seq + 2, board=True)
