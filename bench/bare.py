"""The least a chat server can be: the shape of ours, and nothing that makes a product of it.

Token and membership are looked up in memory. All that waits goes into one multi-row INSERT with a
unique key, through the messenger's own driver. After the commit the sender is answered and the
others are told: a frame is built once, and the frames of a commit are one write a connection.
No rights, rates, marks, receipts, repeats or back-pressure. `python -m bench.bare PORT DSN`.
"""

import asyncio
import contextlib
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import aiopg
import msgspec
import uvloop
from aiohttp import web

from bench.wire import JSON, MSGPACK, Codec

IN_FLIGHT = 2
TABLE = """
create table if not exists bare_messages (
    chat_id bigint, seq bigint, sender text, client_message_id uuid, text text, at timestamptz,
    primary key (chat_id, seq), unique (sender, client_message_id));
truncate bare_messages
"""
STORE = """
insert into bare_messages select c, s, u, k, b, %s
from json_to_recordset(%s) as row(c bigint, s bigint, u text, k uuid, b text)
"""
READ = """
select seq, sender, client_message_id::text, text, at from bare_messages
where chat_id = %s and seq > %s order by seq
"""
CODECS = {codec.name: codec for codec in (JSON, MSGPACK)}


class Room:
    def __init__(self, id: int, people: list[str]) -> None:
        self.id = id
        self.people = set(people)
        self.seq = 0
        self.there: list[Line] = []


class Line:
    """One connection, and what goes out with its next write."""

    def __init__(self, who: str, codec: Codec, transport: asyncio.Transport) -> None:
        self.who = who
        self.codec = codec
        self.transport = transport
        self.pending: list[bytes] = []

    def frame(self, fields: dict[str, Any]) -> bytes:
        payload = self.codec.encode(fields)
        size = len(payload)
        length = bytes((size,)) if size < 126 else b"\x7e" + size.to_bytes(2)
        return bytes((0x80 | self.codec.opcode,)) + length + payload

    def write(self) -> None:
        self.transport.write(b"".join(self.pending))
        self.pending.clear()


Post = tuple[Line, Room, dict[str, Any], int]


class Server:
    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.rooms: dict[int, Room] = {}
        self.waiting: list[Post] = []
        self.idle: list[Any] = []
        self.gathering = False
        self.last: asyncio.Task[None] | None = None

    async def connect(self, _: web.Application) -> AsyncIterator[None]:
        async with aiopg.create_pool(self.dsn, minsize=IN_FLIGHT + 1, enable_hstore=False) as pool:
            self.pool = pool
            self.idle = [await (await pool.acquire()).cursor() for _ in range(IN_FLIGHT)]
            await self.idle[0].execute(TABLE)
            yield

    async def make_room(self, request: web.Request) -> web.Response:
        asked = await request.json()
        self.rooms[asked["id"]] = Room(asked["id"], asked["people"])
        return web.Response(status=201)

    async def serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(
            protocols=tuple(CODECS), compress=False, decode_text=False, autoping=False
        )
        await socket.prepare(request)
        assert request.transport is not None
        assert socket.ws_protocol is not None
        who = request.headers["Authorization"].removeprefix("Bearer ")
        line = Line(who, CODECS[socket.ws_protocol], request.transport)
        try:
            async for message in socket:
                command = line.codec.decode(message.data)
                if command["type"] == "message.send":
                    self.post(line, command)
                else:
                    await self.subscribe(line, command)
        finally:
            for room in self.rooms.values():
                with contextlib.suppress(ValueError):
                    room.there.remove(line)
        return socket

    def post(self, line: Line, command: dict[str, Any]) -> None:
        room = self.rooms[command["chat_id"]]
        if line.who not in room.people:
            raise PermissionError
        room.seq += 1
        self.waiting.append((line, room, command, room.seq))
        self.start()

    def start(self) -> None:
        if self.waiting and self.idle and not self.gathering:
            self.gathering = True
            self.last = asyncio.create_task(self.flush(self.idle.pop(), self.last))

    async def flush(self, cursor: Any, before: asyncio.Task[None] | None) -> None:
        """Store all that waits; tell of it when what was before it is told."""
        posts, self.waiting, self.gathering = self.waiting, [], False
        at = datetime.now(UTC)
        rows = [
            {"c": room.id, "s": seq, "u": line.who, "k": sent["client_message_id"],
             "b": sent["text"]}
            for line, room, sent, seq in posts
        ]  # fmt: skip
        await cursor.execute(STORE, (at, msgspec.json.encode(rows).decode()))
        self.idle.append(cursor)
        self.start()
        if before is not None:
            await before
        self.tell(posts, at)

    def tell(self, posts: list[Post], at: datetime) -> None:
        lines = set()
        for line, room, sent, seq in posts:
            frame = line.frame(_event(room.id, seq, line.who, at, sent))
            for reader in room.there:
                reader.pending.append(frame)
            lines.update(room.there)
            data = {"seq": seq, "created_at": at, "duplicate": False}
            line.pending.append(line.frame({"type": "ack", "id": sent["id"], "data": data}))
            lines.add(line)
        for line in lines:
            line.write()

    async def subscribe(self, line: Line, command: dict[str, Any]) -> None:
        mine = [room for room in self.rooms.values() if line.who in room.people]
        wanted = dict(command.get("streams") or command.get("cursors") or [])
        if not command.get("all"):
            mine = [room for room in mine if room.id in wanted]
        for room in mine:
            if (after := wanted.get(room.id)) is not None:
                await self.read_on(line, room, after)
            room.there.append(line)
        streams = [{"id": room.id, "seq": room.seq} for room in mine]
        answer = {"epoch": 1, "streams": streams}
        line.pending.append(line.frame({"type": "ack", "id": command["id"], "data": answer}))
        line.write()

    async def read_on(self, line: Line, room: Room, after: int) -> None:
        async with self.pool.acquire() as connection, connection.cursor() as cursor:
            await cursor.execute(READ, (room.id, after))
            for seq, sender, key, text, at in await cursor.fetchall():
                sent = {"client_message_id": key, "text": text}
                line.pending.append(line.frame(_event(room.id, seq, sender, at, sent)))


def _event(room_id: int, seq: int, who: str, at: datetime, sent: dict[str, Any]) -> dict[str, Any]:
    message = {
        "chat_id": room_id, "seq": seq, "sender": who, "created_at": at,
        "client_message_id": sent["client_message_id"], "text": sent["text"],
    }  # fmt: skip
    return {
        "type": "message.created", "stream": room_id, "seq": seq, "at": at, "by": who,
        "data": message,
    }  # fmt: skip


def main() -> None:
    port, dsn = sys.argv[1:]
    server = Server(dsn)
    application = web.Application()
    application.cleanup_ctx.append(server.connect)
    application.router.add_post("/rooms", server.make_room)
    application.router.add_get("/ws", server.serve)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        web.run_app(
            application, host="127.0.0.1", port=int(port), access_log=None, print=None,
            loop=runner.get_loop(), backlog=1024,
        )  # fmt: skip


if __name__ == "__main__":
    main()
