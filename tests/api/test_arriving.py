"""Uploads that take their time: each is waited for, but not as many as somebody likes."""

import asyncio

from messenger.http.plumbing.at_once import UPLOADS
from tests.api.cast import ok, refusal, sign_up
from tests.api.conftest import Api
from tests.waiting import PATIENCE

HEAD = (
    "POST /api/v1/files?chat_id={chat} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {access}\r\n"
    "Content-Type: multipart/form-data; boundary=X\r\nContent-Length: 9000\r\n\r\n"
    '--X\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nbegun'
)


async def test_one_person_has_so_many_on_their_way_at_once(
    api: Api,
) -> None:
    door = await api(WRITE_RATE_LIMIT="100000/10s")
    alice, bob = await sign_up(door, "alice"), await sign_up(door, "bob")
    lobby = await alice.group(bob)
    writers = []
    for _ in range(UPLOADS):
        _, writer = await asyncio.open_connection("127.0.0.1", door.server.port)
        writer.write(HEAD.format(chat=lobby, access=alice.access).encode())
        writers.append(writer)
    incoming = door.server.files.storage.incoming
    async with asyncio.timeout(PATIENCE):
        while refusal_code(await alice.upload(lobby, ("b", b"b"))) != "rate_limited":
            await asyncio.sleep(0.1)
    ok(await bob.upload(lobby, ("b", b"b")))
    for writer in writers:
        writer.transport.abort()
    async with asyncio.timeout(PATIENCE):
        while refusal_code(await alice.upload(lobby, ("b", b"b"))) is not None:
            await asyncio.sleep(0.1)
        while list(incoming.iterdir()):
            await asyncio.sleep(0.1)


def refusal_code(answer: tuple[int, dict[str, object]]) -> str | None:
    return refusal(answer)[1] if answer[0] >= 300 else None
