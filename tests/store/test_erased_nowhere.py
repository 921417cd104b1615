"""An erased person is nowhere: the whole data directory is searched for them, bytes and all."""

import asyncio
import gzip
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg2
import pytest

from messenger import config
from messenger.archive.reading import Reading
from messenger.archive.running import Policy, Run
from messenger.archive.vault import vault_of
from messenger.cli.local_server import local_server
from messenger.files.storage import storage_of
from messenger.files.sweep import sweep
from messenger.jobs.erasing import Erasing
from messenger.protocol.accounts import AddUser
from messenger.search.forgetting import forget_erased
from messenger.search.rebuilding import Rebuilding
from messenger.store.archive.session import Session
from messenger.store.db import Database
from messenger.store.embedded import EmbeddedPostgres
from messenger.store.schema.migrate import migrate
from tests.archive.past import catch_up, fill

NAME, LOGIN, MAIL = "Zoya Qwertzman", "zoyaqwertz", "zoya@qwertz.example"
MARKS = (NAME, LOGIN, MAIL, "her hidden words", "her drafted words", "her phone of glass",
         "her pushing browser", "her secret plan", "qwertz-hash", "qwertzwort")  # fmt: skip
FILL = """
    insert into sessions (id, user_id, device, created_at, rotated_at, last_used_at, expires_at)
    values ('00000000-0000-4000-8000-000000000001', %(id)s, 'her phone of glass', now(), now(),
            now(), now() + interval '1 day');
    insert into push_subscriptions (id, user_id, session_id, endpoint, p256dh, auth, key_id,
                                    user_agent, locale, created_at)
    values ('00000000-0000-4000-8000-000000000002', %(id)s,
            '00000000-0000-4000-8000-000000000001', 'https://push.example/zoyaqwertz', 'p', 'a',
            'k', 'her pushing browser', 'en', now());
    insert into preferences (user_id, chat_id, draft)
    values (%(id)s, %(chat)s, 'her drafted words');
    update messages set text = 'her hidden words qwertzwort ' || n
    where sender_id = %(id)s and text <> '';
    update messages set forwarded_from = jsonb_build_object('chat_kind', 'group', 'author_id',
        %(id)s, 'author', 'Zoya Qwertzman', 'at', '2026-01-01T00:00:00.000Z')
    where sender_id <> %(id)s and n %% 50 = 1 and text <> '';
"""


def found_in(folder: Path) -> list[str]:
    """Which marks are in which files, unpacked where they are packed."""
    found = []
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            content += gzip.decompress(content) if path.suffix == ".gz" else b""
            found += [f"{mark}: {path.name}" for mark in MARKS if mark.encode() in content]
    return found


async def lived_and_erased(settings: config.Settings, dsn: str) -> None:
    vault, now = vault_of(settings), datetime.now(UTC)
    storage = storage_of(settings)
    async with local_server(settings, dsn) as server:
        asked = {"locale": "en", "time_zone": "UTC"}
        await server.do(AddUser(username="root", display_name="Root", role="admin", **asked))
        zoya = await server.do(
            AddUser(username=LOGIN, display_name=NAME, email=MAIL, password_hash="qwertz-hash",
                    **asked)
        )  # fmt: skip
        bob = await server.do(AddUser(username="bob", display_name="Bob", **asked))
        with Session(dsn) as session:
            [chat] = fill(session, 1, 400, people=[zoya.id, bob.id], now=now)
            session.rows(FILL, id=zoya.id, chat=chat)
            catch_up(session)
            await indexed(server.database, settings)
            assert session.value("select count(*) from search_words where word like '%%qwertz%%'")
            await Run(session, vault, Policy(30, 2, False), now).run()
        parts = len(list(vault.folder.glob("*/*.gz")))
        await asyncio.to_thread(session_of_checks, settings, parts)
        erasing = Erasing(server.database, server.directory, "en", server.clock)
        await erasing.begin(zoya.id, "remove", None)
        assert await erasing.work() == 1
        assert await erasing.work() == 0
        await sweep(server.database, storage, now + timedelta(days=2))
        await indexed(server.database, settings)
        assert await forget_erased(server.database, now + timedelta(days=1))
        assert await forget_erased(server.database, now) is None
    storage.close()
    with Session(dsn) as session:
        catch_up(session)
        await Run(session, vault, Policy(30, 2, False), now).run()


async def indexed(database: Database, settings: config.Settings) -> None:
    """The index as it is of what is there now."""
    builder = Rebuilding(database, Reading(database, vault_of(settings)), now_, 0.0)
    await builder.begin()
    await builder.run()


def now_() -> datetime:
    return datetime.now(UTC)


def session_of_checks(settings: config.Settings, parts: int) -> None:
    assert parts
    # Found before: what is not, cannot be missed afterwards.
    assert any("her hidden words" in each for each in found_in(settings.data_dir / "archives"))
    assert any(NAME in each for each in found_in(settings.data_dir / "archives"))


def settled(dsn: str) -> None:
    """What PostgreSQL keeps of what is gone, goes: dead rows, statistics, its log."""
    with closing(psycopg2.connect(dsn)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("alter system set wal_recycle = off")
            cursor.execute("alter system set min_wal_size = '32MB'")
            cursor.execute("select pg_reload_conf()")
            cursor.execute("vacuum (full, analyze)")
            for _ in range(3):
                cursor.execute("select pg_switch_wal()")
                cursor.execute("checkpoint")


@pytest.fixture
def settings(tmp_path_factory: pytest.TempPathFactory) -> config.Settings:
    return config.load({"DATA_DIR": str(tmp_path_factory.mktemp("d")), "SECRET_KEY": "s" * 64})


def test_who_is_erased_is_nowhere_in_the_data_directory(settings: config.Settings) -> None:
    with EmbeddedPostgres(settings.data_dir, durable=False) as postgres:
        migrate(postgres.dsn)
        asyncio.run(lived_and_erased(settings, postgres.dsn))
        settled(postgres.dsn)
    assert found_in(settings.data_dir) == []
