"""A person with a socket, in the words of the protocol: send, expect, expect nothing.

Two kinds of socket, from two libraries and in both subprotocols, so that no
test passes by agreeing with itself: aiohttp's speaks JSON, the `websockets`
library's MessagePack.
"""

import asyncio
import itertools
import uuid
from collections import deque
from typing import Any, Self

import aiohttp
import msgspec
import websockets

from tests.waiting import PATIENCE


class Refused(Exception):
    """The server answered a command with an error."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code = error["code"]
        self.error = error


class Closed(Exception):
    """The server closed the socket."""

    def __init__(self, code: int | None, reason: str = "") -> None:
        super().__init__(f"{code} {reason}")
        self.code = code
        self.reason = reason


class JsonSocket:
    """aiohttp's client; text frames."""

    subprotocol = "messenger.v1.json"

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.url = url
        self.headers = headers

    async def open(self) -> None:
        self.session = aiohttp.ClientSession()
        try:
            self.socket = await self.session.ws_connect(
                self.url, headers=self.headers, protocols=[self.subprotocol]
            )
        except BaseException:
            await self.session.close()
            raise
        assert self.socket.protocol == self.subprotocol

    async def send(self, frame: dict[str, Any]) -> None:
        await self.socket.send_str(msgspec.json.encode(frame).decode())

    async def send_raw(self, data: bytes) -> None:
        # As it is: `send_str` would not send what is no UTF-8.
        await self.socket.send_frame(data, aiohttp.WSMsgType.TEXT)

    async def receive(self) -> dict[str, Any]:
        message = await self.socket.receive()
        if message.type is aiohttp.WSMsgType.TEXT:
            return msgspec.json.decode(message.data)
        reason = message.extra if isinstance(message.extra, str) else ""
        raise Closed(self.socket.close_code, reason)

    async def close(self) -> None:
        await self.socket.close()
        await self.session.close()


class MsgpackSocket:
    """The `websockets` library; binary frames."""

    subprotocol = "messenger.v1.msgpack"

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.url = url.replace("http", "ws", 1)
        self.headers = headers

    async def open(self) -> None:
        self.socket = await websockets.connect(
            self.url,
            additional_headers=self.headers,
            subprotocols=[websockets.Subprotocol(self.subprotocol)],
            max_size=None,
            compression=None,
        )
        assert self.socket.subprotocol == self.subprotocol

    async def send(self, frame: dict[str, Any]) -> None:
        await self.socket.send(msgspec.msgpack.encode(frame))

    async def send_raw(self, data: bytes) -> None:
        await self.socket.send(data)

    async def receive(self) -> dict[str, Any]:
        try:
            data = await self.socket.recv()
        except websockets.ConnectionClosed as closed:
            frame = closed.rcvd
            raise Closed(frame.code if frame else 1006, frame.reason if frame else "") from None
        assert isinstance(data, bytes)
        return msgspec.msgpack.decode(data)

    async def close(self) -> None:
        await self.socket.close()


SIGNALS = {
    "typing",
    "presence",
    "receipts",
    "mark",
    "upload.progress",
    "public_settings.changed",
    "subscription.ended",
    "auth.expiring",
}


class Client:
    """One device of one person."""

    def __init__(
        self, base: str, token: str, user_id: int, kind: type[JsonSocket | MsgpackSocket]
    ) -> None:
        self.base = base
        self.token = token
        self.user_id = user_id
        self.kind = kind
        self.ids = itertools.count(1)
        self.answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.events: deque[dict[str, Any]] = deque()
        self.signals: deque[dict[str, Any]] = deque()
        self.order: list[tuple[str, Any]] = []
        self.news = asyncio.Event()
        self.closed: Closed | None = None
        self.welcome: dict[str, Any] = {}

    async def connect(self) -> Self:
        headers = {"Authorization": f"Bearer {self.token}"}
        self.socket = self.kind(f"{self.base}/api/v1/ws", headers)
        await self.socket.open()
        self.closed = None
        self.welcome = await asyncio.wait_for(self.socket.receive(), PATIENCE)
        assert self.welcome["type"] == "connection.welcome"
        self.reader = asyncio.create_task(self._read())
        return self

    async def disconnect(self) -> None:
        self.reader.cancel()
        await asyncio.gather(self.reader, return_exceptions=True)
        await self.socket.close()

    async def _read(self) -> None:
        try:
            while True:
                frame = await self.socket.receive()
                if frame["type"] in ("ack", "error") and frame.get("id") in self.answers:
                    self.order.append(("answer", frame["id"]))
                    answer = self.answers.pop(frame["id"])
                    # Nobody waits for it any more where it took too long.
                    if not answer.done():
                        answer.set_result(frame)
                elif frame["type"] in SIGNALS or frame["type"] in ("pong", "error"):
                    self.signals.append(frame)
                else:
                    self.order.append(("event", (frame["stream"], frame["seq"])))
                    self.events.append(frame)
                self.news.set()
        except Closed as closed:
            self.closed = closed
            for answer in self.answers.values():
                if not answer.done():
                    answer.set_exception(closed)
            self.answers.clear()
            self.news.set()

    # Commands

    async def ask(self, type: str, **fields: Any) -> Any:
        """Give a command and return its ack's data; raises Refused."""
        return await asyncio.wait_for(await self.begin(type, **fields), PATIENCE)

    async def begin(self, type: str, **fields: Any) -> "asyncio.Future[Any]":
        id = next(self.ids)
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self.answers[id] = answer
        try:
            await self.socket.send({"type": type, "id": id, **fields})
        except BaseException:
            # Nobody will ask for the answer, which may be there: that all is over.
            if not answer.cancel():
                answer.exception()
            raise
        return asyncio.ensure_future(self._answered(answer))

    async def _answered(self, answer: "asyncio.Future[dict[str, Any]]") -> Any:
        frame = await answer
        if frame["type"] == "error":
            raise Refused(frame["error"])
        return frame["data"]

    async def send(self, chat: int, text: str, key: str | None = None, **fields: Any) -> Any:
        key = key or str(uuid.uuid4())
        return await self.ask(
            "message.send", chat_id=chat, client_message_id=key, text=text, **fields
        )

    async def subscribe(self, *streams: tuple[int, int | None], epoch: int | None = None) -> Any:
        epoch = self.welcome["epoch"] if epoch is None else epoch
        return await self.ask("subscribe", streams=[list(s) for s in streams], epoch=epoch)

    async def subscribe_all(self, cursors: dict[int, int] | None = None) -> Any:
        given = [list(item) for item in (cursors or {}).items()]
        return await self.ask("subscribe", all=True, cursors=given, epoch=self.welcome["epoch"])

    # Expectations

    async def expect(self, type: str, **data: Any) -> dict[str, Any]:
        """The next event; it must be of this type, with these values in its data."""
        event = await self._next(self.events)
        assert event["type"] == type, event
        for name, value in data.items():
            found = event[name] if name in ("seq", "stream", "by") else event["data"][name]
            assert found == value, event
        return event

    async def expect_signal(self, type: str) -> dict[str, Any]:
        """The next signal of this type; others that pass meanwhile are let go."""
        while True:
            signal = await self._next(self.signals)
            if signal["type"] == type:
                return signal

    async def expect_closed(self, code: int) -> Closed:
        async with asyncio.timeout(PATIENCE):
            while self.closed is None:
                self.news.clear()
                await self.news.wait()
        assert self.closed.code == code, self.closed
        return self.closed

    async def expect_nothing(self) -> None:
        """No event came before the answer to a ping that was sent after whatever happened."""
        await self.socket.send({"type": "ping", "id": 0})
        while (await self._next(self.signals))["type"] != "pong":
            pass
        assert not self.events, list(self.events)

    async def expect_nothing_of(self, stream: int, seq: int) -> None:
        """Other events may have come, but not this one."""
        await self.socket.send({"type": "ping", "id": 0})
        while (await self._next(self.signals))["type"] != "pong":
            pass
        assert (stream, seq) not in {(event["stream"], event["seq"]) for event in self.events}

    async def _next(self, queue: deque[dict[str, Any]]) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            while not queue:
                if self.closed is not None:
                    raise self.closed
                self.news.clear()
                await self.news.wait()
        return queue.popleft()
