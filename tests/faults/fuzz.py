"""Generated frames and requests, a hundred thousand of them: nothing breaks, nothing shows.

    python -m tests.faults.fuzz [--frames 60000] [--requests 40000] [--seed N]

Every request gets an answer of the contract below 500, every socket lives on
or ends with a close code of the contract, no answer shows anything of the
inside, and afterwards two people still talk.
"""

import argparse
import asyncio
import contextlib
import random
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import aiohttp
import msgspec
import websockets

from messenger.errors import CATALOGUE
from messenger.http.routes import ROUTES
from messenger.protocol.events import CLOSES
from messenger.protocol.frames import ClientFrame
from tests.faults.people import settle_in
from tests.faults.server import ServerProcess
from tests.live.client import Client, Closed, JsonSocket, MsgpackSocket

CODES = {error.code for error in CATALOGUE}
CLOSE_CODES = {close.code for close in CLOSES}
INSIDE = (b"Traceback", b"psycopg", b"asyncio", b".py", b"messenger.", b"sqlalchemy", b"SELECT ")
FRAMES = {str(frame.__struct_config__.tag): frame for frame in ClientFrame.__args__}
WORDS = (
    "", " ", "a", "я", "👍", "\x00", "\u202e", "x" * 300, "../..", "%00", "' or 1=1 --", "null",
    "00000000-0000-4000-8000-000000000000", "2026-12-01", "2026-12-01T09:00:00Z", "@all", "-1",
)  # fmt: skip
NUMBERS = (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, -1, 2**31, 2**53, 2**63, 2**64, 10**30, 1.5, 1e300)


class Dice(random.Random):
    """What a stranger might send."""

    def value(self, depth: int = 0) -> Any:
        kind = self.randrange(9 if depth < 3 else 5)
        if kind == 0:
            return None
        if kind == 1:
            return self.random() < 0.5
        if kind == 2:
            return self.choice(WORDS)
        if kind in (3, 4):
            return self.choice(NUMBERS)
        if kind in (5, 6):
            return [self.value(depth + 1) for _ in range(self.randrange(4))]
        return {self.choice(WORDS): self.value(depth + 1) for _ in range(self.randrange(3))}

    def fields(self, struct: Any) -> dict[str, Any]:
        """Mostly what a Struct has, with mostly the right names."""
        fields = {}
        for field in msgspec.structs.fields(struct):
            if self.random() < 0.85:
                fields[field.encode_name] = self.plausible(field.encode_name)
        if self.random() < 0.05:
            fields[self.choice(WORDS)] = self.value()
        return fields

    def plausible(self, name: str) -> Any:
        if self.random() < 0.3:
            return self.value()
        if name.endswith("_id") or name in ("seq", "id", "version", "limit", "before"):
            return self.randrange(1, 14)
        if name.endswith("_ids"):
            return [self.randrange(1, 8) for _ in range(self.randrange(3))]
        return self.choice(WORDS)

    def frame(self) -> bytes:
        """A frame that is nearly right, mangled, or nothing at all."""
        if self.random() < 0.05:
            return self.randbytes(self.randrange(80))
        tag = self.choice([tag for tag in FRAMES if tag != "auth"])
        said = msgspec.json.encode({"type": tag, **self.fields(FRAMES[tag])})
        if self.random() < 0.05 and said:
            place = self.randrange(len(said))
            return said[:place] + self.randbytes(2) + said[place + 1 :]
        return said


class Requests:
    """Requests to every route there is."""

    def __init__(self, server: ServerProcess, tokens: list[str], dice: Dice) -> None:
        self.server = server
        self.tokens = tokens
        self.dice = dice
        self.wrong: list[str] = []
        self.statuses: dict[int, int] = {}

    async def run(self, count: int) -> None:
        connector = aiohttp.TCPConnector(limit=8)
        async with aiohttp.ClientSession(connector=connector) as http:
            for _ in range(count // 8):
                await asyncio.gather(*(self.one(http) for _ in range(8)))

    async def one(self, http: aiohttp.ClientSession) -> None:
        dice = self.dice
        method, path, endpoint = dice.choice(ROUTES)
        if path.startswith(("/auth/logout", "/auth/password", "/sessions/{")):
            return
        if dice.random() < 0.03:
            method = dice.choice(("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE"))
        body = endpoint.operation.body
        data = msgspec.json.encode(dice.fields(body) if body else dice.value())
        headers = {"Content-Type": dice.choice(("application/json",) * 20 + ("text/plain",))}
        if dice.random() < 0.95:
            headers["Authorization"] = f"Bearer {dice.choice(self.tokens)}"
        if dice.random() < 0.3:
            headers["Idempotency-Key"] = dice.choice(("a", "b", "x" * 200, "я".encode().hex()))
        async with http.request(
            method,
            f"{self.server.base}/api/v1{self.filled(path)}{self.query()}",
            data=data if method != "GET" else None,
            headers=headers,
        ) as answer:
            said = await answer.read()
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        self.check(f"{method} {path} {data[:80]!r}", answer.status, said)

    def filled(self, path: str) -> str:
        parts = []
        for part in path.split("/"):
            if part.startswith("{"):
                value = (
                    self.dice.randrange(1, 14)
                    if self.dice.random() < 0.8
                    else (self.dice.choice((*WORDS, *NUMBERS)))
                )
                part = quote(str(value), safe="") or "0"
            parts.append(part)
        return "/".join(parts)

    def query(self) -> str:
        if self.dice.random() < 0.7:
            return ""
        name = self.dice.choice(("limit", "after_seq", "next", "query", "status", "from", "after"))
        return f"?{name}={quote(str(self.dice.choice((*WORDS, *NUMBERS))), safe='')}"

    def check(self, what: str, status: int, said: bytes) -> None:
        if status >= 500 and status != 503:
            self.wrong.append(f"{status} for {what}")
        if status >= 400 and any(word in said for word in INSIDE):
            self.wrong.append(f"something inside shows for {what}: {said[:200]!r}")
        if status >= 400:
            try:
                code = msgspec.json.decode(said)["error"]["code"]
            except (msgspec.DecodeError, KeyError, TypeError):
                self.wrong.append(f"{status} without an error of the contract for {what}")
            else:
                if code not in CODES or code == "internal":
                    self.wrong.append(f"code {code} for {what}")


async def frames(clients: list[Client], count: int, dice: Dice) -> list[str]:
    """Send frames from several people at once; return what went wrong."""
    wrong: list[str] = []
    for sent in range(count):
        client = dice.choice(clients)
        if client.closed is not None:
            # aiohttp's client loses the code when it was still writing; the other one does not.
            lost = client.closed.code == 1006 and client.kind is JsonSocket
            if client.closed.code not in CLOSE_CODES and not lost:
                wrong.append(f"{client.kind.__name__} closed with {client.closed}")
            await client.disconnect()
            await client.connect()
        await send(client, dice.frame())
        if sent % 50 == 0:
            await asyncio.sleep(0.002)
        for signal in client.signals:
            code = signal.get("error", {}).get("code", "forbidden")
            if code not in CODES or code == "internal":
                wrong.append(f"error {signal} on a socket")
        client.signals.clear()
        client.events.clear()
        client.order.clear()
    return wrong


async def send(client: Client, data: bytes) -> None:
    """Send bytes as they are, as text or MessagePack; the socket may be closing."""
    try:
        if isinstance(client.socket, JsonSocket):
            await client.socket.socket._writer.send_frame(data, aiohttp.WSMsgType.TEXT)
        else:
            with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError, OverflowError):
                data = msgspec.msgpack.encode(msgspec.json.decode(data))
            await client.socket.send_raw(data)
    except (Closed, OSError, RuntimeError, aiohttp.ClientError, websockets.ConnectionClosed):
        await asyncio.sleep(0)


async def fuzz(frame_count: int, request_count: int, seed: int) -> list[str]:
    """Both at once against one server; returns what went wrong."""
    dice = Dice(seed)
    with tempfile.TemporaryDirectory(prefix="messenger-fuzz-") as directory:
        server = ServerProcess(Path(directory) / "data")
        server.start()
        try:
            await server.ready()
            kinds = (JsonSocket, MsgpackSocket)
            clients = [await settle_in(server, f"person{n}", kinds[n % 2]) for n in range(6)]
            people = [client.user_id for client in clients]
            for n in range(3):
                await server.request(
                    "POST", "/chats", clients[n].token, title="Chat", member_ids=people, board=True
                )
            for client in clients:
                await client.connect()
            requests = Requests(server, [client.token for client in clients], dice)
            wrong, _ = await asyncio.gather(
                frames(clients, frame_count, dice), requests.run(request_count)
            )
            print(f"statuses: {dict(sorted(requests.statuses.items()))}", flush=True)
            for client in clients:
                await client.disconnect()
            wrong += requests.wrong + await still_well(server)
            log = server.log.read_text()
            if "Traceback" in log:
                wrong.append(log[max(0, log.index("Traceback") - 300) :][:3000])
            return wrong
        finally:
            server.stop()


async def still_well(server: ServerProcess) -> list[str]:
    """Two newcomers find everything working."""
    one = await settle_in(server, "afterwards", JsonSocket)
    other = await settle_in(server, "listener", MsgpackSocket)
    await one.connect()
    await other.connect()
    made = await server.request(
        "POST", "/chats", one.token, title="After", member_ids=[other.user_id]
    )
    await other.subscribe((made["data"]["id"], None))
    await one.send(made["data"]["id"], "all well?")
    await other.expect("message.created", text="all well?")
    await one.disconnect()
    await other.disconnect()
    return []


def main() -> int:
    given = argparse.ArgumentParser(description=__doc__)
    given.add_argument("--frames", type=int, default=60_000)
    given.add_argument("--requests", type=int, default=40_000)
    given.add_argument("--seed", type=int, default=random.randrange(2**32))
    options = given.parse_args()
    print(f"seed {options.seed}")
    wrong = asyncio.run(fuzz(options.frames, options.requests, options.seed))
    for each in wrong[:20]:
        print(f"WRONG: {each}")
    print(f"{options.frames} frames, {options.requests} requests, {len(wrong)} problems")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
