"""Who is removed, disabled or signed out hears nothing from the next event on."""

import asyncio
import copy
from datetime import timedelta

import pytest

from messenger.protocol.accounts import RevokeSessions, SetPassword, UpdateUser
from messenger.protocol.commands import DeleteChat, SendMessage
from tests.live.client import Client, JsonSocket, Refused
from tests.live.conftest import Stage


async def test_the_removed_get_chat_left_and_nothing_more(
    stage: Stage, alice: Client, bob: Client, carol: Client, lobby: int
) -> None:
    await bob.subscribe_all()
    await carol.subscribe((lobby, None))
    await alice.ask("member.remove", chat_id=lobby, user_id=bob.user_id)
    await alice.send(lobby, "without bob")
    left = await bob.expect("chat.left", chat_id=lobby)
    assert left["data"]["left_at"] is not None
    assert await bob.expect_signal("subscription.ended") == {
        "type": "subscription.ended",
        "stream": lobby,
    }
    await bob.expect_nothing()
    await carol.expect("member.left", user_id=bob.user_id)
    await carol.expect("message.created", text="without bob")
    for act in (
        bob.send(lobby, "let me in"),
        bob.ask("message.edit", chat_id=lobby, seq=4, text="x"),
        bob.ask("read.mark", chat_id=lobby, read_seq=1),
        bob.ask("typing", chat_id=lobby),
        bob.ask("draft.set", chat_id=lobby, text="x"),
    ):
        with pytest.raises(Refused, match="not_found"):
            await act


async def test_nothing_leaks_while_members_come_and_go(
    stage: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    """Every message says whether bob was in at the time; he never sees one that says no."""
    await bob.subscribe_all()
    for turn in range(30):
        await asyncio.gather(
            alice.ask("member.remove", chat_id=lobby, user_id=bob.user_id),
            *(alice.send(lobby, f"{turn} either way") for _ in range(3)),
        )
        await asyncio.gather(*(alice.send(lobby, "bob is out") for _ in range(3)))
        await alice.ask("member.add", chat_id=lobby, user_ids=[bob.user_id])
        await alice.send(lobby, f"{turn} bob is in")
    seen = [e["data"]["text"] for e in bob.events if e["type"] == "message.created"]
    assert "bob is out" not in seen
    assert [t for t in seen if t.endswith("is in")] == [f"{n} bob is in" for n in range(30)]


async def test_removal_while_subscribing_leaves_no_subscription(
    stage: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    for _ in range(20):
        pending = await bob.begin(
            "subscribe", all=True, cursors=[[lobby, 1]], epoch=bob.welcome["epoch"]
        )
        await alice.ask("member.remove", chat_id=lobby, user_id=bob.user_id)
        await pending
        marker = await alice.send(lobby, "secret")
        await bob.expect_nothing_of(lobby, marker["seq"])
        await alice.ask("member.add", chat_id=lobby, user_ids=[bob.user_id])


async def test_a_disabled_account_is_cut_off_at_once(
    stage: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    await bob.subscribe_all()
    await stage.person("root", role="admin")
    await stage.ask("root", UpdateUser(user_id=bob.user_id, disabled=True))
    await bob.expect_closed(4403)
    with pytest.raises(Exception, match="no such thing"):
        await stage.ask(
            "bob",
            SendMessage(
                chat_id=lobby, client_message_id="00000000-0000-4000-8000-000000000001", text="x"
            ),
        )


async def test_a_revoked_session_is_closed_and_the_others_stay(
    stage: Stage, alice: Client, bob: Client
) -> None:
    tablet = await stage.client("bob", JsonSocket, own_session=True)
    gone = tablet.welcome["session_id"]
    await bob.subscribe_all()
    await stage.ask("bob", RevokeSessions(user_id=bob.user_id, session_ids=[gone]))
    closed = await tablet.expect_closed(4401)
    assert closed.reason == "unauthorized"
    event = await bob.expect("session.revoked")
    assert event["data"] == {"session_id": gone}


async def test_a_new_password_ends_the_other_sessions(stage: Stage, bob: Client) -> None:
    tablet = await stage.client("bob", JsonSocket, own_session=True)
    keep = bob.welcome["session_id"]
    await stage.ask("bob", SetPassword(user_id=bob.user_id, password_hash="new", keep_session=keep))
    await tablet.expect_closed(4401)
    await bob.ask("draft.set", chat_id=1, text="still here")


async def test_a_deleted_chat_is_over_for_everybody(
    stage: Stage, alice: Client, bob: Client, lobby: int
) -> None:
    await bob.subscribe((lobby, None))
    await stage.ask("alice", DeleteChat(chat_id=lobby))
    deleted = await bob.expect("chat.deleted", title=None)
    assert deleted["data"]["deleted_at"] is not None
    await bob.expect_signal("subscription.ended")
    assert (await bob.subscribe((lobby, 1)))["streams"][0]["gone"] is True


async def test_a_token_that_runs_out_is_announced_and_then_closes(
    stage: Stage, alice: Client
) -> None:
    session_id = alice.welcome["session_id"]
    short = copy.copy(stage.server.tokens)
    short.lifetime = timedelta(seconds=4)
    await alice.ask("auth", token=short.access(alice.user_id, session_id))
    await alice.expect_signal("auth.expiring")
    await alice.ask("auth", token=stage.server.tokens.access(alice.user_id, session_id))
    await alice.expect_nothing()
    await alice.ask("auth", token=short.access(alice.user_id, session_id))
    await alice.expect_signal("auth.expiring")
    closed = await alice.expect_closed(4401)
    assert closed.reason == "token_expired"


async def test_another_persons_token_on_an_open_socket_is_not_allowed(
    stage: Stage, alice: Client
) -> None:
    bob = await stage.person("bob")
    await alice.begin("auth", token=stage.server.tokens.access(bob.user_id, bob.session_id))
    await alice.expect_closed(4403)
