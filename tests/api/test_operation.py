import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from messenger.errors import TokenExpired
from messenger.http.plumbing import operation as endpoints
from messenger.http.plumbing.operation import body_of, operation
from messenger.protocol.command import Id
from messenger.protocol.commands import EditMessage
from tests.api.sample_app import (
    EDIT,
    NOW,
    UUID,
    Client,
    Directory,
    Identities,
    bearer,
    edit,
    open_client,
    refusal,
    tokens,
    who,
)


@pytest.fixture
async def client(aiohttp_client: Any, tmp_path: Path) -> Client:
    return await open_client(aiohttp_client, tmp_path)


# Commands


async def test_a_command_is_made_of_path_body_and_key(client: Client) -> None:
    response = await client.patch(
        EDIT, json={"text": "new"}, headers={**bearer(), "Idempotency-Key": "k-1"}
    )
    assert (await response.json())["data"] == {
        "by": 5, "type": "EditMessage", "id": None, "key": "k-1", "chat_id": 17, "seq": 3,
        "text": "new", "file_ids": None,
    }  # fmt: skip


@pytest.mark.parametrize("field", ["chat_id", "seq", "id", "key", "type"])
async def test_a_body_cannot_set_what_comes_another_way(client: Client, field: str) -> None:
    response = await client.patch(EDIT, json={"text": "new", field: 1}, headers=bearer())
    assert await refusal(response) == (422, "validation_failed")
    assert f"`{field}`" in await response.text()


async def test_a_command_without_a_body_needs_none(client: Client) -> None:
    response = await client.put(f"{EDIT}/reactions/👍", headers=bearer())
    assert (await response.json())["data"]["emoji"] == "👍"


async def test_a_command_without_a_key_field_takes_none(client: Client) -> None:
    response = await client.post(
        "/chats/17/messages",
        json={"client_message_id": UUID, "text": "hi"},
        headers={**bearer(), "Idempotency-Key": "k"},
    )
    assert "key" not in (await response.json())["data"]


@pytest.mark.parametrize("key", ["", "a b", "x" * 129, "ключ", "a\tb"])
async def test_a_key_is_visible_ascii(client: Client, key: str) -> None:
    headers = {**bearer(), "Idempotency-Key": key}
    response = await client.patch(EDIT, json={"text": "x"}, headers=headers)
    assert await refusal(response) == (422, "validation_failed")


async def test_another_name_of_a_route_may_have_other_defaults(client: Client) -> None:
    for path, given, board in (
        ("/chats", {}, False),
        ("/projects", {}, True),
        ("/projects", {"board": False}, False),
    ):
        response = await client.post(path, json={"title": "t", **given}, headers=bearer())
        assert (await response.json())["data"]["board"] is board


def test_a_body_struct_lists_what_a_command_has_besides_its_path() -> None:
    body = body_of(EditMessage, without=("chat_id", "seq"))
    assert body.__struct_fields__ == ("text", "file_ids")
    assert edit.operation.path == {"id": Id, "seq": Id}


async def test_a_body_struct_that_lets_unknown_fields_through_is_refused_at_import() -> None:
    class Lax(msgspec.Struct):
        text: str

    with pytest.raises(TypeError, match="forbid_unknown_fields"):
        operation("Lax", tag="test", body=Lax)(who)


async def test_what_takes_too_long_is_unavailable(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many statements a request comes to, each of them slow."""

    async def slow(*given: Any) -> None:
        await asyncio.sleep(5)

    monkeypatch.setattr(endpoints, "DEADLINE", 0.1)
    monkeypatch.setattr(Directory, "ask", slow)
    response = await client.patch(EDIT, json={"text": "new"}, headers=bearer())
    assert await refusal(response) == (503, "unavailable")
    monkeypatch.setattr(Identities, "identify", slow)
    assert await refusal(await client.get("/who", headers=bearer())) == (503, "unavailable")


# Who asks


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x.y.z", "Basic eA==", "Bearer " + "A" * 4000]
)
async def test_without_a_good_token_nobody_is_let_in(client: Client, header: str) -> None:
    response = await client.get("/who", headers={"Authorization": header})
    assert await refusal(response) == (401, "unauthorized")
    assert response.headers["WWW-Authenticate"] == "Bearer"


async def test_a_good_token_names_its_owner(client: Client) -> None:
    assert await (await client.get("/who", headers=bearer(7))).json() == {"data": 7}


async def test_a_session_that_is_over_is_not_let_in(client: Client) -> None:
    assert await refusal(await client.get("/who", headers=bearer(9))) == (401, "unauthorized")


async def test_a_token_that_ran_out_says_so(client: Client) -> None:
    old = tokens(NOW - timedelta(hours=1))
    headers = {"Authorization": f"Bearer {old.access(5, UUID)}"}
    assert await refusal(await client.get("/who", headers=headers)) == (401, TokenExpired.code)


async def test_what_is_for_administrators_is_for_them_alone(client: Client) -> None:
    assert await refusal(await client.get("/rule", headers=bearer(5))) == (403, "forbidden")
    assert await (await client.get("/rule", headers=bearer(1))).json() == {"data": {}}


async def test_a_stranger_learns_nothing_from_a_body(client: Client) -> None:
    assert await refusal(await client.patch(EDIT, data=b"{")) == (401, "unauthorized")
