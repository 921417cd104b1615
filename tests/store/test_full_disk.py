"""PostgreSQL's own disk is full: definite answers, nothing acknowledged lost, and it heals."""

import shutil
import tempfile
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from messenger import config
from messenger.store import journal
from messenger.store.embedded import EmbeddedPostgres
from messenger.store.embedded.supervisor import Supervisor
from messenger.store.schema.migrate import migrate
from tests.api.cast import Door, MovableServer, Person, sign_up
from tests.api.conftest import EASY
from tests.small_disk import filled, small_disk
from tests.waiting import until

MIB = 192
"""What a new cluster takes, and room for a second segment of its log."""
TEXT = "x" * 4000
REFUSED = 5
"""Refusals after which it is clear that there is no room."""


@pytest.fixture
def disk() -> Iterator[Path]:
    # Not pytest's own temporary directory: its path is too long for a Unix socket.
    folder = Path(tempfile.mkdtemp(prefix="messenger-"))
    folder.chmod(0o755)
    try:
        with small_disk(folder / "disk", MIB) as path:
            yield path
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def postgres(disk: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(disk / "data") as started:
        migrate(started.dsn)
        yield started


@pytest.fixture
async def door(postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Door]:
    """A server whose own files are elsewhere."""
    server = MovableServer(config.load({"DATA_DIR": str(tmp_path), **EASY}), postgres.dsn)
    await server.start()
    server.background.every(0.2, "postgres", Supervisor(postgres).look, most=1.0)
    door = Door(server)
    yield door
    await door.session.close()
    await server.stop()


class Writer:
    """Somebody who sends, and remembers what was said of each."""

    def __init__(self, person: Person, chat: int) -> None:
        self.person, self.chat = person, chat
        self.stored: dict[str, int] = {}
        self.refused: list[str] = []

    async def send(self, key: str) -> bool:
        body = {"client_message_id": key, "text": TEXT}
        status, answer = await self.person.post(f"/chats/{self.chat}/messages", body)
        if status in (200, 201):
            self.stored[key] = answer["data"]["seq"]
            return True
        assert (status, answer["error"]["code"]) == (503, "unavailable")
        self.refused.append(key)
        return False

    async def send_until_refused(self) -> None:
        while len(self.refused) < REFUSED:
            await self.send(str(uuid.uuid4()))

    async def send_again(self) -> None:
        """What was refused, until each is stored."""
        while self.refused:
            key = self.refused.pop()
            await until(lambda key=key: self.send(key), every=0.2)
            self.refused = [each for each in self.refused if each != key]

    async def read(self) -> dict[str, int]:
        found: dict[str, int] = {}
        path, after = f"/chats/{self.chat}/messages", 0
        while True:
            status, page = await self.person.get(path, after_seq=after, limit=200)
            assert status == 200
            for each in page["data"]:
                assert each["client_message_id"] not in found
                found[each["client_message_id"]] = each["seq"]
            if page["next"] is None:
                return found
            after = page["next"]


def burn_log(dsn: str) -> None:
    """Write the log on until it finds no room, which ends PostgreSQL itself."""
    with closing(psycopg2.connect(dsn)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for _ in range(40):
                cursor.execute("select pg_logical_emit_message(true, 'x', repeat('x', 4000))")
                cursor.execute("select pg_switch_wal()")


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refusals come sooner; what is refused is the same."""
    monkeypatch.setattr(journal, "PATIENCE", 1.0)


async def test_nothing_acknowledged_is_lost_and_it_goes_on_once_there_is_room(
    door: Door, postgres: EmbeddedPostgres, disk: Path
) -> None:
    alice = await sign_up(door, "alice", "admin")
    writer = Writer(alice, await alice.group())
    await writer.send("00000000-0000-7000-8000-000000000001")
    filler = filled(disk)
    # First the tables cannot grow, while PostgreSQL itself goes on.
    await writer.send_until_refused()
    assert (await alice.get("/me"))[0] == 200
    filler.unlink()
    await writer.send_again()
    # Then its log cannot, and it ends; it is started again for as long as it takes.
    filler = filled(disk)
    with pytest.raises(psycopg2.OperationalError):
        burn_log(postgres.dsn)
    await writer.send_until_refused()
    filler.unlink()
    try:
        await writer.send_again()
    except TimeoutError:
        pytest.fail(postgres.log.read_text()[-4000:])
    assert await writer.read() == writer.stored
    assert sorted(writer.stored.values()) == list(
        range(min(writer.stored.values()), min(writer.stored.values()) + len(writer.stored))
    )
