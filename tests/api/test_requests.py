import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from yarl import URL

from tests.api.sample_app import Client, open_client, refusal


@pytest.fixture
async def client(aiohttp_client: Any, tmp_path: Path) -> Client:
    return await open_client(aiohttp_client, tmp_path)


# Bodies


async def test_a_body_is_decoded_and_answered_as_data(client: Client) -> None:
    response = await client.post("/notes", json={"text": "привет"})
    assert response.status == 201
    assert await response.json() == {"data": {"text": "привет"}}
    assert response.headers["Content-Type"] == "application/json; charset=utf-8"
    assert response.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "application/json5", ""]
)
async def test_a_body_of_another_type_is_refused(client: Client, kind: str) -> None:
    response = await client.post("/notes", data=b'{"text":"x"}', headers={"Content-Type": kind})
    assert await refusal(response) == (415, "unsupported_type")


BAD_BODIES = {
    "not JSON": b"{text}",
    "cut off": b'{"text":"x"',
    "trailing": b'{"text":"x"} {}',
    "an array": b"[]",
    "null": b"null",
    "wrong type": b'{"text":5}',
    "missing": b"{}",
    "invalid UTF-8": b'{"text":"\xff"}',
    "an encoded surrogate": b'{"text":"\xed\xa0\x80"}',
    "half a surrogate pair": b'{"text":"\\ud800"}',
    "NUL": b'{"text":"a\\u0000b"}',
    "NUL in a list": b'{"text":"x","tags":["\\u0000"]}',
    "unknown field": b'{"text":"x","role":"admin"}',
    "deep": b'{"text":' + b"[" * 100_000,
    "deep in an unknown field": b'{"role":' + b"[" * 100_000,
    "too long a text": b'{"text":"' + b"x" * 1001 + b'"}',
}


@pytest.mark.parametrize("name", BAD_BODIES)
async def test_a_body_that_is_not_well_formed_is_refused(client: Client, name: str) -> None:
    response = await client.post(
        "/notes", data=BAD_BODIES[name], headers={"Content-Type": "application/json"}
    )
    assert await refusal(response) == (422, "validation_failed")


async def test_an_unknown_field_is_named(client: Client) -> None:
    response = await client.post("/notes", json={"text": "x", "role": "admin"})
    assert "`role`" in (await response.json())["error"]["message"]


async def test_a_backslash_before_u0000_is_text(client: Client) -> None:
    response = await client.post("/notes", json={"text": "\\u0000"})
    assert await response.json() == {"data": {"text": "\\u0000"}}


async def test_a_missing_body_is_refused_where_one_is_needed(client: Client) -> None:
    assert await refusal(await client.post("/notes")) == (422, "validation_failed")


@pytest.mark.parametrize("announced", [True, False])
async def test_too_large_a_body_is_refused_with_its_length_or_without(
    client: Client, announced: bool
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(600):
            yield b"x" * 1000

    body = b"x" * 600_000 if announced else chunks()
    headers = {"Content-Type": "application/json"}
    response = await client.post("/notes", data=body, headers=headers)
    assert await refusal(response) == (413, "payload_too_large")


async def test_a_packed_body_is_refused(client: Client) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    body = gzip.compress(b'{"text":"x"}')
    response = await client.post("/notes", data=body, headers=headers)
    assert await refusal(response) == (415, "unsupported_type")


# Queries and paths


async def test_a_query_is_read_by_type(client: Client) -> None:
    response = await client.get("/notes?after=12&text=true&exact=true")
    assert await response.json() == {"data": [12, "true", True], "next": None, "oldest": 4}


@pytest.mark.parametrize(
    "query",
    [
        "after=1&after=2", "unknown=1", "after=x", "after=1.0", "after=1e3", "after=%2B1",
        "after=01", "after=-1", "after=9007199254740992", "after=" + "9" * 400, "after=true",
        "text=%00", "text=%FF", "exact=maybe", "%00=1",
    ],
)  # fmt: skip
async def test_a_query_that_is_not_well_formed_is_refused(client: Client, query: str) -> None:
    url = URL(f"{client.make_url('/notes')}?{query}", encoded=True)
    response = await client.session.get(url)
    if query == "text=%FF":  # is no UTF-8, and read as the replacement character
        assert (await response.json())["data"][1] == "�"
        return
    assert await refusal(response) == (422, "validation_failed")


async def test_parameters_are_refused_where_there_are_none(client: Client) -> None:
    assert await refusal(await client.get("/things/1?x=1")) == (422, "validation_failed")


@pytest.mark.parametrize("given", ["1", "9007199254740991"])
async def test_an_id_is_a_number(client: Client, given: str) -> None:
    assert (await (await client.get(f"/things/{given}")).json())["data"] == int(given)


@pytest.mark.parametrize(
    "given", ["0", "-1", "01", "1.0", "1e3", "true", "x", "١", "9007199254740992", "9" * 400]
)
async def test_what_is_no_id_names_nothing(client: Client, given: str) -> None:
    assert await refusal(await client.get(f"/things/{given}")) == (404, "not_found")
