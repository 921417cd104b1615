"""Every command and every route, asked by everybody, through every door there is for it."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from copy import copy
from datetime import timedelta
from functools import partial
from typing import Any, get_args
from urllib.parse import quote
from uuid import UUID

import aiohttp
import msgspec
import pytest
import pytest_asyncio
from aiohttp.abc import AbstractResolver, ResolveResult

from messenger import config
from messenger.app import Server
from messenger.errors import CATALOGUE
from messenger.http.routes import BASES, ROUTES, alias_rows
from messenger.jobs import erasing, exports
from messenger.jobs.running import Run
from messenger.outgoing.requests import Outgoing
from messenger.protocol.frames import ClientFrame
from tests.conftest import MIGRATED, database
from tests.live.client import Closed, JsonSocket, Refused
from tests.live.conftest import Stage
from tests.live.permissions import GIVEN, MARKS, PLACES, ROLES, TABLE, Asked
from tests.live.roles import ALIVE, Session, World

beside_the_server = pytest.mark.asyncio(loop_scope="module")

STATUS = {each.code: str(each.status) for each in CATALOGUE}
CLOSED: dict[int | None, str] = {4401: "401", 4403: "403"}
OPEN = {"/openapi.json", "/asyncapi.json", "/ws"}
"""What may be asked for before anybody is known: the documents, and the socket that asks itself."""
NOWHERE = 2**40
"""The id of nothing."""
Ask = Callable[[], Awaitable[Any]]


FRAMES: dict[str, type[Any]] = {
    str(frame.__struct_config__.tag): frame for frame in get_args(ClientFrame)
}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the table: what is asked, and what each role is answered."""

    name: str
    verdicts: dict[str, str]

    @property
    def asked(self) -> Asked:
        return GIVEN.get(self.name, Asked())

    @property
    def what(self) -> str:
        """The name without what tells it from its likes: a frame's type, or a route."""
        return self.name.partition(" (")[0]

    @property
    def spends(self) -> tuple[str, ...]:
        """What it changes for those who ask after it, besides the single thing."""
        if self.what == "chat.delete" or self.what.startswith("member."):
            return "chat", "column"
        return ("column",) if self.what.startswith("column.") else ()

    @property
    def ends_session(self) -> bool:
        return self.what.startswith(("POST /auth/", "DELETE /sessions/"))

    @property
    def routes(self) -> list[Any]:
        """The rows of `http.routes` that lead there."""
        frame = FRAMES.get(self.what)
        if frame is not None:
            return [row for row in ROUTES if row[2].made_of[2] is frame]  # type: ignore[attr-defined]
        return [row for row in ROUTES if f"{row[0]} {row[1]}" == self.what]


def rows() -> list[Row]:
    """The table, read."""
    lines = [line.rsplit(maxsplit=len(ROLES)) for line in TABLE.splitlines()]
    return [
        Row(
            name=name, verdicts={role: MARKS[mark] for role, mark in zip(ROLES, marks, strict=True)}
        )
        for name, *marks in (line for line in lines if len(line) > len(ROLES))
    ]


class Nowhere(AbstractResolver):
    """Knows no name, and says so at once."""

    async def resolve(self, *_: Any, **__: Any) -> list[ResolveResult]:
        raise OSError("no such name")

    async def close(self) -> None:
        pass


def nowhere() -> Outgoing:
    return Outgoing(resolver=Nowhere())


async def idle(run: Run) -> None:
    """A job that does nothing."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    cluster: str, worker_id: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[World]:
    settings = {
        "DATA_DIR": str(tmp_path_factory.mktemp("permissions")),
        "PORT": "0",
        "BCRYPT_ROUNDS": "4",
        "AUTH_RATE_LIMIT_MAX_REQUESTS": "100000",
        "MESSAGE_RATE_LIMIT": "100000/10s",
        "WS_RATE_LIMIT_MAX_COMMANDS": "100000",
    }
    with database(cluster, worker_id, MIGRATED) as dsn:
        server = Server(config.load(settings), dsn, outgoing=nowhere)
        await server.start()
        # Asked for by everybody, it would run a process for each of them.
        server.schedule._jobs[exports.JOB] = idle
        # What a row is to erase is erased: a late run would find the next row's, and change it.
        server.schedule._jobs[erasing.JOB] = idle
        made = World(Stage(server))
        await made.open()
        yield made
        await made.close()
        await server.stop()


# The doors. What is asked about is made before; then the answer's data, or Refused.


async def by_rest(world: World, role: str, row: Row, route: Any) -> Ask:
    method, path, endpoint = route
    fields = await world.fill(row.asked.fields, role)
    for name, place in endpoint.made_of[3].items():
        path = path.replace(f"{{{place}}}", quote(str(fields.pop(name))))
    for place, ref in {**PLACES, **row.asked.path}.items():
        if place in path:
            area = place.partition("{")[0]
            path = path.replace(place, f"{area}{await world.fill(ref, role)}")
    session = world.sessions.get(role)
    asked = {
        "json": fields or None,
        "data": row.asked.uploads and form_of(row.asked.uploads),
        "params": await world.fill(row.asked.query, role),
        "headers": {**row.asked.headers, **as_whom(world, session, row)},
    }

    async def ask() -> Any:
        async with world.http.request(method, BASES[0] + path, **asked) as answer:
            if answer.status < 300 and answer.content_type != "application/json":
                return await answer.read()
            body = await answer.json()
            if answer.status >= 300:
                raise Refused(body["error"])
            return body["data"]

    return ask


def as_whom(world: World, session: Session | None, row: Row) -> dict[str, str]:
    """The headers that say who asks; of a header and a cookie the header counts."""
    headers: dict[str, str] = {}
    if session is not None and not row.asked.by_cookie:
        headers["Authorization"] = f"Bearer {session.access}"
    holder = session if row.asked.by_cookie else None
    if row.asked.cookie_of is not None:
        holder = world.sessions[row.asked.cookie_of]
    if holder is not None:
        server = world.server
        until = server.clock() + timedelta(days=1)
        headers["Cookie"] = f"files={server.tokens.files(holder.user_id, holder.id, until)}"
    return headers


def form_of(content: bytes) -> aiohttp.FormData:
    form = aiohttp.FormData()
    form.add_field("file", content, filename="a.txt")
    return form


async def by_socket(world: World, role: str, row: Row) -> Ask:
    fields = await world.fill(row.asked.fields, role)
    client = await world.client(role) if role in ALIVE else None

    async def ask() -> Any:
        if client is None:
            return await ask_unseen(world, role, {"type": row.what, "id": 2, **fields})
        if row.what == "ping":
            return await client.expect_nothing_of(0, 0)
        return await client.ask(row.what, **fields)

    return ask


async def ask_unseen(world: World, role: str, frame: dict[str, Any]) -> Any:
    """Ask on a socket of nobody's, or of somebody whose token is not good any more."""
    socket = JsonSocket(f"{world.base}/api/v1/ws", {})
    await socket.open()
    try:
        if role in world.sessions:
            token = world.sessions[role].access
            await socket.send({"type": "auth", "id": 1, "token": token})
        await socket.send(frame)
        said = await socket.receive()
        if said["type"] == "error":
            raise Refused(said["error"])
        return said
    finally:
        await socket.close()


async def verdict(world: World, role: str, row: Row, ask: Ask) -> str:
    """What the answer comes to. A refusal that left a trace in any stream is none."""
    shows = row.asked.shows
    wanted = await world.fill(shows[1], role) if shows else None
    if row.what == "GET /search":
        await indexed(world)
    before = world.heads()
    try:
        data = await ask()
    except Refused as refused:
        after = world.heads()
        traces = [id for id, seq in before.items() if after.get(id, seq) != seq]
        return f"{refused}, but {traces} changed" if traces else STATUS[refused.code]
    except Closed as closed:
        return CLOSED[closed.code]
    if shows and wanted not in shows[0](data):
        return "404"
    world.spend(role, *row.spends)
    if row.ends_session and role in ALIVE:
        await world.sign_in(role)
    return "ok"


async def indexed(world: World) -> None:
    """What was just made is found a moment later."""
    async with asyncio.timeout(20):
        while world.server.search.indexer.busy:
            await asyncio.sleep(0.01)


def doors_of(row: Row) -> dict[str, Callable[[World, str, Row], Awaitable[Ask]]]:
    doors: dict[str, Any] = {
        f"{route[0]} {route[1]}": partial(by_rest, route=route) for route in row.routes
    }
    return doors | ({"websocket": by_socket} if row.what in FRAMES else {})


@beside_the_server
@pytest.mark.parametrize("row", rows(), ids=lambda row: row.name)
async def test_who_may(world: World, row: Row) -> None:
    wrong = {}
    for role, expected in row.verdicts.items():
        for door, prepare in doors_of(row).items():
            said = await verdict(world, role, row, await prepare(world, role, row))
            if said != expected:
                wrong[role, door] = said
    assert wrong == {}


HIDDEN = [row for row in rows() if row.verdicts["stranger"] == "404" and not row.asked.shows]


@beside_the_server
@pytest.mark.parametrize("row", HIDDEN, ids=lambda row: row.name)
async def test_what_is_hidden_is_told_like_what_is_not_there(world: World, row: Row) -> None:
    nowhere = copy(world)
    nowhere.find = missing  # type: ignore[method-assign]
    for prepare in doors_of(row).values():
        told = []
        for asked in (world, nowhere):
            with pytest.raises(Refused) as refused:
                await (await prepare(asked, "stranger", row))()
            told.append(refused.value.error)
        assert told[0] == told[1]


async def missing(place: str, what: str) -> Any:
    if what.endswith(("file", "avatar")) and not what.endswith("_with_file"):
        return str(UUID(int=NOWHERE))
    return f"{NOWHERE}:0" if what == "cursor" else NOWHERE


def test_every_command_and_every_route_stands_in_the_table() -> None:
    table = rows()
    asked = [row.name for row in table]
    assert len(asked) == len(set(asked))
    assert set(GIVEN) <= set(asked)
    assert {row.what for row in table} >= set(FRAMES)
    assert {route[:2] for row in table for route in row.routes} == {row[:2] for row in ROUTES}
    assert all(row.routes or row.what in FRAMES for row in table)


@beside_the_server
async def test_nothing_of_the_api_is_served_that_is_not_in_the_table(world: World) -> None:
    served = {
        (route.method, route.resource.canonical)
        for route in world.server.runner.app.router.routes()
        if route.method != "HEAD" and route.resource is not None
    }
    # Under the second base is what is under the first, and these of its own.
    known = {(method, BASES[0] + path) for method, path in every_route()}
    more = {(method, path) for method, path in served - known if path.startswith(BASES)}
    assert more == {("GET", base + path) for base in BASES for path in OPEN}
    assert known <= served


@beside_the_server
@pytest.mark.parametrize("base", BASES)
async def test_every_address_of_a_route_wants_a_session(world: World, base: str) -> None:
    for (method, path), endpoint in every_route().items():
        if not endpoint.operation.public:
            address = base + re.sub(r"\{\w+\}", "1", path)
            async with world.http.request(method, address) as answer:
                assert (method, address, answer.status) == (method, address, 401)


def every_route() -> dict[tuple[str, str], Any]:
    return {(method, path): endpoint for method, path, endpoint in (*ROUTES, *alias_rows(ROUTES))}
